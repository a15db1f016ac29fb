// SPDX-License-Identifier: Apache-2.0

extension DifficultyLexicon {
  /// French and Italian.
  static let frenchAndItalian: [Entry] = [
    Entry(
      .reasoning,
      """
      prouve prouver preuve démontre démontrer démonstration réfute réfuter dérive déduis déduire
      justifie justifier analyser compare comparer comparaison évalue évaluer critique critiquer
      argumente argumenter diagnostique conçois concevoir conception architecture stratégie
      compromis optimise optimiser formule généralise hypothèse hypothèses contradiction paradoxe
      estime estimer modélise cause causes distinguer dimostra dimostrare dimostrazione prova
      confuta deriva derivare deduci giustifica analizza analizzare analisi confronta confrontare
      valuta valutare critica criticare argomenta argomentare controesempio diagnostica progetta
      progettare architettura strategia compromessi ottimizza ottimizzare generalizza ipotesi
      contraddizione paradosso stima cause
      """),
    Entry(
      .technical,
      """
      théorème lemme intégrale dérivée équation équations matrice matrices polynôme premiers
      dénombrable converge convergence diverge continuité probabilité probabilités variance
      stochastique algorithme algorithmes complexité distribué distribuée répartie cohérence
      concurrence microservices fonctions régularité contraintes mémoire indéfini compilateur
      chiffrement quantique relativité entropie panne teorema lemma integrale derivata equazione
      equazioni matrici polinomio ciclico diverge continuità probabilità varianza stocastico
      algoritmo algoritmi complessità distribuito coerenza concorrenza memoria lock crittografia
      quantistica relatività entropia
      """),
    Entry(
      .code,
      """
      code programme programmer implémente implémenter refactorise débogue fonction serveur codice
      programma programmare implementa implementare funzione query
      """),
    Entry(.cause, "pourquoi perché comment"),
    Entry(
      .task,
      """
      résume résumer résumé raccourcis traduis traduire traduction explique expliquer explication
      décris décrire écris écrire rédige rédiger réécris reformule corrige corriger propose
      suggère recommande recette conseils différence différences avantages inconvénients lettre
      courriel invitation poème histoire planifie riassumi riassumere riassunto accorcia traduci
      tradurre traduzione spiega spiegare descrivi scrivi scrivere riscrivi riformula correggi
      correggere suggerisci consiglia ricetta consigli differenza differenze vantaggi svantaggi
      lettera invito poesia storia pianifica
      """),
    Entry(
      .lookup,
      """
      capitale qui quand où combien écrit né mort synonyme contraire chi quando dove quanto
      scritto morto sinonimo contrario
      """),
    Entry(
      .smallTalk,
      """
      bonjour bonsoir salut merci revoir soirée blague ciao buongiorno buonasera grazie
      arrivederci domani barzelletta
      """),
  ]

  /// Spanish and Portuguese.
  static let spanishAndPortuguese: [Entry] = [
    Entry(
      .reasoning,
      """
      demuestra demostrar demostración prueba refuta refutar deriva deduce deducir justifica
      justificar razona analiza analizar análisis compara comparar evalúa evaluar critica
      argumenta argumentar argumentos contraejemplo diagnostica diseña diseñar arquitectura
      estrategia compensaciones optimiza optimizar generaliza hipótesis supuestos contradicción
      paradoja estima propón causas prove provar prova demonstre demonstrar demonstração refute
      derive derivar deduza justifique justificar analise analisar análise compare comparar avalie
      avaliar critique argumente argumentar argumento contraexemplo diagnostique projete projetar
      arquitetura estratégia compromissos otimize otimizar generalize hipótese hipóteses
      contradição paradoxo estime proponha
      """),
    Entry(
      .technical,
      """
      teorema lema axioma integral derivada ecuación ecuaciones matriz matrices polinomio primos
      converge convergencia diverge continuidad probabilidad varianza estocástico algoritmo
      algoritmos complejidad distribuido distribuida consistencia concurrencia grafo restricciones
      latencia memoria cifrado cuántica relatividad entropía equação equações matrizes polinômio
      indução convergência probabilidade variância estimador regressão estocástico complexidade
      distribuído distribuída consistência concorrência falhas restrições latência memória
      criptografia quântica relatividade entropia indecidível
      """),
    Entry(
      .code,
      """
      código programa programar implementa implementar refactoriza depura función servidor
      implemente refatore depure função
      """),
    Entry(.cause, "porqué cómo"),
    Entry(
      .task,
      """
      resume resumir resumen acorta traduce traducir traducción explica explicar explicación
      describe escribe escribir redacta reescribe reformula corrige corregir sugiere recomienda
      receta consejos diferencia diferencias ventajas desventajas inconvenientes carta correo
      invitación poema cuento planifica resuma resumo encurte traduza traduzir tradução explique
      explicar descreva escreva escrever redija reescreva reformule corrija corrigir sugira
      recomende receita dicas diferença diferenças vantagens desvantagens convite poema roteiro
      planeje
      """),
    Entry(
      .lookup,
      """
      capital quién cuándo dónde cuánto cuántos escribió pintó nació murió sinónimo antónimo quem
      quando onde quanto quantos escreveu nasceu morreu sinônimo antônimo
      """),
    Entry(
      .smallTalk,
      """
      hola gracias adiós buenos buenas chiste olá oi obrigado obrigada tchau logo piada
      """),
  ]
}
