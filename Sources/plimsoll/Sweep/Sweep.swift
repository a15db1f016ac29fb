// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `plimsoll sweep`: what happens when inputs are varied, here or on many machines.
struct Sweep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Vary inputs of a scenario, and find the front of cost against latency.",
    discussion: """
      A sweep runs here; or `plan` cuts it into shards, `run-shard` runs one of them anywhere, `status` \
      tells which are missing and `merge` puts them together.
      """,
    subcommands: [
      RunSweep.self, PlanSweep.self, RunShard.self, MergeShards.self, SweepStatus.self,
    ],
    defaultSubcommand: RunSweep.self)
}
