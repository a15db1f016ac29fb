// SPDX-License-Identifier: Apache-2.0

/// A whole number kept in 32 bits, so that rows of many of them are short.
@propertyWrapper
struct Narrow: BitwiseCopyable {
  private var bits: Int32

  /// Keeps a number.
  ///
  /// - Precondition: it fits.
  init(wrappedValue: Int) { bits = Int32(wrappedValue) }

  /// The number.
  var wrappedValue: Int {
    get { Int(bits) }
    set { bits = Int32(newValue) }
  }
}
