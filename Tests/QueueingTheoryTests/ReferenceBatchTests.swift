// SPDX-License-Identifier: GPL-3.0-or-later

import QueueingTheory
import Testing

@Suite("A closed form for batches and uneven arrivals agrees with independently computed values")
struct ReferenceBatchTests {
  @Test("for batches of affine times, to 1e-8")
  func affine() throws {
    try ReferenceRow.compare("batch_affine", rows: 55, to: 1e-8) { parameters, quantity in
      let queue = BatchQueue(
        arrivalRate: try parameters.number("lambda"), fixedTime: try parameters.number("alpha"),
        timePerRequest: try parameters.number("beta"),
        largestBatch: try parameters.count("max_batch"))
      return switch quantity {
      case "max_throughput": queue.maximumThroughput
      case "rho": queue.load
      case "L": queue.requestsInSystemMean
      case "W": queue.sojournTimeMean
      case "Wq": queue.waitingTimeMean
      case "mean_service_seen": queue.serviceTimeMean
      case "mean_batch_size": queue.batchSizeMean
      case "utilisation": queue.utilization
      case "batches_per_time": queue.batchRate
      case "p_idle": queue.idleProbability
      case "p_left_empty": queue.leftEmptyProbability
      default: nil
      }
    }
  }

  @Test("for batches of all who wait, to 1e-8")
  func takeAll() throws {
    try ReferenceRow.compare("batch_affine_unbounded", rows: 12, to: 1e-8) { parameters, quantity in
      let queue = TakeAllBatchQueue(
        arrivalRate: try parameters.number("lambda"), fixedTime: try parameters.number("alpha"),
        timePerRequest: try parameters.number("beta"))
      return switch quantity {
      case "W": queue.sojournTimeMean
      case "mean_batch_size": queue.batchSizeMean
      case "upper_bound_W": queue.sojournTimeMeanBound
      default: nil
      }
    }
  }

  @Test("for batches of exponential times")
  func exponential() throws {
    try ReferenceRow.compare("batch_mm1b", rows: 24) { parameters, quantity in
      let queue = MM1Batch(
        arrivalRate: try parameters.number("lambda"), batchRate: try parameters.number("mu"),
        largestBatch: try parameters.count("max_batch"))
      return switch quantity {
      case "root": queue.root
      case "p_idle": queue.idleProbability
      case "Lq": queue.queueLengthMean
      case "Wq": queue.waitingTimeMean
      case "W": queue.sojournTimeMean
      case "mean_batch_size": queue.batchSizeMean
      default: nil
      }
    }
  }

  @Test("for batches that wait until they are full")
  func full() throws {
    try ReferenceRow.compare("batch_full_exponential", rows: 16) { parameters, quantity in
      let queue = try FullBatchQueue(
        arrivalRate: parameters.number("lambda"), batchRate: parameters.number("mu"),
        batchSize: parameters.count("batch"))
      return switch quantity {
      case "sigma": queue.batches.waitingProbability
      case "mean_fill_wait": queue.fillingTimeMean
      case "mean_batch_queue_wait": queue.waitingTimeMean
      case "W": queue.sojournTimeMean
      default: nil
      }
    }
  }

  @Test("for batches that close when full or after a timeout")
  func window() throws {
    try ReferenceRow.compare("batch_size_or_timeout", rows: 25) { parameters, quantity in
      let window = BatchWindow(
        arrivalRate: try parameters.number("lambda"),
        largestBatch: try parameters.count("max_batch"), timeout: try parameters.number("timeout"))
      return switch quantity {
      case "mean_batch_size": window.batchSizeMean
      case "mean_batch_window": window.windowMean
      case "p_batch_full": window.fullProbability
      case "mean_batching_wait": window.waitingTimeMean
      case "batches_per_time": window.batchRate
      default: nil
      }
    }
  }

  @Test("for requests that give up")
  func abandonment() throws {
    try ReferenceRow.compare("mmc_abandonment", rows: 24) { parameters, quantity in
      let queue = ErlangA(
        arrivalRate: try parameters.number("lambda"), serviceRate: try parameters.number("mu"),
        servers: try parameters.count("c"), abandonmentRate: try parameters.number("theta"))
      return switch quantity {
      case "p_abandon": queue.abandonmentProbability
      case "p_wait": queue.waitingProbability
      case "Lq": queue.queueLengthMean
      case "mean_queue_time_all": queue.waitingTimeMean
      case "throughput": queue.throughput
      case "mean_busy": queue.busyServersMean
      default: nil
      }
    }
  }

  @Test("for arrivals in two phases")
  func phases() throws {
    try ReferenceRow.compare("mmpp2_m1", rows: 24) { parameters, quantity in
      let queue = MMPP2M1(
        arrivalRates: [try parameters.number("lambda1"), try parameters.number("lambda2")],
        changeRates: [try parameters.number("rate_1_to_2"), try parameters.number("rate_2_to_1")],
        serviceRate: try parameters.number("mu"))
      return switch quantity {
      case "mean_arrival_rate": queue.meanArrivalRate
      case "rho": queue.utilization
      case "limiting_index_of_dispersion": queue.dispersionLimit
      case "L": queue.requestsInSystemMean
      case "W": queue.sojournTimeMean
      case "p0": queue.emptyProbability
      case "p_N_ge_10": queue.probability(ofAtLeast: 10)
      case "p_N_ge_50": queue.probability(ofAtLeast: 50)
      default: nil
      }
    }
  }
}
