// SPDX-License-Identifier: Apache-2.0

extension DifficultyLexicon {
  /// Russian and Polish.
  static let russianAndPolish: [Entry] = [
    Entry(
      .reasoning,
      """
      докажи докажите доказать доказательство опровергни опровергните выведи выведите вывести
      вывод обоснуй обоснуйте обосновать проанализируй проанализируйте анализ сравни сравните
      сравнить оцени оцените критикуй аргументируй аргумент контрпример диагностируй спроектируй
      спроектируйте разработай разработайте архитектура архитектуру стратегия стратегию компромисс
      оптимизируй сформулируй обобщи гипотеза гипотезы противоречие парадокс причина причины
      причину udowodnij udowodnić dowód obal wyprowadź uzasadnij uzasadnić przeanalizuj analiza
      porównaj oceń skrytykuj argumentuj kontrprzykład zdiagnozuj zaprojektuj zaprojektować
      architektura strategia kompromis zoptymalizuj sformułuj uogólnij hipoteza sprzeczność
      paradoks przyczyny
      """),
    Entry(
      .technical,
      """
      теорема теорему интеграл производная уравнение уравнения матрица простых сходится сходимость
      вероятность дисперсия распределения распределение алгоритм алгоритмы сложность
      распределённая распределённую распределенную отказоустойчивую согласованность гарантии
      потокобезопасный синхронизации память шифрование квантовая относительности энтропия маятник
      ядра сервер серверах twierdzenie całka pochodna równanie macierz pierwszych niewymierna
      zbieżność prawdopodobieństwo wariancja algorytm algorytmy złożoność rozproszony spójność
      współbieżność awarie pamięć szyfrowanie kwantowa entropia
      """),
    Entry(
      .code,
      """
      код программа программу реализуй реализуйте функция функцию отладь kod zaimplementuj funkcja
      funkcję debuguj zrefaktoryzuj
      """),
    Entry(.cause, "почему зачем dlaczego как"),
    Entry(
      .task,
      """
      кратко перескажи сократи резюмируй переведи переведите перевод объясни объясните опиши
      напиши напишите перепиши исправь предложи посоветуй рецепт советы разница отличия плюсы
      минусы преимущества недостатки письмо поздравление стихотворение рассказ составь streść
      streszczenie skróć przetłumacz tłumaczenie wyjaśnij opisz napisz przepisz popraw zaproponuj
      poleć przepis porady różnica różnice zalety wady zaproszenie wiersz opowiadanie zaplanuj
      """),
    Entry(
      .lookup,
      """
      столица кто когда где сколько написал родился умер синоним stolica kto kiedy gdzie ile
      napisał urodził zmarł
      """),
    Entry(
      .smallTalk,
      """
      привет здравствуйте здравствуй спасибо пока свидания анекдот шутку cześć hej dzień dziękuję
      dzięki widzenia żart
      """),
  ]

  /// Turkish, Arabic and Hindi.
  static let turkishArabicAndHindi: [Entry] = [
    Entry(
      .reasoning,
      """
      kanıtla kanıtlayın ispatla kanıt çürüt türet çıkar gerekçelendir analiz karşılaştır
      değerlendir eleştir tartış tasarla tasarlayın mimari strateji ödünleşim ödünleşimleri
      optimize varsayım hipotez çelişki paradoks nedenlerini nedenleri أثبت اثبت برهن برهان
      البرهان اشتق استنتج برر حلل تحليل قارن وقارن قيم انقد ناقش وناقش جادل شخص صمم تصميم
      استراتيجية مفاضلة حسن عمم فرضية تناقض مفارقة أسباب السبب सिद्ध प्रमाण प्रमाणित खंडन
      व्युत्पन्न तर्क विश्लेषण तुलना मूल्यांकन आलोचना डिज़ाइन डिजाइन रणनीति अनुकूलित परिकल्पना
      विरोधाभास कारण कारणों
      """),
    Entry(
      .technical,
      """
      teorem integral türev denklem matris asal olasılık varyans algoritma algoritması karmaşıklık
      karmaşıklığını dağıtık tutarlılık eşzamanlılık bellek şifreleme kuantum entropi نظرية مبرهنة
      تكامل مشتقة معادلة مصفوفة جذر الجذر نسبي متسلسلة المتسلسلة تتقارب احتمال تباين خوارزمية
      تعقيد تعقيدها موزع موزعا الاتساق التزامن ذاكرة تشفير الكم الزخم قاعدة البيانات خادم प्रमेय
      समाकल अवकलज समीकरण आव्यूह अभाज्य प्रायिकता प्रसरण एल्गोरिदम एल्गोरिथ्म जटिलता वितरित प्रणाली
      संगतता समवर्ती मेमोरी कूटलेखन क्वांटम एंट्रॉपी द्विघात ग्राफ़ सर्वर
      """),
    Entry(
      .code,
      """
      kod fonksiyon kodla uygula برمجة كود دالة برنامج نفذ कोड प्रोग्राम फ़ंक्शन लागू
      """),
    Entry(.cause, "neden niçin لماذا क्यों nasıl كيف कैसे"),
    Entry(
      .task,
      """
      özetle özet çevir çeviri açıkla anlat yaz düzelt öner öneri tarif fark farklar avantajları
      dezavantajları mektup şiir hikaye planla لخص تلخيص ترجم ترجمة اشرح شرح صف اكتب صحح اقترح
      وصفة نصائح الفرق مزايا وعيوب عيوب رسالة قصيدة قصة خطط सारांश अनुवाद समझाओ समझाइए समझाएँ
      वर्णन लिखो लिखिए सुधारो सुझाव विधि अंतर फायदे नुकसान पत्र आवेदन कविता कहानी योजना
      """),
    Entry(
      .lookup,
      """
      başkenti kim nerede kaç عاصمة متى أين كم يساوي राजधानी किसने कौन कब कहाँ कितना कितने जोड़
      """),
    Entry(
      .smallTalk,
      """
      merhaba selam teşekkürler teşekkür görüşürüz geceler günaydın fıkra مرحبا أهلا السلام شكرا
      السلامة نكتة नमस्ते नमस्कार धन्यवाद शुक्रिया मिलेंगे चुटकुला
      """),
  ]
}
