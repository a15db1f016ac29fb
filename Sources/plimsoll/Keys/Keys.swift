// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Scenario

/// `plimsoll keys`: what a key of a scenario means.
struct Keys: ParsableCommand {
  /// How it is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Explain a key of scenarios: what it holds, its range, its default.",
    discussion: """
      Without a path it lists the keys at the top; with one, that key and those of its mapping. Names of your own stand \
      where the path says POOL, MODEL and the like: fleet.POOL.machines and fleet.gpu.machines are the same. \
      Documentation/Scenarios.md has all of them on a page.
      """)

  @Argument(
    help: "The path of a key, such as fleet.POOL.machines.",
    completion: .custom { KeyCompletion.paths($0, $1, $2) })
  var path: String?
  @Flag(help: "List every key, also those inside mappings.")
  var all = false
  @Option(help: "How it is printed.")
  var format: Format = .text

  func validate() throws {
    if all, path != nil { throw ValidationError("give a path or --all") }
  }

  func run() throws {
    guard let path else {
      let entries = KeyTable.entries()
      let shown = all ? entries : entries.filter { !$0.path.contains(".") }
      Terminal.print(format == .json ? json(shown.map(\.json)) : KeyExplanation.list(shown))
      return
    }
    switch KeyTable.find(path) {
    case .entry(let entry):
      Terminal.print(
        format == .json ? entry.explainedJSON.json + "\n" : KeyExplanation.text(of: entry))
    case .nothing(let nearest, let beside):
      let hint = nearest.map { "; the nearest is \($0)" } ?? ""
      let known = beside.isEmpty ? "" : " (there is: \(beside.joined(separator: ", ")))"
      Terminal.tell("plimsoll: there is no key '\(KeyExplanation.shown(path))'\(hint)\(known)\n")
      throw ExitStatus.usage.code
    }
  }

  private func json(_ nodes: [SchemaNode]) -> String { SchemaNode.array(nodes).json + "\n" }
}

/// A key and its mapping in words, for a terminal.
enum KeyExplanation {
  /// A list of keys, one a line: path, what it holds, what it means.
  static func list(_ entries: [KeyEntry]) -> String {
    let width = entries.map(\.path.count).max() ?? 0
    return entries.map { entry in
      let pad = String(repeating: " ", count: width - entry.path.count)
      return
        "  \(entry.path)\(pad)  \(entry.key.isRequired ? "*" : " ") \(entry.key.plainMeaning)\n"
    }.joined() + "\n  * required. plimsoll keys PATH explains one\n"
  }

  /// All of a key.
  static func text(of entry: KeyEntry) -> String {
    let key = entry.key
    var text = "\(entry.path)\n  \(key.plainMeaning)\n\n"
    var rows = [("type", plain(key.shape.typeText))]
    if let unit = key.shape.unitText { rows.append(("units", unit)) }
    if !entry.isName { rows.append(("default", plain(KeyDefinition.plain(key.standardText)))) }
    if !key.group.isEmpty { rows.append(("where", "beside the keys of \(key.group)")) }
    if !entry.isName { rows.append(("example", "\(key.name): \(key.example)")) }
    for (name, value) in rows {
      text += "  \(name)\(String(repeating: " ", count: 9 - name.count))\(value)\n"
    }
    let below = below(entry)
    return below.isEmpty ? text : text + "\n" + list(below)
  }

  /// The keys of the mapping that the key holds, or of what stands under its names.
  private static func below(_ entry: KeyEntry) -> [KeyEntry] {
    let all = KeyTable.entries(of: entry.key.shape, at: entry.path, laws: true)
    // One level, or two where the first is a name of the user's own.
    let depth = entry.path.count
    return all.filter { found in
      let rest = found.path.dropFirst(depth).drop { "[].".contains($0) }
      let levels = rest.split(separator: ".").count
      return found.isName ? false : levels == 1 || (entry.key.shape.hasFreeNames && levels == 2)
    }
  }

  /// A text of the user on one line, and cut where it is long.
  static func shown(_ text: String) -> String {
    let line = text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
    return line.count > 80 ? String(line.prefix(80)) + "…" : String(line)
  }

  private static func plain(_ text: String) -> String { text.replacing("`", with: "") }
}
