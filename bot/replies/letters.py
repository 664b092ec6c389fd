"""Reply in, draft out.

A reply names a letter, a language and facts (``bot/replies/inventory.py`` says which); the words come from
``templates/<language>/``. The order of the parts is held by the frame in ``_base``; a letter fills its blocks.
Reading the folder happens once, when ``Letters`` is made.
"""

from __future__ import annotations

import re
import traceback
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jinja2 import TemplateNotFound, TemplateSyntaxError

from bot.core.model import Doubt, Draft, Reply
from bot.core.warranty.staff_letters import BY_STAFF
from bot.errors import TemplateError
from bot.replies.budget import budget
from bot.replies.inventory import ASKS, INVENTORY
from bot.replies.language import RENDER_ERRORS, Language
from bot.replies.lint import find_problems
from bot.replies.page import twin
from bot.replies.promises import broken_promises, excess, granted
from bot.replies.sandbox import DROPPED, MAX_VALUE, clean
from bot.replies.wording import SUBJECT_LIMIT, columns

MAX_LETTER = 16_000  # characters
MAX_NOTE = 2_000  # characters of the one paragraph that a person may add
TYPED = ("note", "text")  # facts that a person typed

# What the frame may use in every letter. The lists are empty where a letter has no such fact.
FRAME_FACTS: Mapping[str, object] = {
    "case": "",
    "name": "",
    "foreign": False,
    "automatic": True,
    "known": (),
    "asks": (),
    "again": (),
    "steps": (),
    "note": "",
    "law": False,
    "own_store": False,
}


class Letters:
    """All letters of one templates folder."""

    def __init__(self, directory: Path, default_language: str) -> None:
        """``directory`` holds one folder per language. Raises ``TemplateError`` when one of them cannot be read."""
        self.directory = directory
        self._speech: dict[str, Language] = {}
        problems: list[str] = []
        for code in sorted(path.name for path in directory.glob("[!._]*") if path.is_dir()):
            try:
                self._speech[code] = Language(directory, code)
            except TemplateError as error:
                problems.extend(error.problems)
        self.default_language = next((code for code in _chain(default_language) if code in self._speech), "")
        there = any((directory / code).is_dir() for code in _chain(default_language))
        if not self.default_language and not there:
            problems.append(f"{directory}: no folder for the default language {default_language!r}")
        if problems:
            raise TemplateError(problems)

    def reread(self, code: str) -> None:
        """Read one language anew, after its files were changed. Raises ``TemplateError``; then the old words stay."""
        self._speech[code] = Language(self.directory, code)

    def hold(self, files: Mapping[str, bytes]) -> None:
        """Take the files from here (``en/received/body.txt`` -> its bytes), whatever happens on the disk."""
        for speech in self._speech.values():
            speech.press.held = files

    @property
    def languages(self) -> tuple[str, ...]:
        """The folder names, sorted."""
        return tuple(self._speech)

    def speech(self, code: str) -> Language:
        """The words of one of ``languages``."""
        return self._speech[code]

    def choose(self, wanted: str) -> str:
        """The folder for a language code: its own, that of a shorter code, else the default."""
        folders = {code.lower(): code for code in self._speech}
        return next(
            (folders[code.lower()] for code in _chain(wanted) if code.lower() in folders), self.default_language
        )

    def render(self, reply: Reply, case_number: str, name: str = "") -> Draft:
        """The letter. ``name`` is used only in letters of staff; an automatic one greets nobody by name.

        Raises ``TemplateError`` when the letter is unknown, a fact is missing or a template cannot be filled.
        """
        speech = self._speech[self.choose(reply.language)]
        subject, text = self.words(reply, case_number, name)
        return Draft(
            reply=reply.name,
            language=speech.code,
            subject=shorten(subject, SUBJECT_LIMIT),
            text=text,
            html=self._twin(text, speech),
        )

    def words(self, reply: Reply, case_number: str, name: str = "") -> tuple[str, str]:
        """The subject on one line, before it is cut to its limit, and the text. Raises as ``render`` does."""
        speech = self._speech[self.choose(reply.language)]
        facts = _facts(speech, reply, case_number, name)
        text = tidy(self._fill(speech, reply.name, "body.txt", facts))
        return " ".join(self._fill(speech, reply.name, "subject.txt", facts).split()), text

    def _fill(self, speech: Language, letter: str, file: str, facts: Mapping[str, object]) -> str:
        where = f"{speech.code}/{letter}/{file}"
        try:
            with budget():
                text = _joined(speech.template(f"{letter}/{file}").generate(facts), where)
        except TemplateError as error:
            raise TemplateError([f"{_line(where, error, self.directory)}: {p}" for p in error.problems]) from error
        except RENDER_ERRORS as error:
            raise TemplateError([f"{_line(where, error, self.directory)}: {_words(error)}"]) from error
        return unicodedata.normalize("NFC", text)

    def phrase(self, language: str, id_: str, /, **facts: object) -> str:
        """One phrase; words only for staff may stand in one language alone and are taken from where they are."""
        order = dict.fromkeys((self.choose(language), self.default_language, *self._speech))
        holder = next((code for code in order if id_ in self._speech[code].phrases), self.choose(language))
        return self._speech[holder].phrase(id_, **facts)

    def doubt(self, language: str, doubt: Doubt) -> str:
        """The question of a doubt, for staff."""
        return self.phrase(language, f"doubt.{doubt.id}", **doubt.facts)

    def rewritten(self, draft: Draft, text: str) -> Draft:
        """The draft in a person's words, its HTML twin made anew from them; the subject stays.

        Raises ``TemplateError`` when they are too long.
        """
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > MAX_LETTER:
            raise TemplateError([f"the letter is longer than {MAX_LETTER} characters"])
        speech = self._speech[draft.language]
        seen = "".join(char for char in text if char in "\n\u200c\u200d" or unicodedata.category(char) not in DROPPED)
        words = tidy(unicodedata.normalize("NFC", seen))
        return replace(draft, text=words, html=self._twin(words, speech))

    @staticmethod
    def _twin(text: str, speech: Language) -> str:
        return twin(text.strip(), speech.code, speech.locale.character_order == "right-to-left")

    def broken_promises(self, reply: Reply, draft: Draft, service: str | None = None) -> list[str]:
        """What a draft promises beyond its letter and the ``service`` that was decided: see ``promises``.

        What a person typed is looked at in the desk's own language too: it may not be in the letter's.
        """
        broken = broken_promises(reply, draft, self._speech[draft.language], service)
        typed = [part for name in TYPED for part in _paragraphs(reply.facts.get(name))]
        own = excess(typed, granted(reply, service), self._speech[self.default_language])
        return list(dict.fromkeys([*broken, *own]))

    def lint(self, asks: Iterable[str] = ASKS) -> list[str]:
        """Everything wrong with the folder, one sentence each, sorted. ``asks``: the required ids of the policy."""
        return find_problems(self, tuple(asks))

    def check(self, asks: Iterable[str] = ASKS) -> None:
        """Raises ``TemplateError`` with all problems."""
        if problems := self.lint(asks):
            raise TemplateError(problems)


def _joined(pieces: Iterable[str], where: str) -> str:
    """The text of a template, which stops as soon as it is too long. Raises ``TemplateError``."""
    parts, length = [], 0
    for piece in pieces:
        parts.append(piece)
        length += len(piece)
        if length > MAX_LETTER:
            raise TemplateError([f"{where}: longer than {MAX_LETTER} characters"])
    return "".join(parts)


def _paragraphs(fact: object) -> list[str]:
    """What a person typed, a paragraph a line: words that a line end parts belong together."""
    lines = fact if isinstance(fact, list | tuple) else str(fact or "").splitlines()
    return [" ".join(part.split()) for part in "\n".join(map(str, lines)).split("\n\n")]


def _facts(speech: Language, reply: Reply, case_number: str, name: str) -> dict[str, object]:
    """Everything the templates of this letter see, cleaned. Raises ``TemplateError`` for a fact that is not there."""
    where = f"{speech.code}/{reply.name}/body.txt"
    if reply.name not in INVENTORY:
        raise TemplateError([f"no letter is called {reply.name!r}"])
    if missing := [fact for fact in INVENTORY[reply.name] if fact not in reply.facts]:
        raise TemplateError([f"{where}: the reply lacks {', '.join(missing)}"])
    by_staff = reply.name in BY_STAFF
    try:
        given = {f: clean(reply.facts[f], MAX_NOTE if f in TYPED else MAX_VALUE) for f in INVENTORY[reply.name]}
    except TypeError as error:
        raise TemplateError([f"{where}: {error}"]) from error
    return {
        **FRAME_FACTS,
        **given,
        "case": clean(case_number),
        "name": clean(name) if by_staff else "",
        "automatic": not by_staff,
        "foreign": bool(reply.language) and _chain(reply.language)[-1].lower() != _chain(speech.code)[-1].lower(),
    }


def tidy(text: str) -> str:
    """No blanks at line ends, one blank line between parts, one line break at the end."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def shorten(text: str, limit: int) -> str:
    """``text`` cut to ``limit`` columns. Lint refuses a subject that needs it; a mail must still go out."""
    while columns(text) > limit:
        text = text[:-1]
    return text.rstrip()


def _chain(code: str) -> Sequence[str]:
    """de-AT, de."""
    parts = code.replace("_", "-").split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _words(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"{error.name} is missing"
    return str(error) or type(error).__name__


def _line(where: str, error: Exception, directory: Path) -> str:
    """The file and line of an error, as exactly as Jinja tells it."""
    if isinstance(error, TemplateSyntaxError) and error.name:
        return f"{error.name}:{error.lineno}"
    root = directory.resolve()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(root):
            return f"{Path(frame.filename).relative_to(root).as_posix()}:{frame.lineno}"
    return where
