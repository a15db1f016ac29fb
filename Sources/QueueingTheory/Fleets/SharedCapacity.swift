// SPDX-License-Identifier: GPL-3.0-or-later

/// Classes of requests that hold units of a shared capacity and are turned away if too few are free.
///
/// Poisson arrivals, any law of the time held. Sources: Kaufman, "Blocking in a shared resource
/// environment", IEEE Transactions on Communications 29 (1981), DOI 10.1109/TCOM.1981.1094894;
/// Roberts, "A service system with heterogeneous user requirements", Performance of Data
/// Communications Systems and Their Applications (North-Holland, 1981).
package struct SharedCapacity: Hashable, Sendable {
  /// A class of requests.
  package struct Class: Hashable, Sendable {
    /// Arrivals per unit of time.
    package let arrivalRate: Double
    /// The mean time for which a request holds its units.
    package let holdMean: Double
    /// How many units a request holds.
    package let units: Int

    /// Requests at this rate that hold so many units for this time on average.
    package init(arrivalRate: Double, holdMean: Double, units: Int) {
      self.arrivalRate = arrivalRate
      self.holdMean = holdMean
      self.units = units
    }
  }

  /// The classes.
  package let classes: [Class]
  /// The units there are.
  package let capacity: Int
  /// The share of time in which 0, 1, … units are held.
  package let heldProbabilities: [Double]

  /// The capacity shared by these classes, by j g(j) = Σ a u g(j - u).
  ///
  /// - Precondition: there is a class; rates, times and units are positive.
  /// - Complexity: the capacity times the classes.
  package init(classes: [Class], capacity: Int) {
    precondition(!classes.isEmpty && capacity >= 0, "requests share a capacity")
    precondition(
      classes.allSatisfy { $0.arrivalRate > 0 && $0.holdMean > 0 && $0.units >= 1 },
      "each class arrives and holds something")
    self.classes = classes
    self.capacity = capacity
    var weights = [1.0]
    for held in 1..<max(1, capacity + 1) {
      let sum = classes.reduce(0) { sum, item in
        guard item.units <= held else { return sum }
        let load = item.arrivalRate * item.holdMean * Double(item.units)
        return sum + load * weights[held - item.units]
      }
      weights.append(sum / Double(held))
      if weights[held] > 1e200 { weights = weights.map { $0 * 1e-200 } }
    }
    let sum = weights.reduce(0, +)
    heldProbabilities = weights.map { $0 / sum }
  }

  /// The share of time in which nothing is held.
  package var emptyProbability: Double { heldProbabilities.first ?? 0 }

  /// The mean number of units held.
  package var heldMean: Double { heldProbabilities.mean { Double($0) } }

  /// The mean share of the capacity that is held.
  package var utilization: Double { heldMean / Double(capacity) }

  /// The share of requests of the class with this index that are turned away.
  package func blockingProbability(ofClass index: Int) -> Double {
    heldProbabilities.suffix(classes[index].units).reduce(0, +)
  }
}
