// SPDX-License-Identifier: GPL-3.0-or-later

import Recording
import ResultsStore

// Adds replications to the database at the path given first, with the seed given second, until it is
// killed: the tests of the results database do that at random moments.

let arguments = CommandLine.arguments
guard arguments.count == 3, let seed = UInt64(arguments[2]) else {
  preconditionFailure("usage: StoreWriter <database> <seed>")
}
let store = try ResultsStore(path: arguments[1])
let run = try store.begin(
  SyntheticReplication.manifest(seed: seed), startedAt: "2026-01-01T00:00:00Z")
for replication in 0..<Int.max {
  try store.add(
    SyntheticReplication.record(seed: seed, replication: replication),
    digest: SyntheticReplication.digest(seed: seed, replication: replication), to: run)
}
