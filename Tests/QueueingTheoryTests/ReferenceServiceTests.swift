// SPDX-License-Identifier: GPL-3.0-or-later

import QueueingTheory
import Testing

@Suite("A closed form for ways of serving agrees with independently computed values")
struct ReferenceServiceTests {
  @Test("for a server with a setup time")
  func setup() throws {
    try ReferenceRow.compare("mg1_setup", rows: 18) { parameters, quantity in
      let queue = MG1Setup(
        queue: MG1(
          arrivalRate: try parameters.number("lambda"), service: try parameters.law("service")),
        setup: try parameters.law("setup"))
      return switch quantity {
      case "Wq": queue.waitingTimeMean
      case "W": queue.sojournTimeMean
      case "p_arrival_finds_off", "fraction_time_off": queue.offProbability
      case "fraction_time_setting_up": queue.setupProbability
      case "setups_per_time": queue.setupRate
      default: nil
      }
    }
  }

  @Test("for a server that starts for N requests")
  func policy() throws {
    try ReferenceRow.compare("mm1_n_policy", rows: 12) { parameters, quantity in
      let queue = MM1NPolicy(queue: try mm1(parameters), threshold: try parameters.count("N"))
      return switch quantity {
      case "W": queue.sojournTimeMean
      case "L": queue.requestsInSystemMean
      case "starts_per_time": queue.startRate
      case "fraction_time_on": queue.utilization
      default: nil
      }
    }
  }

  @Test("for the shortest job first")
  func shortest() throws {
    try ReferenceRow.compare("mm1_sjf_nonpreemptive", rows: 6) { parameters, quantity in
      let queue = ShortestJobFirst(
        queue: MM1(
          arrivalRate: try parameters.number("lambda"),
          serviceRate: 1 / (try parameters.number("mean_service"))))
      return switch quantity {
      case "Wq": queue.waitingTimeMean
      case "Wq_fcfs": queue.queue.waitingTimeMean
      default: nil
      }
    }
  }

  @Test("for two classes")
  func priorities() throws {
    try ReferenceRow.compare("mm1_priority_nonpreemptive", rows: 9) { parameters, quantity in
      let queue = try priorities(parameters)
      return switch quantity {
      case "Wq_class1": queue.waitingTimeMean(ofClass: 0)
      case "Wq_class2": queue.waitingTimeMean(ofClass: 1)
      case "Wq_all": queue.waitingTimeMean
      default: nil
      }
    }
    try ReferenceRow.compare("mm1_priority_preemptive_resume", rows: 6) { parameters, quantity in
      let queue = try priorities(parameters)
      return switch quantity {
      case "W_class1": queue.sojournTimeMeanPreemptive(ofClass: 0)
      case "W_class2": queue.sojournTimeMeanPreemptive(ofClass: 1)
      default: nil
      }
    }
  }

  @Test("for a shared server")
  func sharing() throws {
    try ReferenceRow.compare("mg1_ps", rows: 21) { parameters, quantity in
      let queue = MG1PS(
        arrivalRate: try parameters.number("lambda"), serviceMean: try parameters.law("size").mean)
      return switch quantity {
      case "rho": queue.utilization
      case "L": queue.requestsInSystemMean
      case "W": queue.sojournTimeMean
      case "slowdown": queue.slowdown
      case "p0": queue.queue.emptyProbability
      case "p_N_ge_5": queue.queue.probability(ofAtLeast: 5)
      case "W_given_size_1": queue.sojournTimeMean(ofSize: 1)
      default: nil
      }
    }
  }

  @Test("for steps shared by all requests")
  func continuous() throws {
    try ReferenceRow.compare("continuous_batching_ps", rows: 27) { parameters, quantity in
      let server = ContinuousBatching(
        arrivalRate: try parameters.number("lambda"), fixedTime: try parameters.number("alpha"),
        timePerRequest: try parameters.number("beta"),
        tokensMean: try parameters.number("mean_tokens"))
      return switch quantity {
      case "rho": server.load
      case "L": server.requestsInSystemMean
      case "var_L": server.requestsInSystemVariance
      case "p0": server.emptyProbability
      case "W": server.sojournTimeMean
      case "N_p99": Double(server.requestsInSystemQuantile(0.99))
      case "mean_iteration_time_token_weighted": server.stepTimeMean
      case "utilisation": server.utilization
      case "p_N_ge_64": server.probability(ofAtLeast: 64)
      default: nil
      }
    }
  }

  @Test("for steps shared by a limited number of requests")
  func capped() throws {
    try ReferenceRow.compare("continuous_batching_cap", rows: 27) { parameters, quantity in
      let server = CappedContinuousBatching(
        arrivalRate: try parameters.number("lambda"), fixedTime: try parameters.number("alpha"),
        timePerRequest: try parameters.number("beta"),
        tokensMean: try parameters.number("mean_tokens"),
        largestBatch: try parameters.count("max_batch"))
      return switch quantity {
      case "max_throughput": server.maximumThroughput
      case "rho": server.load
      case "L": server.requestsInSystemMean
      case "Lq": server.queueLengthMean
      case "mean_running": server.runningMean
      case "W": server.sojournTimeMean
      case "Wq": server.waitingTimeMean
      case "p_wait": server.waitingProbability
      case "p0": server.emptyProbability
      default: nil
      }
    }
  }

  @Test("for a shared capacity")
  func capacity() throws {
    try ReferenceRow.compare("kaufman_roberts", rows: 15) { parameters, quantity in
      let shared = SharedCapacity(
        classes: try parameters.list("classes").map {
          .init(
            arrivalRate: try $0.number("lambda"), holdMean: try $0.number("mean_hold"),
            units: try $0.count("units"))
        },
        capacity: try parameters.count("capacity_units"))
      return switch quantity {
      case "mean_units_used": shared.heldMean
      case "p_empty": shared.emptyProbability
      case "p_block_class1": shared.blockingProbability(ofClass: 0)
      case "p_block_class2": shared.blockingProbability(ofClass: 1)
      case "p_block_class3": shared.blockingProbability(ofClass: 2)
      case "utilisation": shared.utilization
      default: nil
      }
    }
  }

  @Test("for the power of several choices")
  func choices() throws {
    try ReferenceRow.compare("power_of_d_mean_field", rows: 12) { parameters, quantity in
      let servers = PowerOfChoices(
        choices: try parameters.count("d"), utilization: try parameters.number("rho"),
        serviceRate: try parameters.number("mu"))
      return switch quantity {
      case "mean_N_per_server": servers.requestsPerServerMean
      case "W": servers.sojournTimeMean
      case "p_server_has_ge_3": servers.probability(ofAtLeast: 3)
      default: nil
      }
    }
  }

  @Test("for users who think")
  func interactive() throws {
    try ReferenceRow.compare("closed_interactive_mva", rows: 15) { parameters, quantity in
      let users = InteractiveUsers(
        users: try parameters.count("users"),
        thinkingTimeMean: try parameters.number("think_time"),
        serviceMean: try parameters.number("mean_service"))
      return switch quantity {
      case "throughput": users.throughput
      case "response_time": users.sojournTimeMean
      case "mean_at_server": users.requestsInSystemMean
      case "utilisation": users.utilization
      case "saturation_users": users.saturationUsers
      default: nil
      }
    }
  }

  @Test("for servers in tandem")
  func tandem() throws {
    try ReferenceRow.compare("jackson_tandem", rows: 6) { parameters, quantity in
      let servers = TandemQueues(
        arrivalRate: try parameters.number("lambda"), serviceRates: try parameters.numbers("mus"))
      return switch quantity {
      case "L": servers.requestsInSystemMean
      case "W": servers.sojournTimeMean
      case "max_throughput": servers.maximumThroughput
      default: nil
      }
    }
  }

  @Test("for tiers that requests are drawn into")
  func tiers() throws {
    try ReferenceRow.compare("probabilistic_router_mmc", rows: 8) { parameters, quantity in
      let lambda = try parameters.number("lambda")
      let routed = RoutedTiers(
        tiers: try parameters.list("tiers").map {
          MMC(
            arrivalRate: lambda * (try $0.number("p")), serviceRate: try $0.number("mu"),
            servers: try $0.count("c"))
        })
      return switch quantity {
      case "W": routed.sojournTimeMean
      case "W_p99_tier1": routed.tiers[0].sojournTimeQuantile(0.99)
      case "W_p99_tier2": routed.tiers[1].sojournTimeQuantile(0.99)
      case "W_p99_tier3": routed.tiers[2].sojournTimeQuantile(0.99)
      default: ReferenceRow.quantile(quantity, { _ in .nan }, routed.sojournTimeQuantile)
      }
    }
  }

  @Test("for jobs that start from scratch")
  func restarted() throws {
    try ReferenceRow.compare("preempted_job_restart", rows: 9) { parameters, quantity in
      let job = InterruptedJob(
        work: try parameters.number("work"),
        interruptionRate: try parameters.number("interruption_rate"),
        restartTime: try parameters.number("restart_time"))
      return switch quantity {
      case "mean_completion": job.completionMean
      case "mean_interruptions": job.interruptionsMean
      case "p_no_interruption": job.undisturbedProbability
      default: nil
      }
    }
  }

  @Test("for jobs with checkpoints")
  func checkpointed() throws {
    try ReferenceRow.compare("preempted_job_checkpoint", rows: 12) { parameters, quantity in
      let interval = try parameters.number("interval")
      let job = InterruptedJob(
        segments: Int((try parameters.number("work") / interval).rounded()), interval: interval,
        checkpointTime: try parameters.number("checkpoint_time"),
        interruptionRate: try parameters.number("interruption_rate"),
        restartTime: try parameters.number("restart_time"))
      return switch quantity {
      case "mean_completion": job.completionMean
      case "mean_interruptions": job.interruptionsMean
      case "optimal_interval": job.optimalInterval
      case "young_interval": job.youngInterval
      default: nil
      }
    }
  }

  private func mm1(_ parameters: ReferenceValue) throws -> MM1 {
    MM1(arrivalRate: try parameters.number("lambda"), serviceRate: try parameters.number("mu"))
  }

  private func priorities(_ parameters: ReferenceValue) throws -> PriorityMM1 {
    PriorityMM1(
      arrivalRates: [try parameters.number("lambda1"), try parameters.number("lambda2")],
      serviceRate: try parameters.number("mu"))
  }
}
