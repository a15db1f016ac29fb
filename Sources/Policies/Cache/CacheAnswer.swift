// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What the response cache says to one request.
@frozen
public enum CacheAnswer: Equatable, Sendable {
  /// It holds the answer, stored so long ago.
  case hit(age: TimeSpan)
  /// It was asked and holds no answer that is still good.
  case miss
  /// It was not asked: the answer to such a request is never kept.
  case bypass
}
