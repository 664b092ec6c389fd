"""What the words of a letter must keep to, in any language.

Rules by the number: a subject fits a phone's list and names the case early; a letter says when something happens
next; no exclamation mark, no capitals for stress, no digit that is not a fact, no sign that a screen reader spells
out. Lengths are counted in words, wide characters (no blanks between words) at WIDE_WORD words each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from bot.core.warranty.staff_letters import BY_STAFF
from bot.replies.inventory import INVENTORY
from bot.replies.language import Language
from bot.replies.phrasing import WIDE, any_of
from bot.replies.promises import GRANTS
from bot.replies.samples import CASE, is_usual
from bot.replies.where import block_line, place

SUBJECT, BODY = "subject.txt", "body.txt"
SUBJECT_LIMIT = 60  # columns; a wide character counts two
CASE_WITHIN = 25  # characters of the subject
WORDS_TO_SEND_A_PARCEL = 250
WORDS_OF_STAFF = 180
WORDS_IF_WE_ASK = 150
WORDS_OTHERWISE = 120
WORDS_IN_SENTENCE = 25
LONGEST_PARAGRAPH = 400  # columns, on one line
WIDE_WORD = 0.43
FRAME_BLOCKS = ("greeting", "close", "automatic", "number")
# Facts that say when something happens next; one of them stands in words, or the line that any time is right.
NEXT_DAYS = ("reply_by", "answer_by", "ship_by", "valid_until", "close_on")
LAW_LINES = ("law.line", "law.with_seller")

# Sign -> what it is called in a problem.
SIGNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[!\u00a1\uff01]"), "an exclamation mark"),
    (re.compile(r"(?:^|\n)-- ?$", re.MULTILINE), "a signature mark, which mail programs cut off"),
    (re.compile(r"[-=*_#~]{3,}"), "a row of signs"),
    (re.compile(r"[←-⇿➔-➿☀-⛿\U0001F300-\U0001FAFF]|->|=>|>>"), "an arrow or a picture sign"),
    (re.compile(r"\t"), "a tab"),
    (re.compile(r"[{}<>\[\]|\\^`]|%[sd(]|\$\w"), "a sign of a program, or a gap that nobody filled,"),
    (re.compile(r"\b(?:TODO|FIXME|XXX|TBD)\b|(?i:lorem ipsum)|\?\?|\.\.\.\.|_{2,}"), "a note to oneself"),
    (re.compile("[\u00c2-\u00c5\u00d0\u00d1][\u0080-\u00bf]|\u00e2\u20ac|\ufffd"), "a letter in a wrong encoding"),
    (re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff]"), "an invisible sign"),
)
# What facts look like before they are put in words: a slip that shows only when the letter is filled.
RAW = (
    (re.compile(r"(?<![\w-])\d{4}-\d\d(?:-\d\d)?(?![\w-])"), "a day as a program writes it; write {{ ... | date }}"),
    (re.compile(r"(?<![\w/.@-])[a-z]+(?:_[a-z0-9]+)+(?!\w)"), "an id; say it in words, with phrase(...)"),
    (re.compile(r"\b(?:None|True|False|Undefined)\b"), "a value that is no text"),
)
CAPITALS = re.compile(r"\b[^\W\d_]{4,}\b")
LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
LIST_NUMBER = re.compile(r"^\s*\d+\. ", re.MULTILINE)


def check_words(text: str, speech: Language) -> Iterator[str]:
    """Problems of a piece of template source, which holds no facts."""
    yield from (f"{name} has no place in a letter" for sign, name in SIGNS if sign.search(text))
    shown = text
    for kept in sorted(_listed(speech, "digits"), key=len, reverse=True):
        shown = shown.replace(kept, "")
    if found := re.search(r"\d+", LIST_NUMBER.sub("", shown)):
        yield f"{found[0]!r} is a digit that is no fact; allow it in [check] digits or take it out"
    for word in CAPITALS.findall(WIDE.sub(" ", text)):  # a name may stand between wide characters without blanks
        if word.isupper() and word not in _listed(speech, "capitals"):
            yield f"{word!r} is in capitals"
    for link in LINK.findall(text):
        if link.rstrip(".,") not in _listed(speech, "links"):
            yield f"{link!r} is not in [check] links"


# Lists of [check] in phrases.toml, and what to do about a word of them.
FORBIDDEN = (
    ("forbidden", ", which no letter may; say it otherwise ([check] forbidden)"),
    ("promises", ", which only a letter of staff may; say it otherwise ([check] promises)"),
)


def columns(text: str) -> int:
    """The width of a text where wide characters (Chinese, Japanese, Korean) take two columns."""
    return len(text) + len(WIDE.findall(text))


def check_letter(letter: str, subject: str, text: str, facts: Mapping[str, object], speech: Language) -> Iterator[str]:
    """Problems of one rendered letter; ``subject`` is the one before it was cut to its limit."""
    yield from _check_subject(letter, subject, speech)
    yield from _check_body(letter, text, facts, speech)
    free = letter in BY_STAFF or letter in GRANTS
    for file, words in ((SUBJECT, subject), (BODY, text)):
        for line in words.splitlines():
            said = dict.fromkeys((*_forbidden_in(line, speech, free), *_signs_in(line)))
            yield from (f"{place(speech, letter, file, word)}: says {word!r}{why}" for word, why in said)
    if is_usual(facts):
        limit = _word_limit(letter)
        beside = _frame_words(speech) + _added_words(facts, text, speech)
        if (count := count_words(text)) > limit + beside:
            yield f"{speech.code}/{letter}/{BODY}: {count - beside} words, at most {limit}"
        for sentence in _sentences(text):
            if (count := count_words(sentence)) > WORDS_IN_SENTENCE:
                where = place(speech, letter, BODY, sentence)
                yield f"{where}: a sentence of {count} words, at most {WORDS_IN_SENTENCE}: {sentence[:60]}"
        for line in text.splitlines():
            if (width := columns(line)) > LONGEST_PARAGRAPH:
                where = place(speech, letter, BODY, line)
                yield f"{where}: a paragraph of {width} columns, at most {LONGEST_PARAGRAPH}"


def _check_subject(letter: str, subject: str, speech: Language) -> Iterator[str]:
    if (width := columns(subject)) > SUBJECT_LIMIT:
        yield f"{block_line(speech, letter, SUBJECT, 'about')}: {width} columns, at most {SUBJECT_LIMIT}"
    if subject.count(CASE) != 1 or subject.index(CASE) + len(CASE) > CASE_WITHIN:
        frame = block_line(speech, "_base", SUBJECT, "about")
        yield f"{frame}: the case number must stand once, within the first {CASE_WITHIN} characters of a subject"


def _word_limit(letter: str) -> int:
    facts = INVENTORY[letter]
    if "address" in facts:
        return WORDS_TO_SEND_A_PARCEL
    if letter in BY_STAFF:
        return WORDS_OF_STAFF
    return WORDS_IF_WE_ASK if "reply_by" in facts or "asks" in facts else WORDS_OTHERWISE


def _added_words(facts: Mapping[str, object], text: str, speech: Language) -> int:
    """Words that are no part of what the letter itself says: the line on rights, the steps to try."""
    steps = facts.get("steps")
    told = [f"step_to_try.{step}" for step in steps] if isinstance(steps, list) else []
    ids = [*LAW_LINES, "try.intro", *told]
    return sum(count_words(line) for line in (speech.phrase(id_) for id_ in ids) if line in text)


def _check_body(letter: str, text: str, facts: Mapping[str, object], speech: Language) -> Iterator[str]:
    def at(block: str) -> str:
        return block_line(speech, letter, BODY, block)

    if CASE not in (text.strip().splitlines() or [""])[-1]:
        yield f"{at('number')}: the last line must hold the case number"
    days = [facts[name] for name in NEXT_DAYS if name in facts]
    if not any(speech.date(str(day)) in text for day in days) and speech.phrase("date.any_time") not in text:
        yield f"{at('next')}: no date says when something happens next"
    lines = text.splitlines()
    if any(speech.phrase(id_) in lines for id_ in LAW_LINES) != bool(facts.get("law")):
        told = "the line on rights by law must stand where the letter says no or names a price, and only there"
        yield f"{at('law')}: {told}"
    if text.startswith("\n") or not text.strip():
        yield f"{at('message')}: the letter says nothing"


@lru_cache(maxsize=8192)  # most sentences are the same in every render of a letter
def count_words(text: str) -> int:
    """Words, so that languages without blanks can be measured too."""
    wide = len(WIDE.findall(text))
    return len(re.findall(r"\w+(?:['\u2019.-]\w+)*", WIDE.sub(" ", text) if wide else text)) + round(wide * WIDE_WORD)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?:;])\s+|\n|(?<=[\u3002\uff1f\uff1a\uff1b])", text) if part.strip()]


@lru_cache(maxsize=32)
def _frame_words(speech: Language) -> int:
    """Words of the frame's own blocks: the limits are for what a letter itself says."""
    frame = speech.template("_base/body.txt")
    context = frame.new_context({"case": CASE, "name": "", "foreign": False, "automatic": True})
    return sum(count_words("".join(frame.blocks[name](context))) for name in FRAME_BLOCKS if name in frame.blocks)


def _listed(speech: Language, name: str) -> Sequence[str]:
    return speech.check.get(name, ())


@lru_cache(maxsize=4096)  # most lines are the same in every render of a letter
def _signs_in(line: str) -> tuple[tuple[str, str], ...]:
    """Signs that have no place in a letter, and facts that were not put in words; each with what it is."""
    kinds = [(sign, f"{name} has no place in a letter") for sign, name in SIGNS] + list(RAW)
    return tuple((found[0], f": {name}") for sign, name in kinds if (found := sign.search(line)))


@lru_cache(maxsize=4096)
def _forbidden_in(line: str, speech: Language, free: bool) -> tuple[tuple[str, str], ...]:
    """Words of ``[check] forbidden``; those of ``promises`` too unless the letter is ``free`` to promise something."""
    lists = FORBIDDEN[:1] if free else FORBIDDEN
    return tuple(
        (word, why) for name, why in lists for word in any_of(tuple(_listed(speech, name))).findall(line.casefold())
    )
