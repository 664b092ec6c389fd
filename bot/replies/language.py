"""One language folder: its phrases, and the functions its templates may call.

Everything that differs between languages stands in the folder or comes from CLDR (through Babel) by the folder's
name. No language is named here, and no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency
from jinja2 import Template, TemplateNotFound, pass_context
from jinja2 import TemplateError as JinjaError
from jinja2.runtime import Context

from bot.core.nearest import did_you_mean
from bot.core.warranty.rough import DATE
from bot.errors import TemplateError
from bot.replies.budget import one_phrase
from bot.replies.phrases_file import PHRASES_FILE, read_phrases
from bot.replies.sandbox import Made, Press, clean

PHRASE_WORK = 1_000  # steps of one phrase
MARK = "{"  # every piece of Jinja begins with it: text without it is shown as it stands

BESIDE_HAN = re.compile(
    r"(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])"
)  # a blank stands there
# What goes wrong inside a template; Jinja passes some of Python's own errors through.
RENDER_ERRORS = (JinjaError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError)


class Language:
    """The words of one folder."""

    def __init__(self, directory: Path, code: str) -> None:
        """Raises ``TemplateError`` when the folder is not named after a language or its phrases cannot be read."""
        self.code = code
        self.file = f"{code}/{PHRASES_FILE}"
        try:
            self.locale = Locale.parse(code.replace("-", "_"))
        except (UnknownLocaleError, ValueError) as error:
            raise TemplateError([f"{code}: no language has this code; name the folder like de or pt-BR"]) from error
        read = read_phrases(directory / code / PHRASES_FILE, self.file)
        self.check, self.promises, self.phrases, self._lines = read.check, read.promises, read.phrases, read.lines
        # Details whose values are a closed list: no other value is ever shown.
        self._listed = frozenset(id_.split(".")[1] for id_ in self.phrases if id_.startswith("value."))
        self.press = Press(directory, code)
        self.press.globals.update(self._functions())
        self.press.filters.update({"date": self.date, "series": self.series})
        self._compiled: dict[str, Template] = {}
        self._templates: dict[str, Template] = {}

    def _functions(self) -> dict[str, Callable[..., str]]:
        return {
            "ask": self._question("ask", "ask_exact"),
            "ask_again": self._question("ask_again", "ask_exact_again"),
            "about": self.about,
            "by": self.by,
            "file_line": self.file_line,
            "known_line": self.known_line,
            "language_name": self.language_name,
            "money": self.money,
            "phrase": self.phrase,
            "plural": self.plural,
            "word": self.word,
        }

    def _question(self, section: str, exact: str) -> Callable[..., str]:
        """Words of a question; where a month is known and the day is not, those that name the month."""

        @pass_context
        def question(context: Context, id_: str) -> str:
            rough = context.get("rough")
            if id_ == DATE and rough:
                return self.phrase(f"{exact}.{rough['field']}", on=self.date(rough["value"]))
            return self.phrase(f"{section}.{id_}")

        return question

    def template(self, name: str) -> Template:
        """A template file of this folder, for example ``received/body.txt``."""
        if name not in self._templates:
            self._templates[name] = self.press.get_template(f"{self.code}/{name}")
        return self._templates[name]

    # --- phrases ------------------------------------------------------------------------------

    def phrase(self, id_: str, /, **facts: object) -> str:
        """The phrase of this id with its facts. Raises ``TemplateError`` when it is missing or cannot be filled."""
        source = self.phrases.get(id_, MARK)
        if MARK not in source:
            return source.strip()
        try:
            with one_phrase():
                given = {name: clean(value) for name, value in facts.items()}
                return self._phrase_template(id_).render(given).strip()
        except TemplateNotFound as error:
            raise TemplateError([f"{self.file}: phrase {id_!r} is missing{did_you_mean(id_, self.phrases)}"]) from error
        except RENDER_ERRORS as error:
            raise TemplateError([f"{self.place(id_)}: {id_}: {error}"]) from error

    def _phrase_template(self, id_: str) -> Template:
        if id_ not in self._compiled:
            if id_ not in self.phrases:
                raise TemplateNotFound(id_)
            source = self.phrases[id_]
            self.press.check(source, self.file, PHRASE_WORK)
            code = self.press.compile(source, self.file, self.file)
            self._compiled[id_] = Template.from_code(self.press, code, self.press.make_globals(None))
        return self._compiled[id_]

    def word(self, id_: str) -> str:
        """The phrase of this id, or the id itself without underscores: for staff, where a new id must not stop work."""
        return self.phrase(id_) if id_ in self.phrases else id_.rpartition(".")[2].replace("_", " ")

    def place(self, id_: str) -> str:
        """File and line of a phrase; the file alone when the line cannot be told."""
        line = self._lines.at(*id_.split(".")) if id_ in self.phrases else 0
        return f"{self.file}:{line}" if line else self.file

    def place_of_list(self, section: str, key: str, word: str = "") -> str:
        """File and line of a list of [check] or [promises], or of a word in it."""
        line = self._lines.of((section, key), word)
        return f"{self.file}:{line}" if line else self.file

    # --- functions of the templates -----------------------------------------------------------

    def plural(self, id_: str, count: int) -> str:
        """The phrase ``<id>.<class>`` for this many, by the plural classes of the language."""
        kind = self.locale.plural_form(count)
        return self.phrase(f"{id_}.{kind}" if f"{id_}.{kind}" in self.phrases else f"{id_}.other", count=count)

    def about(self, models: Sequence[str]) -> str:
        """What the request is about: the models by name, or the watch."""
        if not models:
            return self.phrase("about.none")
        kind = self.locale.plural_form(len(models))
        id_ = f"about.{kind}" if f"about.{kind}" in self.phrases else "about.other"
        return self.phrase(id_, models=self.series(models))

    def series(self, values: Sequence[str]) -> str:
        """A, B and C."""
        return BESIDE_HAN.sub(" ", format_list(list(values), locale=self.locale))

    def date(self, value: str) -> str:
        """An ISO day, a month (2025-03) or an interval (2025-03-04/2025-04-03) in words; ``ValueError`` if none."""
        first, slash, last = value.partition("/")
        if slash:
            days = {"first_day": _day_of_month(first), "last_day": _day_of_month(last)}
            return self.phrase("date.between", first=self.date(first), last=self.date(last), **days)
        if re.fullmatch(r"\d{4}-\d\d", value):
            return str(format_skeleton("yMMMM", date.fromisoformat(f"{value}-01"), locale=self.locale))
        day = date.fromisoformat(value)
        pattern = self.phrases.get("date.pattern") or str(self.locale.date_formats["long"].pattern)
        if day.day == 1 and "date.first_day" in self.phrases:
            pattern = re.sub(r"\bd\b", f"'{self.phrases['date.first_day']}'", pattern)
        return format_date(day, pattern, locale=self.locale)

    def money(self, amount: str, currency: str) -> str:
        """An amount ("39.90") as the language writes numbers, with the code of its currency; ``ValueError`` if none."""
        try:
            value = Decimal(amount)
        except InvalidOperation as error:
            raise ValueError(f"{amount!r} is no amount") from error
        if not value.is_finite() or value < 0:
            raise ValueError(f"{amount!r} is no amount")
        # The blanks of an amount do not break: at the end of a line 49,90 and EUR would stand apart.
        return Made(format_currency(value, currency, "#,##0.00\u00a0\u00a4\u00a4", locale=self.locale))

    def by(self, value: str) -> str:
        """The wording of a deadline, the day included."""
        return self.phrase("date.by", date=self.date(value), day=_day_of_month(value))

    def known_line(self, item: Mapping[str, str]) -> str:
        """Label and value of one detail we know; an id without words, or no value, reads as received.

        A value with an "id" of its own is a name: it is shown as it is, unless the language has words for the id.
        """
        name, value = item["field"], item["value"]
        worded = f"value.{name}.{item.get('id') or value}"
        if name.endswith("_date") and value:
            value = self.date(value)
        elif worded in self.phrases:
            value = self.phrase(worded)
        elif "id" not in item and name in self._listed:
            value = ""
        return self.phrase(
            "known.line", label=self.phrase(f"known.{name}"), value=value or self.phrase("known.received")
        )

    def file_line(self, item: Mapping[str, Any]) -> str:
        """Which file, when it came, and what is wrong with it."""
        day = self.date(item["on"]) if item["on"] else ""  # a mail may have no date
        facts = {"place": item["place"], "of": item["of"], "on": day, "day": _day_of_month(item["on"])}
        return self.phrase(f"file.{item['kind']}", fault=self.phrase(f"fault.{item['fault']}"), **facts)

    def language_name(self, code: str) -> str:
        """The name of another language in this one; the code itself when nobody knows it."""
        try:
            return Locale.parse(code.replace("-", "_")).get_display_name(self.locale) or code
        except (UnknownLocaleError, ValueError):
            return code


def _day_of_month(value: str) -> int:
    """The day of an ISO day, for languages whose article depends on it; 0 for a month, or where there is no day."""
    return date.fromisoformat(value).day if value.count("-") > 1 else 0
