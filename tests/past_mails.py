"""Claims of invented customers as mail files, and copies of the shipped policy and templates to change."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from written import ROOT, mail

from bot.editions.contents import Folders
from bot.rehearsal import Report, rehearse
from bot.rehearsal.model import Outcome, PastCase
from bot.rehearsal.replay import open_pair

SHIPPED = Folders(policy=ROOT / "policy", templates=ROOT / "templates")
WRITTEN = datetime(2025, 6, 18, 12, 0, tzinfo=UTC)
CLAIMS = {
    "en": "Hello, my TANK T3 Ultra does not charge any more since Monday. I bought it in your store on kospet.com,"
    " order KS{number}, and it was delivered on {day}. I restarted it and tried another cable. Kind regards, {name}",
    "de": "Guten Tag, meine TANK T3 Ultra lädt seit Montag nicht mehr. Ich habe sie in Ihrem Shop kospet.com gekauft,"
    " Bestellung KS{number}, geliefert wurde sie am {day}. Neu gestartet habe ich sie schon und ein anderes Kabel"
    " probiert. Viele Grüße, {name}",
}
NAMES = ("Ann", "Bea", "Carl", "Dora", "Emil", "Fay")


def claim(folder: Path, name: str, *, days: int, language: str = "en", sent: datetime = WRITTEN) -> Path:
    """A claim about a watch that was delivered so many days before the mail."""
    place = len(list(folder.glob("*.eml"))) if folder.is_dir() else 0
    who = NAMES[place % len(NAMES)]
    day = (sent - timedelta(days=days)).strftime("%d.%m.%Y" if language == "de" else "%d %B %Y")
    text = CLAIMS[language].format(number=20500 + place, day=day, name=who)
    folder.mkdir(exist_ok=True)
    raw = mail(
        text,
        {"en": "My watch does not charge", "de": "Uhr lädt nicht"}[language],
        f"{who} Example <{who.lower()}{place}@example.com>",
        date=format_datetime(sent),
        message_id=f"<claim-{place}@example.com>",
    )
    (folder / name).write_bytes(raw)
    return folder / name


def working_files(folder: Path) -> Folders:
    """A copy of what ships, to be changed."""
    for name in ("policy", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    return Folders.below(folder)


def change(file: Path, old: str, new: str, after: str = "") -> None:
    """Put ``new`` for the first ``old`` that stands after ``after``."""
    text = file.read_text(encoding="utf-8")
    at = text.index(old, text.index(after))
    file.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")


def rehearsed(
    new: Folders, cases: list[PastCase], stories: list[PastCase] | None = None, old: Folders = SHIPPED
) -> tuple[Report, list[Outcome]]:
    """The report and every outcome; the letters are not linted, which takes seconds."""
    outcomes: list[Outcome] = []
    pair = open_pair(old, new, check=False)
    report = rehearse(old, new, cases, stories=stories or [], pair=pair, each=outcomes.append)
    return report, outcomes
