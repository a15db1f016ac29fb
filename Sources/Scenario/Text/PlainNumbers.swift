// SPDX-License-Identifier: GPL-3.0-or-later

/// An error of a parser that can say what it would have accepted.
package protocol StatesWhatIsAllowed: Error {
  /// What would have been accepted, as a phrase that fits after "allowed:".
  var allowed: String { get }
}

/// Why a text is not the plain number that was asked for.
package struct UnreadableNumber: StatesWhatIsAllowed, Equatable, Sendable {
  /// What would have been accepted.
  package let allowed: String
}

/// Reads a whole number: a sign, then digits with single `_` between them.
///
/// - Throws: what is allowed, where the text is anything else or does not fit 64 bits.
package func parseInteger(_ text: String) throws(UnreadableNumber) -> Int {
  guard let digits = wholeNumber(text), let value = Int(digits) else {
    throw UnreadableNumber(allowed: "a whole number such as 12 or 1_000")
  }
  return value
}

/// The digits of a whole number, with its sign and without separators; `nil` where the text is none.
func wholeNumber(_ text: String) -> String? {
  var scanner = NumberScanner(text)
  let sign = scanner.sign()
  guard let digits = scanner.digits(), scanner.isAtEnd else { return nil }
  return sign + digits
}

/// Reads a decimal number such as `0.5`, `1_000` or `2.5e-3`; no `nan`, `inf` or hexadecimal.
///
/// - Throws: what is allowed, where the text is anything else or is beyond the largest `Double`.
package func parseDecimal(_ text: String) throws(UnreadableNumber) -> Double {
  let allowed = UnreadableNumber(allowed: "a number such as 0.5 or 1_000")
  var scanner = NumberScanner(text)
  var plain = scanner.sign()
  guard let whole = scanner.digits() else { throw allowed }
  plain += whole
  if scanner.skip(".") {
    guard let fraction = scanner.digits() else { throw allowed }
    plain += ".\(fraction)"
  }
  if scanner.skip("e") || scanner.skip("E") {
    let sign = scanner.sign()
    guard let exponent = scanner.digits() else { throw allowed }
    plain += "e\(sign)\(exponent)"
  }
  guard scanner.isAtEnd, let value = Double(plain), value.isFinite else { throw allowed }
  return value
}

/// Takes a number's parts off the front of a text.
private struct NumberScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = text[...].utf8
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard let byte = rest.first, UInt32(byte) == character.value else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// "-" or nothing; a plus is dropped.
  mutating func sign() -> String {
    if skip("-") { return "-" }
    _ = skip("+")
    return ""
  }

  /// The digits here without their separators; `nil` where there are none or one is misplaced.
  mutating func digits() -> String? {
    var digits = ""
    var endsInDigit = false
    while let byte = rest.first {
      if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        digits.unicodeScalars.append(Unicode.Scalar(byte))
        endsInDigit = true
      } else if byte == UInt8(ascii: "_"), endsInDigit {
        endsInDigit = false
      } else {
        break
      }
      rest = rest.dropFirst()
    }
    return endsInDigit ? digits : nil
  }
}
