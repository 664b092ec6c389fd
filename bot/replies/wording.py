"""What the words of a letter must keep to, in any language.

Rules by the number: a subject fits a phone's list and names the case early; a letter says when something happens
next; no exclamation mark, no capitals for stress, no digit that is not a fact, no sign that a screen reader spells
out. Lengths are counted in words, wide characters (no blanks between words) at WIDE_WORD words each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from bot.core.warranty.answer import REPLIES
from bot.replies.language import Language
from bot.replies.samples import CASE, is_usual

SUBJECT_LIMIT = 60  # columns; a wide character counts two
CASE_WITHIN = 25  # characters of the subject
WORDS_IF_WE_ASK = 150
WORDS_OTHERWISE = 120
WORDS_IN_SENTENCE = 25
WIDE_WORD = 0.43
FRAME_BLOCKS = ("greeting", "close", "automatic", "number")

# Characters of scripts that are written without blanks and two columns wide.
WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]")

# Sign -> what it is called in a problem.
SIGNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[!\u00a1\uff01]"), "an exclamation mark"),
    (re.compile(r"(?:^|\n)-- ?$", re.MULTILINE), "a signature mark, which mail programs cut off"),
    (re.compile(r"[-=*_#~]{3,}"), "a row of signs"),
    (re.compile(r"[←-⇿➔-➿☀-⛿\U0001F300-\U0001FAFF]|->|=>|>>"), "an arrow or a picture sign"),
    (re.compile(r"\t"), "a tab"),
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


def columns(text: str) -> int:
    """The width of a text where wide characters (Chinese, Japanese, Korean) take two columns."""
    return len(text) + len(WIDE.findall(text))


def check_letter(letter: str, subject: str, text: str, facts: Mapping[str, object], speech: Language) -> Iterator[str]:
    """Problems of one rendered letter; ``subject`` is the one before it was cut to its limit."""
    where = f"{speech.code}/{letter}"
    yield from (f"{where}/subject.txt: {problem}" for problem in _check_subject(subject))
    yield from (f"{where}/body.txt: {problem}" for problem in _check_body(text, facts, speech))
    for file, words in (("subject.txt", subject), ("body.txt", text)):
        said = dict.fromkeys(word for line in words.splitlines() for word in _forbidden_in(line, speech))
        yield from (f"{where}/{file}: says {word!r}" for word in said)
    if is_usual(facts):
        limit = WORDS_IF_WE_ASK if "reply_by" in REPLIES[letter] else WORDS_OTHERWISE
        if (count := count_words(text)) > limit + _frame_words(speech):
            yield f"{where}/body.txt: {count - _frame_words(speech)} words, at most {limit}"
        for sentence in _sentences(text):
            if (count := count_words(sentence)) > WORDS_IN_SENTENCE:
                yield f"{where}/body.txt: a sentence of {count} words, at most {WORDS_IN_SENTENCE}: {sentence[:60]}"


def _check_subject(subject: str) -> Iterator[str]:
    if (width := columns(subject)) > SUBJECT_LIMIT:
        yield f"{width} columns, at most {SUBJECT_LIMIT}"
    if subject.count(CASE) != 1 or subject.index(CASE) + len(CASE) > CASE_WITHIN:
        yield f"the case number must stand once, within the first {CASE_WITHIN} characters"


def _check_body(text: str, facts: Mapping[str, object], speech: Language) -> Iterator[str]:
    if CASE not in text.strip().splitlines()[-1]:
        yield "the last line must hold the case number"
    days = [facts[name] for name in ("reply_by", "answer_by") if name in facts]
    if not any(speech.date(str(day)) in text for day in days) and speech.phrase("date.any_time") not in text:
        yield "no date says when something happens next"
    yield from (f"{name} has no place in a letter" for sign, name in SIGNS if sign.search(text))


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
    context = frame.new_context({"case": CASE, "name": "", "foreign": False})
    return sum(count_words("".join(frame.blocks[name](context))) for name in FRAME_BLOCKS if name in frame.blocks)


def _listed(speech: Language, name: str) -> Sequence[str]:
    return speech.check.get(name, ())


@lru_cache(maxsize=4096)  # most lines are the same in every render of a letter
def _forbidden_in(line: str, speech: Language) -> tuple[str, ...]:
    """Words of ``[check] forbidden``; every letter of REPLIES goes out by itself, so ``promises`` count as well."""
    pattern = _any_of((*_listed(speech, "forbidden"), *_listed(speech, "promises")))
    return tuple(pattern.findall(line.casefold()))


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """A word stands alone; with * at its end it may go on. Wide characters know no word ends."""
    patterns = [r"(?!)"]
    for word in words:
        stem = word.rstrip("*").casefold()
        start = "" if WIDE.match(stem) else r"(?<!\w)"
        end = "" if word.endswith("*") or WIDE.match(stem[-1:]) else r"(?!\w)"
        patterns.append(start + re.escape(stem) + end)
    return re.compile("|".join(patterns))
