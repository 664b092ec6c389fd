"""The words of the interface, and dates and times as a person reads them.

``words/<language>.toml`` holds every sentence, by page: ``t("login.title")``. A sentence with a number is a table of
plural forms (``one``, ``other``) chosen by ``n``. ``{name}`` stands for a fact; facts are plain text and are escaped
like everything else. In ``rich`` sentences ``**...**`` is bold. A key that is missing shows its own last word and is
noted in ``MISSED``, which must be empty after every test: staff's page is worth more than the word on it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup, escape

FOLDER = Path(__file__).parent / "words"
# Which Babel locale writes numbers, days and plurals: the day before the month, a clock of 24 hours.
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN", "de": "de_DE"}
LANGUAGES = tuple(LOCALES)
CLOCK = "HH:mm"
MISSED: set[str] = set()
BOLD = re.compile(r"\*\*(.+?)\*\*")
Sentence = str | Mapping[str, str]


@lru_cache
def sentences(language: str) -> Mapping[str, Sentence]:
    """All sentences of a language by key, ``page.name``."""
    tables = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{page}.{name}": text for page, rows in tables.items() for name, text in rows.items()}


class Words:
    """One person's language and time zone."""

    def __init__(self, language: str, zone: str) -> None:
        self.language = language
        self.zone = ZoneInfo(zone)
        self.locale = Locale.parse(LOCALES[language])
        self._sentences = sentences(language)

    def t(self, key: str, /, **facts: object) -> str:
        """A sentence with its facts, as plain text."""
        return self._chosen(key, facts).format_map({name: self._written(fact) for name, fact in facts.items()})

    def rich(self, key: str, /, **facts: object) -> Markup:
        """A sentence whose ``**words**`` are bold; facts are escaped unless they are markup of ours."""
        pieces = BOLD.split(self._chosen(key, facts))
        text = Markup().join(Markup("<b>{}</b>").format(p) if n % 2 else escape(p) for n, p in enumerate(pieces))
        return text.format_map({n: f if isinstance(f, Markup) else self._written(f) for n, f in facts.items()})

    def has(self, key: str) -> bool:
        """Whether there is such a sentence: for words that policy or mail may bring."""
        return key in self._sentences

    def said(self, prefix: str, word: str) -> str:
        """The sentence for a word of a list, ``said("flag", "water_damage")``; the word itself when there is none."""
        return self.t(f"{prefix}.{word}") if self.has(f"{prefix}.{word}") else word.replace("_", " ")

    # --- numbers, days, times ---------------------------------------------------------------------

    def number(self, value: float) -> str:
        """``6,213``."""
        return str(format_decimal(value, locale=self.locale))

    def day(self, value: date | datetime) -> str:
        """``4 July 2024``: months are written out."""
        return str(format_date(self._day_of(value), "long", locale=self.locale))

    def short_day(self, value: date | datetime) -> str:
        """``13 Nov``."""
        return str(format_skeleton("MMMd", self._day_of(value), locale=self.locale))

    def weekday(self, value: date | datetime) -> str:
        """``Thursday``."""
        return str(format_date(self._day_of(value), "EEEE", locale=self.locale))

    def clock(self, value: datetime) -> str:
        """``16:05``."""
        return str(format_datetime(value.astimezone(self.zone), CLOCK, locale=self.locale))

    def moment(self, value: datetime) -> str:
        """``13 Nov 16:05``."""
        return f"{self.short_day(value)} {self.clock(value)}"

    def came(self, value: datetime, now: datetime) -> str:
        """The clock for today, the day for before: ``16:05``, ``13 Nov``, ``4 Jul 2024``."""
        day, today = self._day_of(value), self._day_of(now)
        if day == today:
            return self.clock(value)
        if (today - day).days < 300:
            return self.short_day(value)
        return str(format_date(day, "medium", locale=self.locale))

    def ago(self, value: datetime, now: datetime) -> str:
        """``3 minutes ago``; within the last minute ``just now``."""
        if now - value < timedelta(minutes=1):
            return self.t("mail.just_now")
        return str(format_timedelta(value - now, add_direction=True, locale=self.locale, threshold=1.2))

    def month(self, value: str) -> str:
        """``March 2025`` for ``2025-03``."""
        return str(format_skeleton("yMMMM", date.fromisoformat(f"{value}-01"), locale=self.locale))

    def seconds(self, value: datetime) -> str:
        """``10:15:30``."""
        return str(format_datetime(value.astimezone(self.zone), "HH:mm:ss", locale=self.locale))

    def language_name(self, code: str) -> str:
        """``German``; the code itself when nobody knows it."""
        try:
            return Locale.parse(code.replace("-", "_")).get_display_name(self.locale) or code
        except (UnknownLocaleError, ValueError):
            return code

    def series(self, values: Iterable[str]) -> str:
        """``A, B and C``."""
        return str(format_list(list(values), locale=self.locale))

    def today(self, now: datetime) -> date:
        """The person's day."""
        return self._day_of(now)

    def _day_of(self, value: date | datetime) -> date:
        return value.astimezone(self.zone).date() if isinstance(value, datetime) else value

    def _chosen(self, key: str, facts: Mapping[str, object]) -> str:
        sentence = self._sentences.get(key)
        if sentence is None:
            MISSED.add(key)
            return key.rpartition(".")[2].replace("_", " ")
        if isinstance(sentence, str):
            return sentence
        count = facts["n"]
        assert isinstance(count, int | float)
        form = self.locale.plural_form(count)
        return sentence.get(form) or sentence["other"]

    def _written(self, fact: object) -> str:
        """A fact as words: numbers and days in the person's way."""
        if isinstance(fact, bool):
            return str(fact)
        if isinstance(fact, int | float):
            return self.number(fact)
        if isinstance(fact, datetime):
            return self.moment(fact if fact.tzinfo else fact.replace(tzinfo=UTC))
        return self.day(fact) if isinstance(fact, date) else str(fact)


@lru_cache(maxsize=256)
def words_of(language: str, zone: str) -> Words:
    """The words of a language in a zone, made once."""
    return Words(language, zone)
