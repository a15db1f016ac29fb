// SPDX-License-Identifier: GPL-3.0-or-later

import CZlib

/// Files that `gzip` made (RFC 1952, DOI 10.17487/RFC1952), also of several members one behind the other.
package enum GzipFile {
  /// Whether bytes look like such a file.
  package static func looks(like bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// What a file holds.
  ///
  /// - Parameter limit: the most bytes that are taken; a small file can hold very much.
  /// - Throws: that it is damaged, or holds more than that.
  /// - Complexity: O(bytes that it holds).
  package static func content(
    of bytes: [UInt8], limit: Int = 512 << 20
  ) throws(TraceErrors) -> [UInt8] {
    var input = bytes
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    var content: [UInt8] = []
    var stream = unsafe z_stream()
    guard unsafe plimsoll_begin_gunzip(&stream) == Z_OK else { throw problem("no memory for gzip") }
    defer { unsafe _ = inflateEnd(&stream) }
    var status = Z_OK
    let count = input.count
    let fault: TraceErrors? = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe stream.next_in = input.baseAddress
      unsafe stream.avail_in = UInt32(clamping: count)
      repeat {
        let capacity = piece.count
        unsafe piece.withUnsafeMutableBufferPointer { piece in
          unsafe stream.next_out = piece.baseAddress
          unsafe stream.avail_out = UInt32(capacity)
          status = unsafe inflate(&stream, Z_NO_FLUSH)
        }
        guard status == Z_OK || status == Z_STREAM_END else {
          return problem("a damaged gzip file")
        }
        content += unsafe piece[..<(capacity - Int(stream.avail_out))]
        guard content.count <= limit else {
          return problem("a gzip file that holds more than \(limit >> 20) MiB")
        }
        // Another member may follow; zeros that fill up a block do not count.
        if status == Z_STREAM_END, unsafe stream.avail_in > 0, unsafe stream.next_in.pointee != 0 {
          guard unsafe inflateReset(&stream) == Z_OK else {
            return problem("a damaged gzip file")
          }
          status = Z_OK
        }
      } while status == Z_OK
      return nil
    }
    if let fault { throw fault }
    return content
  }

  private static func problem(_ found: String) -> TraceErrors {
    TraceErrors(errors: [
      TraceError(line: 1, column: 1, found: found, allowed: "a whole file, as gzip makes it")
    ])
  }
}
