// SPDX-License-Identifier: Apache-2.0

extension DifficultyLexicon {
  /// English; also the names that all languages share, of programming languages and tools.
  static let english: [Entry] = [
    Entry(
      .reasoning,
      """
      prove proof proves proven disprove refute derive derivation deduce justify justification
      analyse analyze analysis compare evaluate assess critique criticise criticize argue argument
      counterexample counterexamples diagnose design architecture strategy tradeoff tradeoffs
      optimise optimize formulate formalise formalize generalise generalize validate rigorous
      rigorously hypothesis hypotheses assumption assumptions infer causal implications interpret
      reconcile propose construct contradiction paradox estimate weigh troubleshoot flaw fallacy
      investigate
      """),
    Entry(
      .technical,
      """
      compute theorem lemma axiom conjecture integral derivative differential equation equations
      eigenvalue eigenvalues matrix matrices vector tensor polynomial prime primes converge
      converges convergence diverges continuity continuous compact topology manifold recurrence
      graph vertices probability variance covariance bayesian regression estimator likelihood
      stochastic markov asymptotic algorithm algorithms complexity recursive enumerable turing
      decidable undecidable grammar automaton distributed consistency consensus paxos raft
      concurrency concurrent transaction transactions latency throughput replication sharding
      microservices monolith failover idempotency idempotent liveness deadlock deadlocks mutex
      semaphore lock threads memory pointers kernel scheduler compiler cryptography cryptographic
      encryption tls quantum relativity entropy thermodynamics gravitational neural transformer
      gradient reinforcement queueing protocol schema invariant invariants database normalisation
      differential jurisprudence epistemology determinism utilitarian deontological econometric
      monetary elasticity liability heap
      """),
    Entry(
      .code,
      """
      c++ c# rust python java javascript typescript kotlin swift haskell ocaml golang scala sql
      postgresql mysql llvm cuda verilog bash regex redis kafka kubernetes docker terraform
      graphql code function refactor debug implement implementation goroutines goroutine api
      backend parser stacktrace segfault async coroutine jvm codebase
      """),
    Entry(.cause, "why how"),
    Entry(
      .task,
      """
      summarize summarise summary shorten translate translation explain describe rewrite rephrase
      paraphrase proofread correct write draft compose outline plan suggest recommend recipe tips
      advice difference differences advantages disadvantages pros cons paragraph email letter
      essay poem story article invitation itinerary menu turn create idiom
      """),
    Entry(
      .lookup,
      """
      capital who when where spell spelled spelling synonym antonym opposite plural define tall
      many convert name symbol year country born died wrote painted stands stand
      """),
    Entry(.smallTalk, "hi hello hey thanks thank bye goodbye morning cheers ok joke"),
  ]

  /// German and Dutch.
  static let germanAndDutch: [Entry] = [
    Entry(
      .reasoning,
      """
      beweise beweisen beweis zeige widerlege widerlegen leite herleiten herleitung folgere
      begründe begründen begründung analysiere analysieren analyse vergleiche vergleichen bewerte
      bewerten beurteile kritisiere argumentiere argument gegenbeispiel diagnostiziere entwirf
      entwerfen entwickle konzipiere architektur strategie abwägung zielkonflikt optimiere
      optimieren verallgemeinere hypothese hypothesen annahme annahmen widerspruch
      paradoxon schätze gewichte modelliere ursache ursachen systematisch bewijs bewijzen weerleg
      afleiden onderbouw analyseer analyseren vergelijk vergelijken beoordeel bekritiseer
      argumenteer tegenvoorbeeld ontwerp ontwerpen architectuur strategie afweging optimaliseer
      aanname aannames oorzaak oorzaken
      """),
    Entry(
      .technical,
      """
      lemma integral ableitung gleichung gleichungen differentialgleichung matrix matrizen
      eigenwert eigenwerte primzahl primzahlen irrational wurzel konvergiert konvergenz divergiert
      stetig stetigkeit wahrscheinlichkeit varianz erwartungswert schätzer stochastisch
      algorithmus algorithmen komplexität verteiltes verteilte verteilten konsistenz
      nebenläufigkeit threadsicher threadsicheren sperre sperren speicher index verfahren formel
      datenbank verschlüsselung quantenmechanik relativitätstheorie entropie stelling vergelijking
      priemgetal priemgetallen kans variantie algoritme algoritmen complexiteit gedistribueerd
      consistentie beschikbaarheid geheugen versleuteling
      """),
    Entry(
      .code,
      """
      quelltext programmiere implementiere implementieren refaktoriere debugge funktion server
      implementeer programmeer functie
      """),
    Entry(.cause, "warum weshalb wieso waarom wie hoe"),
    Entry(
      .task,
      """
      fasse zusammen zusammenfassung kürze übersetze übersetzen übersetzung erkläre erklären
      erklärung beschreibe schreibe schreiben verfasse umschreiben formuliere korrigiere verbessere plane
      schlage empfiehl rezept tipps unterschied unterschiede vorteile nachteile einladung brief
      aufsatz gedicht geschichte höflicher vat samenvatting vertaal vertaling beschrijf schrijf
      herschrijf verbeter recept verschil verschillen voordelen nadelen brief gedicht verhaal
      """),
    Entry(
      .lookup,
      """
      hauptstadt wer wann wo wieviel viel heißt geboren gestorben synonym gegenteil buchstabiert
      morgen hoofdstad wanneer hoeveel
      """),
    Entry(.smallTalk, "hallo moin servus danke tschüss witz hoi dag bedankt dank doei grap"),
  ]
}
