// SPDX-License-Identifier: GPL-3.0-or-later

/// All that is wrong in a scenario, at once.
package struct ScenarioErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// The errors, file by file in the order of first mention, and down each file.
  package let errors: [ScenarioError]
  /// The files that were read before the errors were found.
  package let files: [ScenarioFile]

  /// The errors of one attempt to read a scenario, in any order.
  ///
  /// - Precondition: there is at least one.
  package init(_ errors: [ScenarioError], files: [ScenarioFile] = []) {
    precondition(!errors.isEmpty, "a scenario is refused only with a reason")
    self.errors = Self.inOrder(errors)
    self.files = files
  }

  /// One line for each error.
  package var description: String {
    errors.map(\.description).joined(separator: "\n")
  }

  /// How many errors are shown; the others are counted.
  package static let shownLimit = 50

  /// The errors, each above the line it is about, from the files that were read.
  ///
  /// - Parameter width: how wide an excerpt may be; 160 columns where nobody says.
  package func rendered(width: Int = 160) -> String {
    rendered(width: width) { path in files.first { $0.path == path }?.text }
  }

  /// The errors, each above the line it is about and a caret below the column; the first of them where they are many.
  ///
  /// - Parameter sourceOf: the text of a file, or `nil` where it is not to be had; the error then
  ///   stands alone.
  /// - Complexity: linear in the lengths of the files and in the number of errors.
  package func rendered(width: Int = 160, sourceOf: (String) -> String?) -> String {
    var text = ""
    var cut: [(file: String, lines: SourceLines?)] = []
    for error in errors.prefix(Self.shownLimit) {
      text += "\(error)\n"
      guard !error.location.isOverride else { continue }
      let file = error.location.file
      if !cut.contains(where: { $0.file == file }) {
        cut.append((file, sourceOf(file).map { SourceLines($0) }))
      }
      let lines = cut.first { $0.file == file }?.lines
      text += lines?.excerpt(at: error.location, width: width) ?? ""
    }
    let more = errors.count - Self.shownLimit
    if more > 0 { text += "… and \(more) more \(more == 1 ? "error" : "errors")\n" }
    return text
  }

  private static func inOrder(_ errors: [ScenarioError]) -> [ScenarioError] {
    var files: [String] = []
    var ranked: [(rank: [Int], error: ScenarioError)] = []
    for (position, error) in errors.enumerated() {
      let place = error.location
      let known = files.firstIndex(of: place.file)
      if known == nil { files.append(place.file) }
      let rank = [known ?? files.count - 1, place.line, place.column, position]
      ranked.append((rank, error))
    }
    ranked.sort { $0.rank.lexicographicallyPrecedes($1.rank) }
    return ranked.map(\.error)
  }
}
