// SPDX-License-Identifier: GPL-3.0-or-later

import Digests
import Testing

/// The vectors that NIST publishes with FIPS 180-4, DOI 10.6028/NIST.FIPS.180-4.
@Suite("SHA-256")
struct SHA256Tests {
  @Test(
    "of the published messages",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func published(message: String, digest: String) {
    #expect(SHA256.digest(of: Array(message.utf8)).hexadecimal == digest)
  }

  @Test(
    "of a million times the letter a, at once and in pieces of any size",
    arguments: [1_000_000, 1, 63, 64, 65, 999])
  func million(piece: Int) {
    var hash = SHA256()
    var rest = 1_000_000
    while rest > 0 {
      let count = min(piece, rest)
      hash.update([UInt8](repeating: UInt8(ascii: "a"), count: count))
      rest -= count
    }
    #expect(
      hash.digest.hexadecimal
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("of all bytes so far, and goes on")
  func soFar() {
    var hash = SHA256()
    hash.update(Array("ab".utf8))
    #expect(hash.digest == SHA256.digest(of: Array("ab".utf8)))
    hash.update([UInt8(ascii: "c")])
    #expect(hash.digest == SHA256.digest(of: Array("abc".utf8)))
  }

  @Test("of no pieces, and of empty ones")
  func empty() {
    var hash = SHA256()
    hash.update([])
    #expect(hash.digest == SHA256.digest(of: []))
    #expect(SHA256().digest.bytes.count == SHA256Digest.size)
  }
}
