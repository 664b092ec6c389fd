"""Bytes to text, and text made clean.

Rules of this file: a decoder never raises and never drops a letter without saying so. What a mail declares is a
claim: the alias table turns names into what senders really mean (as browsers do), and bytes that contradict the
claim win. No library guesser: on one short sentence it reads Shift-JIS as Korean; the candidates below are the
charsets customers' programs really send, judged by how ordinary the letters look.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable

# declared name (lower case) -> the Python codec that reads what senders mean by it
ALIASES = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gb2312_charset": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "chinesebig5": "big5hkscs",
    "big5": "big5hkscs",
    "x-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-1": "iso2022_jp_ext",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    "ansi_x3.110-1983": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso8859-8",
    "tis-620": "cp874",
    "iso-8859-11": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
    "windows-874": "cp874",
    "koi8-ru": "koi8-u",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
# names that say nothing: the bytes decide
NAMELESS = frozenset(
    {"", "default", "default_charset", "unknown", "unknown-8bit", "x-unknown", "x-user-defined", "8bit"}
)
# codecs whose bytes are all below 128: a 7-bit body must still be decoded with them
ESCAPED = frozenset({"iso2022_jp_ext", "iso2022_kr", "hz", "utf-7"})
# Tried in order when nothing declared fits; the first of the best score wins.
CANDIDATES = ("cp1252", "cp1250", "cp1251", "koi8-r", "cp1254", "cp932", "euc_jp", "gb18030", "big5hkscs", "cp949")

_ESCAPE_JP = re.compile(rb"\x1b[$(][@BJI]")
_ESCAPE_KR = re.compile(rb"\x1b\$\)C")
_HZ = re.compile(rb"~\{[!-~]{2,}~\}")
# The letters the fourteen languages use beyond ASCII, by what a wrong codec would not produce.
_LATIN = frozenset(
    "äöüßÄÖÜéèêëàâçîïôùûœÉÈÀÇáíóúñÁÍÓÚÑ¿¡ìòãõÃÕąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůýžČĎĚŇŘŠŤŮÝŽåæøÅğışİŞĞ€’‘“”„–—…«»°ºª§£"
)
_COMMON_HAN = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日月時間電話問題使表修理購入注文交換商品返品充電手换货订单购买表带屏幕"
)
_BAD = re.compile("[\x80-\x9f\ufffd\ue000-\uf8ff]")
_DROP = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\u200b\u2060\u00ad\u202a-\u202e\u2066-\u2069]"
)


def codec_for(name: str) -> str:
    """The Python codec for a declared charset name; empty when the name says nothing usable."""
    key = name.strip().strip("\"'").lower()
    if key in NAMELESS:
        return ""
    key = ALIASES.get(key, key)
    try:
        info = codecs.lookup(key)
    except (LookupError, ValueError):
        return ""
    # base64, rot13 and the like are codecs too, but no charsets
    return info.name if getattr(info, "_is_text_encoding", True) and info.name not in {"idna", "punycode"} else ""


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """The text of ``data`` and a defect note (empty when the declared charset fitted).

    The order: byte order mark, escape sequences, the declared charset, UTF-8, the best of CANDIDATES.
    """
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(codec, "replace"), ""
    named = codec_for(declared)
    if named in ESCAPED or named.startswith(("utf-16", "utf-32")):
        return data.decode(named, "replace"), ""
    if data.isascii():
        return _decode_seven_bit(data, named)
    claimed_western = named in {"cp1252", "ascii", "cp1254", "iso8859-15", ""}
    text = _strict(data, "utf-8")
    if text is not None and (claimed_western or named == "utf-8"):
        return text, "" if named == "utf-8" else f"text declared as {declared or 'nothing'} is UTF-8"
    if named and named not in {"ascii", "utf-8"}:
        text = _strict(data, named)
        if text is not None:
            return text, ""
        if _damage(data, named) <= 0.02:
            return data.decode(named, "replace"), f"some bytes do not fit the declared charset {declared}"
    if named == "utf-8" and _damage(data, named) <= 0.02:
        return data.decode("utf-8", "replace"), "some bytes are not UTF-8"
    guessed = guess(data)
    return data.decode(guessed, "replace"), f"charset {declared or 'undeclared'} read as {guessed}"


def guess(data: bytes) -> str:
    """The codec of CANDIDATES whose reading looks most like ordinary writing."""
    sample = data[:20_000]
    best, best_score = "cp1252", float("-inf")
    for codec in CANDIDATES:
        text = _strict(sample, codec)
        if text is None and len(data) > len(sample):
            text = _strict(sample[:-1], codec)
        if text is None:
            continue
        score = _ordinary(text, codec)
        if score > best_score:
            best, best_score = codec, score
    return best


def clean(text: str) -> str:
    """NFC, line feeds only, no NUL, control characters, lone surrogates, direction overrides or zero-width padding."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\t", " ")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\x0c", "\n")
    return unicodedata.normalize("NFC", _DROP.sub("", text))


def clean_line(text: str) -> str:
    """``clean`` for a header or a file name: one line, single spaces."""
    return re.sub(r"\s+", " ", clean(text)).strip()


def _decode_seven_bit(data: bytes, named: str) -> tuple[str, str]:
    if b"\x1b" in data:
        if _ESCAPE_KR.search(data):
            return data.decode("iso2022_kr", "replace"), "undeclared ISO-2022-KR"
        if _ESCAPE_JP.search(data):
            return data.decode("iso2022_jp_ext", "replace"), "undeclared ISO-2022-JP"
    if named in {"gb18030", "gb2312"} and _HZ.search(data):
        return data.decode("hz", "replace"), "HZ declared as GB2312"
    return data.decode("ascii"), ""


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _damage(data: bytes, codec: str) -> float:
    return data.decode(codec, "replace").count("\ufffd") / max(1, len(data))


def _ordinary(text: str, codec: str) -> float:
    judge: Callable[[str], float] = _WEIGHTS.get(codec, _latin)
    foreign = [letter for letter in text if ord(letter) > 127]
    if not foreign:
        return 0.0
    total = sum(judge(letter) for letter in foreign) - 3.0 * len(_BAD.findall(text))
    score = total / len(foreign)
    if codec in {"cp1252", "cp1254"}:
        # Italian sets these accents at the end of words; inside one they are Czech letters misread.
        score -= 2.0 * len(re.findall("[ìùò](?=[a-zà-ÿ])|ø", text)) / len(foreign)
    if codec in {"cp1251", "koi8-r"}:
        # The two differ by swapped case: capitals inside words betray the wrong one.
        score -= 2.0 * len(re.findall("[а-яё][А-ЯЁ]", text)) / len(foreign)
        score -= 0.5 * len(re.findall("[A-Za-z][а-яёА-ЯЁ]|[а-яёА-ЯЁ][A-Za-z]", text)) / len(foreign)
    return score


def _latin(letter: str) -> float:
    return 1.0 if letter in _LATIN else (0.1 if letter.isalpha() else -0.6)


def _cyrillic(letter: str) -> float:
    if "а" <= letter <= "я" or letter == "ё":
        return 0.95
    return 0.5 if "А" <= letter <= "Я" else -0.4


def _japanese(letter: str) -> float:
    if "\u3041" <= letter <= "\u30ff" or letter in "、。「」・ー":
        return 1.2
    if "\uff61" <= letter <= "\uff9f":
        return -0.6
    return 0.6 if "\u4e00" <= letter <= "\u9fff" else -0.2


def _chinese(letter: str) -> float:
    if letter in _COMMON_HAN or letter in "，。！？：；（）、":
        return 1.3
    return 0.55 if "\u4e00" <= letter <= "\u9fff" else -0.4


def _korean(letter: str) -> float:
    return 0.9 if "\uac00" <= letter <= "\ud7a3" else -0.3


_WEIGHTS: dict[str, Callable[[str], float]] = {
    "cp1251": _cyrillic,
    "koi8-r": _cyrillic,
    "cp932": _japanese,
    "euc_jp": _japanese,
    "gb18030": _chinese,
    "big5hkscs": _chinese,
    "cp949": _korean,
}
