// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import Yams

/// The commands that `Documentation/ContinuousIntegration.md` tells users to copy, run as they stand.
@Suite("The workflows to copy")
struct ContinuousIntegrationTests {
  private static let pages = Command.root.appendingPathComponent("Documentation")

  /// A folder of a user's repository, with a scenario, and where `plimsoll` and a stand-in for `gh` are found.
  private struct Repository {
    let folder: URL
    let calls: URL
    let environment: [String: String]

    init(storage: Int) throws {
      folder = URL(fileURLWithPath: Command.temporary("repository"))
      let tools = folder.appendingPathComponent("tools")
      let capacity = folder.appendingPathComponent("capacity")
      for folder in [tools, capacity] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      }
      calls = folder.appendingPathComponent("calls")
      try FileManager.default.createSymbolicLink(
        at: tools.appendingPathComponent("plimsoll"),
        withDestinationURL: URL(fileURLWithPath: try Command.path(of: "plimsoll")))
      // Writes down what it is asked, and lists one comment once it has made one.
      let stand = """
        #!/bin/sh
        echo "$@" >>"$CALLS"
        case "$*" in *--jq*) if grep -q POST "$CALLS"; then echo 42; fi ;; esac
        """
      let gh = tools.appendingPathComponent("gh").path
      try Data(stand.utf8).write(to: URL(fileURLWithPath: gh))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: gh)
      environment = [
        "PATH": "\(tools.path):/usr/bin:/bin", "CALLS": calls.path, "NUMBER": "7",
        "GITHUB_REPOSITORY": "acme/fleet", "GITHUB_WORKSPACE": folder.path,
        "GITHUB_STEP_SUMMARY": folder.appendingPathComponent("summary.md").path,
      ]
      try write(storage: storage)
    }

    /// The scenario, with what storage costs.
    func write(storage: Int) throws {
      let smoke = Command.root.appendingPathComponent("Scenarios/smoke.yaml").path
      let text = """
        extends: \(smoke)
        requests: { windows: ~, length: ~, after_interruption: ~, from: 14h, for: 10s }
        costs: { storage: \(storage) USD/month }
        targets: [monthly_cost <= 900_000 USD]
        regressions: { monthly_cost: +0%, p99(latency): +5% }
        """
      try Data(text.utf8).write(to: folder.appendingPathComponent("capacity/fleet.yaml"))
    }

    /// Runs a script as a pipeline does: it ends at the first command that fails.
    func run(_ script: String) throws -> Command.Answer {
      try Command.call(
        ["-e", "-c", script], of: "/bin/bash", environment: environment, in: folder)
    }

    func text(of name: String) throws -> String {
      try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
  }

  private static func yaml(_ name: String) throws -> [String: Any] {
    let text = try String(
      contentsOf: pages.appendingPathComponent("ContinuousIntegration/\(name)"), encoding: .utf8)
    return try #require(try Yams.load(yaml: text) as? [String: Any])
  }

  /// The commands in the blocks of shell on the page.
  private static func commands() throws -> [String] {
    let text = try String(
      contentsOf: pages.appendingPathComponent("ContinuousIntegration.md"), encoding: .utf8)
    return text.components(separatedBy: "```sh\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }

  @Test("the commands on the page make a baseline and hold the next run against it")
  func page() throws {
    let repository = try Repository(storage: 500)
    let commands = try Self.commands()
    #expect(commands.count == 2)
    for command in commands {
      let answer = try repository.run(command)
      #expect(answer.status == 0, "\(command): \(answer.messages)")
    }
    try repository.write(storage: 700)
    #expect(try repository.run(commands[1]).status == 99)
  }

  @Test(
    "the workflow for GitHub judges, annotates, and comments once and then rewrites its comment")
  func gitHub() throws {
    let repository = try Repository(storage: 500)
    #expect(try repository.run(try #require(try Self.commands().first)).status == 0)
    let jobs = try #require(try Self.yaml("github.yml")["jobs"] as? [String: Any])
    let job = try #require(jobs["plimsoll"] as? [String: Any])
    let steps = try #require(job["steps"] as? [[String: Any]])
    func script(_ name: String) throws -> String {
      try #require(steps.first { $0["name"] as? String == name }?["run"] as? String)
    }
    let (check, comment) = (try script("Check"), try script("Comment"))
    let fine = try repository.run(check)
    #expect(fine.status == 0, "\(fine.messages)")
    #expect(try repository.run(comment).status == 0)

    try repository.write(storage: 700)
    let worse = try repository.run(check)
    #expect(worse.status == 99)
    #expect(
      worse.messages.contains("::error file=capacity/fleet.yaml,line=5,title=fails%3A monthly_cost")
    )
    #expect(try repository.text(of: "summary.md").contains("storage, fixed"))
    #expect(try repository.text(of: "plimsoll.xml").contains("<failure "))
    #expect(try repository.run(comment).status == 0)
    #expect(try repository.text(of: "comment.md").hasPrefix("<!-- plimsoll check -->\n"))
    let calls = try repository.text(of: "calls").split(separator: "\n")
    #expect(
      calls.filter { $0.contains("--method POST repos/acme/fleet/issues/7/comments") }.count == 1)
    #expect(
      calls.filter { $0.contains("--method PATCH repos/acme/fleet/issues/comments/42") }.count == 1)
  }

  @Test("the job for GitLab judges and leaves the report that it says it does")
  func gitLab() throws {
    let repository = try Repository(storage: 500)
    #expect(try repository.run(try #require(try Self.commands().first)).status == 0)
    let job = try #require(try Self.yaml("gitlab.yml")["capacity"] as? [String: Any])
    let script = try #require(job["script"] as? [String]).joined(separator: "\n")
    let artifacts = try #require(job["artifacts"] as? [String: Any])
    let reports = try #require(artifacts["reports"] as? [String: String])
    let answer = try repository.run(script)
    #expect(answer.status == 0, "\(answer.messages)")
    #expect(try repository.text(of: try #require(reports["junit"])).contains("<testsuites "))
  }
}
