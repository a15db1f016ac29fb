// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import CloudModel
import Inputs
import Policies
import Quantities
import ReplicaModel
import Workload

extension UnreadableQuantity: StatesWhatIsAllowed {}

/// Turns a scenario file into a checked value, or into every error that it holds.
package struct ScenarioLoader: Sendable {
  /// How files are read.
  let files: FileReader
  /// What was read beside the scenario's own files, for messages.
  var inputs: [ScenarioFile] = []
  /// The time that files are laid on; `nil` where the scenario does not say it.
  var calendar: (start: UTCDate, horizon: TimeSpan)?
  /// A line for each file of measurements: what was read of it.
  var summaries: [String] = []
  /// What is wrong and does not keep the scenario from running.
  var inputWarnings: [String] = []
  /// The recorded requests with the value that names them, for what can be checked at the end only.
  var recordedTrace: RecordedTrace?
  /// Where lengths of requests are not written that nothing else tells.
  var missingLengths: [WrittenPlace] = []
  /// Where priorities of classes were written; `nil` where they were not.
  var writtenPriorities: WrittenPlace?
  /// What prompts begin with; `nil` where they share nothing that anybody says.
  var systemPrompts: SystemPrompts?
  /// Where what a scenario leaves out is looked for.
  var catalogue = Catalogue()
  /// Types of machines of which it was said that the catalogue does not have them.
  var unknownMachines: [String] = []
  /// What was taken from there, in sentences.
  var assumed: [String] = []
  /// A line for each of them and each file that was streamed, for the digest.
  var fingerprints: [String] = []

  init(files: FileReader) {
    self.files = files
  }

  /// The scenario at a path, with the other scenarios that its targets compare it with.
  ///
  /// - Parameters:
  ///   - overrides: texts such as `fleet.base.machines=6`; they change this scenario only.
  ///   - claims: claims whose targets on this scenario are judged beside its own.
  /// - Throws: all that is wrong with the scenario and the files that it names, at once.
  package static func load(
    _ path: String, files: FileReader, overrides: [String] = [], claims: ClaimSet? = nil
  ) throws(ScenarioErrors) -> LoadedExperiment {
    try load(
      ScenarioText.load(path, files: files, overrides: overrides), path: path, files: files,
      claims: claims)
  }

  /// The scenario of a text that was read from a path, as `load(_:files:overrides:claims:)` gives it.
  package static func load(
    _ text: LoadedScenario, path: String, files: FileReader, claims: ClaimSet? = nil
  ) throws(ScenarioErrors) -> LoadedExperiment {
    let scenario = try load(
      text, path: path, files: files, targets: .own(and: claims?.targets(for: path) ?? []))
    var references: [Scenario] = []
    for target in scenario.targets {
      guard let other = target.measure.otherScenario,
        !references.contains(where: { $0.origin.path == other })
      else { continue }
      let reference = try load(
        ScenarioText.load(other, files: files, overrides: []), path: other, files: files,
        targets: .none)
      // Compared in the same parts of the same time, where both have it.
      references.append(
        reference.run.horizon == scenario.run.horizon
          ? reference.simulatingRequests(in: scenario.run.requests) : reference)
    }
    return LoadedExperiment(scenario: scenario, references: references)
  }

  /// The key paths that reading a scenario asks for, whether they are there or not.
  ///
  /// - Throws: all that is wrong with the scenario.
  package static func knownKeys(
    of path: String, files: FileReader, overrides: [String] = []
  ) throws(ScenarioErrors) -> [String] {
    let text = try ScenarioText.load(path, files: files, overrides: overrides)
    var loader = ScenarioLoader(files: files)
    var diagnostics = Diagnostics()
    _ = loader.scenario(text, path: path, targets: .own(and: []), into: &diagnostics)
    try diagnostics.throwIfAny(files: text.files + loader.inputs)
    return diagnostics.knownKeys
  }

  /// What is wrong with the scenario at a path, and what its readers asked for that the table of keys does not have.
  package static func examine(
    _ path: String, files: FileReader
  ) -> (errors: [ScenarioError], untabled: [String]) {
    do {
      let text = try ScenarioText.load(path, files: files, overrides: [])
      try text.check(is: .scenario, path: path)
      var loader = ScenarioLoader(files: files)
      var diagnostics = Diagnostics()
      _ = loader.scenario(text, path: path, targets: .own(and: []), into: &diagnostics)
      return (diagnostics.errors, diagnostics.untabled)
    } catch {
      return (error.errors, [])
    }
  }

  private static func load(
    _ loaded: LoadedScenario, path: String, files: FileReader, targets: JudgedTargets
  ) throws(ScenarioErrors) -> Scenario {
    try loaded.check(is: .scenario, path: path)
    var loader = ScenarioLoader(files: files)
    var diagnostics = Diagnostics()
    let scenario = loader.scenario(
      loaded, path: path, targets: targets, into: &diagnostics)
    guard diagnostics.isEmpty else {
      throw ScenarioErrors(
        diagnostics.errors.told(of: loaded.made), files: loaded.files + loader.inputs)
    }
    guard let scenario else {
      throw ScenarioErrors(
        [
          ScenarioError(
            .other("could not be read"), at: SourceLocation(file: path, line: 1, column: 1),
            keyPath: "")
        ], files: loaded.files)
    }
    return scenario
  }

  // MARK: The whole file

  private mutating func scenario(
    _ loaded: LoadedScenario, path: String, targets judged: JudgedTargets,
    into diagnostics: inout Diagnostics
  ) -> Scenario? {
    var root = MappingReader(loaded, shape: KeyTable.scenario)
    _ = root.integer("plimsoll", into: &diagnostics)
    let about = root.string("about", .optional, into: &diagnostics)
    let start = root.required("start", into: &diagnostics) { try UTCDate(parsing: $0) }
    let horizon = root.required("horizon", into: &diagnostics) { try positiveSpan($0) }
    if let start, let horizon { calendar = (start, horizon) }
    let replications = replicationPlan(&root, into: &diagnostics)
    let sections = sections(&root, replications, into: &diagnostics)
    let seed = root.optional("seed", into: &diagnostics) { try parseSeed($0) } ?? 1
    let confidence = root.optional("confidence", into: &diagnostics) { try parseConfidence($0) }
    let assumptions = root.sequence("assumptions", .optional, into: &diagnostics)?
      .compactMap { $0.string(into: &diagnostics) }
    readCatalogue(&root, into: &diagnostics)
    let cloud = cloud(&root, into: &diagnostics)
    let prices = priceBook(&root, into: &diagnostics)
    let workload = workload(&root, start: start, into: &diagnostics)
    let models = models(
      &root, mix: workload?.model.mix, workload?.model, into: &diagnostics)
    var policyReader = root.mapping("policies", .required, into: &diagnostics)
    let policies = policyReader.flatMap { (reader) -> DecodedPolicies? in
      var reader = reader
      defer { policyReader = reader }
      return self.policies(&reader, isIdeal: cloud?.launch == .ideal, into: &diagnostics)
    }
    var shared = sharedParts(&root, into: &diagnostics)
    var pools = fleet(
      &root,
      FleetContext(
        models: models ?? DecodedModels(isUnknown: true), prices: prices, start: start,
        horizon: horizon, cloud: cloud?.launch, queueLimit: policies?.queue),
      &shared, into: &diagnostics)
    let rules =
      root.oneOf(
        "billing", BillingRules.providers.map { ($0.name, $0) }, .optional, into: &diagnostics)
      ?? .aws
    let commitments = commitments(
      &root, prices: prices, start: start, zones: shared.zones.map(\.name), rules,
      into: &diagnostics)
    let costs = costs(&root, into: &diagnostics)
    let isBillable =
      pools.flatMap { pools in
        horizon.map {
          checkBill(
            BillBound(pools: pools, commitments: commitments, costs: costs.fixed, horizon: $0),
            root, into: &diagnostics)
        }
      } ?? false
    let timeout = client(&root, into: &diagnostics)
    checkEnd(start, horizon, timeout?.span, root, into: &diagnostics)
    let knowsTokens = pools.map { pools in
      pools.contains { $0.pool.replicas.contains { $0.service.tokens != nil } }
    }
    let requests = requests(
      &root, horizon: horizon, knowsTokens: knowsTokens ?? false, into: &diagnostics)
    checkTrace(requests, into: &diagnostics)
    checkEngineInputs(pools, workload?.model.mix, into: &diagnostics)
    checkWarmUp(requests, workload?.model, pools)
    if case .once(let window) = requests, window.isWarmUpAutomatic, let workload,
      !workload.model.hasConstantRate
    {
      root.report(
        .rule(
          .conflict,
          "warmup: auto looks for a steady state, which a varying rate has not; give a time"),
        of: "requests", into: &diagnostics)
    }
    var requestPolicies = readRequestPolicies(
      &policyReader, workload, models, pools, timeout?.span, into: &diagnostics)
    if diagnostics.isEmpty, let policies = requestPolicies, let workload, let models,
      let all = pools,
      let own = measuredByOwnRequests(all, policies, workload.model, models)
    {
      pools = own
      // The router weighs what requests cost.
      requestPolicies = readRequestPolicies(
        &policyReader, workload, models, own, timeout?.span, into: &diagnostics)
    }
    // Sums of prices are taken of fleets whose bill is an amount only.
    let fleet = policies.flatMap { policies in
      !isBillable
        ? nil
        : pools.map { pools in
          (
            policies: policies, pools: pools, commitments: commitments,
            launch: pools.first { $0.pool.cloud.market == .spot }?.pool.cloud.launch
              ?? pools.first?.pool.cloud.launch
          )
        }
    }
    let scaling = readAutoscaling(
      &policyReader, fleet, models, requestPolicies, into: &diagnostics)
    policyReader?.finish(into: &diagnostics)
    let names = TargetNames(
      models: models?.served.map(\.name), pools: pools?.map(\.pool.cloud.name),
      bill: ["machines"] + costs.fixed.map(\.name) + costs.egress.map(\.name),
      knowsTokens: knowsTokens)
    let targets = targets(&root, names, judged, into: &diagnostics)
    let tolerances = tolerances(&root, names, into: &diagnostics)
    checkOwnEntries(root, into: &diagnostics)
    root.finish(into: &diagnostics)
    if let policies, let pools, let horizon {
      reportTooManyEvents(pools, shared, policies, horizon, root, into: &diagnostics)
    }
    var allAssumptions = (assumptions ?? []) + rules.assumptions + assumed
    if let pools, let prices {
      allAssumptions += assumedRegion(of: pools, prices, into: &diagnostics)
    }
    guard diagnostics.isEmpty, let start, let horizon, let replications, let prices, let policies,
      let pools, let timeout, let requests, let workload, let models,
      let requestPolicies
    else { return nil }
    var spot = spotConfiguration(
      policies, pools, shared, isIdeal: cloud?.launch == .ideal, root, into: &diagnostics)
    if let scaling = scaling?.autoscaling, scaling.configuration.rule == .production {
      // What the autoscaler may spend binds replacements and fallback too.
      spot.budget = scaling.configuration.budget
      spot.coveredMachines = scaling.committedMachines
      spot.commitmentRate = scaling.commitmentRate
    }
    reportUnusedRanges(
      pools, policies, isScaled: scaling?.autoscaling != nil, into: &diagnostics)
    if policies.machines != nil && scaling?.autoscaling != nil {
      root.report(
        .rule(
          .conflict,
          "spot.machines fixes the fleet that the autoscaler would size; give one of them"),
        of: "policies", into: &diagnostics)
    }
    let warnings =
      (scaling?.warnings ?? []) + shared.warnings(of: pools.map(\.pool.cloud))
      + warnings(of: policyReader, pools, into: &diagnostics)
      + warnings(of: pools, shared, policies, isScaled: scaling?.autoscaling != nil)
    return Scenario(
      origin: Scenario.Origin(
        path: path, about: about ?? "",
        canonicalText: loaded.root.canonicalText + fingerprints.joined(),
        assumptions: allAssumptions, warnings: warnings + inputWarnings,
        inputs: summaries),
      run: Scenario.Run(
        start: start, horizon: horizon, requests: requests, replications: replications,
        sections: sections, confidence: confidence ?? Share(billionths: 950_000_000), seed: seed),
      workload: workload.model, systemPrompts: systemPrompts, timeout: timeout.span,
      fleet: Scenario.Fleet(
        models: models.served, pools: pools.map(\.pool), sharedCapacities: shared.capacities,
        shocks: shared.shocks, quotas: cloud?.quotas ?? [], machinesTarget: policies.machines),
      costs: Scenario.Costs(
        priceBook: prices.name, rules: rules, commitments: commitments, fixed: costs.fixed,
        egress: costs.egress),
      policies: Scenario.FleetPolicies(
        requests: requestPolicies, spot: spot, autoscaling: scaling?.autoscaling,
        migrationLimit: policies.migrations),
      targets: targets, tolerances: tolerances)
  }

  private func readRequestPolicies(
    _ policies: inout MappingReader?, _ workload: (model: WorkloadModel, texts: DecodedTexts)?,
    _ models: DecodedModels?, _ pools: [DecodedPool]?, _ timeout: TimeSpan?,
    into diagnostics: inout Diagnostics
  ) -> RequestPolicies? {
    guard var reader = policies else { return nil }
    defer { policies = reader }
    guard let workload, let models, let pools else {
      // What cannot be checked without them is at least known.
      for key in ["router", "cache", "dedup", "ledger"] { _ = reader.has(key) }
      return nil
    }
    return requestPolicies(
      &reader,
      RoutingContext(
        models: models, pools: pools, mix: workload.model.mix, texts: workload.texts,
        hasSessions: workload.model.sessions != nil || workload.model.conversations != nil,
        timeout: timeout), into: &diagnostics)
  }

  /// Notes where the last request's deadline would be no date that can be written and read again.
  private func checkEnd(
    _ start: UTCDate?, _ horizon: TimeSpan?, _ timeout: TimeSpan?, _ root: MappingReader,
    into diagnostics: inout Diagnostics
  ) {
    guard let start, let horizon else { return }
    let end = UTCDate.readable.upperBound
    guard horizon + (timeout ?? .zero) > end - start else { return }
    root.report(
      .beyond(
        .limit,
        found:
          "\(start) with a horizon of \(horizon)\(timeout.map { " and a timeout of \($0)" } ?? "")",
        allowed: "what ends before \(end)"), of: "start", into: &diagnostics)
  }

  private func readAutoscaling(
    _ policies: inout MappingReader?,
    _ fleet: (
      policies: DecodedPolicies, pools: [DecodedPool], commitments: Commitments,
      launch: LaunchLaw?
    )?, _ models: DecodedModels?, _ requests: RequestPolicies?,
    into diagnostics: inout Diagnostics
  ) -> DecodedAutoscaling? {
    guard var reader = policies else { return nil }
    defer { policies = reader }
    guard let fleet, let models, let requests else {
      _ = reader.has("autoscaler")
      return nil
    }
    return autoscaling(
      &reader,
      ScalingContext(
        pools: fleet.pools, commitments: fleet.commitments, strongest: requests.requestedModel,
        models: models.served.count, launch: fleet.launch, policies: fleet.policies),
      into: &diagnostics)
  }
}

/// Which targets of a scenario are judged.
enum JudgedTargets {
  /// Its own, and those that claims bring.
  case own(and: [ValueReader])
  /// None: what another scenario promises is not judged here.
  case none
}
