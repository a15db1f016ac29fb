// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Testing

@Suite("The confusion matrix")
struct ConfusionMatrixTests {
  @Test("counts precision, recall, shares and accuracy")
  func byHand() {
    // Rows are true classes: 3 and 1 of the first, 2 and 4 of the second.
    var matrix = ConfusionMatrix(classCount: 2, choiceCount: 2)
    for (trueClass, choice, count) in [(0, 0, 3), (0, 1, 1), (1, 0, 2), (1, 1, 4)] {
      for _ in 0..<count { matrix.record(trueClass: trueClass, choice: choice) }
    }
    #expect(matrix[1, 0] == 2)
    #expect(matrix.total == 10)
    #expect(matrix.precision(of: 0) == 0.6)
    #expect(matrix.recall(of: 0) == 0.75)
    #expect(matrix.share(of: 1) == 0.5)
    #expect(matrix.accuracy == 0.7)
  }

  @Test("has no precision, recall or share of nothing")
  func ofNothing() {
    let matrix = ConfusionMatrix(classCount: 2, choiceCount: 3)
    #expect(matrix.precision(of: 2) == nil)
    #expect(matrix.recall(of: 1) == nil)
    #expect(matrix.share(of: 0) == nil)
    #expect(matrix.accuracy == nil)
  }
}
