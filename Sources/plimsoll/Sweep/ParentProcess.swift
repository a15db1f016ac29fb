// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import CProcess
import Foundation

/// Whether a shard ends with the process that started it, such as the worker of a cluster.
struct ParentOptions: ParsableArguments {
  @Flag(help: "End when the process that started this one ends, killed or not (Linux).")
  var dieWithParent = false
  @Option(
    help: ArgumentHelp(
      "The number of the process that --die-with-parent means.",
      discussion: "With it, one that ended before this one could ask the kernel is noticed too."))
  var parent: Int32?

  func validate() throws {
    if parent != nil, !dieWithParent {
      throw ValidationError("--parent says nothing without --die-with-parent")
    }
  }

  /// Asks the kernel, and leaves where the parent has ended already.
  ///
  /// The kernel tells of an end that comes after it was asked. One that came before left this process to another
  /// parent.
  func follow() throws {
    guard dieWithParent else { return }
    let expected = parent ?? getppid()
    guard plimsoll_end_with_parent() == 0 else {
      throw ValidationError("--die-with-parent: this system cannot do that")
    }
    guard getppid() == expected else {
      Terminal.tell("plimsoll: the process that started this one has ended\n")
      throw ExitStatus.interrupted.code
    }
  }
}
