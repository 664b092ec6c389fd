"""Phrases of the words files, and finding them in a customer's text.

A phrase is plain words. Case, accents, width of letters and the kind of apostrophe do not matter. Five signs
have a meaning: ``*`` at either end of a word stands for any letters ("reset*"), ``...`` for up to six words of
the same sentence ("fell ... floor"), ``(a|b)`` for either, ``(the)`` for a word that may be missing, and ``#``
for a number. Nothing else is special, so a phrase can never be a slow pattern. Texts are folded letter by letter:
every hit knows its span in the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.core.model import Words

# Letters that Unicode does not take apart but that people type without their stroke.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "œ": "oe", "æ": "ae", "’": "'", "‘": "'", "`": "'", "´": "'"}
)
DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_ENDS = re.compile(
    r"(?<!\b\d)(?<!\b\d\d)[.!?…]+(?=[\s\"')»”]|$)|。+|[!?]+(?=[\u3000-\u9fff])|\n\s*\n|\n(?=\s*(?:[-*•]|\d{1,2}[.)])\s)"
)
_SHORT_LINE = 46  # a line broken by a mail program is longer than this


@dataclass(frozen=True)
class Folded:
    """A text, its folded form, and for each folded letter the place in the text."""

    text: str
    folded: str
    index: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span in the text for a span in the folded form."""
        if start >= end:
            return (0, 0)
        return self.index[start], self.index[end - 1] + 1

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Spans of sentences in the folded form, in order."""
        spans, start = [], 0
        for end in self._breaks():
            if self.folded[start:end].strip():
                spans.append((start, end))
            start = end
        if self.folded[start:].strip():
            spans.append((start, len(self.folded)))
        return tuple(spans)

    def _breaks(self) -> list[int]:
        ends = [m.end() for m in _ENDS.finditer(self.folded)]
        line_start = 0
        for m in re.finditer("\n", self.folded):
            # A short line is a thought of its own; a long one was only wrapped.
            if m.start() - line_start < _SHORT_LINE:
                ends.append(m.end())
            line_start = m.end()
        return sorted(set(ends))

    def sentence_at(self, place: int) -> tuple[int, int]:
        """The sentence that holds a place of the folded form."""
        return next((s for s in self.sentences if s[0] <= place < s[1]), (0, len(self.folded)))


@lru_cache(maxsize=256)
def fold(text: str) -> Folded:
    """Lower case without accents and width, letter by letter."""
    letters: list[str] = []
    index: list[int] = []
    for i, char in enumerate(text):
        # Twice: the parts of one sign can be capitals again ("№" is "No").
        parts = unicodedata.normalize("NFKD", char.casefold().translate(_PLAIN)).casefold()
        for c in parts.translate(DASHES).translate(_PLAIN):
            if not "\u0300" <= c <= "\u036f":
                letters.append(c)
                index.append(i)
    return Folded(text, "".join(letters), tuple(index))


# --- compiling --------------------------------------------------------------------------------

_GAP = "..."
FAR, CLOSE = (6, 12), (3, 3)  # how far back a "not" is looked for: words, or letters where words are written together
# A keyboard without ä, ö, ü writes "ae" as often as "a": a phrase with the dotted letter finds all three.
_DOTTED = str.maketrans({"ä": "a\x01", "ö": "o\x01", "ü": "u\x01"})
_LONGEST = 320


@lru_cache(maxsize=1 << 16)  # a policy is read again after every edit, and nearly all its phrases are as before
def phrase_problem(phrase: str, spaces: bool) -> str:
    """What is wrong with a phrase of a words file; empty when nothing is. ``spaces``: words are written apart."""
    text = phrase.strip()
    if not text:
        return "the phrase is empty"
    if len(text) > _LONGEST:
        return f"the phrase is longer than {_LONGEST} letters: write two"
    if text.count("(") != text.count(")") or re.search(r"\([^()]*\(", text):
        return "the brackets do not match: write (one|other)"
    if re.search(r"\(\s*\)|\(\s*\||\|\s*\)|\|\s*\|", text):
        return "a bracket holds an empty choice: write (one|other)"
    if "|" in re.sub(r"\([^()]*\)", "", text):
        return "| stands outside brackets: write (one|other)"
    if text.startswith(_GAP) or text.endswith(_GAP):
        return "... must stand between two words"
    if text.endswith(")") and "|" not in text.rsplit("(", 1)[-1]:
        return "a word that may be missing cannot stand at the end: leave it out"
    if any(not re.sub(r"\([^()|]*\)", "", piece).strip() for piece in text.split(_GAP)):
        return "only a word that may be missing stands beside ...: leave out its brackets"
    if re.search(r"\w\*\w", text):
        return "* may only stand at the start or the end of a word"
    if re.search(r"(^|[\s(|])\*($|[\s)|])", text):
        return "* needs letters beside it"
    if not spaces and "*" in text:
        return "* has no meaning in a language that writes words together"
    return ""


def _token(token: str, spaces: bool) -> str:
    def plain(word: str) -> str:
        if word == "#":
            return r"\d+"
        left = r"\w*" if word.startswith("*") else ""
        right = r"\w*" if word.endswith("*") else ""
        body = re.escape(fold(word.strip("*").lower().translate(_DOTTED)).folded)
        return left + body.replace("\x01", "e?") + right

    joiner = r"[\W_]{1,4}" if spaces else r"\s{0,2}"
    return joiner.join(plain(word) for word in token.split())


def _pattern(phrase: str, spaces: bool) -> str:
    joiner = r"[\W_]{1,4}" if spaces else r"\s{0,2}"
    gap = r"(?:[\W_]+\w+){0,6}?[\W_]+" if spaces else r".{0,15}?"
    return gap.join(_piece(piece, joiner, spaces) for piece in phrase.strip().split(_GAP))


def _piece(piece: str, joiner: str, spaces: bool) -> str:
    done, waiting = "", ""
    for chunk in filter(None, (c.strip() for c in re.split(r"(\([^()]*\))", piece))):
        if chunk.startswith("(") and "|" not in chunk:
            waiting += f"(?:{_token(chunk[1:-1], spaces)}{joiner})?"
            continue
        choices = chunk[1:-1].split("|") if chunk.startswith("(") else [chunk]
        done += (joiner if done else "") + waiting + "(?:" + "|".join(_token(c, spaces) for c in choices) + ")"
        waiting = ""
    return done


def compile_phrases(phrases: Sequence[str], spaces: bool) -> re.Pattern[str] | None:
    """One pattern for all phrases, longest first; None for no phrases."""
    if not phrases:
        return None
    alternatives = "|".join(_pattern(p, spaces) for p in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)" if spaces else f"(?:{alternatives})", re.DOTALL)


def openings(phrase: str) -> tuple[str, ...]:
    """What every text in which the plain phrase is found must hold, folded: how each of its words begins."""
    told = (fold(word.lower().translate(_DOTTED)).folded for word in phrase.split())
    return tuple(m[0] for word in told if (m := re.search(r"[^\W_]+", word)))


# --- finding ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    """One phrase found: its span in the folded text, and the language it was found in."""

    start: int
    end: int
    language: str


# (language, topic) -> its pattern; None where the topic has no phrases
Compiled = dict[tuple[str, str], re.Pattern[str] | None]


class Phrasebook:
    """The phrases of a few languages, compiled when first needed."""

    def __init__(self, words: Sequence[Words], compiled: Compiled | None = None) -> None:
        """``compiled`` is shared by the books of one policy: each topic of a language is compiled once for all."""
        self.words = tuple(words)
        self._compiled: Compiled = {} if compiled is None else compiled

    def compile_all(self) -> None:
        """Compile every topic now: for a process whose forks would each do it again."""
        for words in self.words:
            for topic in words.phrases:
                self.pattern(words, topic)

    def pattern(self, words: Words, topic: str) -> re.Pattern[str] | None:
        """The pattern of one topic in one language."""
        key = (words.language, topic)
        if key not in self._compiled:
            self._compiled[key] = compile_phrases(words.phrases.get(topic, ()), words.spaces)
        return self._compiled[key]

    def hits(self, topic: str, text: Folded, start: int = 0, end: int | None = None) -> Iterator[Hit]:
        """All hits of a topic, sentence by sentence, in order of language and place."""
        stop = len(text.folded) if end is None else end
        for words in self.words:
            pattern = self.pattern(words, topic)
            if pattern is None:
                continue
            for first, last in text.sentences:
                for m in pattern.finditer(text.folded, max(first, start), min(last, stop)):
                    yield Hit(m.start(), m.end(), words.language)

    def first(self, topic: str, text: Folded, start: int = 0, end: int | None = None) -> Hit | None:
        """The first hit of a topic, or None."""
        return next(self.hits(topic, text, start, end), None)

    def has(self, topic: str, text: Folded, start: int = 0, end: int | None = None) -> bool:
        """Whether a topic occurs at all."""
        return self.first(topic, text, start, end) is not None

    # -- negation and supposition --------------------------------------------------------------

    def negated(self, hit: Hit, text: Folded, *, closely: bool = False) -> bool:
        """Whether the hit stands under a "not" of its own language or of the mail's.

        ``closely``: only a "not" right before it counts. "If you do not answer I call my lawyer" denies no lawyer.
        """
        reach = CLOSE if closely else FAR
        return any(self._negated(words, hit, text, reach) for words in self._judges(hit))

    def _judges(self, hit: Hit) -> tuple[Words, ...]:
        # The mail's language comes first: a French "pas d'accident" holds an English word under a French "not".
        mail = self.words[:1] if len(self.words) == 2 else ()
        return tuple(w for w in self.words if w.language == hit.language or w in mail)

    def _negated(self, words: Words, hit: Hit, text: Folded, reach: tuple[int, int]) -> bool:
        first, last = text.sentence_at(hit.start)
        before = self._clause_before(words, text, first, hit, reach)
        if self._in(words, "negation.before", before):
            return True
        after = re.split(r"[,;:(]|\s-\s", text.folded[hit.end : last], maxsplit=1)[0]
        breaks = self.pattern(words, "negation.break")
        after = after[: m.start()] if breaks and (m := breaks.search(after)) else after
        after = " ".join(after.split()[:4]) if words.spaces else after[:12]
        return self._in(words, "negation.after", after)

    def supposed(self, hit: Hit, text: Folded) -> bool:
        """Whether the hit is only asked about or imagined ("what if it gets wet?")."""
        return any(self._supposed(words, hit, text) for words in self._judges(hit))

    def _supposed(self, words: Words, hit: Hit, text: Folded) -> bool:
        first, last = text.sentence_at(hit.start)
        before = re.split(r"[;:]|\s-\s", text.folded[first : hit.start])[-1]
        _, comma, tail = before.rpartition(",")
        if comma and words.spaces and len(tail.split()) >= 3:
            before = tail
        if self._in(words, "supposed.if", before):
            return True
        asked = text.folded[first:last].rstrip().endswith(("?", "？", "か。", "か"))
        return asked and self._in(words, "supposed.question", before)

    def _clause_before(self, words: Words, text: Folded, first: int, hit: Hit, reach: tuple[int, int]) -> str:
        clause = text.folded[first : hit.start]
        breaks = self.pattern(words, "negation.break")
        for m in list(breaks.finditer(clause))[-1:] if breaks else []:
            clause = clause[m.end() :]
        clause = re.split(r"[;:!?]|\s-\s", clause)[-1]
        if not words.spaces:
            # 、 joins a list; the comma of a new clause is folded to ",".
            return clause.rpartition(",")[2][-reach[1] :]
        _, comma, tail = clause.rpartition(",")
        # After a comma a list goes on ("no drops, water"); three words are a new clause ("won't pair, gets very hot").
        if comma and len((tail + text.folded[hit.start : hit.end]).split()) >= 3:
            clause = tail
        return " ".join(clause.split()[-reach[0] :])

    def _in(self, words: Words, topic: str, piece: str) -> bool:
        pattern = self.pattern(words, topic)
        return bool(pattern and pattern.search(piece))
