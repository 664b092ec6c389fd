"""Everything that can be checked before a letter is sent.

Three looks: at the folder (is every file and phrase there), at the source (``source.py``), and at the letters
themselves, rendered with every combination of sample facts (``wording.py`` judges them). Problems are sentences that
begin with the file, and the line where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.core.model import Reply
from bot.core.nearest import did_you_mean
from bot.errors import TemplateError
from bot.replies.frame import check_frame
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
from bot.replies.siblings import check_siblings
from bot.replies.source import FILES, check_letter_source, check_phrase_source
from bot.replies.where import place
from bot.replies.wording import BODY, check_letter

if TYPE_CHECKING:
    from bot.replies.letters import Letters

FRAME = "_base"
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
        problems.update(phrase_problems(letters, code, asks))
        problems.update(_folders(letters, letters.speech(code)))
        for letter in (FRAME, *INVENTORY):
            problems.update(letter_problems(letters, code, letter, asks))
    problems.update(check_siblings(letters))
    problems.update(_doubts(letters))
    return sorted(problems)


def letter_problems(letters: Letters, code: str, letter: str, asks: Sequence[str]) -> list[str]:
    """Problems of one letter in one language, or of its frame (``_base``): quick enough to look while somebody types.

    What shows only beside other languages is not among them (``siblings``).
    """
    speech = letters.speech(code)
    if letter == FRAME:
        return list(check_frame(speech))
    folder = letters.directory / code / letter
    gone = [f"{code}/{letter}/{file} is missing" for file in FILES if not (folder / file).is_file()]
    return [*gone, *check_letter_source(speech, letter)] or _renders(letters, speech, letter, asks)


def phrase_problems(letters: Letters, code: str, asks: Sequence[str]) -> list[str]:
    """Problems of ``phrases.toml`` of one language."""
    speech = letters.speech(code)
    listed = _listed_phrases(speech, asks)
    return [
        *_missing_phrases(letters, speech, listed),
        *_promises(speech),
        *check_phrase_source(speech, (*listed, *STAFF_PHRASES)),
    ]


# --- the folder -------------------------------------------------------------------------------


def _listed_phrases(speech: Language, asks: Sequence[str]) -> list[str]:
    return [
        *REQUIRED_PHRASES,
        *(f"{section}.{id_}" for section in ("ask", "ask_again", "known") for id_ in asks),
        *(f"{id_}.{kind}" for id_ in PLURALS for kind in _classes(speech)),
        *(f"about.{speech.locale.plural_form(count)}" for count in range(1, 4)),
    ]


def _classes(speech: Language) -> list[str]:
    """The plural classes that whole numbers have in a language."""
    return sorted({speech.locale.plural_form(count) for count in range(101)} | {"other"})


def _missing_phrases(letters: Letters, speech: Language, needed: Sequence[str]) -> Iterator[str]:
    known = set(needed) | set(OPTIONAL_PHRASES) | set(STAFF_PHRASES)
    spare = [id_ for id_ in speech.phrases if id_ not in known]
    for id_ in needed:
        if id_ not in speech.phrases:
            yield f"{speech.file}: phrase {id_!r} is missing{did_you_mean(id_, spare)}"
    model = letters.speech(letters.default_language).phrases
    for id_ in speech.phrases:
        # Operators may add phrases of their own; then every language needs them.
        plural = id_.rsplit(".", 1)[0] in (*PLURALS, "about")
        tags = sorted({*speech.locale.plural_form.tags, "other"})
        if plural and id_ not in known and id_.rpartition(".")[2] not in tags:
            yield f"{speech.place(id_)}: {id_!r}: {speech.code} has no such plural; it has {', '.join(tags)}"
        elif id_ not in known and id_ not in model and not plural:
            hint = did_you_mean(id_, [wanted for wanted in (*needed, *model) if wanted not in speech.phrases])
            yield f"{speech.place(id_)}: phrase {id_!r} is in no list and not in {letters.default_language}{hint}"
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
            where = speech.place_of_list("promises", kind)
            hint = did_you_mean(kind, KINDS)
            yield f"{where}: [promises] {kind!r} is no kind of promise; there are {', '.join(KINDS)}{hint}"


def _folders(letters: Letters, speech: Language) -> Iterator[str]:
    folder = letters.directory / speech.code
    for name in sorted(path.name for path in folder.iterdir() if path.is_dir()):
        if name not in INVENTORY and not name.startswith(("_", ".")):
            yield f"{speech.code}/{name}: no letter has this name{did_you_mean(name, INVENTORY)}"
    for file in FILES:
        if not (folder / FRAME / file).is_file():
            yield f"{speech.code}/{FRAME}/{file} is missing"


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
                where = place(speech, letter, BODY, broken.partition(": ")[2])
                problems[f"{where}: promises what nobody granted: {broken}"] = None
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
