// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import Testing

@Suite("Philox4x32-10")
struct PhiloxTests {
  /// The known answers of Random123's `tests/kat_vectors` for philox4x32 with ten rounds.
  @Test(
    "gives Random123's known answers",
    arguments: [
      (
        Philox.Block(0, 0, 0, 0), UInt64(0),
        Philox.Block(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
      ),
      (
        Philox.Block(0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff), UInt64.max,
        Philox.Block(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
      ),
      (
        Philox.Block(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        UInt64(0x299f_31d0_a409_3822),
        Philox.Block(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ])
  func knownAnswers(counter: Philox.Block, key: UInt64, answer: Philox.Block) {
    #expect(Philox.block(counter, key: key) == answer)
  }
}
