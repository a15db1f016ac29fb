// SPDX-License-Identifier: Apache-2.0

/// The whole number with `places` of its digits behind a point: `formatted(digits: 1234, places: 2)`
/// is `12.34`.
///
/// - Parameters:
///   - groupSeparator: what stands between groups of three digits before the point.
///   - trimmingZeros: whether zeros at the end of the fraction are left out.
public func formatted(
  digits: Int64, places: Int, groupSeparator: String = "", trimmingZeros: Bool = false
) -> String {
  var text = String(digits.magnitude)
  if text.count <= places {
    text = String(repeating: "0", count: places + 1 - text.count) + text
  }
  let whole = String(text.dropLast(places))
  var fraction = text.suffix(places)
  if trimmingZeros {
    while fraction.last == "0" { fraction.removeLast() }
  }
  let sign = digits < 0 ? "-" : ""
  return sign + grouped(whole, by: groupSeparator) + (fraction.isEmpty ? "" : ".\(fraction)")
}

/// The number with so many places behind the point, rounded to the nearest, halves away from zero.
///
/// Infinite values and those that are not a number are printed as `inf`, `-inf` and `nan`; a number
/// too large for 64-bit digits is printed in the shortest form that reads back the same.
public func formatted(_ value: Double, places: Int, groupSeparator: String = "") -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : (value < 0 ? "-inf" : "inf") }
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = (value * scale).rounded(.toNearestOrAwayFromZero)
  guard scaled.magnitude < 9e18 else { return "\(value)" }
  return formatted(digits: Int64(scaled), places: places, groupSeparator: groupSeparator)
}

private func grouped(_ digits: String, by separator: String) -> String {
  guard !separator.isEmpty else { return digits }
  var text = ""
  for (position, digit) in digits.enumerated() {
    if position > 0 && (digits.count - position) % 3 == 0 { text += separator }
    text.append(digit)
  }
  return text
}
