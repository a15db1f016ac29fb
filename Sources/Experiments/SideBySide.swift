// SPDX-License-Identifier: GPL-3.0-or-later

/// Does many things side by side, at most as many at a time as there are jobs.
enum SideBySide {
  /// Does them and hands each over as it ends.
  ///
  /// - Parameters:
  ///   - task: makes the n-th task; called in order, when its turn comes.
  ///   - take: takes what the n-th came to.
  static func run<Value: Sendable>(
    _ count: Int, jobs: Int, task: (Int) throws -> @Sendable () async throws -> Value,
    take: (Int, Value) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
      var next = 0
      func start() throws {
        guard next < count else { return }
        let number = next
        let work = try task(number)
        next += 1
        group.addTask { (number, try await work()) }
      }
      for _ in 0..<max(1, jobs) { try start() }
      while let (number, value) = try await group.next() {
        try start()
        try take(number, value)
      }
    }
  }

  /// Does them and hands each over as soon as those before it are handed over.
  static func inOrder<Value: Sendable>(
    _ count: Int, jobs: Int, task: (Int) throws -> @Sendable () async throws -> Value,
    take: (Int, Value) throws -> Void
  ) async throws {
    var waiting: [Int: Value] = [:]
    var next = 0
    try await run(count, jobs: jobs, task: task) { number, value in
      waiting[number] = value
      while let value = waiting.removeValue(forKey: next) {
        try take(next, value)
        next += 1
      }
    }
  }
}
