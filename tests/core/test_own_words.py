"""The customer's own sentence is never lost, and nothing of ours or of a program is taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.reading.own_words import Split, split

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
            f"On Mon, May 12, 2025 at 9:43 AM KOSPET After-sales <\nafter-sales@example.com> wrote:",
            "On 12/05/2025 09:43, KOSPET After-sales wrote:",
            f'At 2025-05-12 09:43:20, "KOSPET After-sales" <after-sales@example.com> wrote:',
            f"{WHO} wrote on 12 May 2025:",
        ),
    ),
    "de": (
        "Das Display ist seit Montag schwarz.",
        (
            f"Am 12. Mai 2025 um 09:43 Uhr schrieb {WHO}:",
            f"Am Mo., 12. Mai 2025 um 09:43 Uhr schrieb KOSPET After-sales <\nafter-sales@example.com>:",
            "Am 12.05.25 um 09:43 schrieb KOSPET After-sales:",
            f"{WHO} schrieb am 12.05.2025 09:43:",
        ),
    ),
    "fr": (
        "L'écran est noir depuis lundi.",
        (
            f"Le 12 mai 2025 à 09:43, {WHO} a écrit :",
            f"Le lun. 12 mai 2025 à 09:43, KOSPET After-sales\n<after-sales@example.com> a écrit :",
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
            f'在 2025-05-12 09:43:20，"KOSPET After-sales" <after-sales@example.com> 写道：',
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
    "ruled": "________________________________\nFrom: {who}\nSent: Monday, May 12, 2025 9:43 AM\nTo: jane@example.com\nSubject: Your request",
    "separator en": "-----Original Message-----\nFrom: {who}\nSent: Monday, May 12, 2025 9:43 AM\nTo: jane@example.com\nSubject: Your request",
    "separator de": "-----Ursprüngliche Nachricht-----\nVon: {who}\nGesendet: 12.05.2025 09:43\nAn: jane@example.com\nBetreff: Anfrage",
    "separator zh": "------------------ 原始邮件 ------------------\n发件人: {who}\n发送时间: 2025年5月12日\n收件人: jane@example.com\n主题: 请求",
    "wrapped to": "From: {who}\nSent: Monday, May 12, 2025 9:43 AM\nTo: jane@example.com; bob@example.com;\n carol@example.com\nSubject: Your request",
    "cc": "From: {who}\nDate: Monday, 12 May 2025 at 09:43\nTo: jane@example.com\nCc: bob@example.com\nSubject: Your request",
}

MOBILE = {
    "en": ("Sent from my iPhone", "Sent from my Galaxy", "Get Outlook for Android <https://aka.ms/AAb9ysg>", "Sent from Yahoo Mail on Android", "Sent via the Samsung Galaxy S21, an AT&T 5G smartphone", "Sent from Mail for Windows", "Sent with Proton Mail secure email."),
    "de": ("Von meinem iPhone gesendet", "Gesendet von Outlook für Android", "Von meinem Samsung Galaxy Smartphone gesendet.", "Gesendet mit der GMX Mail App", "Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet."),
    "fr": ("Envoyé de mon iPhone", "Envoyé depuis mon smartphone Samsung Galaxy.", "Envoyé à partir de Outlook pour Android", "Télécharger Outlook pour iOS"),
    "es": ("Enviado desde mi iPhone", "Enviado desde mi Samsung Mobile de Claro", "Obtener Outlook para Android"),
    "it": ("Inviato da iPhone", "Inviato dal mio telefono Huawei", "Scarica Outlook per iOS"),
    "pt": ("Enviado do meu iPhone", "Enviado a partir do meu smartphone Samsung Galaxy.", "Obter o Outlook para Android"),
    "nl": ("Verstuurd vanaf mijn iPhone", "Verzonden vanaf mijn Galaxy", "Verstuurd vanuit Outlook voor Android"),
    "pl": ("Wysłane z iPhone'a", "Wysłano z mojego smartfona Samsung", "Wysłane z telefonu Samsung Galaxy."),
    "cs": ("Odesláno z iPhonu", "Odesláno z mého telefonu Samsung Galaxy", "Odesláno z aplikace Outlook pro Android"),
    "sv": ("Skickat från min iPhone", "Skickat från Outlook för Android", "Hämta Outlook för iOS"),
    "ru": ("Отправлено с iPhone", "Отправлено из мобильной Почты Mail.ru", "Отправлено с моего Samsung Galaxy", "Отправлено из Яндекс.Почты для мобильных"),
    "tr": ("iPhone'umdan gönderildi", "Samsung Galaxy akıllı telefonumdan gönderildi.", "Android için Outlook uygulamasını edinin"),
    "ja": ("iPhoneから送信", "Yahoo!メールアプリから送信", "私のiPhoneから送信しました"),
    "zh": ("发自我的iPhone", "从我的 iPhone 发送", "发自我的小米手机", "来自华为手机"),
}  # fmt: skip
MOBILE_ROWS = [(code, line) for code, lines in MOBILE.items() for line in lines]

FORWARD_MARKS = {
    "en": ("---------- Forwarded message ---------", "Begin forwarded message:", "-------- Forwarded Message --------"),
    "de": ("---------- Weitergeleitete Nachricht ---------", "Anfang der weitergeleiteten Nachricht:", "-------- Weitergeleitete Nachricht --------"),
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
}  # fmt: skip
FORWARD_ROWS = [(code, mark) for code, marks in FORWARD_MARKS.items() for mark in marks]


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("code", "own", "line"), ATTRIBUTION_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(ATTRIBUTION_ROWS)]
)
def test_an_answer_above_a_marked_quote_is_all_that_stays(code: str, own: str, line: str) -> None:
    taken = split(f"{own}\n\n{line}\n\n{MARKED}\n")
    assert taken.own == own
    assert "Order platform" in taken.quoted and "2025" in taken.quoted or "25" in taken.quoted


@pytest.mark.parametrize(
    ("code", "own", "line"), ATTRIBUTION_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(ATTRIBUTION_ROWS)]
)
def test_an_answer_below_a_marked_quote_is_all_that_stays(code: str, own: str, line: str) -> None:
    assert split(f"{line}\n{MARKED}\n\n{own}").own == own


@pytest.mark.parametrize(
    ("code", "own", "line"), ATTRIBUTION_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(ATTRIBUTION_ROWS)]
)
def test_a_quote_with_the_attribution_inside_its_marks_is_cut_too(code: str, own: str, line: str) -> None:
    inside = line.replace("\n", "\n> ")
    assert split(f"{own}\n\n> {inside}\n>\n{MARKED}").own == own


@pytest.mark.parametrize("name", OUTLOOK)
def test_an_outlook_block_without_marks_is_cut_with_everything_below(name: str) -> None:
    block = OUTLOOK[name].format(who=WHO)
    taken = split(f"KS20418, bought in March.\n\nJane\n\n{block}\n\n{OUR_LETTER}\n")
    assert taken.own == "KS20418, bought in March.\n\nJane"
    assert "KS12345" in taken.quoted and "KS12345" not in taken.own


@pytest.mark.parametrize("name", OUTLOOK)
def test_an_outlook_block_with_an_answer_inside_keeps_the_answer(name: str) -> None:
    block = OUTLOOK[name].format(who=WHO)
    letter = OUR_LETTER.replace("...)\n3.", "...)\nAmazon.de\n3.").replace(
        "5. What", "Black screen since Monday\n5. What"
    )
    taken = split(f"{block}\n\n{letter}")
    assert taken.own == "Amazon.de\n\nBlack screen since Monday"


@pytest.mark.parametrize(("code", "line"), MOBILE_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(MOBILE_ROWS)])
def test_a_mobile_signature_is_not_the_customers(code: str, line: str) -> None:
    taken = split(f"My watch is dead.\n\n{line}\n")
    assert taken.own == "My watch is dead."
    assert taken.signature == line


@pytest.mark.parametrize(("code", "mark"), FORWARD_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(FORWARD_ROWS)])
def test_a_forwarded_order_is_evidence_not_own_words(code: str, mark: str) -> None:
    labels = OUTLOOK.get(code, OUTLOOK["en"]).format(who="Shop <orders@shop.example.com>")
    text = f"See my order below.\n\n{mark}\n{labels}\n\nThank you for your order 112-3349871-6620915.\nTANK T2"
    taken = split(text)
    assert taken.own == "See my order below."
    assert len(taken.forwards) == 1
    assert taken.forwards[0].text == "Thank you for your order 112-3349871-6620915.\nTANK T2"
    assert "orders@shop.example.com" in taken.forwards[0].sender
    assert taken.forwards[0].subject


INLINE = [
    (
        "answers under marked questions stay in order",
        "> 1. Order number (for example #KS12345)\nKS20418\n\n> 2. Order platform\nyour website\n> 3. Model\n\nT3 Ultra\n",
        "KS20418\n\nyour website\n\nT3 Ultra",
    ),
    (
        "words above and between",
        f"Hi, answers below.\n\nOn 12 May 2025 at 09:43 {WHO} wrote:\n> Order number?\nKS20418\n> Model?\nTANK M3\n> Best regards",
        "Hi, answers below.\n\nKS20418\n\nTANK M3",
    ),
    (
        "answers typed inside the marks, under numbered questions",
        f"On 12 May 2025 at 09:43 {WHO} wrote:\n> 1. Order number (for example #KS12345)\n> KS20418\n> 2. Order platform (KOSPET store, ...)\n> Amazon\n> 3. Model (for example TANK T3 Ultra)\n> M2\n>\n> Best regards",
        "KS20418\n\nAmazon\n\nM2",
    ),
    (
        "answers on the line of the question, after its bracket or question mark",
        f"{OUTLOOK['en'].format(who=WHO)}\n\n1. Order number (for example #KS12345) KS20418\n2. Model (for example TANK T3 Ultra): TANK M2\n3. What happened? It fell silent.\n\nBest regards",
        "KS20418\n\nTANK M2\n\nIt fell silent.",
    ),
    (
        "answers behind arrows",
        f"{OUTLOOK['de'].format(who=WHO)}\n\n1. Bestellnummer (zum Beispiel #KS12345) -> KS20418\n2. Modell => T3 Ultra\n\nMit freundlichen Grüßen",
        "KS20418\n\nT3 Ultra",
    ),
]


@pytest.mark.parametrize(("why", "text", "own"), INLINE, ids=[row[0] for row in INLINE])
def test_answers_between_our_questions_stay(why: str, text: str, own: str) -> None:
    assert words(split(text).own) == words(own)


def test_answers_know_their_question() -> None:
    taken = split("> 1. Order number (for example #KS12345)\nKS20418\n> 2. Order platform\n> 3. Model\nT3 Ultra")
    assert [(a.question.split()[1], a.answer) for a in taken.answers] == [("Order", "KS20418"), ("Model", "T3 Ultra")]


def test_lines_of_a_letter_we_sent_are_never_own_words() -> None:
    text = f"{OUTLOOK['en'].format(who=WHO)}\n\n" + OUR_LETTER.replace(
        "tried to resolve the issue", "tried to resolve the issue\nreset, new cable"
    )
    assert split(text, ours=[OUR_LETTER]).own == "reset, new cable"


def test_words_below_an_unmarked_letter_we_sent_are_found() -> None:
    text = f"{OUTLOOK['en'].format(who=WHO)}\n\n{OUR_LETTER}\n\nIt is order KS20418.\nJane"
    assert split(text, ours=[OUR_LETTER]).own == "It is order KS20418.\nJane"


@pytest.mark.parametrize("name", OUTLOOK)
def test_words_below_an_unmarked_letter_are_found_behind_its_sign_off(name: str) -> None:
    block = OUTLOOK[name].format(who=WHO)
    assert split(f"{block}\n\n{OUR_LETTER}\n\nIt is order KS20418.\nJane").own == "It is order KS20418.\nJane"


KEPT = [
    ("a comparison is no quote", "The battery shows\n>50 % and then it dies."),
    ("a line of dashes between paragraphs", "The screen is black.\n---\nIt began on Monday, what can I do about it?"),
    ("a form filled in by hand", "Name: Jane Doe\nE-mail: jane@example.com\nDate of purchase: 12.03.2025\nModel: TANK T3\nOrder: KS20418"),
    ("our list copied and filled in", "1. Order number: KS20418\n2. Platform: Amazon\n3. Model: T2"),
    ("the word forwarded in a sentence", "I forwarded the message to you last week, on 12.05.2025."),
    ("a date before a colon", "On 12.05.2025 I tried the following:\nreset, new cable."),
    ("a sentence that begins like a mobile signature", "Sent from my office to your warehouse yesterday, tracking 1Z84F2A70398216654"),
    ("a question after two dashes", "Hello\n--\nCan you tell me how long the repair of my watch takes?"),
    ("from and to in a sentence", "From: Berlin\nTo: your warehouse\nThe parcel left on Monday."),
    ("a note about somebody's words", "The seller wrote: no warranty."),
    ("confidential in a sentence", "Please keep my address confidential."),
    ("shop contact form", "From: Jane Doe <jane@example.com>\nSubject: broken watch\n\nMessage Body:\nThe glass is cracked."),
    ("times and dates in a list", "12.05.2025 09:43: charged\n13.05.2025 10:00: dead again"),
    ("the reply mark of a bullet", "- I reset it\n- I charged it\n-- nothing helped"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "text"), KEPT, ids=[row[0] for row in KEPT])
def test_what_only_looks_like_a_quote_stays(why: str, text: str) -> None:
    assert words(split(text).own) == words(text)


CUT = [
    ("signature after its delimiter", "It does not charge.\n\n-- \nJane Doe\nSales\n+49 30 1234567", "It does not charge."),
    ("signature with a link", "It does not charge.\n\n--\nJane\nhttps://jane.example.com", "It does not charge."),
    ("English legal notice", "It does not charge.\n\nThis e-mail is confidential and intended only for the addressee. If you have received this message in error, please notify the sender.", "It does not charge."),
    ("German legal notice", "Sie lädt nicht.\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie diese E-Mail irrtümlich erhalten haben, informieren Sie bitte sofort den Absender und vernichten Sie diese.", "Sie lädt nicht."),
    ("French legal notice", "Elle ne charge plus.\n\nCe message est confidentiel et destiné exclusivement à son destinataire. Si vous avez reçu ce message par erreur, merci de le détruire.", "Elle ne charge plus."),
    ("banner of the own company", "[EXTERNAL] This email originated from outside of the organization. Do not click links.\n\nIt does not charge.", "It does not charge."),
    ("anti-virus line", "It does not charge.\n\nVirus-free. www.avast.com", "It does not charge."),
    ("reply-above marker", "It is KS20418.\n\n##- Please type your reply above this line -##\n\nYour request has been received.", "It is KS20418."),
    ("unmarked attribution", f"It is KS20418.\n\nOn Monday, May 12, 2025 at 09:43:20 AM GMT+2, {WHO} wrote:\n\n{OUR_LETTER}", "It is KS20418."),
    ("two quotes in a row", f"Second try.\n\nOn 13 May 2025 at 10:00 Jane <jane@example.com> wrote:\n> First try.\n>\n> On 12 May 2025 at 09:43 {WHO} wrote:\n>> Order number?", "Second try."),
]  # fmt: skip


@pytest.mark.parametrize(("why", "text", "own"), CUT, ids=[row[0] for row in CUT])
def test_what_is_not_the_customers_is_cut_and_kept_aside(why: str, text: str, own: str) -> None:
    taken = split(text)
    assert taken.own == own
    assert taken.quoted or taken.signature


def test_a_whole_mail_passed_on_leaves_no_own_words() -> None:
    block = OUTLOOK["en"].format(who="Shop <orders@shop.example.com>")
    taken = split(f"{block}\n\nThank you for your order KS20418.", forwarded=True)
    assert taken.own == ""
    assert taken.forwards[0].text == "Thank you for your order KS20418."


def test_a_mail_quoted_whole_by_its_program_is_read() -> None:
    assert split("> My watch is dead.\n> Order KS20418").own == "My watch is dead.\nOrder KS20418"


def test_a_mail_of_nothing_but_a_mobile_signature_has_no_own_words() -> None:
    assert split("Sent from my iPhone") == Split(
        own="", quoted="", signature="Sent from my iPhone", forwards=(), answers=()
    )


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab>:-\n .1()?@|_*<\u3000年", max_size=200))
def test_no_line_disappears(text: str) -> None:
    taken = split(text)
    kept = "".join((taken.own, taken.quoted, taken.signature, *(f.text + f.subject + f.sender for f in taken.forwards)))
    assert sum(letter in "ab1" for letter in kept) >= 0.5 * sum(letter in "ab1" for letter in text) or taken.forwards
