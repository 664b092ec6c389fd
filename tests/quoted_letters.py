"""How mail programs in fourteen languages mark a quote, a forward and themselves: tables for the tests."""

from __future__ import annotations

OUR_LETTER = """Dear customer,

Thank you for writing to us. To help you, please reply with:

1. Order number (for example #KS12345 for our store, 112-1234567-1234567 for Amazon,
8123456789012345 for AliExpress)
2. Order platform (KOSPET official store, Amazon, AliExpress, ...)
3. Model number/name (for example TANK T3 Ultra)
4. Detailed description of the problem: What happened? When? How?
5. What you have tried to resolve the issue
6. A clear photo or video showing the defect

Best regards,
KOSPET After-sales
after-sales@example.com"""

MARKED = "\n".join(f"> {line}".rstrip() for line in OUR_LETTER.split("\n"))
WHO = "KOSPET After-sales <after-sales@example.com>"

# language -> (own sentence, attribution lines of the programs customers of that language use)
ATTRIBUTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "en": (
        "The screen is black since Monday.",
        (
            f"On Mon, May 12, 2025 at 09:43 AM {WHO} wrote:",
            "On Mon, May 12, 2025 at 9:43 AM KOSPET After-sales <\nafter-sales@example.com> wrote:",
            "On 12/05/2025 09:43, KOSPET After-sales wrote:",
            'At 2025-05-12 09:43:20, "KOSPET After-sales" <after-sales@example.com> wrote:',
            f"{WHO} wrote on 12 May 2025:",
        ),
    ),
    "de": (
        "Das Display ist seit Montag schwarz.",
        (
            f"Am 12. Mai 2025 um 09:43 Uhr schrieb {WHO}:",
            "Am Mo., 12. Mai 2025 um 09:43 Uhr schrieb KOSPET After-sales <\nafter-sales@example.com>:",
            "Am 12.05.25 um 09:43 schrieb KOSPET After-sales:",
            f"{WHO} schrieb am 12.05.2025 09:43:",
        ),
    ),
    "fr": (
        "L'écran est noir depuis lundi.",
        (
            f"Le 12 mai 2025 à 09:43, {WHO} a écrit :",
            "Le lun. 12 mai 2025 à 09:43, KOSPET After-sales\n<after-sales@example.com> a écrit :",
        ),
    ),
    "es": (
        "La pantalla está negra desde el lunes.",
        (
            f"El 12 may 2025, a las 9:43, {WHO} escribió:",
            "El lun, 12 may 2025 a las 9:43, KOSPET After-sales (<\nafter-sales@example.com>) escribió:",
        ),
    ),
    "it": (
        "Lo schermo è nero da lunedì.",
        (
            f"Il giorno lun 12 mag 2025 alle ore 09:43 {WHO} ha scritto:",
            "Il 12/05/2025 09:43, KOSPET After-sales ha scritto:",
        ),
    ),
    "pt": (
        "A tela está preta desde segunda.",
        (
            f"Em seg., 12 de mai. de 2025 às 09:43, {WHO} escreveu:",
            f"{WHO} escreveu (12/05/2025 à(s) 09:43):",
            "No dia 12/05/2025, às 09:43, KOSPET After-sales escreveu:",
        ),
    ),
    "nl": (
        "Het scherm is zwart sinds maandag.",
        (f"Op ma 12 mei 2025 om 09:43 schreef {WHO}:", "Op 12-05-2025 om 09:43 schreef KOSPET After-sales:"),
    ),
    "pl": (
        "Ekran jest czarny od poniedziałku.",
        (f"pon., 12 maj 2025 o 09:43 {WHO} napisał(a):", "W dniu 12.05.2025 o 09:43, KOSPET After-sales pisze:"),
    ),
    "cs": (
        "Displej je od pondělí černý.",
        (f"po 12. 5. 2025 v 9:43 odesílatel {WHO} napsal:", "Dne 12.05.2025 v 9:43 KOSPET After-sales napsal(a):"),
    ),
    "sv": (
        "Skärmen är svart sedan i måndags.",
        (f"Den mån 12 maj 2025 kl 09:43 skrev {WHO}:", "Den 2025-05-12 kl. 09:43, skrev KOSPET After-sales:"),
    ),
    "ru": (
        "Экран чёрный с понедельника.",
        (
            f"пн, 12 мая 2025 г. в 09:43, {WHO}:",
            f"Понедельник, 12 мая 2025, 9:43 +03:00 от {WHO}:",
            "12.05.2025 9:43, KOSPET After-sales пишет:",
        ),
    ),
    "tr": (
        "Ekran pazartesiden beri siyah.",
        (
            f"{WHO}, 12 May 2025 Pzt, 09:43 tarihinde şunu yazdı:",
            "12.05.2025 09:43 tarihinde KOSPET After-sales yazdı:",
        ),
    ),
    "ja": (
        "月曜日から画面が真っ暗です。",
        (f"2025年5月12日(月) 9:43 {WHO}:", "2025/05/12 9:43、KOSPET After-sales のメール:"),
    ),
    "zh": (
        "从周一开始屏幕就黑了。",
        (
            f"{WHO} 于2025年5月12日周一 09:43写道：",
            '在 2025-05-12 09:43:20，"KOSPET After-sales" <after-sales@example.com> 写道：',
        ),
    ),
}
ATTRIBUTION_ROWS = [(code, own, line) for code, (own, lines) in ATTRIBUTIONS.items() for line in lines]

# language -> header block above a mail that carries no quote marks
OUTLOOK: dict[str, str] = {
    "en": "From: {who}\nSent: Monday, May 12, 2025 9:43 AM\nTo: jane@example.com\nSubject: Your request",
    "de": "Von: {who}\nGesendet: Montag, 12. Mai 2025 09:43\nAn: jane@example.com\nBetreff: Ihre Anfrage",
    "de web": "Gesendet: Montag, 12. Mai 2025 um 09:43 Uhr\nVon: {who}\nAn: jane@example.com\nBetreff: Ihre Anfrage",
    "fr": "De : {who}\nEnvoyé : lundi 12 mai 2025 09:43\nÀ : jane@example.com\nObjet : Votre demande",
    "es": "De: {who}\nEnviado: lunes, 12 de mayo de 2025 9:43\nPara: jane@example.com\nAsunto: Su solicitud",
    "it": "Da: {who}\nInviato: lunedì 12 maggio 2025 09:43\nA: jane@example.com\nOggetto: La sua richiesta",
    "pt": "De: {who}\nEnviado: 12 de maio de 2025 09:43\nPara: jane@example.com\nAssunto: O seu pedido",
    "nl": "Van: {who}\nVerzonden: maandag 12 mei 2025 09:43\nAan: jane@example.com\nOnderwerp: Uw verzoek",
    "pl": "Od: {who}\nWysłano: poniedziałek, 12 maja 2025 09:43\nDo: jane@example.com\nTemat: Zgłoszenie",
    "cs": "Od: {who}\nOdesláno: pondělí 12. května 2025 9:43\nKomu: jane@example.com\nPředmět: Váš požadavek",
    "sv": "Från: {who}\nSkickat: den 12 maj 2025 09:43\nTill: jane@example.com\nÄmne: Ditt ärende",
    "ru": "От: {who}\nОтправлено: 12 мая 2025 г. 9:43\nКому: jane@example.com\nТема: Ваше обращение",
    "tr": "Kimden: {who}\nGönderildi: 12 Mayıs 2025 Pazartesi 09:43\nKime: jane@example.com\nKonu: Talebiniz",
    "ja": "差出人: {who}\n送信日時: 2025年5月12日 9:43\n宛先: jane@example.com\n件名: お問い合わせ",
    "zh": "发件人: {who}\n发送时间: 2025年5月12日 9:43\n收件人: jane@example.com\n主题: 您的请求",
    "bold": "*From:* {who}\n*Sent:* Monday, May 12, 2025 9:43 AM\n*To:* jane@example.com\n*Subject:* Your request",
    "ruled": "________________________________\nFrom: {who}\nSent: Monday, May 12, 2025 9:43 AM\nTo: "
    "jane@example.com\nSubject: Your request",
    "separator en": "-----Original Message-----\nFrom: {who}\nSent: Monday, May 12, 2025 9:43 AM\nTo: "
    "jane@example.com\nSubject: Your request",
    "separator de": "-----Ursprüngliche Nachricht-----\nVon: {who}\nGesendet: 12.05.2025 09:43\nAn: "
    "jane@example.com\nBetreff: Anfrage",
    "separator zh": "------------------ 原始邮件 ------------------\n发件人: {who}\n发送时间: 2025年5月12日\n收件人: "
    "jane@example.com\n主题: 请求",
    "wrapped to": "From: {who}\nSent: Monday, May 12, 2025 9:43 AM\nTo: jane@example.com; bob@example.com;\n "
    "carol@example.com\nSubject: Your request",
    "cc": "From: {who}\nDate: Monday, 12 May 2025 at 09:43\nTo: jane@example.com\nCc: bob@example.com\nSubject: "
    "Your request",
}

MOBILE = {
    "en": (
        "Sent from my iPhone",
        "Sent from my Galaxy",
        "Get Outlook for Android <https://aka.ms/AAb9ysg>",
        "Sent from Yahoo Mail on Android",
        "Sent via the Samsung Galaxy S21, an AT&T 5G smartphone",
        "Sent from Mail for Windows",
        "Sent with Proton Mail secure email.",
    ),
    "de": (
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für Android",
        "Von meinem Samsung Galaxy Smartphone gesendet.",
        "Gesendet mit der GMX Mail App",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.",
    ),
    "fr": (
        "Envoyé de mon iPhone",
        "Envoyé depuis mon smartphone Samsung Galaxy.",
        "Envoyé à partir de Outlook pour Android",
        "Télécharger Outlook pour iOS",
    ),
    "es": ("Enviado desde mi iPhone", "Enviado desde mi Samsung Mobile de Claro", "Obtener Outlook para Android"),
    "it": ("Inviato da iPhone", "Inviato dal mio telefono Huawei", "Scarica Outlook per iOS"),
    "pt": (
        "Enviado do meu iPhone",
        "Enviado a partir do meu smartphone Samsung Galaxy.",
        "Obter o Outlook para Android",
    ),
    "nl": ("Verstuurd vanaf mijn iPhone", "Verzonden vanaf mijn Galaxy", "Verstuurd vanuit Outlook voor Android"),
    "pl": ("Wysłane z iPhone'a", "Wysłano z mojego smartfona Samsung", "Wysłane z telefonu Samsung Galaxy."),
    "cs": ("Odesláno z iPhonu", "Odesláno z mého telefonu Samsung Galaxy", "Odesláno z aplikace Outlook pro Android"),
    "sv": ("Skickat från min iPhone", "Skickat från Outlook för Android", "Hämta Outlook för iOS"),
    "ru": (
        "Отправлено с iPhone",
        "Отправлено из мобильной Почты Mail.ru",
        "Отправлено с моего Samsung Galaxy",
        "Отправлено из Яндекс.Почты для мобильных",
    ),
    "tr": (
        "iPhone'umdan gönderildi",
        "Samsung Galaxy akıllı telefonumdan gönderildi.",
        "Android için Outlook uygulamasını edinin",
    ),
    "ja": ("iPhoneから送信", "Yahoo!メールアプリから送信", "私のiPhoneから送信しました"),
    "zh": ("发自我的iPhone", "从我的 iPhone 发送", "发自我的小米手机", "来自华为手机"),
}
MOBILE_ROWS = [(code, line) for code, lines in MOBILE.items() for line in lines]

FORWARD_MARKS = {
    "en": ("---------- Forwarded message ---------", "Begin forwarded message:", "-------- Forwarded Message --------"),
    "de": (
        "---------- Weitergeleitete Nachricht ---------",
        "Anfang der weitergeleiteten Nachricht:",
        "-------- Weitergeleitete Nachricht --------",
    ),
    "fr": ("---------- Message transféré ---------", "Début du message transféré :"),
    "es": ("---------- Mensaje reenviado ---------", "Inicio del mensaje reenviado:"),
    "it": ("---------- Messaggio inoltrato ---------", "Inizio messaggio inoltrato:"),
    "pt": ("---------- Mensagem encaminhada ---------", "---------- Forwarded message ---------"),
    "nl": ("---------- Doorgestuurd bericht ---------", "Begin doorgestuurd bericht:"),
    "pl": ("---------- Przekazana wiadomość ---------", "Początek przekazywanej wiadomości:"),
    "cs": ("---------- Přeposlaná zpráva ---------", "---------- Forwarded message ---------"),
    "sv": ("---------- Vidarebefordrat meddelande ---------", "Vidarebefordrat brev:"),
    "ru": ("---------- Пересылаемое сообщение ---------", "Начало переадресованного сообщения:"),
    "tr": ("---------- Yönlendirilen İleti ---------", "İletilen Mesaj:"),
    "ja": ("---------- 転送メッセージ ---------", "---------- Forwarded message ---------"),
    "zh": ("---------- 转发的邮件 ---------", "开始转发邮件："),
}
FORWARD_ROWS = [(code, mark) for code, marks in FORWARD_MARKS.items() for mark in marks]
