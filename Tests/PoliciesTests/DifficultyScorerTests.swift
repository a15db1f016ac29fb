// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Testing

@Suite("The difficulty scorer")
struct DifficultyScorerTests {
  private let scorer = DifficultyScorer()

  private func score(_ text: String) -> Double { scorer.score(text).value }

  @Test(
    "orders thanks, a translation and a proof, whatever the language",
    arguments: [
      ["Thanks", "Translate this letter", "Prove the theorem"],
      ["Danke", "Übersetze diesen Brief", "Beweise, dass die Reihe konvergiert"],
      ["Merci", "Traduis cette lettre", "Démontre le théorème"],
      ["Gracias", "Traduce esta carta", "Demuestra el teorema"],
      ["Obrigado", "Traduza esta carta", "Demonstre o teorema"],
      ["Grazie", "Traduci questa lettera", "Dimostra il teorema"],
      ["Bedankt", "Vertaal deze brief", "Bewijs de stelling"],
      ["Dziękuję", "Przetłumacz ten list", "Udowodnij twierdzenie"],
      ["Спасибо", "Переведи это письмо", "Докажи теорему"],
      ["Teşekkürler", "Bu mektubu çevir", "Bu teoremi kanıtla"],
      ["شكرا", "ترجم هذه الرسالة", "أثبت هذه مبرهنة"],
      ["धन्यवाद", "इस पत्र का अनुवाद करो", "यह प्रमेय सिद्ध करो"],
      ["谢谢", "请翻译这封信", "请证明这个定理"],
      ["ありがとう", "この手紙を翻訳して", "この定理を証明して"],
      ["고마워요", "이 편지를 번역해 주세요", "이 정리를 증명하세요"],
    ])
  func languages(texts: [String]) {
    #expect(score(texts[0]) < score(texts[1]))
    #expect(score(texts[1]) < score(texts[2]))
  }

  @Test("gives equal texts equal scores, however their accents and capitals are written")
  func equivalence() {
    #expect(
      score("D\u{E9}montre le th\u{E9}or\u{E8}me")
        == score("De\u{301}montre le the\u{301}ore\u{300}me"))
    #expect(score("PROVE IT") == score("prove it"))
  }

  @Test("counts a marker once, and length for nothing")
  func repetition() {
    #expect(score("prove prove prove") == score("prove"))
    #expect(score(String(repeating: "lorem ipsum ", count: 100)) == score("lorem ipsum"))
  }

  @Test("knows C++ and sums from their signs")
  func signs() {
    #expect(score("a C++ thing") > score("a C thing"))
    #expect(score("3 + 4") < score("3 of 4"))
  }

  @Test("reads the start and the end of a long text")
  func longTexts() {
    let filler = String(repeating: "lorem ipsum ", count: 10_000)
    #expect(score("Prove it. " + filler) == score("Prove it."))
    #expect(score(filler + "Prove it.") == score("Prove it."))
  }

  @Test("stays between 0 and 1, and says what counted")
  func bounds() {
    let all = "Prove derive analyse the theorem integral algorithm in rust code function: why?"
    #expect(score(all) == 1)
    #expect(score("thanks, hello") == 0)
    #expect(scorer.score("Prove it").reason == "unmarked 300, reasoning 300 (prove)")
  }
}
