// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration
import Testing

@Suite("Provenance of fragments")
struct ProvenanceTests {
  @Test("A fragment tells the command, the file and its digest")
  func tellsItsSources() {
    let report = CalibrationReport(
      summary: "A law.", tables: [], doubts: [], fragment: ["lifetime: 5h"], place: "fleet.spot")
    let text = Provenance(
      command: "plimsoll calibrate lifetimes \"a b.csv\"", version: "0.1.0",
      sources: [Provenance.Source(path: "a b.csv", digest: "00ff", records: 3)]
    ).file(of: report)
    #expect(text.contains("command: \"plimsoll calibrate lifetimes \\\"a b.csv\\\"\"\n"))
    #expect(text.contains("- { path: \"a b.csv\", sha256: 00ff, records: 3 }\n"))
    #expect(text.hasSuffix("lifetime: 5h\n"))
  }
}
