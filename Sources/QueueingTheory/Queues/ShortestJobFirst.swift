// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/M/1 queue that serves the shortest waiting request next and interrupts none.
///
/// A request of size x waits W₀/(1 - ρₓ)², with W₀ the mean residual work in service and ρₓ the load
/// of requests up to that size. Source: Phipps, "Machine repair as a priority waiting-line problem",
/// Operations Research 4 (1956), DOI 10.1287/opre.4.1.76.
package struct ShortestJobFirst: Hashable, Sendable {
  /// The same queue, first come first served.
  package let queue: MM1
  /// The mean time before service.
  package let waitingTimeMean: Double

  /// The queue with the rates of this one; by quadrature to about 1e-12.
  ///
  /// - Complexity: some hundred exponentials.
  package init(queue: MM1) {
    self.queue = queue
    let rho = queue.utilization
    let residual = rho / queue.serviceRate
    waitingTimeMean = Quadrature.integral(scale: 1) { x in
      // For the sizes x in mean services, whose density is e^-x.
      let free = 1 - rho + rho * decay(x) * (1 + x)
      return decay(x) * residual / (free * free)
    }
  }

  /// The mean time before service of a request that takes `size` to serve.
  package func waitingTimeMean(ofSize size: Double) -> Double {
    let x = size * queue.serviceRate
    let rho = queue.utilization
    let free = 1 - rho + rho * decay(x) * (1 + x)
    return rho / queue.serviceRate / (free * free)
  }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { waitingTimeMean + 1 / queue.serviceRate }
}
