// SPDX-License-Identifier: Apache-2.0

import GatewayCore
import NIOCore
import NIOHTTP1
import OpenAIProtocol
import Quantities
import Serving

/// The admin listener: probes for everybody, metrics and engines for who has the token.
final class AdminService: RequestHandler {
  let limits: Configuration.Limits
  private let gateway: GatewayService

  init(_ gateway: GatewayService) {
    self.gateway = gateway
    var limits = gateway.configuration.limits
    limits.body = 1_024
    self.limits = limits
  }

  func clientGone(_ number: UInt64) {}
  func clientWritable(_ number: UInt64, _ isWritable: Bool) {}

  func handle(_ request: ClientRequest, on client: ClientHandler) {
    guard request.head.method == .GET else { return say(405, "GET only\n", on: client) }
    switch request.head.uri {
    case "/healthz": say(200, "ok\n", on: client)
    case "/readyz":
      gateway.isReady ? say(200, "ready\n", on: client) : say(503, "not ready\n", on: client)
    case "/metrics", "/engines":
      let secret = Secret.bearer(request.head.headers.first(name: "authorization"))
      guard let secret, Secret.find(secret, among: [gateway.configuration.adminDigest]) != nil
      else {
        return say(401, "a token is needed\n", on: client)
      }
      if request.head.uri == "/metrics" {
        client.respond(
          status: 200, headers: [("content-type", "text/plain; version=0.0.4")],
          body: Array(gateway.metrics().utf8))
      } else {
        client.respond(
          status: 200, headers: [("content-type", "application/json")],
          body: Array(engines().utf8))
      }
    default: say(404, "unknown\n", on: client)
    }
  }

  private func say(_ status: Int, _ text: String, on client: ClientHandler) {
    client.respond(
      status: status, headers: [("content-type", "text/plain")], body: Array(text.utf8))
  }

  private func engines() -> String {
    let fleet = gateway.configuration.fleet
    let rows = fleet.engines.enumerated().map { number, engine in
      let seen = gateway.driver.observation(of: number)
      return """
        {"engine":\(JSONText.quoted(engine.name)),\
        "model":\(JSONText.quoted(fleet.models[engine.model].name)),\
        "accepts":\(seen.acceptsRequests),"outstanding":\(seen.outstanding)}
        """
    }
    return "[" + rows.joined(separator: ",") + "]\n"
  }
}

extension GatewayService {
  /// All metrics, as Prometheus reads them; `Documentation/Metrics.md` lists their names.
  func metrics() -> String {
    var text = MetricsText()
    let fleet = configuration.fleet
    let tally = driver.tally
    text.begin("plimsoll_requests_total", "counter", "Requests by how they ended.")
    for (model, counts) in tally.outcomes.enumerated() {
      for outcome in RequestOutcome.allCases {
        text.value(
          "plimsoll_requests_total",
          [("model", fleet.models[model].name), ("outcome", outcome.name)],
          counts[Int(outcome.rawValue)])
      }
    }
    text.begin("plimsoll_requests_refused_total", "counter", "Requests that were not taken in.")
    for (why, count) in [("unauthorised", measures.unauthorised), ("invalid", measures.invalid)] {
      text.value("plimsoll_requests_refused_total", [("why", why)], count)
    }
    engineMetrics(&text)
    for (name, help, count) in [
      ("plimsoll_retries_total", "Calls that were made again.", tally.retries),
      (
        "plimsoll_retries_denied_total", "Calls not made again: too many were.", tally.retriesDenied
      ),
      ("plimsoll_calls_cancelled_total", "Calls that nobody waited for.", tally.cancelledCalls),
      ("plimsoll_clients_gone_total", "Clients that went away early.", tally.clientsGone),
      ("plimsoll_over_budget_total", "Requests that no budget held.", tally.overBudget),
      ("plimsoll_unpriced_answers_total", "Answers without usage or price.", tally.unpriced),
      ("plimsoll_connections_refused_total", "Connections too many.", measures.connectionsRefused),
      (
        "plimsoll_access_log_dropped_total", "Lines the disk was too slow for.",
        access?.dropped ?? 0
      ),
      ("plimsoll_decision_log_dropped_total", "Lines dropped.", decisions?.dropped ?? 0),
    ] {
      text.begin(name, "counter", help)
      text.value(name, [], count)
    }
    for (name, help, value) in [
      ("plimsoll_requests_in_flight", "Requests on their way.", exchanges.count),
      ("plimsoll_flights", "Calls that equal requests may share.", driver.flightCount),
      ("plimsoll_client_connections", "Connections of clients.", measures.connections),
      ("plimsoll_ready", "Whether requests are taken.", isReady ? 1 : 0),
    ] {
      text.begin(name, "gauge", help)
      text.value(name, [], value)
    }
    storeMetrics(&text)
    moneyMetrics(&text)
    text.histogram("plimsoll_request_seconds", "From request to whole answer.", measures.duration)
    text.histogram(
      "plimsoll_first_byte_seconds", "To the first byte of a stream.", measures.firstByte)
    text.histogram("plimsoll_own_seconds", "The gateway's own share of a request.", measures.own)
    return text.text
  }

  private func engineMetrics(_ text: inout MetricsText) {
    let engines = configuration.fleet.engines
    text.begin("plimsoll_engine_calls_total", "counter", "Calls of engines.")
    for (engine, count) in driver.tally.calls.enumerated() {
      text.value("plimsoll_engine_calls_total", [("engine", engines[engine].name)], count)
    }
    text.begin("plimsoll_engine_failures_total", "counter", "Calls of engines that failed.")
    for (engine, count) in driver.tally.failedCalls.enumerated() {
      text.value("plimsoll_engine_failures_total", [("engine", engines[engine].name)], count)
    }
    text.begin("plimsoll_engine_outstanding", "gauge", "Requests at an engine.")
    for (number, engine) in engines.enumerated() {
      let count = driver.observation(of: number).outstanding
      text.value("plimsoll_engine_outstanding", [("engine", engine.name)], count)
    }
    text.begin("plimsoll_engine_accepts", "gauge", "Whether an engine gets requests.")
    for (number, engine) in engines.enumerated() {
      let accepts = driver.observation(of: number).acceptsRequests
      text.value("plimsoll_engine_accepts", [("engine", engine.name)], accepts ? 1 : 0)
    }
  }

  private func storeMetrics(_ text: inout MetricsText) {
    guard let figures = driver.storeFigures else { return }
    for (name, type, help, value) in [
      ("plimsoll_store_answers", "gauge", "Kept answers.", figures.count),
      ("plimsoll_store_bytes", "gauge", "Bytes of kept answers.", figures.bytes),
      (
        "plimsoll_store_evictions_total", "counter", "Answers that went for room.",
        figures.evictions
      ),
    ] {
      text.begin(name, type, help)
      text.value(name, [], value)
    }
  }

  private func moneyMetrics(_ text: inout MetricsText) {
    let tenants = configuration.fleet.tenants
    text.begin("plimsoll_tenant_spend_usd_total", "counter", "What answers cost, by tenant.")
    for (tenant, spent) in driver.tally.spent.enumerated() {
      text.value(
        "plimsoll_tenant_spend_usd_total", [("tenant", tenants[tenant])], spent.rounded(places: 9))
    }
    guard let ledger = driver.ledger else { return }
    text.begin("plimsoll_budget_spent_usd", "gauge", "What is spent of this period's budget.")
    text.value("plimsoll_budget_spent_usd", [], ledger.total.spent.rounded(places: 9))
    text.begin("plimsoll_budget_reserved_usd", "gauge", "What is put aside of it.")
    text.value("plimsoll_budget_reserved_usd", [], ledger.total.reserved.rounded(places: 9))
  }
}
