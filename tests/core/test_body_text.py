"""Text comes out of a mail as its reader saw it: charsets, HTML, flowed lines, types of files."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.reading.charset import ALIASES, clean, codec_for, decode
from bot.core.reading.file_types import detect_type
from bot.core.reading.flowed import unwrap
from bot.core.reading.headers import decode_words
from bot.core.reading.html import read_html

# (language, text) with letters outside ASCII, one or two sentences as customers write them
SENTENCES = {
    "de": "Die Uhr lädt nicht mehr, größte Enttäuschung. Übrigens: öfter probiert.",
    "fr": "Elle ne s'allume plus, écran fêlé à gauche. Où dois-je l'envoyer ? Ça presse.",
    "es": "El reloj no carga desde el año pasado. ¿Qué hago? Está mañana en garantía.",
    "pl": "Zegarek nie działa, proszę o pomoc. Dziękuję, życzę miłego dnia.",
    "cs": "Hodinky se nenabíjí, děkuji. Příští týden přijedu, můžete mi říct kam?",
    "it": "Non si accende più, perché? È già la terza volta, così non può andare.",
    "pt": "Não liga mais, já tentei tudo. A garantia é de três anos? Estou à espera.",
    "sv": "Klockan går inte att ladda längre. Får jag en ny? Tack på förhand.",
    "tr": "Şarj olmuyor, ekran çalışmıyor. Yardımcı olur musunuz? Teşekkürler, iyi günler.",
    "ru": "Часы не заряжаются с понедельника. Экран чёрный, помогите, пожалуйста.",
    "ja": "時計が充電できません。画面が真っ暗です。交換をお願いします。",
    "zh": "手表充不上电，屏幕是黑的，请问怎么退换？谢谢你们的帮助。",
}
DECLARED = [
    ("de", "iso-8859-1"),
    ("de", "windows-1252"),
    ("de", "iso-8859-15"),
    ("de", "utf-8"),
    ("de", "mac-roman"),
    ("fr", "iso-8859-1"),
    ("es", "windows-1252"),
    ("pl", "iso-8859-2"),
    ("pl", "windows-1250"),
    ("cs", "iso-8859-2"),
    ("cs", "windows-1250"),
    ("tr", "iso-8859-9"),
    ("tr", "windows-1254"),
    ("ru", "koi8-r"),
    ("ru", "windows-1251"),
    ("ru", "iso-8859-5"),
    ("ru", "cp866"),
    ("ja", "shift_jis"),
    ("ja", "euc-jp"),
    ("ja", "iso-2022-jp"),
    ("zh", "gb2312"),
    ("zh", "gbk"),
    ("zh", "gb18030"),
    ("zh", "hz"),
    ("de", "utf-7"),
    ("ru", "utf-16"),
]
UNDECLARED = [
    ("de", "cp1252"),
    ("fr", "cp1252"),
    ("es", "cp1252"),
    ("it", "cp1252"),
    ("pt", "cp1252"),
    ("sv", "cp1252"),
    ("pl", "cp1250"),
    ("cs", "cp1250"),
    ("ru", "koi8-r"),
    ("ru", "cp1251"),
    ("tr", "cp1254"),
    ("ja", "cp932"),
    ("ja", "euc_jp"),
    ("ja", "iso2022_jp"),
    ("zh", "gb18030"),
    ("de", "utf-8"),
    ("ru", "utf-8"),
    ("ja", "utf-8"),
]


@pytest.mark.parametrize(("language", "charset"), DECLARED)
def test_a_declared_charset_is_read(language: str, charset: str) -> None:
    assert decode(SENTENCES[language].encode(charset), charset)[0] == SENTENCES[language]


@pytest.mark.parametrize(("language", "charset"), UNDECLARED)
@pytest.mark.parametrize("claim", ["", "us-ascii", "x-unknown", "utf-8"])
def test_bytes_without_a_usable_declaration_are_read_by_what_they_look_like(
    language: str, charset: str, claim: str
) -> None:
    text, defect = decode(SENTENCES[language].encode(charset), claim)
    assert text == SENTENCES[language]
    assert defect or charset == "utf-8"


@pytest.mark.parametrize(
    "name",
    [
        "default",
        "DEFAULT_CHARSET",
        "X-UNKNOWN",
        "unknown-8bit",
        "",
        "nonsense",
        "base64",
        "rot13",
        "zip",
        "idna",
        "utf-8\x00",
        "'x'",
    ],
)
def test_a_name_that_is_no_charset_decides_nothing(name: str) -> None:
    assert codec_for(name) == ""
    assert decode(b"hello", name)[0] == "hello"


def test_every_alias_leads_to_a_codec() -> None:
    assert all(codec_for(name) for name in ALIASES)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["", "utf-8", "iso-2022-jp", "utf-7", "hz", "shift_jis", "utf-16", "koi8-r", "gb2312", "?"]),
)
def test_any_bytes_become_clean_text(data: bytes, declared: str) -> None:
    text = clean(decode(data, declared)[0])
    text.encode("utf-8")
    assert not any(ord(c) < 32 and c != "\n" for c in text)


HTML = [
    ("paragraphs", "<p>One</p><p>Two</p>", "One\n\nTwo"),
    ("breaks", "One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
    ("bold words stay in their line", "<div>The <b>watch</b> is <i>dead</i>.</div>", "The watch is dead."),
    ("white space folds", "<p>One\n   two\t three</p>", "One two three"),
    ("hard spaces", "<p>a&nbsp;&nbsp;b</p>", "a  b"),
    ("entities", "<p>5 &lt; 6 &amp; 7 &euro;</p>", "5 < 6 & 7 €"),
    ("hidden by style", '<p>a</p><div style="DISPLAY : none">b</div><p style="color:red">c</p>', "a\n\nc"),
    ("hidden by attribute", "<p>a</p><p hidden>b</p>", "a"),
    ("hidden by size", '<p>a</p><span style="font-size:0px">b</span><span style="font-size:0.9em">c</span>', "a\n\nc"),
    ("hidden preheader", '<div style="max-height:0;overflow:hidden">b</div><p>a</p>', "a"),
    ("scripts and styles", "<style>p{}</style><script>x()</script><p>a</p>", "a"),
    ("word's conditional comments", "<![if !mso]><p>a</p><![endif]><!--[if mso]><p>b</p><![endif]-->", "a"),
    (
        "table of labels",
        "<table><tr><td>Order</td><td>KS1</td></tr><tr><th>Model:</th><td>T3</td></tr></table>",
        "Order: KS1\nModel: T3",
    ),
    (
        "nested layout tables",
        "<table><tr><td><table><tr><td>a</td></tr></table></td></tr><tr><td>b</td></tr></table>",
        "a\n\nb",
    ),
    ("list", "<ul><li>a</li><li>b</li></ul><ol><li>c</li><li>d</li></ol>", "- a\n- b\n\n1. c\n2. d"),
    ("quote", "a<blockquote type=cite>b<br>c</blockquote>d", "a\n\n> b\n> c\n\nd"),
    ("quote in a quote", "<blockquote><blockquote>b</blockquote>c</blockquote>d", "> > b\n\n> c\n\nd"),
    ("indent is no quote", '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">b</blockquote>', "b"),
    (
        "gmail",
        (
            '<div>a</div><div class="gmail_quote"><div class="gmail_attr">On 1 May 2025, X '
            'wrote:</div><blockquote class="gmail_quote">b</blockquote></div>'
        ),
        "a\nOn 1 May 2025, X wrote:\n\n> b",
    ),
    (
        "link text and target",
        '<a href="https://drive.example.com/x">my video</a>',
        "my video <https://drive.example.com/x>",
    ),
    (
        "link that shows its target",
        '<a href="https://drive.example.com/x">https://drive.example.com/x</a>',
        "https://drive.example.com/x",
    ),
    (
        "mail address behind a name",
        '<b>From:</b> <a href="mailto:a@example.com">Desk</a>',
        "From: Desk <a@example.com>",
    ),
    ("picture of an emoji", 'fine <img alt="👍" src="x.png"><img alt="logo" src="y.png">', "fine 👍"),
    ("preformatted", "<pre>a\n  b</pre>", "a\n  b"),
    ("nothing", "", ""),
    ("text only", "just text", "just text"),
]


@pytest.mark.parametrize(("why", "markup", "text"), HTML, ids=[row[0] for row in HTML])
def test_html_reads_as_its_reader_saw_it(why: str, markup: str, text: str) -> None:
    got = "\n".join(line.rstrip() for line in read_html(markup).split("\n")).strip()
    assert got.replace("\n>\n", "\n") == text.replace("\n>\n", "\n")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 20000 + "x",
        "<blockquote>" * 3000 + "x",
        "<p>x" * 50000,
        "<table><tr><td>" * 3000 + "x",
        "<!--" * 50000,
        "<a href=x>" * 20000,
        "x" + "<ol><li>" * 5000,
    ],
    ids=["divs", "quotes", "paragraphs", "tables", "comments", "links", "lists"],
)
def test_html_made_to_hurt_is_read_in_time(markup: str) -> None:
    start = time.process_time()
    read_html(markup)
    assert time.process_time() - start < 8.0


FLOWED = [
    ("soft break", "a \nb", False, "a b"),
    ("hard break", "a\nb", False, "a\nb"),
    ("DelSp", "a \nb", True, "ab"),
    ("stuffed space", " >a\n From", False, ">a\nFrom"),
    ("depths are not joined", "> a \nb", False, "> a\nb"),
    ("quote is joined", "> a \n> b", False, "> a b"),
    ("nested quotes", ">> a \n>> b\n> c", False, ">> a b\n> c"),
    ("signature delimiter", "a \n-- \nJane", False, "a\n-- \nJane"),
]


@pytest.mark.parametrize(("why", "text", "delete", "want"), FLOWED, ids=[row[0] for row in FLOWED])
def test_flowed_lines_are_joined_as_the_rfc_says(why: str, text: str, delete: bool, want: str) -> None:
    assert unwrap(text, delete) == want


WORDS = [
    ("=?utf-8?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
    ("=?GB2312?B?1uzpRrv5?=", b"\xd6\xec\xe9F\xbb\xf9".decode("gb18030")),
    ("=?x-unknown?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
    ("=?utf-8?B?not base64?=", "=?utf-8?B?not base64?="),
    ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
    ("Re: =?utf-8?q?a?= b", "Re: a b"),
    ("a\r\n b", "a b"),
    ("=?utf-8?q?a=0D=0ABcc=3A_e?=", "a Bcc: e"),
    ("=?iso-2022-jp*ja?B?GyRCPUVFRBsoQg==?=", b"\x1b$B=EED\x1b(B".decode("iso2022_jp")),
]


@pytest.mark.parametrize(("value", "text"), WORDS)
def test_encoded_words_are_decoded_to_one_line(value: str, text: str) -> None:
    assert decode_words(value) == text


TYPES = [
    (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF89a", "image/gif"),
    (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    (b"\0\0\0\x18ftypheic", "image/heic"),
    (b"\0\0\0\x18ftypmif1", "image/heif"),
    (b"\0\0\0\x18ftypavif", "image/avif"),
    (b"\0\0\0\x18ftypisom", "video/mp4"),
    (b"\0\0\0\x18ftypqt  ", "video/quicktime"),
    (b"\0\0\0\x18ftyp3gp4", "video/3gpp"),
    (b"\0\0\0\x08wide", "video/quicktime"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo"),
    (b"%PDF-1.7", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!\x1a\x07\0", "application/vnd.rar"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"BM\x46\0\0\0\0\0\0\0", "image/bmp"),
    (b"BMW is a car", "text/plain"),
    (b"II*\0", "image/tiff"),
    (b"<svg xmlns='x'>", "image/svg+xml"),
    (b"<!DOCTYPE html><p>", "text/html"),
    (b"hello", "text/plain"),
    (b"", "application/octet-stream"),
    (b"\x00\x01\x02", "application/octet-stream"),
    (b"{\\rtf1", "application/rtf"),
    (b"MZ\x90\0", "application/x-msdownload"),
    (b"FOO\0RIFFWEBP", "application/octet-stream"),
]


@pytest.mark.parametrize(("data", "found"), TYPES, ids=[f"{i:02}-{row[1]}" for i, row in enumerate(TYPES)])
def test_the_first_bytes_say_what_a_file_is(data: bytes, found: str) -> None:
    assert detect_type(data) == found
