"""Mails that a machine sends on for a customer: marketplace messages and web forms.

Rules of this file: recognising one only lifts the suspicion of bulk and machine headers. It proves nothing about who
wrote; whether an answer may go out is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.core.model import Letter

# Mail domains of masked addresses behind which a buyer writes
RELAY_HOSTS = re.compile(
    r"marketplace\.amazon\.(?:\w{2,3}|com?\.\w{2})|(?:members|messages?|msg)\.ebay\.(?:\w{2,3}|com?\.\w{2})|"
    r"relay\.walmart\.com|"
    r"(?:\S+\.)?messages?\.(?:aliexpress|etsy|temu|shopee|lazada|walmart|tiktokshop)\.\S+|"
    r"(?:\S+\.)?marketplace\.\S+|relay\.\S+|"
    r"(?:user\.)?allegromail\.pl|(?:\S+\.)?buyer\.\S+|customers?\.\S+\.bol\.com|message\.alibaba\.com|reply\.ebay\.\S+",
    re.IGNORECASE,
)
# Field labels of web forms, at the start of a line
FIELDS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(
        rf"(?im)^\W{{0,4}}(?:(?:your|ihr|ihre|votre|su|tu|il tuo|la tua|o seu|a sua|uw|twój|váš|ditt|din|ваш|"
        rf"ваше) )?(?:{names})\s{{0,3}}[*]?\s{{0,3}}[:：|]"
    )
    for names in (
        (
            r"(?:full |first |last |customer )?name|nom|prénom|nombre|apellidos?|nome|cognome|naam|"
            r"imię(?: i nazwisko)?|"
            r"jméno|namn|имя|фио|isim|ad(?:ı|ınız)?(?: soyad\w*)?|お名前|氏名|姓名|名前|from|von|vorname|nachname"
        ),
        (
            r"e-?mail(?:[ -]?\w+)?|mail|correo(?: electrónico)?|courriel|(?:adresse|indirizzo|endereço de) (?:e-?mail|"
            r"mail)|почта|эл\. ?почта|e-?posta(?: adres\w*)?|メール(?:アドレス)?|邮箱|电子邮件|電子郵件|email address"
        ),
        (
            r"message(?: body)?|body|comments?|your message|nachricht|mitteilung|ihre anfrage|anfrage|mensaje|"
            r"messaggio|"
            r"mensagem|bericht|wiadomość|treść(?: wiadomości)?|zpráva|meddelande|сообщение|текст(?: сообщения)?|"
            r"mesaj(?:ınız)?|お問い合わせ内容|メッセージ|内容|留言|消息|question|enquiry|inquiry|description"
        ),
    )
)
FORM_WORDS = re.compile(
    r"contact[- ]?form|web ?form|new customer message|you (?:have )?received a new message|"
    r"message from your (?:online )?store|kontaktformular|formulaire(?: de contact)?|formulario(?: de contacto)?|"
    r"modulo (?:di )?contatt\w+|formulário(?: de contato| de contacto)?|contactformulier|"
    r"formularz\w*(?: kontaktow\w+)?|kontaktní(?:ho)? formulář\w*|kontaktformulär|форм[аы] (?:обратной связи|"
    r"на сайте)|iletişim formu|お問い?合わせフォーム|联系表单|聯絡表單|联系我们表单",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(r"(?:no|do-?not)[-_.]?reply", re.IGNORECASE)


def is_relay(letter: Letter) -> bool:
    """Whether the sender is a marketplace's masked buyer address."""
    host = letter.sender.address.rpartition("@")[2] if letter.sender else ""
    return bool(host) and RELAY_HOSTS.fullmatch(host) is not None


def is_form(letter: Letter, own: Collection[str]) -> bool:
    """Whether a web form sent it: the answer goes to somebody else, and the text is laid out or named like a form."""
    text = letter.text[:4000]
    fields = sum(bool(pattern.search(text)) for pattern in FIELDS)
    if fields == len(FIELDS):
        return True
    sender = letter.sender.address if letter.sender else ""
    others = [m.address for m in letter.reply_to if m.address != sender and m.address not in own]
    if not others or _NO_REPLY.match(others[0]):
        return False
    named = FORM_WORDS.search(f"{letter.subject}\n{text}") is not None
    return fields >= 2 or named or others[0] in text.lower()
