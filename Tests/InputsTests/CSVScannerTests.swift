// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Testing

@Suite("The CSV scanner")
struct CSVScannerTests {
  private func records(_ text: String, pieces length: Int? = nil) throws(TraceError) -> [[String]] {
    let bytes = Array(text.utf8)
    var scanner = CSVScanner()
    var records: [[String]] = []
    for start in stride(from: 0, to: bytes.count, by: length ?? max(1, bytes.count)) {
      scanner.append(Array(bytes[start..<min(start + (length ?? bytes.count), bytes.count)]))
      while try scanner.next() { records.append(scanner.fields.map(\.string)) }
    }
    scanner.complete()
    while try scanner.next() { records.append(scanner.fields.map(\.string)) }
    return records
  }

  private static let tricky =
    "\u{FEFF}name,text\r\na,\"x, \"\"y\"\"\r\nz\"\r\n\r\nb,\n\"c\" ,d\re,f"

  @Test("reads quotes, doubled quotes, line ends of three kinds, empty lines and a byte order mark")
  func everything() throws {
    #expect(
      try records(Self.tricky) == [
        ["name", "text"], ["a", "x, \"y\"\r\nz"], ["b", ""], ["c", "d"], ["e", "f"],
      ])
  }

  @Test("reads the same wherever a piece ends", arguments: 1...20)
  func pieces(length: Int) throws {
    #expect(try records(Self.tricky, pieces: length) == records(Self.tricky))
  }

  @Test(
    "takes commas, semicolons or tabs, by the first line",
    arguments: [
      "a,b\n1,2\n", "a;b\n1;2\n", "a\tb\n1\t2\n", "sep=;\na;b\n1;2\n", "\"a\";\"b\"\n\"1\";\"2\"\n",
    ])
  func separators(text: String) throws {
    #expect(try records(text) == [["a", "b"], ["1", "2"]])
  }

  @Test(
    "names the place where its form breaks",
    arguments: [
      ("a,b\n1,\"2\n3", 2, 3, "a quote that nothing closes"),
      ("a,b\n\"1\"x,2", 2, 4, "text behind a closing quote"),
    ])
  func broken(text: String, line: Int, column: Int, found: String) {
    do throws(TraceError) {
      _ = try records(text)
      Issue.record("a broken form was accepted")
    } catch {
      #expect(error.line == line && error.column == column && error.found == found)
    }
  }

  @Test("says that a text is UTF-16")
  func utf16() {
    var scanner = CSVScanner([0xFF, 0xFE, 0x61, 0, 0x0A, 0])
    #expect(throws: TraceError.self) { try scanner.next() }
  }

  @Test("gives the line and column of each field, also behind a field of two lines")
  func places() throws {
    var scanner = CSVScanner(Array("a,b\n\"x\ny\",z\n".utf8))
    #expect(try scanner.next())
    #expect(try scanner.next())
    #expect(scanner.fields.map(\.line) == [2, 3])
    #expect(scanner.fields.map(\.column) == [1, 4])
  }
}
