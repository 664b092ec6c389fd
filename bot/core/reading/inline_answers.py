"""Answers the customer wrote between our questions.

Rules of this file: with ``>`` marks an answer is an unmarked line under a marked one. In a quote without marks (or
typed inside the marks) it is a line below a numbered question, or the words after the question's own end; only a
numbered list of at least two questions is trusted, and a wrapped question is not an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.reading.header_blocks import bare

_ITEM = re.compile(r"\s{0,12}[-*•]?\s{0,4}\(?(\d{1,2})[.)、．]\s*(\S.*)$")
_WRAP = 62
# what ends a question before an answer typed on the same line
_ARROW = re.compile(r"(?:->|=>|→|⇒|>>|：：|::)")
# ... or the end of the question: its mark, or a bracket of examples (a bracket inside a sentence is none)
_QUESTION_END = re.compile(r"[?？]|[(（][^()（）]{0,300}[)）]")
_EXAMPLES = re.compile(r"\d|\.\.\.|…|^[?？]")
_ANSWER_WORD = re.compile(
    r"\s*\*{0,2}(?:my answer|answer|a|re|antwort|meine antwort|réponse|respuesta|risposta|resposta|antwoord|"
    r"odpowiedź|odpověď|svar|ответ|cevap|回答|答)\s*[:：]\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Own words with the quoted question they stand under."""

    question: str
    answer: str


@dataclass(kw_only=True, slots=True)
class Found:
    """``inside``: line -> own words found within the quote; ``answers``: all question and answer pairs, in order."""

    inside: dict[int, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)


def find_answers(lines: Sequence[str], kinds: Sequence[str], own: str, quoted: str, known: frozenset[str]) -> Found:
    """``kinds`` names each line's part; ``known`` are the plain lines of letters we sent (may be empty)."""
    found = Found()
    _answers_between_marks(lines, kinds, own, quoted, found)
    items = _numbered(lines, kinds, quoted)
    for place, (i, end) in enumerate(items):
        question, tail = _split_tail(bare(lines[i]), known)
        words: dict[int, str] = {i: tail} if tail else {}
        last = place + 1 == len(items)
        words.update(_below(lines, kinds, i, end, quoted, last))
        if words:
            found.inside.update({k: v for k, v in words.items() if kinds[k] == quoted})
            if any(kinds[k] == quoted for k in words):
                found.answers.append(Answer(question=question, answer="\n".join(words[k] for k in sorted(words))))
    return found


def is_item(line: str) -> bool:
    """Whether a line opens a numbered point."""
    return _ITEM.match(line) is not None


def _answers_between_marks(lines: Sequence[str], kinds: Sequence[str], own: str, quoted: str, found: Found) -> None:
    question = ""
    answer: list[str] = []
    for line, kind in [*zip(lines, kinds, strict=True), ("", quoted)]:
        if kind == own and question:
            answer.append(line)
        elif kind == quoted:
            if any(part.strip() for part in answer):
                found.answers.append(Answer(question=question, answer="\n".join(answer).strip()))
            if answer:
                question, answer = "", []
            words = bare(line).strip()
            if words:
                fresh = _ITEM.match(words) or not question or words.endswith(("?", "？", ":", "："))
                question = words if fresh else f"{question} {words}"[-400:]


def _numbered(lines: Sequence[str], kinds: Sequence[str], quoted: str) -> list[tuple[int, int]]:
    """(line, line of the next item) of a list 1, 2, 3 ... inside the quote; empty unless two or more."""
    starts: list[int] = []
    want = 1
    for i, line in enumerate(lines):
        if kinds[i] != quoted:
            continue
        item = _ITEM.match(bare(line))
        if item and int(item.group(1)) == want:
            starts.append(i)
            want += 1
        elif item and int(item.group(1)) == 1 and len(starts) < 2:
            starts, want = [i], 2
    if len(starts) < 2:
        return []
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


def _below(lines: Sequence[str], kinds: Sequence[str], start: int, end: int, quoted: str, last: bool) -> dict[int, str]:
    """Quoted lines between two questions that are not the first one's continuation."""
    words: dict[int, str] = {}
    question = bare(lines[start])
    wrapping = True
    for i in range(start + 1, end):
        line = bare(lines[i])
        if not line.strip():
            if last:
                break  # our closing words follow the last question
            wrapping = False
            continue
        if kinds[i] != quoted:
            wrapping = False
            continue
        if wrapping and _is_wrapped(question, line):
            question = f"{question} {line}"
            continue
        wrapping = False
        words[i] = _ANSWER_WORD.sub("", line.strip())
    return words


def _is_wrapped(question: str, line: str) -> bool:
    open_brackets = question.count("(") + question.count("（") - question.count(")") - question.count("）")
    if open_brackets > 0:
        return True
    above = question.rstrip()
    last = len(above) % 78 if len(above) > 78 else len(above)
    return (last >= _WRAP and not above.endswith(("?", "？", ")", "）", ".", "。"))) or line[:1] in ",;)"


def _split_tail(line: str, known: frozenset[str]) -> tuple[str, str]:
    """The question and what was typed behind it on the same line."""
    arrow = _ARROW.search(line)
    if arrow and arrow.end() < len(line):
        return line[: arrow.start()], line[arrow.end() :].strip()
    plain = re.sub(r"[\W_]+", " ", line).strip().lower()
    if known:
        heads = [text for text in known if plain.startswith(text) and len(text) > 8]
        if heads and plain not in known:
            return line, _after(line, max(heads, key=len))
        return line, ""
    if line.count("(") == line.count(")") and line.count("（") == line.count("）"):
        ends = [found.end() for found in _QUESTION_END.finditer(line) if _EXAMPLES.search(found.group())]
        tail = line[ends[-1] :].lstrip(" :：-–—=").rstrip() if ends else ""
        if tail and tail[0] not in ".,;!":
            return line[: ends[-1]], tail
    return line, ""


def _after(line: str, head: str) -> str:
    """The rest of ``line`` after the words of ``head``, whatever the punctuation between them."""
    wanted = head.replace(" ", "")
    seen = 0
    for i, letter in enumerate(line):
        if letter.isalnum():
            seen += len(letter.lower())
            if seen >= len(wanted):
                return line[i + 1 :].lstrip(" :：-–—=.,;)?？").rstrip()
    return ""
