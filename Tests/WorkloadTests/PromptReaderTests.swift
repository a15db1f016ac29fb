// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import Workload

@Suite("A prompt reader")
struct PromptReaderTests {
  private func read(_ text: String) throws(TraceErrors) -> [PromptReader.Prompt] {
    try PromptReader.prompts(csv: Array(text.utf8))
  }

  @Test("reads quoted texts with commas, quotes and line ends")
  func quoted() throws {
    let prompts = try read(
      "class,language,text\nsimple,en,Hi\r\ncomplex,de,\"Ja, \"\"so\"\"\nweiter\"\n\nmedium,fr,x\n")
    #expect(prompts.map(\.text) == ["Hi", "Ja, \"so\"\nweiter", "x"])
    #expect(prompts.map(\.className) == ["simple", "complex", "medium"])
    #expect(prompts.map(\.language) == ["en", "de", "fr"])
    #expect(prompts.map(\.line) == [2, 3, 6])
  }

  @Test("needs a text and nothing else")
  func unlabelled() throws {
    let prompts = try read("text\nHello")
    #expect(prompts.map(\.text) == ["Hello"])
    #expect(prompts.first?.className == nil && prompts.first?.language == nil)
  }

  @Test("says where a file goes wrong, all at once")
  func errors() {
    let error = #expect(throws: TraceErrors.self) {
      try read("class,text\na,b,c\nsimple,\nsimple,fine\nonly\n")
    }
    #expect(error?.errors.map(\.line) == [2, 3, 5])
    #expect(throws: TraceErrors.self) { try read("prompt\nHello") }
    #expect(throws: TraceErrors.self) { try read("text\n\"never closed") }
    #expect(throws: TraceErrors.self) { try read("") }
    #expect(throws: TraceErrors.self) { try read("text\n") }
  }
}
