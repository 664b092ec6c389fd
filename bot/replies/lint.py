"""Everything that can be checked before a letter is sent.

Three looks: at the folder (is every file and phrase there), at the source (``source.py``), and at the letters
themselves, rendered with every combination of sample facts (``wording.py`` judges them). Problems are sentences that
begin with the file, and the line where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.core.model import Reply
from bot.errors import TemplateError
from bot.replies.inventory import (
    DOUBT_LIMIT,
    DOUBTS,
    INVENTORY,
    OPTIONAL_PHRASES,
    PLURALS,
    REQUIRED_PHRASES,
    STAFF_PHRASES,
    STAFF_SECTIONS,
)
from bot.replies.language import Language
from bot.replies.promises import KINDS, excess, granted
from bot.replies.samples import CASE, combine
from bot.replies.source import FILES, check_letter_source, check_phrase_source
from bot.replies.wording import check_letter

if TYPE_CHECKING:
    from bot.replies.letters import Letters

MOST_PER_LETTER = 5  # problems told of one letter: one slip shows in hundreds of renders

DOUBT_SAMPLES: Mapping[str, object] = {
    "service": "unconditional_return",
    "model": "TANK T3 Ultra 2",
    "flag": "continued_use",
    "months": 23,
    "platform": "Mercado Libre",
    "count": 3,
    "number": "K7F3Q9",
    "missing": "item_condition",
    "code": "pt",
}


def find_problems(letters: Letters, asks: Sequence[str]) -> list[str]:
    """All problems of all languages, sorted, each once."""
    problems: set[str] = set()
    for code in letters.languages:
        speech = letters.speech(code)
        listed = _listed_phrases(speech, asks)
        problems.update(_missing_phrases(letters, speech, listed))
        problems.update(_promises(speech))
        problems.update(check_phrase_source(speech, (*listed, *STAFF_PHRASES)))
        problems.update(_folders(letters, speech))
        for letter in INVENTORY:
            found = list(check_letter_source(speech, letter))
            problems.update(found or _renders(letters, speech, letter, asks))
    problems.update(_doubts(letters))
    return sorted(problems)


# --- the folder -------------------------------------------------------------------------------


def _listed_phrases(speech: Language, asks: Sequence[str]) -> list[str]:
    classes = {speech.locale.plural_form(count) for count in range(101)} | {"other"}
    return [
        *REQUIRED_PHRASES,
        *(f"{section}.{id_}" for section in ("ask", "ask_again", "known") for id_ in asks),
        *(f"{id_}.{kind}" for id_ in PLURALS for kind in sorted(classes)),
        *(f"about.{speech.locale.plural_form(count)}" for count in range(1, 4)),
    ]


def _missing_phrases(letters: Letters, speech: Language, needed: Sequence[str]) -> Iterator[str]:
    yield from (f"{speech.file}: phrase {id_!r} is missing" for id_ in needed if id_ not in speech.phrases)
    known = set(needed) | set(OPTIONAL_PHRASES) | set(STAFF_PHRASES)
    model = letters.speech(letters.default_language).phrases
    for id_ in speech.phrases:
        # Operators may add phrases of their own; then every language needs them.
        plural = id_.rsplit(".", 1)[0] in (*PLURALS, "about")
        if id_ not in known and id_ not in model and not plural:
            yield f"{speech.place(id_)}: phrase {id_!r} is in no list and not in {letters.default_language}"
    for id_ in model:
        section = id_.partition(".")[0]
        if id_ not in speech.phrases and id_ not in known and section not in (*STAFF_SECTIONS, *PLURALS, "about"):
            yield f"{speech.file}: phrase {id_!r} of {letters.default_language} is missing"


def _promises(speech: Language) -> Iterator[str]:
    for kind in KINDS:
        if not speech.promises.get(kind):
            yield f"{speech.file}: [promises] {kind} is missing: nothing would hold such a promise back"
    for kind in speech.promises:
        if kind not in KINDS:
            yield f"{speech.file}: [promises] {kind!r} is no kind of promise; there are {', '.join(KINDS)}"


def _folders(letters: Letters, speech: Language) -> Iterator[str]:
    folder = letters.directory / speech.code
    for name in sorted(path.name for path in folder.iterdir() if path.is_dir()):
        if name not in INVENTORY and not name.startswith(("_", ".")):
            yield f"{speech.code}/{name}: no letter has this name"
    for name in ("_base", *INVENTORY):
        yield from (f"{speech.code}/{name}/{file} is missing" for file in FILES if not (folder / name / file).is_file())


# --- the letters themselves -------------------------------------------------------------------


def _renders(letters: Letters, speech: Language, letter: str, asks: Sequence[str]) -> list[str]:
    problems: dict[str, None] = {}
    seen: dict[str, dict[tuple[str, ...], set[str]]] = {fact: {} for fact in INVENTORY[letter]}
    for facts in combine(letter, asks):
        reply = Reply(name=letter, language=speech.code, facts=facts)
        try:
            subject, text = letters.words(reply, CASE)
            problems.update(dict.fromkeys(check_letter(letter, subject, text, facts, speech)))
            for broken in excess([subject, *text.splitlines()], granted(reply), speech):
                problems[f"{speech.code}/{letter}/body.txt: promises what nobody granted: {broken}"] = None
        except TemplateError as error:
            problems.update(dict.fromkeys(error.problems))
        else:
            shown = {name: repr(value) for name, value in facts.items()}
            for fact, groups in seen.items():
                others = tuple(value for name, value in shown.items() if name != fact)
                groups.setdefault(others, set()).add(subject + text)
        if len(problems) >= MOST_PER_LETTER:
            return list(problems)
    for fact, groups in seen.items():
        if not problems and all(len(texts) == 1 for texts in groups.values()):
            problems[f"{speech.code}/{letter}/body.txt: the fact {fact!r} is not used"] = None
    return list(problems)


def _doubts(letters: Letters) -> Iterator[str]:
    worded: dict[str, str] = {}
    for doubt, names in DOUBTS.items():
        facts = {name: DOUBT_SAMPLES[name] for name in names}
        where = f"{letters.default_language}/phrases.toml: doubt.{doubt}"
        try:
            text = letters.phrase(letters.default_language, f"doubt.{doubt}", **facts)
        except TemplateError as error:
            yield from error.problems
            continue
        if len(text) > DOUBT_LIMIT:
            yield f"{where}: {len(text)} characters, at most {DOUBT_LIMIT}"
        if text.count("?") != 1 or not text.endswith("?"):
            yield f"{where}: is not one question"
        if text in worded:
            yield f"{where}: says the same as doubt.{worded[text]}"
        worded[text] = doubt
    for id_ in STAFF_PHRASES:
        if not any(id_ in letters.speech(code).phrases for code in letters.languages):
            yield f"{letters.default_language}/phrases.toml: phrase {id_!r} is missing"
