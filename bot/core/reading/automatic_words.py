"""The words by which machines give themselves away when their headers do not.

Rules of this file: recognition words only, never sent to anybody. STRONG words are enough where they stand (start of
the subject, start of a sentence); WEAK words only support another sign. A customer may write any single one of them
("I am on holiday until Monday, please send it later"), so body words count in pairs.
Order: en de fr es it pt nl pl cs sv ru tr ja zh.
"""

from __future__ import annotations

import re


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


REPLY_PREFIX = re.compile(
    r"\s*(?:(?:re|aw|antw|sv|vs|odp|ynt|yan|rv|ri|rif|res|ответ|回复|回覆|答复|返信)\s?(?:\[\d+\])?\s?[:：]\s*)+",
    re.IGNORECASE,
)
# The subject begins with it
AUTO_SUBJECT = _words(
    r"auto(?:mat(?:ic|ed))?[- ]?(?:reply|response|responder|answer|message|acknowledge?ment)\b|autoreply|auto[:_ ]|"
    r"\[auto|out[- ]of[- ](?:the[- ])?office|ooo\b|away from (?:my|the) (?:mail|desk|office)|"
    r"(?:i am |i['’]m )?(?:on|away on) (?:vacation|holiday|annual leave|parental leave|maternity leave|"
    r"sick leave)\b.{0,40}$|vacation (?:reply|response|message|notice)|away until|absence notice|"
    r"thank you for (?:contacting|your (?:e-?mail|message|enquiry|inquiry))\b.{0,60}$",
    r"automatische (?:antwort|rückmeldung|e-?mail|abwesenheit\w*|eingangsbestätigung|benachrichtigung)|"
    r"auto-?antwort|abwesenheits?(?:notiz|meldung|nachricht|assistent|benachrichtigung|info)?\b|abwesend\b|"
    r"nicht im (?:büro|haus)|außer haus|eingangsbestätigung|urlaubs(?:notiz|meldung|nachricht)",
    r"réponse automatique|message automatique|absen(?:t|ce)(?: du bureau)?\b.{0,60}$|notification d['’]absence|"
    r"accusé de réception|en congés? (?:jusqu|du)|absente? du bureau",
    r"respuesta autom[aá]tica|auto-?respuesta|mensaje autom[aá]tico|fuera de (?:la )?oficina|ausente|"
    r"aviso de ausencia|acuse de recibo|de vacaciones hasta",
    r"risposta automatica|messaggio automatico|fuori (?:sede|ufficio)|assente|assenza dall['’]ufficio|"
    r"conferma di ricezione|in ferie",
    r"resposta autom[aá]tica|mensagem autom[aá]tica|fora do escrit[oó]rio|aus[eê]ncia|ausente|"
    r"confirma[cç][aã]o de rece(?:ção|bimento)|de f[eé]rias",
    r"automati(?:sch|c) (?:antwoord|bericht|beantwoord)|automatische (?:reactie|beantwoording|e-?mail|"
    r"ontvangstbevestiging)|afwezig(?:heid\w*)?\b|niet aanwezig|ontvangstbevestiging",
    r"automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|autoresponder|nieobecn\w+|poza biurem|"
    r"potwierdzenie otrzymania|urlop(?:ie)?\b.{0,30}$",
    r"automatick[áa] odpověď|mimo kancelář|nepřítomn\w+|oznámení o nepřítomnosti|potvrzení o přijetí|"
    r"dovolená\b.{0,30}$",
    r"auto-?svar|automatiskt (?:svar|meddelande)|frånvaro\w*|frånvarande|ej på kontoret|inte på kontoret|"
    r"semester(?:meddelande|svar)",
    r"автоответ\w*|автоматический ответ|автоматическое (?:уведомление|сообщение)|нет на работе|вне офиса|"
    r"отсутств\w+|в отпуске|я в отпуске",
    r"otomatik (?:yanıt|cevap|mesaj)|ofis dışında\w*|ofis dışı|izindeyim|yıllık izin",
    r"自動(?:返信|応答|送信|配信)|【自動|不在(?:通知|のお知らせ|連絡|のため)|休暇(?:中|のお知らせ)|受付完了のお知らせ",
    r"自动(?:回复|答复|应答|回信)|自動(?:回覆|回復)|不在办公室|外出(?:通知|自动)|休假(?:中|通知)",
    r"automaattinen vastaus|automatikus válasz|răspuns automat|automatisk svar|자동 ?(?:응답|회신)|αυτόματη απάντηση|"
    r"автоматична відповідь|מענה אוטומטי|fravær",
)
# A sentence that only a machine writes about itself
AUTO_SENTENCE = _words(
    r"this is an? (?:auto\w*|computer)[- ]?(?:generated |mated )?(?:reply|response|message|e-?mail|mail|"
    r"notification|acknowledge?ment)|this (?:e-?mail|message|reply) (?:was|is|has been) (?:sent |generated |"
    r"created )?automatically|"
    r"(?:please )?do not (?:reply|respond) to this (?:auto\w* )?(?:e-?mail|message|mail)|"
    r"please (?:type your reply above|do not reply)|auto-?generated (?:e-?mail|message|reply)|"
    r"you are receiving this (?:auto\w* )?(?:e-?mail|message|reply) because",
    r"(?:dies(?:e|es)? (?:ist|e-?mail|nachricht|mail)|das ist) (?:ist |wurde )?(?:eine? )?automatisch\w*|"
    r"bitte (?:antworten sie )?nicht auf diese (?:e-?mail|nachricht|mail)|diese (?:e-?mail|"
    r"nachricht) wurde automatisch|automatisch (?:erstellte|generierte) (?:e-?mail|nachricht|antwort)",
    r"(?:ceci est|il s['’]agit d['’])\s?un (?:message|e-?mail|courriel) automatique|ce (?:message|mail|"
    r"courriel) (?:a été|est) (?:généré|envoyé) automatiquement|(?:merci de ne pas|ne pas|"
    r"veuillez ne pas) répondre à ce (?:message|mail|courriel|e-?mail)|réponse automatique",
    r"este (?:es un|mensaje|correo) (?:mensaje |correo |es |ha sido |se ha )?(?:generado |enviado )?autom[aá]tic\w+|"
    r"(?:por favor,? )?no responda a este (?:mensaje|correo)|respuesta autom[aá]tica",
    r"(?:questo è un|questa è una|la presente è una) (?:messaggio|risposta|e-?mail|mail) automatic\w+|"
    r"(?:si prega di )?non rispondere a questa? (?:e-?mail|mail|messaggio)|messaggio generato automaticamente|"
    r"risposta automatica",
    r"(?:esta é uma|este é um|esta) (?:mensagem|resposta|e-?mail) (?:é |foi )?(?:enviada |gerada )?autom[aá]tic\w+|"
    r"(?:por favor,? )?não responda a (?:este|esta) (?:e-?mail|mensagem)|resposta autom[aá]tica",
    r"dit is een (?:automatisch\w*|auto\w*) (?:bericht|e-?mail|antwoord|reactie|gegenereerd\w*)|"
    r"(?:u kunt )?niet (?:antwoorden|reageren) op deze e-?mail|dit bericht is automatisch",
    r"(?:to jest |ta )?(?:wiadomość|odpowiedź|mail) (?:jest |została )?(?:wygenerowan\w+ )?automatyczn\w+|"
    r"(?:prosimy )?nie odpowiada(?:ć|j) na (?:tę|ten) (?:wiadomość|mail|e-?mail)|wygenerowan\w+ automatycznie",
    r"(?:toto je |tato )?(?:automatick\w+ (?:odpověď|zpráva|e-?mail)|zpráva byla (?:vygenerována|"
    r"odeslána) automaticky)|na tento e-?mail (?:prosím )?neodpovídejte|neodpovídejte na tento",
    r"(?:detta är ett|det här är ett) (?:automat\w+|auto-?svar)|svara inte på (?:detta|det här) (?:meddelande|mail|"
    r"mejl|e-?post\w*)|detta (?:mail|meddelande) (?:skickas|har skickats) automatiskt",
    r"(?:это|данное) (?:автоматическ\w+|письмо (?:сформировано|отправлено|создано) автоматически|"
    r"сообщение (?:сформировано|отправлено|создано) автоматически)|(?:пожалуйста, )?не отвечайте на (?:это|данное)|"
    r"автоматический ответ",
    r"bu (?:bir )?otomatik (?:bir )?(?:yanıt|mesaj|e-?posta|cevap)\w*|(?:lütfen )?bu (?:e-?postayı|mesajı|"
    r"e-?postaya|mesaja|maili|maile) (?:yanıtlamay\w+|cevap verme\w+)|otomatik olarak (?:gönderil|oluşturul)\w+",
    r"(?:この|本)(?:メール|メッセージ)は.{0,14}自動(?:的に)?(?:返信|送信|配信|応答|生成)|自動(?:返信|送信|"
    r"配信)(?:メール|されて|にて|専用)|(?:この|"
    r"本)メールに(?:は)?返信(?:しないで|できません|いただいて)",
    r"(?:此|这|這|本)(?:是|为|為)?(?:封)?(?:一封)?(?:邮件|郵件|信息|消息|电邮)?(?:是|为|為|由)?(?:系统|"
    r"系統)?自[动動](?:回[复覆復]|发送|發送|生成|发出|答复)|"
    r"请勿(?:直接)?回复(?:此|本)|請勿(?:直接)?回覆",
)
# "I am away ..."
AWAY = _words(
    r"\bi(?:['’]m| am| will be|['’]ll be)(?: currently| presently| now)? (?:out of (?:the |my )?office|away\b|"
    r"on (?:annual |parental |maternity |sick )?(?:leave|vacation|holiday)|travell?ing|not in the office|"
    r"unavailable)|i (?:do not|don['’]t) have access to (?:my )?e-?mail",
    r"\bich bin (?:derzeit |zurzeit |zur zeit |momentan |im moment |aktuell |leider |ab |bis |vom |"
    r"nicht )?.{0,50}(?:nicht im (?:büro|haus|hause|dienst)|nicht erreichbar|abwesend|außer haus|im urlaub|"
    r"wieder (?:im büro|erreichbar|für sie da))|ich befinde mich .{0,40}urlaub|unser büro ist .{0,40}geschlossen",
    r"\bje (?:suis|serai) (?:actuellement |en ce moment )?(?:absente?|en (?:congés?|vacances|déplacement)|"
    r"hors du bureau|indisponible)|je ne suis pas (?:disponible|au bureau)",
    r"\b(?:estoy|estaré|me encuentro) (?:actualmente |en este momento )?(?:fuera de (?:la )?oficina|ausente|"
    r"de (?:vacaciones|baja|permiso)|de viaje)|no estoy disponible",
    r"\b(?:sono|sarò) (?:attualmente |al momento )?(?:fuori (?:sede|ufficio|dall['’]ufficio)|assente|in (?:ferie|"
    r"vacanza|viaggio))|non sono (?:in ufficio|disponibile)",
    r"\b(?:estou|estarei|encontro-me) (?:atualmente |neste momento )?(?:fora do escrit[oó]rio|ausente|de f[eé]rias|"
    r"em viagem)|não estou (?:disponível|no escrit[oó]rio)",
    r"\bik ben (?:momenteel |op dit moment |van |tot ).{0,40}(?:afwezig|niet (?:aanwezig|bereikbaar|op kantoor)|"
    r"met (?:vakantie|verlof)|op vakantie|vrij)|ik ben (?:afwezig|niet aanwezig|met vakantie|op vakantie)",
    r"\b(?:jestem|będę|przebywam) (?:obecnie |aktualnie )?.{0,30}(?:nieobecn\w+|na urlopie|poza biurem|niedostępn\w+)",
    r"\b(?:jsem|budu) (?:momentálně |nyní )?.{0,30}(?:mimo kancelář|nepřítom\w+|na dovolené|nedostup\w+)",
    r"\bjag är (?:för närvarande |just nu )?.{0,30}(?:inte på (?:kontoret|plats)|frånvarande|på semester|ledig|"
    r"bortrest|tillbaka)",
    r"(?:я )?(?:сейчас |в настоящее время |буду |временно )?(?:нахожусь|в) отпуске|(?:меня |"
    r"я )?(?:нет на (?:рабочем месте|работе)|отсутствую|буду отсутствовать|вне офиса)",
    r"(?:şu anda|şu an|\d.{0,30}) ?(?:ofis dışında|izindeyim|ofiste değilim|tatildeyim|yıllık izin)\w*|"
    r"ofis dışındayım|yıllık izindeyim",
    r"(?:現在|ただいま|下記の期間|誠に勝手ながら).{0,40}(?:不在|休暇|外出|休業|出張)|不在にして(?:おります|"
    r"います)|休暇を(?:いただいて|頂いて|取得して)",
    r"(?:我)?(?:目前|现在|正在|現在|本人)?.{0,12}(?:不在办公室|不在辦公室|休假(?:中)?|外出(?:中)?|出差(?:中)?)",
)
# What goes with it: when back, whom to ask, "received your message"
SUPPORT = _words(
    r"limited access|urgent|upon (?:my )?return|when i (?:return|get back|am back)|until|returning|back (?:on|in)|"
    r"in my absence|contact (?:my|our)|please (?:contact|call)|will (?:reply|respond|get back|answer)|"
    r"received your (?:e-?mail|message|request|enquiry|inquiry)|ticket|reference number|as soon as possible|"
    r"business (?:days|hours)",
    r"dringend\w*|vertretung|kolleg\w+|wenden sie sich|werde ich|erst (?:ab|am|wieder)|weitergeleitet|bis (?:zum|"
    r"einschließlich|\d)|wieder (?:da|erreichbar|im büro)|ihre (?:e-?mail|nachricht|anfrage) (?:ist|wurde|haben)|"
    r"ticket|vorgangsnummer|so (?:bald|schnell) wie möglich|werktag\w*",
    r"urgen\w+|à mon retour|jusqu['’]au|pendant mon absence|contacte[rz]|de retour|votre (?:message|demande|"
    r"courriel) a (?:bien )?été|bien reçu|dans les (?:meilleurs|plus brefs) délais|ticket",
    r"urgen\w+|a mi (?:regreso|vuelta)|hasta el|durante mi ausencia|contact[ae]\w*|hemos recibido|su (?:mensaje|"
    r"consulta|solicitud)|a la mayor brevedad|ticket|procesando",
    r"urgen\w+|al mio (?:rientro|ritorno)|fino al|contattar\w+|abbiamo ricevuto|la (?:sua|vostra) (?:richiesta|"
    r"e-?mail)|al più presto|prima possibile|ticket|rientr\w+",
    r"urgen\w+|no meu (?:regresso|retorno)|regresso|at[eé] (?:ao?|dia|\d)|contact[ae]\w*|recebemos|"
    r"(?:a )?sua (?:mensagem|solicitação)|o mais (?:breve|rápido)|ticket",
    r"dringend\w*|urgent\w*|na mijn terugkomst|terug|tot (?:en met|\d)|collega\w*|contact op|uw (?:bericht|e-?mail|"
    r"aanvraag)|zo (?:snel|spoedig) mogelijk|ticket|werkdagen",
    r"piln\w+|po (?:moim )?powrocie|do dnia|zastęp\w+|kontakt\w*|otrzymali[śs]my|zgłoszeni\w+|jak najszybciej|"
    r"wracam|odpowiem",
    r"naléhav\w+|urgentn\w+|po návratu|do \d|zastup\w+|kontaktujte|obdrželi|přijali|požadavek|co nejdříve|vrátím",
    r"brådskande|akut|när jag är tillbaka|åter|till och med|kollega\w*|kontakta|mottagit|vi har fått|ärende|så snart",
    r"срочн\w+|по возвращении|до \d|обращайтесь|связаться|свяжитесь|коллег\w+|получили ваш\w*|получено|принято|"
    r"обращени\w+|заявк\w+|в ближайшее время|как можно скорее|отвечу",
    r"acil|dönüşümde|tarihine kadar|kadar|iletişime|başvur\w+|talebiniz|mesajınız\w*|e-?postanız\w*|alınmıştır|"
    r"aldık|en kısa sürede|döneceğim|yanıtlayacağım",
    r"お急ぎ|緊急|戻り次第|まで|代理|ご連絡|お問い合わせ(?:を|いただき|ありがとう|を受け付け)|受け付け|"
    r"担当者より|営業日|改めて",
    r"紧急|緊急|回来后|返回后|直到|至.{1,12}日|联系|聯繫|同事|收到您的|已收到|尽快|儘快|盡快|工作日|回复您|工单",
)
# Delivery failures in plain text, as subjects and as sentences
BOUNCE_SUBJECT = _words(
    r"(?:mail|message|e-?mail)? ?deliver(?:y|ies) (?:status )?(?:notification|report|failure|failed|error|problem|"
    r"delayed|incomplete|has failed|status)|un-?deliver(?:able|ed)|mail delivery (?:failed|failure|subsystem|system|"
    r"error|status|problem)|returned (?:e-?)?mail|mail (?:system )?error|failure notice|delivery (?:failure|"
    r"has failed|failed)|"
    r"(?:mail|message|e-?mail) (?:could|can) ?not be delivered|could not (?:send|deliver) (?:message|mail)|"
    r"non[- ]?(?:delivery|deliverable|remis)|not delivered|nondeliver|warning: (?:could not|message|[\w.+-]+@)|"
    r"user unknown|rejected(?: mail|:)|message (?:rejected|status|you sent blocked)|"
    r"permanent (?:delivery )?(?:failure|error)|failed mail|bounced? mail|\bndn\b|mail not delivered|"
    r"postmaster notify|nachricht nicht zustellbar|message undeliverable|delayed mail|mail transaction failed|"
    r"problem delivering|email address (?:changed|not found)|address (?:unknown|not found)|mail could not be",
    r"unzustellbar|nicht (?:zugestellt|zustellbar)|zustell(?:ung|ungs)\w*|mailzustellung|rücksendung|"
    r"fehler bei der (?:zustellung|übermittlung)",
    r"non remis|échec de (?:la )?(?:remise|distribution|livraison)|message non (?:distribué|délivré|remis)|"
    r"non distribuable|avis de non[- ]remise|retour de courriel",
    r"no (?:se )?(?:ha podido )?entreg(?:ado|ar|able)|error (?:de|en la) entrega|devuelto|no entregado|"
    r"notificación de entrega",
    r"mancat[ao] (?:consegna|recapito)|non (?:recapitabile|consegnat\w+)|errore di (?:consegna|recapito)|"
    r"notifica di mancato",
    r"não (?:foi )?(?:entregue|entregável)|falha (?:na|de) entrega|notificação de (?:falha|status)|devolvida",
    r"niet (?:bezorgd|afgeleverd|bestelbaar)|onbestelbaar|kan niet worden (?:bezorgd|afgeleverd)|bezorging mislukt",
    r"niedostarczon\w+|nie (?:dostarczono|można dostarczyć)|zwrot wiadomości|błąd dostarczenia",
    r"nedoručen\w+|nedoručiteln\w+|nepodařilo se doručit|chyba doručení",
    r"(?:kunde )?inte levereras|ej levererat|olevererat|obeställbart|leveransfel",
    r"недоставленн\w+|не (?:доставлено|может быть доставлено)|сбой доставки|ошибка доставки|"
    r"уведомление о (?:недоставке|доставке)",
    r"teslim edil(?:emedi|emeyen)|iletilemedi|teslimat (?:hatası|başarısız)",
    r"(?:メール|メッセージ|配信).{0,10}(?:配信(?:できません|エラー|不能|失敗)|届きません|送信できません)|"
    r"配信不能|未達|エラーメール",
    r"退信|无法(?:投递|送达|发送)|投递失败|發送失敗|傳送失敗|无法传递|未送达|系统退信",
)
BOUNCE_TEXT = _words(
    r"\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b|\b55[0-4][ -](?:user|no such|unknown|mailbox|requested|unrouteable|"
    r"address|invalid|message|recipient|relay|<|5\.|sorry|rejected)|smtp error|(?:final|original)-recipient:|"
    r"diagnostic-code:|remote-mta:|reporting-mta",
    r"(?:could|can|was|were|has|have)(?: ?not|n['’]t)(?: yet)? (?:be|been|able to be)?\s?(?:delivered|deliver|"
    r"sent to)|(?:unable|failed|failure) to deliver|delivery (?:to the following|has failed|failed|attempts?|error|"
    r"of your message)|undeliver(?:able|ed)|(?:permanent|fatal) (?:fatal )?(?:delivery )?(?:error|failure)|"
    r"transcript of session|"
    r"(?:user|recipient|address|mailbox|account)(?:'s)? (?:is )?(?:unknown|not found|unavailable|disabled|full|"
    r"does not exist|rejected|over quota)|(?:unknown|no such|invalid|not a known|not listed|nonexistent) (?:user|"
    r"recipient|address|mailbox|account|local user|host)|no such user|returned to (?:the )?sender|returning message|"
    r"message (?:was|is) (?:being )?returned|qmail-send program|mail (?:delivery )?(?:subsystem|daemon|system) at|"
    r"failed recipient|undelivered|does not (?:exist|like recipient)|mail you sent|giving up on|"
    r"temporarily (?:unable|deferred)|will (?:continue|keep) (?:trying|to try)|retry|queued? for|"
    r"over(?: its)? quota|(?:was|been) rejected",
    r"konnte (?:ihre nachricht )?nicht (?:zugestellt|übermittelt)|empfänger (?:ist )?unbekannt|nicht zustellbar|"
    r"unzustellbar",
    r"n['’](?:a|ont|est) pas (?:pu |p[uû] ?)?(?:être|etre|été) (?:délivré|delivre|remis|distribué)|"
    r"utilisateur inconnu|destinataire inconnu",
    r"no (?:se )?(?:ha podido|pudo|fue posible) (?:ser )?entreg|usuario desconocido|destinatario (?:desconocido|"
    r"no existe)",
    r"non (?:è stato|è|ha potuto|può) (?:possibile )?(?:essere )?(?:consegn|recapit)|utente sconosciuto|"
    r"destinatario sconosciuto|não (?:foi|pôde|pode) ser entregue|destinatário desconhecido",
    r"kan niet worden (?:bezorgd|afgeleverd)|onbekende (?:gebruiker|ontvanger)|nie (?:mogła|może|można|"
    r"została?) (?:zostać )?dostarcz|nemohla být doručena|nepodařilo se doručit|kunde inte levereras",
    r"не (?:удалось|может быть|было|доставлено)\s?(?:доставить|доставлено)?|teslim edilemedi|iletilemedi|"
    r"配信できません|"
    r"送信できません|宛先.{0,12}(?:不明|存在しません)|"
    r"无法(?:投递|送达|发送)|用户不存在|收件人不存在",
)
BOUNCE_PROOF = _words(
    r"[\w.+%'-]+@[\w-]+\.[\w.-]+",
    r"\b[45]\d\d[ -]",
    r"\b[45]\.\d\.\d\b",
    r"(?:your|this|the attached) (?:e-?mail|message)",
)
# What is delivered when it is no mail
PARCEL = _words(
    r"parcel|package|order|shipment|watch|tank|kospet|paket|sendung|bestellung|uhr|colis|commande|montre|paquete|"
    r"pedido|reloj|pacco|ordine|orologio|encomenda|relógio|pakket|bestelling|horloge|paczk|przesyłk|zamówien|zegar|"
    r"zásilk|balík|objednávk|hodin|försändelse|klocka|посылк|заказ|часы|kargo|sipariş|saat|荷物|注文|時計|包裹|"
    r"订单|手表"
)
# Letters of shops, banks and parcel services, as subjects
NOTICE_SUBJECT = _words(
    r"(?:your |new )?(?:order|parcel|package|shipment|item|delivery|invoice|receipt|payment|"
    r"refund)\b.{0,60}\b(?:placed|confirm\w*|shipped|dispatched|delivered|out for delivery|on its way|on the way|"
    r"arriving|received|update|completed|scheduled|tracking|exception|paid|issued)|order confirmation|"
    r"shipping confirmation|delivery notification|tracking (?:update|information)|a shipment from|newsletter|% off|"
    r"verify your|password|sign-?in|security alert|one-time (?:code|password)|invoice\b.{0,30}(?:available|ready)",
    r"(?:ihre?|deine?) (?:bestellung|sendung|paket|lieferung|rechnung|zahlung)\b|bestellbestätigung|"
    r"versandbestätigung|auftragsbestätigung|sendungsankündigung|newsletter",
    r"(?:votre|confirmation de) (?:commande|colis|livraison|facture|paiement|expédition)\b|(?:tu|su) (?:pedido|"
    r"paquete|envío|factura)\b|confirmación de (?:pedido|envío)|(?:il tuo|la tua|il suo|conferma) (?:ordine|pacco|"
    r"spedizione|fattura)|conferma d['’]ordine|(?:o seu|sua|a sua|seu) (?:pedido|encomenda|fatura)\b|"
    r"confirmação d[ea] (?:pedido|encomenda)",
    r"(?:je|uw) (?:bestelling|pakket|zending|factuur)\b|bevestiging van (?:je|uw) bestelling|(?:twoje|"
    r"potwierdzenie) (?:zamówieni\w+|paczka|przesyłka)|twoja (?:paczka|przesyłka)|(?:vaše|"
    r"potvrzení) (?:objednávk\w+|zásilka)|(?:din|orderbekräftelse) ?(?:beställning|order|paket|försändelse)?|"
    r"ваш (?:заказ|посылка)|ваша посылка|заказ .{0,20}(?:оформлен|отправлен|доставлен)|(?:siparişiniz|kargonuz)|"
    r"ご注文(?:の|ありがとう|内容)|発送(?:の|完了)|(?:您的)?(?:订单|包裹|快递).{0,12}(?:发货|已|确认|送达|通知)",
)
# What newsletters and notices carry at their foot
UNSUBSCRIBE = _words(
    r"unsubscribe|opt[- ]out of|view (?:this (?:e-?mail|message) )?in (?:your |a )?browser|"
    r"manage (?:your )?(?:preferences|subscription|notifications)|update (?:your )?preferences|"
    r"no longer wish to receive",
    r"abbestellen|abmelden|newsletter abmelden|im browser (?:ansehen|anzeigen|öffnen)|se désabonner|désinscri\w+|"
    r"désabonnement|voir (?:la version en ligne|dans (?:le|votre) navigateur)|darse? de baja|"
    r"cancelar (?:la )?suscripción|ver en (?:el |tu )?navegador",
    r"annulla l['’]iscrizione|disiscriv\w+|cancella(?:ti| la tua iscrizione)|visualizza nel browser|"
    r"cancelar (?:a )?(?:subscrição|inscrição|assinatura)|descadastr\w+|ver no navegador|uitschrijven|afmelden|"
    r"bekijk (?:deze e-?mail )?in (?:je |uw )?browser",
    r"wypisz się|zrezygnuj z subskrypcji|anuluj subskrypcję|odhlásit|odhlášení|zobrazit v prohlížeči|avregistrera|"
    r"avprenumerera|avsluta prenumeration|visa i webbläsare|отписаться|отказаться от рассылки|aboneliği? ?(?:iptal|"
    r"sonlandır)\w*|abonelikten çık\w*|配信停止|配信を停止|メルマガ.{0,6}解除|退订|取消订阅|退訂|取消訂閱",
)
# What the body of such a letter holds
NOTICE_TEXT = _words(
    r"thank(?:s| you) for (?:your )?(?:order|purchase|shopping|payment)|order (?:summary|total|details)|(?:view|"
    r"track) (?:your |my )?(?:order|package|parcel|shipment|delivery)|estimated delivery|shipping address|subtotal|"
    r"has (?:been )?(?:shipped|dispatched|delivered)|out for delivery|transaction id|case id",
    r"vielen dank für (?:ihre|deine) (?:bestellung|zahlung|einkauf)|bestellübersicht|sendung (?:verfolgen|"
    r"ist unterwegs)|sendungsverfolgung|voraussichtliche (?:lieferung|zustellung)|lieferadresse|zwischensumme|"
    r"wird (?:heute )?zugestellt|transaktionscode",
    r"merci (?:pour|de) votre (?:commande|achat)|suivre (?:votre|mon) (?:commande|colis)|adresse de livraison|"
    r"sous-total|gracias por (?:tu|su) (?:compra|pedido)|(?:seguir|rastrear) (?:tu|su|mi) (?:pedido|paquete|envío)|"
    r"dirección de envío|grazie per (?:il tuo|il suo|l['’]) ?(?:ordine|acquisto)|traccia (?:il tuo|la tua)|"
    r"indirizzo di (?:spedizione|consegna)|subtotale",
    r"obrigad[oa] pel[oa] (?:sua )?(?:compra|encomenda|pedido)|(?:acompanhar|rastrear) (?:a sua |o seu |"
    r"seu )?(?:encomenda|pedido)|bedankt voor (?:je|uw) bestelling|(?:volg|track) (?:je|uw) (?:pakket|bestelling|"
    r"zending)|bezorgadres|dziękujemy za (?:zakupy|zamówienie|złożenie)|śledź (?:przesyłkę|paczkę)|adres dostawy|"
    r"děkujeme za (?:nákup|objednávku)|sledovat zásilku|dodací adresa|tack för (?:din|ditt) (?:beställning|köp|"
    r"order)|spåra (?:din|ditt)|leveransadress",
    r"спасибо за (?:заказ|покупку)|отследить (?:заказ|посылку)|адрес доставки|siparişiniz için teşekkür|kargo takip|"
    r"teslimat adresi|ご注文(?:いただき|ありがとう)|お届け先|配送状況|ご注文内容|感谢您的(?:购买|订购|订单)|"
    r"订单详情|收货地址|物流信息|运单号",
)
