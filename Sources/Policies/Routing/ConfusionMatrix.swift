// SPDX-License-Identifier: Apache-2.0

/// How often each true class was given each choice: how well a classifier or a router does.
public struct ConfusionMatrix: Equatable, Sendable {
  /// How many true classes there are.
  public let classCount: Int
  /// How many choices there are.
  public let choiceCount: Int
  private var counts: [Int]

  /// A matrix of nothing yet.
  ///
  /// - Precondition: there is at least one class and one choice.
  public init(classCount: Int, choiceCount: Int) {
    precondition(classCount > 0 && choiceCount > 0, "a confusion matrix needs a class and a choice")
    self.classCount = classCount
    self.choiceCount = choiceCount
    counts = Array(repeating: 0, count: classCount * choiceCount)
  }

  /// How often a true class was given a choice.
  public subscript(trueClass: Int, choice: Int) -> Int {
    counts[place(trueClass, choice)]
  }

  /// Counts one more.
  public mutating func record(trueClass: Int, choice: Int) {
    counts[place(trueClass, choice)] += 1
  }

  /// How many have been counted.
  ///
  /// - Complexity: O(classes × choices).
  public var total: Int { counts.reduce(0, +) }

  /// Of those given a choice, the part whose true class has its number; nil of none.
  ///
  /// - Complexity: O(classes).
  public func precision(of choice: Int) -> Double? {
    part(choice < classCount ? self[choice, choice] : 0, of: given(choice))
  }

  /// Of those of a true class, the part given the choice with its number; nil of none.
  ///
  /// - Complexity: O(choices).
  public func recall(of trueClass: Int) -> Double? {
    part(trueClass < choiceCount ? self[trueClass, trueClass] : 0, of: having(trueClass))
  }

  /// The part of all that was given a choice; nil of none.
  ///
  /// - Complexity: O(classes × choices).
  public func share(of choice: Int) -> Double? { part(given(choice), of: total) }

  /// The part of all whose choice has the number of their class; nil of none.
  ///
  /// - Complexity: O(classes × choices).
  public var accuracy: Double? {
    part((0..<min(classCount, choiceCount)).reduce(0) { $0 + self[$1, $1] }, of: total)
  }

  private func given(_ choice: Int) -> Int {
    (0..<classCount).reduce(0) { $0 + self[$1, choice] }
  }

  private func having(_ trueClass: Int) -> Int {
    (0..<choiceCount).reduce(0) { $0 + self[trueClass, $1] }
  }

  private func part(_ count: Int, of whole: Int) -> Double? {
    whole > 0 ? Double(count) / Double(whole) : nil
  }

  private func place(_ trueClass: Int, _ choice: Int) -> Int {
    precondition(
      (0..<classCount).contains(trueClass) && (0..<choiceCount).contains(choice),
      "the confusion matrix has no class \(trueClass) or no choice \(choice)")
    return trueClass * choiceCount + choice
  }
}
