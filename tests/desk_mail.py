"""Mails that come to a served desk during a test, through the real worker."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

from desk_seed import NOW
from desk_served import ServedDesk
from story_desk import SHOP

from bot.isolate import Reader
from bot.worker.answering import answer_due
from bot.worker.intake import poll


def arrive(desk: ServedDesk, *mails: EmailMessage | bytes) -> list[str]:
    """Mails come in and are worked on by the real worker; the numbers of the cases they open."""
    before = {row["number"] for row in desk.store.db.rows("SELECT number FROM cases")}
    mailbox = desk.config_file.parent / "mail"
    for part in ("tmp", "new", "cur"):
        (mailbox / part).mkdir(exist_ok=True)
    for place, mail in enumerate(mails):
        (mailbox / "new" / f"{place}.fresh").write_bytes(mail if isinstance(mail, bytes) else mail.as_bytes())
    with Reader(desk.w.config.policy.folder) as reader:
        own, desk.w.reader = desk.w.reader, reader
        poll(desk.w)
        answer_due(desk.w)
        desk.w.reader = own
    rows = desk.store.db.rows("SELECT number FROM cases ORDER BY id")
    return [row["number"] for row in rows if row["number"] not in before]


def mail(subject: str, text: str, sender: str = "Ann Example <ann@example.com>", number: int = 1) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, SHOP, subject
    made["Date"] = (NOW + timedelta(minutes=number)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    made["Message-ID"] = f"<hostile-{number}@example.com>"
    made.set_content(text)
    return made
