// SPDX-License-Identifier: GPL-3.0-or-later

/// The one of `candidates` that `key` is most likely a misspelling of.
///
/// Distance is optimal string alignment: insertions, deletions, substitutions and swaps of two
/// neighbours, each counted once (F. J. Damerau, "A technique for computer detection and correction
/// of spelling errors", Communications of the ACM 7(3), 1964, DOI 10.1145/363958.363994).
///
/// - Returns: the nearest within max(2, length / 3) and less than the length, the first of several;
///   `nil` where there is none, or the key is longer than 64 characters.
/// - Complexity: the length of `key` times the total length of the candidates.
package func nearestKey(to key: String, among candidates: [String]) -> String? {
  let characters = Array(key)
  guard characters.count <= 64 else { return nil }
  let limit = min(max(2, characters.count / 3), characters.count - 1)
  var nearest: (candidate: String, distance: Int)?
  for candidate in candidates {
    let other = Array(candidate)
    guard abs(other.count - characters.count) <= limit else { continue }
    let distance = alignmentDistance(from: characters, to: other)
    guard distance <= limit, distance < nearest?.distance ?? .max else { continue }
    nearest = (candidate, distance)
  }
  return nearest?.candidate
}

/// The one of `names` that somebody means who writes `name`: the nearest in spelling, in large or small letters, else the
/// first that begins with it, else the first that has all its parts: `llama-70b` is `llama-3.1-70b`.
package func nearestEntry(to name: String, among names: [String]) -> String? {
  let small = names.map { $0.lowercased() }
  let wanted = name.lowercased()
  let nearest =
    nearestKey(to: name, among: names)
    ?? nearestKey(to: wanted, among: small).flatMap { found in
      small.firstIndex(of: found).map { names[$0] }
    }
  if let nearest { return nearest }
  let parts = wanted.split(separator: "-")
  // Two letters begin too much.
  guard wanted.count > 2, !parts.isEmpty else { return nil }
  let index =
    small.firstIndex { $0.hasPrefix(wanted) }
    ?? small.firstIndex { candidate in
      let own = candidate.split(separator: "-")
      return parts.allSatisfy { own.contains($0) }
    }
  return index.map { names[$0] }
}

/// How many single edits lead from `source` to `target`, no part of the text edited twice.
///
/// - Complexity: the product of both lengths.
func alignmentDistance(from source: [Character], to target: [Character]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...target.count)
  for row in source.indices {
    var current = [row + 1]
    for column in target.indices {
      let isSame = source[row] == target[column]
      var distance = min(
        previous[column + 1] + 1, current[column] + 1, previous[column] + (isSame ? 0 : 1))
      if row > 0, column > 0, source[row] == target[column - 1], source[row - 1] == target[column] {
        distance = min(distance, beforePrevious[column - 1] + 1)
      }
      current.append(distance)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[target.count]
}
