// SPDX-License-Identifier: GPL-3.0-or-later

import QueueingTheory
import Testing

@Suite("Batches of fixed times")
struct BatchQueueTests {
  @Test("of one request are M/D/1")
  func one() {
    let queue = BatchQueue(arrivalRate: 0.8, fixedTime: 0.4, timePerRequest: 0.6, largestBatch: 1)
    let single = MD1(arrivalRate: 0.8, serviceTime: 1).moments
    #expect(agree(queue.waitingTimeMean, single.waitingTimeMean, to: 1e-11))
    #expect(agree(queue.requestsInSystemMean, single.requestsInSystemMean, to: 1e-11))
    #expect(agree(queue.idleProbability, 0.2, to: 1e-11) && agree(queue.load, 0.8))
  }

  /// Nothing is limited by 400 when some ten wait.
  @Test("of very many requests are batches of all who wait")
  func many() {
    let queue = BatchQueue(arrivalRate: 1, fixedTime: 1, timePerRequest: 0.5, largestBatch: 400)
    let all = TakeAllBatchQueue(arrivalRate: 1, fixedTime: 1, timePerRequest: 0.5)
    #expect(agree(queue.sojournTimeMean, all.sojournTimeMean, to: 1e-11))
    #expect(agree(queue.batchSizeMean, all.batchSizeMean, to: 1e-11))
    #expect(all.sojournTimeMean < all.sojournTimeMeanBound)
  }

  /// The server is busy a share of time that the batches it starts account for.
  @Test("keep Little's law and the flow")
  func flow() {
    let queue = BatchQueue(arrivalRate: 6, batchTimes: [0.1, 0.2, 0.2, 0.5])
    #expect(agree(queue.batchRate * queue.batchSizeMean, 6, to: 1e-11))
    #expect(agree(queue.utilization + queue.idleProbability, 1))
    #expect(
      agree(queue.queueLengthMean + 6 * queue.serviceTimeMean, queue.requestsInSystemMean))
  }
}

@Suite("Batches of exponential times")
struct MM1BatchTests {
  @Test("of one request are M/M/1")
  func one() {
    let queue = MM1Batch(arrivalRate: 0.8, batchRate: 1, largestBatch: 1)
    #expect(agree(queue.root, 0.8) && agree(queue.sojournTimeMean, 5))
    #expect(agree(queue.idleProbability, 0.2) && agree(queue.batchSizeMean, 1))
  }

  /// r + r² = ¾ has the root ½: idle 1/(1 + ¾·2) = 2/5, Lq = ¾·⅖·½·4.
  @Test("of two requests wait 0.8 at a load of three eighths")
  func two() {
    let queue = MM1Batch(arrivalRate: 0.75, batchRate: 1, largestBatch: 2)
    #expect(agree(queue.root, 0.5) && agree(queue.idleProbability, 0.4))
    #expect(agree(queue.queueLengthMean, 0.6) && agree(queue.waitingTimeMean, 0.8))
  }

  @Test("that wait until they are full are M/M/1 for one request")
  func full() throws {
    let queue = try FullBatchQueue(arrivalRate: 0.8, batchRate: 1, batchSize: 1)
    #expect(queue.fillingTimeMean == 0 && agree(queue.sojournTimeMean, 5))
  }
}

@Suite("Batches with a timeout")
struct BatchWindowTests {
  /// Of two requests: the second comes within 1 with probability 1 - 1/e; the first waits (1 - 1/e)
  /// on average, the second not at all.
  @Test("of at most two requests")
  func two() {
    let window = BatchWindow(arrivalRate: 1, largestBatch: 2, timeout: 1)
    let full = 0.6321205588285577
    #expect(agree(window.fullProbability, full) && agree(window.windowMean, full))
    #expect(agree(window.batchSizeMean, 1 + full))
    #expect(agree(window.waitingTimeMean, full / (1 + full)))
  }

  /// Without a limit all within the timeout: 1 + 3, and (2 + 3·1)/4 of waiting.
  @Test("without a limit on requests wait for the timeout")
  func unlimited() {
    let window = BatchWindow(arrivalRate: 1.5, largestBatch: 1_000, timeout: 2)
    #expect(agree(window.batchSizeMean, 4) && agree(window.windowMean, 2))
    #expect(agree(window.waitingTimeMean, 1.25) && window.fullProbability == 0)
  }
}

@Suite("Requests that give up")
struct ErlangATests {
  /// With patience as long as service, the number is Poisson with the load as its mean.
  @Test("at the rate of service leave a Poisson number")
  func poisson() {
    let queue = ErlangA(arrivalRate: 2, serviceRate: 1, servers: 1, abandonmentRate: 1)
    let none = 0.1353352832366127
    #expect(agree(queue.waitingProbability, 1 - none))
    #expect(agree(queue.busyServersMean, 1 - none) && agree(queue.throughput, 1 - none))
    #expect(agree(queue.queueLengthMean, 1 + none))
  }

  @Test("very late leave M/M/c")
  func patient() {
    let queue = ErlangA(arrivalRate: 2, serviceRate: 1, servers: 3, abandonmentRate: 1e-9)
    let patient = MMC(arrivalRate: 2, serviceRate: 1, servers: 3)
    #expect(agree(queue.waitingProbability, patient.waitingProbability, to: 1e-7))
    #expect(agree(queue.waitingTimeMean, patient.waitingTimeMean, to: 1e-7))
  }
}

@Suite("Arrivals in two phases")
struct MMPP2M1Tests {
  @Test("at the same rate are M/M/1")
  func same() {
    let queue = MMPP2M1(arrivalRates: [0.8, 0.8], changeRates: [0.1, 0.3], serviceRate: 1)
    #expect(agree(queue.requestsInSystemMean, 4, to: 1e-11) && agree(queue.dispersionLimit, 1))
    #expect(agree(queue.probability(ofAtLeast: 10), 0.1073741824, to: 1e-11))
  }

  /// With changes that never last the queue sees the mean rate; with changes that last for ever,
  /// half the time each rate: (1/4 + 4)/2.
  @Test("that hardly ever change are a mixture of two queues")
  func slow() {
    let slow = MMPP2M1(arrivalRates: [0.2, 0.8], changeRates: [1e-6, 1e-6], serviceRate: 1)
    #expect(agree(slow.requestsInSystemMean, 2.125, to: 1e-4))
    let fast = MMPP2M1(arrivalRates: [0.2, 0.8], changeRates: [1e6, 1e6], serviceRate: 1)
    #expect(agree(fast.requestsInSystemMean, 1, to: 1e-4))
  }

  @Test("without arrivals in one of them settle")
  func interrupted() {
    let queue = MMPP2M1(arrivalRates: [0, 1.5], changeRates: [0.1, 0.1], serviceRate: 1)
    #expect(agree(queue.probability(ofAtLeast: 1), 0.75, to: 1e-11))
    #expect(agree(queue.requestsInSystemMean / queue.sojournTimeMean, 0.75))
  }
}
