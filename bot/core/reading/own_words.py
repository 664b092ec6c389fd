"""The writer's own words, apart from everything a program or another person put around them.

Rules of this file: when in doubt a line is the customer's; a wrong cut loses a sentence, a missed cut only makes the
text longer. Language-neutral shapes decide first (``>`` marks, a date and an address right above them, rows of
"Label: value"), the words of ``quote_marks`` second. Unmarked lines between quoted ones stay (inline answers).
Nothing is thrown away: what is cut comes back as ``quoted``, ``signature`` or a ``Forward``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.reading import footers, quote_marks
from bot.core.reading.attributions import COLON_END, continues, is_attribution, looks_answered
from bot.core.reading.automatic_words import AUTO_SENTENCE
from bot.core.reading.header_blocks import Forward, bare, find_block, read_forward
from bot.core.reading.inline_answers import Answer, find_answers

QUOTE_MARK = re.compile(r"\s{0,3}[>＞]")
_RULER = re.compile(r"\s*[-_=*~]{3,}\s*")
_FRAMED = re.compile(r"[\s>*]*([-_=*~#]{2,}|<{2,})\s*(\S.{0,80}?\S)\s*([-_=*~#]{2,}|>{2,})?\s*[:：]?\s*")

_MAX_LINES = 10_000
_NEAR = 12
_OUR_LINE = 25  # shorter ones ("Thank you") anybody writes
_MAX_MARK_LINE = 250

OWN, QUOTED, SIGNED, PASSED_ON = "own", "quoted", "signed", "passed on"


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """A text taken apart; every line of it is in exactly one of the four."""

    own: str
    quoted: str
    signature: str
    forwards: tuple[Forward, ...]
    answers: tuple[Answer, ...]
    """own lines that stand right under a quoted question, with that question"""


def split(text: str, ours: Sequence[str] = (), *, forwarded: bool = False) -> Split:
    """Takes a cleaned text apart.

    ``ours``: texts we sent in this thread; their lines are never the customer's, and inside an unmarked quote every
    line that is not in them is. ``forwarded``: the subject says the mail is passed on, so an unmarked header block
    opens a forward, not a quote.
    """
    page = _Page(text, ours)
    page.mark_quotes()
    page.mark_unmarked_quote(forwarded)
    page.rescue()
    page.mark_footers()
    return page.result()


def holds_ours(text: str, ours: Sequence[str]) -> bool:
    """Whether a whole line of our letters stands in a text: then the text is taken apart anew, knowing them."""
    known = frozenset(_plain(line) for mail in ours for line in mail.split("\n") if len(line) >= _OUR_LINE)
    return bool(known) and any(len(line) >= _OUR_LINE and _plain(line) in known for line in text.split("\n"))


class _Page:
    def __init__(self, text: str, ours: Sequence[str]) -> None:
        self.lines = text.replace("\xa0", " ").split("\n")
        # Nobody writes ten thousand lines: what follows is kept, but not taken apart.
        self.rest = self.lines[_MAX_LINES:]
        del self.lines[_MAX_LINES:]
        self.kinds = [OWN] * len(self.lines)
        self.known = frozenset(_plain(line) for mail in ours for line in mail.split("\n")) - {""}
        self.ours = tuple(ours)
        self.forwards: list[Forward] = []
        self.answers: list[Answer] = []
        self.replaced: dict[int, str] = {}
        self.block = (0, 0)
        """first line and end of the header block of an unmarked quote"""

    # --- quotes with marks --------------------------------------------------------------------

    def mark_quotes(self) -> None:
        """Lines with ``>``, and the one to four lines above a run of them that say who wrote it and when."""
        marked = [i for i, line in enumerate(self.lines) if QUOTE_MARK.match(line)]
        if len(marked) == 1 and re.match(r"\s{0,3}>\s?\d+\s*%|\s{0,3}>\d", self.lines[marked[0]]):
            return  # ">50 % and then it dies" is a comparison
        for i in marked:
            self.kinds[i] = QUOTED
        for i in marked:
            if i and self.kinds[i - 1] == OWN:
                self._mark_attribution(i)
            words = bare(self.lines[i])
            if self.kinds[i] == QUOTED and _framed_words(words, quote_marks.FORWARD) and find_block(self.lines, i + 1):
                self._pass_on(i, self._end_of_marks(i))

    def _mark_attribution(self, start: int) -> None:
        last = start - 1
        while last >= 0 and start - last <= 3 and not self.lines[last].strip():
            last -= 1
        if last < 0 or not self.lines[last].strip() or self.kinds[last] != OWN:
            return
        if _framed_words(self.lines[last], quote_marks.FORWARD):
            self._pass_on(last, self._end_of_marks(start))
            return
        best = 0
        for count in range(1, 5):
            first = last - count + 1
            if first < 0 or not self.lines[first].strip() or self.kinds[first] != OWN:
                break
            joined = " ".join(line.strip() for line in self.lines[first : last + 1])
            if count > 1 and best and not continues(self.lines[first]):
                break
            if is_attribution(joined):
                best = count
        for i in range(last - best + 1, start):
            if best:
                self.kinds[i] = QUOTED

    def _end_of_marks(self, start: int) -> int:
        end = start
        while end < len(self.lines) and (self.kinds[end] == QUOTED or not self.lines[end].strip()):
            end += 1
        return end

    # --- quotes without marks -----------------------------------------------------------------

    def mark_unmarked_quote(self, forwarded: bool) -> None:
        """The first header block, separator or attribution without marks: everything below is not the writer's."""
        for i, line in enumerate(self.lines):
            if self.kinds[i] != OWN or not line.strip():
                continue
            if _framed_words(line, quote_marks.FORWARD) and (
                _RULER.match(line) or find_block(self.lines, i + 1) or COLON_END.search(line)
            ):
                self._pass_on(i, len(self.lines))
                return
            block = find_block(self.lines, i)
            if block or self._is_separator(i) or self._is_bare_attribution(i):
                first = i
                while first and _RULER.fullmatch(self.lines[first - 1] or " "):
                    first -= 1
                if forwarded and block:
                    self._pass_on(first, len(self.lines))
                else:
                    self._quote_rest(first)
                return

    def _is_separator(self, i: int) -> bool:
        line = self.lines[i]
        if len(line) > _MAX_MARK_LINE:
            return False
        if quote_marks.REPLY_ABOVE.fullmatch(line):
            return True
        if _framed_words(line, quote_marks.ORIGINAL) and _RULER.match(line):
            return True
        framed = _FRAMED.fullmatch(line)
        return bool(framed and framed.group(3) and _RULER.match(line)) and any(
            find_block(self.lines, j) for j in range(i + 1, min(i + 4, len(self.lines)))
        )

    def _is_bare_attribution(self, i: int) -> bool:
        """A full "On DATE at TIME NAME <address> wrote:" over one to three lines, with no marks below it."""
        for count in (1, 2, 3):
            rows = [line.strip() for line in self.lines[i : i + count]]
            if not all(rows) or any(kind != OWN for kind in self.kinds[i : i + count]):
                return False
            if len(rows[0]) > 300 or re.search(r"[.!?。！？]$", rows[0]):
                return False
            joined = " ".join(rows)[:600]
            if COLON_END.search(joined):
                return bool(
                    len(joined) <= 300
                    and quote_marks.ATTRIBUTION_START.match(joined)
                    and quote_marks.WROTE.search(joined)
                    and quote_marks.DATE.search(joined)
                    and (quote_marks.ADDRESS.search(joined) or quote_marks.TIME.search(joined))
                )
        return False

    def _quote_rest(self, first: int) -> None:
        rest = range(first, len(self.lines))
        block_end = max(first, find_block(self.lines, first) or find_block(self.lines, first + 1))
        self.block = (first, block_end) if block_end > first else (0, 0)
        for i in rest:
            if self.kinds[i] == OWN:
                self.kinds[i] = QUOTED
        if self.known:
            for i in range(block_end, len(self.lines)):
                line = _plain(bare(self.lines[i]))
                if line and line not in self.known and not any(line in known for known in self.known):
                    self.kinds[i] = OWN

    def _pass_on(self, first: int, end: int) -> None:
        body = [bare(line) for line in self.lines[first:end]]
        for i in range(first, end):
            self.kinds[i] = PASSED_ON
        start = 1 if _framed_words(body[0], quote_marks.FORWARD) else 0
        self.forwards.append(read_forward(body[start:]))

    # --- second thoughts ----------------------------------------------------------------------

    def rescue(self) -> None:
        """The customer's words inside the quote: answers to our questions, or everything when nothing else is left."""
        quoted = [i for i, kind in enumerate(self.kinds) if kind == QUOTED]
        found = find_answers(self.lines, self.kinds, OWN, QUOTED, self.known)
        self.answers = list(found.answers)
        own_above = sum(len(line) for line, kind in zip(self.lines, self.kinds, strict=True) if kind == OWN)
        if own_above < 400 or self.known:
            for i, words in found.inside.items():
                self.kinds[i] = OWN
                self.replaced[i] = words
        if self.forwards or any(k == OWN and s.strip() for k, s in zip(self.kinds, self.lines, strict=True)):
            return
        if self.block[1] and self._own_below_the_sign_off():
            return
        if quoted and all(QUOTE_MARK.match(self.lines[i]) or not self.lines[i].strip() for i in quoted):
            inner = [bare(self.lines[i]) for i in quoted]
            if not looks_answered(inner):
                for i, line in zip(quoted, inner, strict=True):
                    self.kinds[i] = OWN
                    self.replaced[i] = line

    def _own_below_the_sign_off(self) -> bool:
        """Nothing stands above an unmarked letter: look below the last line that is only its sender's name."""
        start, end = self.block
        sender = read_forward([bare(line) for line in self.lines[start:end]]).sender
        names = {_plain(part) for part in re.split(r"[<>\[\]()\"]|mailto:", sender)} - {""}
        signs = [i for i in range(end, len(self.lines)) if _plain(self.lines[i]) in names]
        tail = range(signs[-1] + 1, len(self.lines)) if signs else range(0)
        words = [i for i in tail if self.lines[i].strip()]
        text = "\n".join(self.lines[i] for i in words)
        if (
            not words
            or AUTO_SENTENCE.search(text)
            or any(QUOTE_MARK.match(self.lines[i]) or find_block(self.lines, i) for i in words)
        ):
            return False
        for i in tail:
            self.kinds[i] = OWN
        return True

    def mark_footers(self) -> None:
        """Signatures, mobile signatures, banners and legal notices among the own lines."""
        for i in footers.find_footers(self.lines, [kind == OWN for kind in self.kinds]):
            self.kinds[i] = SIGNED
        ours = [i for i, line in enumerate(self.lines) if self.kinds[i] == OWN and _plain(line) in self.known]
        long = [i for i in ours if len(self.lines[i]) >= _OUR_LINE]
        for i in ours if long else ():
            # A short line is ours only where it stands among our long ones.
            if long[0] - _NEAR <= i <= long[-1] + _NEAR:
                self.kinds[i] = QUOTED

    def result(self) -> Split:
        return Split(
            own=self._text(OWN),
            quoted="\n".join([self._text(QUOTED), *self.rest]).strip(),
            signature=self._text(SIGNED),
            forwards=tuple(f for f in self.forwards if f.text or f.subject),
            answers=tuple(replace(a, answer=a.answer.strip()) for a in self.answers),
        )

    def _text(self, kind: str) -> str:
        out: list[str] = []
        previous = -1
        for i, line in enumerate(self.lines):
            if self.kinds[i] == kind:
                if previous >= 0 and i > previous + 1 and out and out[-1].strip():
                    out.append("")
                out.append(self.replaced.get(i, line).rstrip())
                previous = i
        return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()


def _framed_words(line: str, words: re.Pattern[str]) -> bool:
    if len(line) > _MAX_MARK_LINE:
        return False
    framed = _FRAMED.fullmatch(line)
    core = framed.group(2) if framed else line.strip().strip("*").rstrip(":： ")
    return words.fullmatch(core.strip(" *:：")) is not None


def _plain(line: str) -> str:
    return re.sub(r"[\W_]+", " ", bare(line)).strip().lower()
