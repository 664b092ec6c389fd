"""A labelled mail as the bytes a customer's program would send: headers, charset, quote of our letter, files.

Only writing of mails lives here. What a case means stands in ``labelled.py``.
"""

from __future__ import annotations

import html
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

from labelled_files import build_file

US, OUR_ADDRESS = "KOSPET After-sales", "after-sales@kospet.com"
WHO = f"{US} <{OUR_ADDRESS}>"
MAILERS = {"outlook": "Microsoft Outlook 16.0", "apple": "iPhone Mail (22F76)"}
TOP_HEADERS = ("Return-Path", "Authentication-Results")

# the line a web mail program of that language puts above a quote: {d} day, {m} month, {t} time, {w} writer
ATTRIBUTIONS = {
    "en": "On {d} {m} {y} at {t}, {w} wrote:",
    "de": "Am {d}. {m} {y} um {t} Uhr schrieb {w}:",
    "fr": "Le {d} {m} {y} à {t}, {w} a écrit :",
    "es": "El {d} {m} {y}, a las {t}, {w} escribió:",
    "it": "Il giorno {d} {m} {y} alle ore {t} {w} ha scritto:",
    "pt": "{w} escreveu ({d}/{n}/{y} à(s) {t}):",
    "nl": "Op {d} {m} {y} om {t} schreef {w}:",
    "pl": "{d} {m} {y} o {t} {w} napisał(a):",
    "cs": "{d}. {n}. {y} v {t} odesílatel {w} napsal:",
    "sv": "Den {d} {m} {y} kl {t} skrev {w}:",
    "ru": "{d} {m} {y} г. в {t}, {w}:",
    "tr": "{w}, {d} {m} {y}, {t} tarihinde şunu yazdı:",
    "ja": "{y}年{n}月{d}日 {t} {w}:",
    "zh": "{w} 于{y}年{n}月{d}日 {t}写道：",
}
MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "pl": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "sv": "jan feb mars apr maj juni juli aug sep okt nov dec",
    "ru": "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.",
    "tr": "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
}
OUTLOOK_LABELS = {
    "en": "From Sent To Subject",
    "de": "Von Gesendet An Betreff",
    "fr": "De Envoyé À Objet",
    "es": "De Enviado Para Asunto",
    "it": "Da Inviato A Oggetto",
    "pt": "De Enviado Para Assunto",
    "nl": "Van Verzonden Aan Onderwerp",
    "pl": "Od Wysłano Do Temat",
    "cs": "Od Odesláno Komu Předmět",
    "sv": "Från Skickat Till Ämne",
    "ru": "От Отправлено Кому Тема",
    "tr": "Kimden Gönderildi Kime Konu",
    "ja": "差出人 送信日時 宛先 件名",
    "zh": "发件人 发送时间 收件人 主题",
}


def build_mail(case: dict[str, Any], place: int, letters: dict[str, Any]) -> bytes:
    """Mail ``place`` (from 0) of a case; ``letters`` is the table of our own letters."""
    mail = case["mail"][place]
    style = mail.get("style", "plain")
    text = mail["text"].strip("\n") + "\n"
    if reply := mail.get("reply"):
        language = reply.get("lang", case["language"])
        ours = letters[reply["template"]][language].strip()
        text += _quoted(style, language, datetime.fromisoformat(reply["sent"]), ours, mail, case)
    message = _body(mail, text, with_html=mail.get("html", style in ("gmail", "outlook", "apple")))
    seed = f"{case['id']}/{place}"
    if mail.get("files"):
        message = _with_files(message, mail["files"], seed)
    kept = [(k, v) for k, v in message.items() if k.lower().startswith("content-")]
    for name in set(message.keys()):
        del message[name]
    for name, value in [*_headers(case, place), ("MIME-Version", "1.0"), *kept]:
        message[name] = value
    return message.as_bytes(policy=compat32.clone(linesep="\r\n", max_line_length=998))


def _headers(case: dict[str, Any], place: int) -> list[tuple[str, str]]:
    mail = case["mail"][place]
    extra = dict(mail.get("headers", {}))
    rows = [(name, extra.pop(name)) for name in TOP_HEADERS if name in extra]
    name, address = parseaddr(mail["from"])
    rows += [
        ("Date", format_datetime(datetime.fromisoformat(mail["date"]))),
        ("From", formataddr((name, address), "utf-8") if name else address),
        ("To", f"{US} <{mail.get('to', OUR_ADDRESS)}>"),
        ("Subject", _encoded(mail["subject"])),
        ("Message-ID", _message_id(case, place, address)),
    ]
    style = mail.get("style", "plain")
    if place and style != "none":
        before = parseaddr(case["mail"][place - 1]["from"])[1]
        ours = f"<{case['id']}.{place}.ours@kospet.com>"
        rows += [("In-Reply-To", ours), ("References", f"{_message_id(case, place - 1, before)} {ours}")]
    if style in MAILERS:
        rows.append(("X-Mailer", MAILERS[style]))
    return rows + list(extra.items())


def _message_id(case: dict[str, Any], place: int, address: str) -> str:
    return f"<{case['id']}.{place}.theirs@{address.rpartition('@')[2]}>"


def _encoded(text: str) -> str:
    if text.isascii():
        return text
    return Header(text, "utf-8", maxlinelen=60).encode(linesep="\r\n ").replace("\r\n  ", "\r\n ")


# --- quoting ------------------------------------------------------------------------------------


def _quoted(style: str, language: str, when: datetime, ours: str, mail: dict[str, Any], case: dict[str, Any]) -> str:
    if style == "none":
        return ""
    if style == "outlook":
        sender, sent, to, subject = OUTLOOK_LABELS[language].split()
        top = f"{sender}: {WHO}\n{sent}: {when:%d.%m.%Y %H:%M}\n{to}: {parseaddr(mail['from'])[1]}\n"
        return f"\n________________________________\n{top}{subject}: {case['mail'][0]['subject']}\n\n{ours}\n"
    month = MONTHS[language].split()[when.month - 1] if language in MONTHS else ""
    head = ATTRIBUTIONS[language].format(d=when.day, m=month, n=when.month, y=when.year, t=f"{when:%H:%M}", w=WHO)
    lines = "\n".join(f"> {line}".rstrip() for line in ours.split("\n"))
    return f"\n> {head}\n>\n{lines}\n" if style == "apple" else f"\n{head}\n\n{lines}\n"


def _as_html(text: str) -> str:
    out, inside = [], False
    for line in text.split("\n"):
        if line.startswith(">") != inside:
            inside = not inside
            out.append('<blockquote type="cite" class="gmail_quote">' if inside else "</blockquote>")
        out.append(html.escape(line.removeprefix(">").removeprefix(" ") if inside else line, quote=False) + "<br>")
    tail = "</blockquote>" if inside else ""
    return '<html><body><div dir="ltr">' + "\n".join(out) + tail + "</div></body></html>"


# --- MIME ---------------------------------------------------------------------------------------


def _body(mail: dict[str, Any], text: str, *, with_html: bool) -> Message:
    charset = mail.get("charset", "utf-8")
    plain = MIMEText(text, "plain", charset)
    if bounce := mail.get("bounce"):
        return _report(plain, bounce)
    if not with_html:
        return plain
    both = MIMEMultipart("alternative", boundary="=_both")
    both.attach(plain)
    both.attach(MIMEText(_as_html(text), "html", charset))
    return both


def _with_files(body: Message, specs: list[dict[str, Any]], seed: str) -> Message:
    mixed = MIMEMultipart("mixed", boundary="=_files")
    mixed.attach(body)
    for spec in specs:
        data, mime = build_file(spec, seed)
        part = MIMEBase(*mime.split("/"), name=spec["name"])
        part.set_payload(data)
        encode_base64(part)
        inline = spec["kind"] == "logo"
        if inline:
            part["Content-ID"] = f"<{spec['name']}@mail.example>"
        part.add_header("Content-Disposition", "inline" if inline else "attachment", filename=spec["name"])
        mixed.attach(part)
    return mixed


def _report(text: Message, bounce: dict[str, str]) -> Message:
    server, recipient = Message(), Message()
    server["Reporting-MTA"] = "dns; mx1.example.net"
    recipient["Final-Recipient"] = f"rfc822; {bounce['recipient']}"
    recipient["Action"] = bounce["action"]
    recipient["Status"] = bounce["status"]
    status = MIMEBase("message", "delivery-status")
    status.set_payload([server, recipient])
    original = MIMEText(bounce["original"], "plain", "utf-8")
    original["From"], original["To"], original["Subject"] = WHO, bounce["recipient"], "Your request"
    report = MIMEMultipart("report", boundary="=_report", report_type="delivery-status")
    for part in (text, status, MIMEMessage(original)):
        report.attach(part)
    return report
