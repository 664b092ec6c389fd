"""The words by which mail programs mark what is not the writer's own.

Rules of this file: tables only; what is done with them stands in ``own_words``. A word here never cuts by itself:
it counts only in the shape a program writes it in (a whole line, a label before a colon, a line with a date).
Order within a table is by language: en de fr es it pt nl pl cs sv ru tr ja zh, then others seen in real mail.
"""

from __future__ import annotations

import re


def _any(*words: str) -> str:
    return "|".join(words)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


# "Label: value" lines above a quoted or forwarded mail, by what they hold
LABELS: dict[str, frozenset[str]] = {
    "from": _set(
        "from|von|de|expéditeur|remitente|da|mittente|remetente|van|afzender|od|nadawca|odesílatel|"
        "från|avsändare|от|от кого|отправитель|kimden|gönderen|差出人|送信者|发件人|寄件人|寄件者|發件人|fra|"
        "lähettäjä|feladó|expeditor|de la|보낸 사람|보낸사람|από|від|від кого|מאת|из|dari|od koho"
    ),
    "sent": _set(
        "sent|date|gesendet|datum|envoyé|envoyé le|date d'envoi|enviado|enviado el|enviado em|"
        "fecha|inviato|data|verzonden|wysłano|wysłane|data wysłania|odesláno|skickat|отправлено|"
        "дата|gönderildi|gönderilme tarihi|gönderme tarihi|tarih|送信日時|日時|日付|发送时间|发送日期|日期|"
        "寄件日期|寄件時間|"
        "時間|时间|sendt|dato|lähetetty|päiväys|elküldve|dátum|trimis|보낸 날짜|보낸날짜|날짜|ημερομηνία|"
        "надіслано|נשלח|послано|dikirim|odoslané"
    ),
    "to": _set(
        "to|an|à|para|a|destinataire|destinatario|destinatário|naar|aan|do|komu|pro|till|кому|kime|"
        "alıcı|宛先|收件人|收件者|til|vastaanottaja|címzett|către|catre|받는 사람|받는사람|προς|אל|за|kepada"
    ),
    "subject": _set(
        "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|temat|předmět|ämne|тема|konu|"
        "件名|主题|主題|标题|emne|aihe|tárgy|subiect|제목|θέμα|נושא|относно|perihal|predmet"
    ),
    "other": _set(
        "cc|kopie|copie|copia|cópia|dw|kopia|kopi|копия|bilgi|抄送|副本|bcc|reply-to|antwort an|"
        "répondre à|responder a|rispondi a|importance|wichtigkeit|importancia|priority|priorität|"
        "attachments|anlagen|pièces jointes|adjuntos|allegati|anexos|bijlagen|załączniki|přílohy|"
        "bilagor|вложения|ekler|添付ファイル|附件|reply to|in-reply-to|message-id|organization|return-path|"
        "delivered-to|mailed-by|signed-by"
    ),
}
LABEL_OF = {word: kind for kind, words in LABELS.items() for word in words}

# Lines between dashes above the mail that is answered
ORIGINAL = re.compile(
    r"(?:original|reply|replied|original[- ]?(?:message|mail|e-?mail|text|nachricht|meddelande|bericht)|"
    r"ursprüngliche (?:nachricht|e-?mail|mail)|"
    r"originalnachricht|message d'origine|message original|message initial|mensaje original|messaggio originale|"
    r"mensagem original|oorspronkelijk(?:e)? (?:bericht|e-?mail)|oryginalna wiadomość|wiadomość oryginalna|"
    r"původní (?:zpráva|e-?mail)|ursprungligt meddelande|originalmeddelande|исходное сообщение|"
    r"исходное письмо|оригинальное сообщение|orijinal (?:mesaj|ileti|e-?posta)|özgün ileti|元のメッセージ|"
    r"原始邮件|原始郵件|"
    r"原邮件|original besked|oprindelig (?:meddelelse|besked)|opprinnelig melding|alkuperäinen viesti|eredeti üzenet|"
    r"mesaj original|mesajul original|원본 (?:메시지|메일)|αρχικό μήνυμα|pôvodná správa|in reply to|antwort auf)",
    re.IGNORECASE,
)
# Whole lines above a mail that is passed on
FORWARD = re.compile(
    _any(
        r"(?:begin )?forwarded (?:message|mail|e-?mail|by .{1,80})|(?:begin )?forward(?:ed)?(?: message)?",
        r"(?:anfang der )?weitergeleitete[nr]? (?:nachricht|e-?mail|mail)|weitergeleitet(?: von .{1,80})?",
        r"(?:début du )?message transféré|message réexpédié|transféré(?: par .{1,80})?",
        r"(?:inicio del )?mensaje reenviado|mensaje reenviado",
        r"(?:inizio )?(?:messaggio|email|inizio messaggio) inoltrat[oa]",
        r"(?:início da |início de |inicio da )?mensagem (?:encaminhada|reencaminhada)|mensagem reenviada",
        r"(?:begin |start )?doorgestuurd bericht|(?:begin )?doorgezonden bericht",
        r"(?:początek )?(?:przekazanej|przekazywanej|przesłanej|przekazana|przesłana|przekazywana) wiadomoś(?:ć|ci)|"
        r"wiadomość przekazana",
        r"(?:začátek )?přeposlan(?:á|é) (?:zpráv[ay]|e-?mailu?)",
        r"(?:börja )?vidarebefordra[td]e?t? (?:meddelande|brev|mail|e-?post)",
        r"(?:начало )?(?:пересылаем|переадресованн|пересланн)(?:ое|ого) (?:сообщени[ея]|письм[оа])",
        r"(?:yönlendirilen|iletilen) (?:mesaj|ileti|e-?posta)|(?:iletilmiş|iletilen) (?:mesaj|ileti)(?: başlangıcı)?",
        r"転送(?:された)?メッセージ|転送メール|転送者.{0,40}",
        r"转发的?(?:邮件|信息|消息)|轉寄的?(?:郵件|訊息)|轉發郵件|以下(?:是|为)转发.{0,6}|開始轉寄郵件|开始转发邮件",
        r"videresendt (?:meddelelse|besked|melding)|välitetty viesti|továbbított (?:üzenet|levél)|mesaj redirecționat",
        r"전달된 메(?:시지|일)|προωθημένο μήνυμα|переслане повідомлення|preposlaná správa",
    ),
    re.IGNORECASE,
)
FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|wg|tr|rv|i|enc|doorst|pd|vl|vb|přepos|ilt|転送|转发|轉寄|轉發|вп|пд|fs|vs|"
    r"továbbítás|redir)\s?[:：]",
    re.IGNORECASE,
)
# The verb of "NAME wrote:" lines
WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreibt|hat geschrieben|a écrit|écrit|escribió|escribio|ha scritto|scrive|escreveu|"
    r"schreef|heeft geschreven|geschreven|napisał(?:a|\(a\)|/a)?|pisze|napsal(?:a|\(a\)|/a)?|píše|skrev|skriver|"
    r"пишет|написал(?:а|\(а\))?|писал(?:а|\(а\))?|yazdı|yazmış|kirjoitti|írta|a scris|napísal(?:a)?|έγραψε|пише|"
    r"написав|"
    r"viết|menulis)\b|写道|寫道|のメール|さん(?:は|が)書きました|書きました|작성|כתב|كتب",
    re.IGNORECASE,
)
# How a "On DATE, NAME wrote:" line begins
ATTRIBUTION_START = re.compile(
    r"(?:on|at|am|le|el|il|il giorno|em|no dia|op|w dniu|dnia|dne|den|på|в|fecha|在|於|于|tarihinde|a|"
    r"\d{1,4})\b|\d{4}年",
    re.IGNORECASE,
)

# Lines programs add below a text. Each is a whole line.
_DEVICE = (
    r"(?:i\s?-?phon\w*|i\s?-?pad\w*|i\s?-?pod|android|galaxy|samsung|xiaomi|redmi|huawei|honor|oppo|vivo|realme|"
    r"oneplus|pixel|motorola|"
    r"moto|nokia|lg|sony|xperia|htc|blackberry|windows|outlook|gmail|yahoo|aol|proton\s?mail|bluemail|blue mail|"
    r"edison|spark|spike|mail|e-?mail|mobile|mobil\w*|handy|smart\s?phone|smartphone|telefon\w*|phone|telefoon|"
    r"téléphone|"
    r"teléfono|telefono|telemóvel|celular|móvil|móvel|cellulare|tablet|tablette|komórk\w*|телефон\w*|смартфон\w*|"
    r"мобильн\w*|почт\w*|компьютер\w*|cep telefonu\w*|gmx|web\.de|freemail|k-9|thunderbird|sparrow|zoho|mailbird|"
    r"hotmail|"
    r"orange|free|t-online|seznam|onet|wp|libero|virgilio|mail\.ru|yandex\w*|яндекс\w*|手机|手機|"
    r"スマートフォン|スマホ|携帯)"
)
MOBILE_SIGNATURES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(rf"(?:{pattern})", re.IGNORECASE)
    for pattern in (
        (
            rf"(?:sent|posted|written|typed|composed|envoyé) (?:from|via|with|using|by|on) (?:my |the |"
            rf"a )?(?:[\w'’.-]+[ -]){{0,6}}{_DEVICE}(?:,?[ -]?[\w'’+()&.-]+){{0,8}}\.?(?: <?https?://\S+>?|"
            rf" \(?https?://\S+\)?)?"
        ),
        r"get (?:outlook|bluemail|spark|edison) for \w+.{0,60}|download .{0,40}(?:outlook|mail) for \w+.{0,30}",
        (
            rf"(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:von|mit|über|aus) (?:meinem?r? |der |"
            rf"dem )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,40}}(?:gesendet|geschickt|verschickt|geschrieben|"
            rf"verfasst)\.?"
        ),
        rf"gesendet (?:von|mit|über|aus|per)\b.{{0,12}}(?:[\w'’.-]+[ -]){{0,4}}{_DEVICE}.{{0,60}}",
        (
            rf"(?:envoyé|message envoyé|transmis|écrit)e? (?:de|depuis|à partir de|avec|par|via) (?:mon |ma |l['’]|la |"
            rf"le |un )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,60}}|télécharg(?:er|ez) outlook pour .{{0,30}}|"
            rf"obtenir outlook pour .{{0,30}}"
        ),
        (
            rf"(?:enviado|escrito|mandado|mensaje enviado) (?:desde|con|a través de|por|mediante|vía) (?:mi |la |el |"
            rf"un )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,60}}|(?:obtener|descargar?|consigue) outlook para .{{0,30}}"
        ),
        (
            rf"(?:inviato|scritto|spedito) (?:da|dal|dalla|con|tramite|via) (?:mio |il mio |la mia |"
            rf"la )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,60}}|(?:scarica|ottieni) outlook per .{{0,30}}"
        ),
        (
            rf"(?:enviado|escrito|mensagem enviada) (?:do|da|de|a partir do|pelo|com|através do|via) (?:meu |minha |"
            rf"o meu )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,60}}|(?:obter|obtenha|baixar) o? ?outlook para .{{0,30}}"
        ),
        (
            rf"(?:verstuurd|verzonden|gestuurd) (?:vanaf|vanuit|met|via|van|vanop) (?:mijn |m['’]n |een |"
            rf"de )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,60}}|(?:outlook voor .{{0,20}} (?:downloaden|ophalen)|"
            rf"download outlook voor .{{0,20}})"
        ),
        (
            rf"(?:wysłan[oey]|wiadomość wysłana|nadano) (?:z|ze|przy użyciu|za pomocą|przez) (?:mojego |"
            rf"mojej )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,60}}|(?:pobierz|uzyskaj) (?:program )?outlook .{{0,30}}"
        ),
        (
            rf"(?:odesláno|posláno|odesláno) (?:z|ze|pomocí|přes) (?:mého |"
            rf"mé )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,60}}|(?:stáhnout|získat|získejte) outlook pro .{{0,30}}"
        ),
        (
            rf"(?:skickat|skickades|sänt|sendt|skrevet) (?:från|med|via|fra) (?:min |mitt |"
            rf"e-?post )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,60}}|hämta outlook för .{{0,30}}"
        ),
        (
            rf"(?:отправлено|послано|написано) (?:с|со|из|через|от) (?:моего |моей |"
            rf"мобильн\w+ )?(?:[\w'’.-]+[ -]){{0,5}}{_DEVICE}.{{0,60}}|скачать outlook для .{{0,30}}"
        ),
        (
            rf"(?:[\w'’.-]+[ -]){{0,4}}{_DEVICE}\w*['’]?\w* ?(?:üzerinden |tarafından |ile |uygulamasından |"
            rf"telefonumdan )*(?:gönderildi|gönderilmiştir|yollandı)\.?|(?:android|ios) için outlook.{{0,20}}"
        ),
        (
            rf"(?:(?:私の|マイ)?.{{0,20}}{_DEVICE}.{{0,10}}から送信(?:しました|された.{{0,6}})?|(?:iphone|ipad|android|"
            rf"yahoo!メール).{{0,12}}(?:から|で)送信.{{0,8}})"
        ),
        (
            r"(?:发自|發自|从|從|来自)(?:我的|我)?.{0,30}?(?:发送|發送|iphone|ipad|手机|手機|邮箱|郵箱|电脑|"
            r"客户端|outlook|小米|华为|huawei|xiaomi|"
            r"samsung|galaxy|mail).{0,12}|(?:获取|下載|下载|取得) ?outlook .{0,20}"
        ),
        (
            rf"(?:lähetetty|küldve|trimis de|sendt fra|נשלח מ|відправлено з|надіслано з|στάλθηκε από|나의|"
            rf"내) ?(?:[\w'’.-]+[ -]){{0,4}}{_DEVICE}.{{0,40}}"
        ),
        r"virus-?(?:free|frei)\..{0,40}|.{0,20}avast\.(?:com|de|fr).{0,20}",
    )
)
# Words of legal notices; a closing paragraph with two of them is one.
LEGAL = re.compile(
    _any(
        r"confidential\w*|privileged|intended (?:only |solely |exclusively )?for|intended recipient|addressee|"
        r"disclosure|unauthori[sz]ed|"
        r"consider the environment|received this (?:e-?mail|message) in error|disclaimer|scanned (?:for|by)|viruses|"
        r"strictly prohibited|may be unlawful|notify the sender|delete (?:this|it|the) ",
        r"vertraulich\w*|rechtlich geschützt\w*|bestimmungsgemäß\w*|irrtümlich|unbefugt\w*|vernichten sie|"
        r"an die umwelt|handelsregister|amtsgericht|"
        r"geschäftsführ\w+|ust-?id\w*|informieren sie (?:bitte )?(?:sofort )?den absender",
        r"confidentiel\w*|destinataire\w*|destiné\w* exclusivement|reçu ce message par erreur|usage exclusif|"
        r"pensez à l['’]environnement|avant d['’]imprimer",
        r"confidencial\w*|destinatari[oa]\w*|recibido (?:este mensaje )?por error|uso exclusivo|medio ambiente|"
        r"protección de datos|rgpd",
        r"riservat\w+|confidenzial\w+|ricevuto (?:questo messaggio )?per errore|rispetta l['’]ambiente|privacy",
        r"destinatári[oa]\w*|recebeu esta mensagem por engano|uso exclusivo|antes de imprimir",
        r"vertrouwelijk\w*|geadresseerde\w*|uitsluitend bestemd|ten onrechte ontvangen|aan het milieu",
        r"poufn\w+|adresat\w*|wyłącznie dla|otrzymał\w* .{0,20}omyłkowo|przez pomyłkę",
        r"důvěrn\w+|adresát\w*|určen\w* výhradně|omylem|životní prostředí",
        r"konfidentiell\w*|sekretess\w*|avsedd\w* mottagare|av misstag|tänk på miljön",
        r"конфиденциальн\w+|предназначен\w* исключительно|адресат\w*|по ошибке",
        r"gizli\w*|yalnızca .{0,30}alıcı\w*|yanlışlıkla|çevreyi",
        r"機密|誤って(?:受信|送信)|破棄|名宛人|机密|保密|误收|收件人本人|機密信息",
    ),
    re.IGNORECASE,
)
# Lines a mail server sets above a text from outside
BANNER = re.compile(
    r"(?:\[?(?:caution|warning|external|extern|extern e-?mail|achtung|attention|externe)\b.{0,30}[:\]!-]|"
    r"\[ext(?:ernal)?\]|"
    r"(?:this|diese|cet|este|deze) (?:e-?mail|mail|message|nachricht|mensaje) (?:originated|came|is|was sent|stammt|"
    r"kommt|provient|procede|komt) .{0,20}"
    r"(?:outside|external|extern|außerhalb|extérieur|externo|buiten)).{0,400}",
    re.IGNORECASE,
)
# "Please type your reply above this line", ours and that of other desks
REPLY_ABOVE = re.compile(
    r"[-#=*\s>]{2,}.{0,60}(?:above this line|über dieser zeile|oberhalb dieser zeile|au-dessus de cette ligne|"
    r"encima de esta línea|sopra questa (?:linea|riga)|"
    r"acima desta linha|boven deze regel|powyżej tej linii|nad tento řádek|ovanför denna rad|выше этой (?:строки|"
    r"линии)|bu satırın üst\w*|この(?:行|線)より上|在此行(?:上方|之上)|此行以上).{0,30}",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\d{4}年|\d{1,2}月\d{1,2}日|"
    r"\b\d{1,2}\.? (?:[^\W\d_]{3,10}\.?),? (?:de )?\d{2,4}\b"
)
TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?\b|\b\d{1,2} ?[ap]\.?m\b|\d{1,2}[时時点]", re.IGNORECASE)
