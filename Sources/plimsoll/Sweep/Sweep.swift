// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `plimsoll sweep`: what happens when inputs are varied, here or on many machines.
struct Sweep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Vary inputs of a scenario, and find the best trade-offs of cost and latency.",
    discussion: """
      `run` simulates all points here. For many machines, `plan` cuts the sweep into shards, `run-shard` runs one of \
      them anywhere, `status` lists what is missing, and `merge` joins the results.
      """,
    subcommands: [
      RunSweep.self, PlanSweep.self, RunShard.self, MergeShards.self, SweepStatus.self,
    ],
    defaultSubcommand: RunSweep.self)
}
