// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
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
    #expect(throws: TraceErrors.self) { try read("words\nHello") }
    #expect(throws: TraceErrors.self) { try read("text\n\"never closed") }
    #expect(throws: TraceErrors.self) { try read("") }
    #expect(throws: TraceErrors.self) { try read("text\n") }
    #expect(throws: TraceErrors.self) { try read("text,prompt\na,b\n") }
  }

  private func texts(_ text: String, _ name: String) throws -> [String] {
    try PromptReader.prompts(Array(text.utf8), ofFile: name).map(\.text)
  }

  @Test(
    "reads the same prompts from files of every kind, with line ends of every kind",
    arguments: [
      ("Hi\r\n\r\nProve it\r\n", "a.txt"), ("Hi\nProve it", "-"), ("Hi\rProve it\r", "a.txt"),
      ("id;prompt\r\n1;Hi\r\n2;\"Prove it\"\r\n", "a.csv"), ("\u{FEFF}prompt\nHi\nProve it\n", "-"),
      ("{\"text\": \"Hi\"}\r\n{\"prompt\": \"Prove it\"}\r\n", "a.jsonl"),
      ("[{\"text\": \"Hi\"},\n {\"text\": \"Prove it\"}]", "a.json"),
      (
        "{\"conversations\": [{\"from\": \"human\", \"value\": \"Hi\"}, {\"from\": \"gpt\", \"value\": \"Hello\"}, "
          + "{\"from\": \"human\", \"value\": \"Prove it\"}]}", "-"
      ),
      (
        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}\n"
          + "{\"messages\": [{\"role\": \"user\", \"content\": \"Prove it\"}]}", "chats"
      ),
    ])
  func kinds(text: String, name: String) throws {
    #expect(try texts(text, name) == ["Hi", "Prove it"])
  }

  @Test(
    "never takes a broken file of a known kind for text",
    arguments: [
      ("class,words\nsimple,Hi\n", "a.csv", 1, 1),
      ("{\"text\": \"Hi\"}\n{\"text\": \"x\n", "a.jsonl", 2, 12),
      ("{\"text\": \"Hi\"}\n{\"words\": 1}\n", "-", 2, 1), ("Hi there\n", "a.json", 1, 1),
    ])
  func broken(text: String, name: String, line: Int, column: Int) {
    let error = #expect(throws: TraceErrors.self) { try texts(text, name) }
    #expect(error?.errors.map(\.line) == [line] && error?.errors.map(\.column) == [column])
  }
}
