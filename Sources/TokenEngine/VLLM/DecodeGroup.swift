// SPDX-License-Identifier: Apache-2.0

/// Requests that each get their next token in every step, taken together: a step counts once, and not once for each.
///
/// What is scheduled of a member is its base and the steps of the group. Members stand in a heap by the step that brings
/// their last token, and are counted by the step at which they need their next block. A request joins with the step that
/// brings the token before, and leaves with the step that brings its last one, when they are scheduled: who drives the
/// scheduler may have two of them in flight.
struct DecodeGroup {
  /// A member and the step of the group that schedules its last token.
  struct Member: BitwiseCopyable {
    let last: Int64
    let slot: Int32
  }

  /// Steps that were scheduled while there was a group.
  private(set) var steps: Int64 = 0
  /// The class of members that need a block in the next step.
  private(set) var needing = 0
  /// Tokens computed of all members.
  private(set) var context = 0
  /// Members: a binary heap, the first to end in front.
  private(set) var members: ContiguousArray<Member> = []
  /// Who runs and is not through with its prompt, in the order of admission.
  var prefilling: ContiguousArray<Int32> = []
  /// Members until a step in flight, which brings their last token; in the order of steps.
  var leaving: ContiguousArray<Member> = []
  /// Who gets its last token in a step in flight and was no member in it.
  var closing: ContiguousArray<Int32> = []

  /// Members by their base, modulo the size of a block: how many, and who where that is asked.
  private(set) var counts: ContiguousArray<Int>
  private(set) var byBase: ContiguousArray<ContiguousArray<Int32>>
  private let blockSize: Int
  private let knowsMembers: Bool

  /// A group without members.
  init(blockSize: Int, knowsMembers: Bool) {
    self.blockSize = blockSize
    self.knowsMembers = knowsMembers
    counts = ContiguousArray(repeating: 0, count: blockSize)
    byBase = knowsMembers ? ContiguousArray(repeating: [], count: blockSize) : []
  }

  /// How many members there are.
  var count: Int { members.count }

  /// How many requests run.
  var running: Int { members.count + prefilling.count + leaving.count + closing.count }

  /// The class of members that need a block one step later than those of another class.
  func next(_ place: Int) -> Int { place == 0 ? blockSize - 1 : place - 1 }

  /// Takes steps in which all members get a token.
  mutating func take(_ count: Int) {
    steps += Int64(count)
    context += count * members.count
    if count == 1 {
      needing = next(needing)
    } else {
      let rest = count % blockSize
      needing -= needing < rest ? rest - blockSize : rest
    }
  }

  /// The class of a member of that base.
  private func residue(_ base: Int64) -> Int {
    let rest = Int(base % Int64(blockSize))
    return rest < 0 ? rest + blockSize : rest
  }

  /// Adds a member.
  ///
  /// - Parameter tokens: how many tokens it still gets, at least one.
  /// - Complexity: O(log members).
  mutating func join(_ slot: Int32, base: Int64, tokens: Int) {
    context += Int(base + steps)
    let residue = residue(base)
    counts[residue] += 1
    if knowsMembers { byBase[residue].append(slot) }
    members.append(Member(last: steps + Int64(tokens), slot: slot))
    rise(members.count - 1)
  }

  /// Takes out the member that ends first, if it ends with the step taken last.
  ///
  /// - Complexity: O(log members), where members are known also O(members of its class).
  mutating func removeEnded(base: (Int32) -> Int64) -> Member? {
    guard let first = members.first, first.last == steps else { return nil }
    let last = members.removeLast()
    if !members.isEmpty {
      members[0] = last
      sink()
    }
    let base = base(first.slot)
    context -= Int(base + steps)
    let residue = residue(base)
    counts[residue] -= 1
    if knowsMembers { byBase[residue].removeAll { $0 == first.slot } }
    return first
  }

  /// Forgets all members; who runs is known elsewhere then.
  mutating func removeAll() {
    members.clear()
    prefilling.clear()
    leaving.clear()
    closing.clear()
    context = 0
    for index in counts.indices { counts[index] = 0 }
    for index in byBase.indices { byBase[index].clear() }
  }

  private mutating func rise(_ start: Int) {
    var place = start
    let member = members[place]
    while place > 0 {
      let parent = (place - 1) / 2
      guard member.last < members[parent].last else { break }
      members[place] = members[parent]
      place = parent
    }
    members[place] = member
  }

  private mutating func sink() {
    var place = 0
    let member = members[0]
    while 2 * place + 1 < members.count {
      var child = 2 * place + 1
      if child + 1 < members.count, members[child + 1].last < members[child].last { child += 1 }
      guard members[child].last < member.last else { break }
      members[place] = members[child]
      place = child
    }
    members[place] = member
  }
}
