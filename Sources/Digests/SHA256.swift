// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// SHA-256 by the system's libcrypto, of bytes that come piece by piece.
///
/// Source: NIST FIPS 180-4 (2015), DOI 10.6028/NIST.FIPS.180-4.
@safe
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// The digest of no bytes yet.
  public init() {
    guard let context = unsafe EVP_MD_CTX_new() else {
      preconditionFailure("no memory for SHA-256")
    }
    unsafe self.context = context
    Self.require(unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil))
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Takes the next bytes.
  public mutating func update(_ bytes: [UInt8]) {
    let status = unsafe bytes.withUnsafeBytes { bytes in
      unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }
    Self.require(status)
  }

  /// The digest of all bytes so far.
  public var digest: SHA256Digest {
    // What ends a digest takes no more bytes, so a copy is ended.
    let copy = SHA256()
    Self.require(unsafe EVP_MD_CTX_copy_ex(copy.context, context))
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: SHA256Digest.size) { bytes, count in
      Self.require(unsafe EVP_DigestFinal_ex(copy.context, bytes.baseAddress, nil))
      count = SHA256Digest.size
    }
    return SHA256Digest(bytes: bytes)
  }

  /// The digest of bytes that are all there.
  ///
  /// - Complexity: O(bytes).
  public static func digest(of bytes: [UInt8]) -> SHA256Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digest
  }

  /// OpenSSL answers 1, and anything else where its settings forbid SHA-256 or memory is out.
  private static func require(_ status: Int32) {
    precondition(status == 1, "the system's libcrypto has no SHA-256")
  }
}
