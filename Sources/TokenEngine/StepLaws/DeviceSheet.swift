// SPDX-License-Identifier: Apache-2.0

/// What the maker of a device says of it, for the precision in use.
public struct DeviceSheet: Equatable, Sendable {
  /// Bytes a second from and to memory.
  public var memoryBytesPerSecond: Double
  /// Bytes of memory.
  public var memoryBytes: Int
  /// Operations a second of the matrix units; a multiplication and its addition are two. Without sparsity.
  public var matrixOperationsPerSecond: Double
  /// Bytes a second of a device's links to the others, in one direction.
  public var linkBytesPerSecond: Double
  /// Seconds of an all-reduce that carries nothing.
  public var linkLatency: Double

  /// A sheet of those values.
  public init(
    memoryBytesPerSecond: Double, memoryBytes: Int, matrixOperationsPerSecond: Double,
    linkBytesPerSecond: Double, linkLatency: Double
  ) {
    self.memoryBytesPerSecond = memoryBytesPerSecond
    self.memoryBytes = memoryBytes
    self.matrixOperationsPerSecond = matrixOperationsPerSecond
    self.linkBytesPerSecond = linkBytesPerSecond
    self.linkLatency = linkLatency
  }

  /// Why no device has this sheet; `nil` where one may.
  public var problem: String? {
    let rates = [memoryBytesPerSecond, matrixOperationsPerSecond, linkBytesPerSecond]
    if !rates.allSatisfy({ $0 >= 1_000_000 && $0 <= 1e21 }) {
      return "rates are from 1e6 to 1e21 a second"
    }
    if memoryBytes < 1 { return "a device has memory" }
    if !(linkLatency >= 0 && linkLatency <= 1) { return "linkLatency is from 0 to 1 second" }
    return nil
  }
}
