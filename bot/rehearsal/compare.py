"""Two sides of a mail: what differs between them, and which differences are the same one.

Pure. Differences of dates, numbers and names that belong to the customer are no differences of the letter: a changed
sentence is the same change in every letter that holds it, whatever day it names there.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from difflib import SequenceMatcher
from functools import cache

from babel import Locale, UnknownLocaleError

from bot.core.model import Decision, Draft
from bot.core.summary import summarise
from bot.rehearsal.model import Change, Side

# What is compared of a decision, the most telling first.
DECIDED = (
    "service",
    "state",
    "next_actor",
    "kind",
    "missing",
    "flags",
    "doubt",
    "answer_by",
    "reply_by",
    "language",
    "model",
    "platform",
    "order_number",
    "tracking_number",
    "purchase_date",
    "delivery_date",
)
# Weight of a change: a group weighs as much as its heaviest change.
WEIGHT = ("failure", "service", "state", "next_actor", "reply", "missing", "flags", "kind", "doubt", "rule", "letter")
RULE = "rule:"

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}])\w)+|\s+|.", re.DOTALL)
SAME, GONE, NEW = "same", "gone", "new"
Piece = tuple[str, str]


def side_of(decision: Decision, draft: Draft | None, failure: str = "") -> Side:
    """A decision and its letter as what is compared."""
    summary = summarise(decision)
    values = {
        **summary,
        "state": decision.state,
        "next_actor": decision.next_actor,
        "doubt": decision.doubt.id if decision.doubt else "",
        "answer_by": decision.answer_by,
        "reply_by": decision.reply_by,
    }
    return Side(
        facts={name: _plain(values[name]) for name in DECIDED},
        rules={check.rule: str(check.outcome) for check in decision.verdict.checks},
        reply=decision.reply.name if decision.reply else "",
        silence=decision.silence,
        language=draft.language if draft else "",
        subject=draft.subject if draft else "",
        text=draft.text if draft else "",
        failure=failure,
        told=tuple(sorted(set(_told(decision.reply.facts if decision.reply else {})), key=len, reverse=True)),
    )


def changes(before: Side, after: Side) -> tuple[Change, ...]:
    """What differs; empty when nothing does. Two wordings are one change, told without the words."""
    found = []
    if after.failure and after.failure != before.failure:
        found.append(Change("failure", before.failure, after.failure))
    found += [Change(n, before.facts[n], after.facts[n]) for n in DECIDED if before.facts[n] != after.facts[n]]
    if before.reply != after.reply:
        found.append(Change("reply", before.reply, after.reply))
    rules = dict.fromkeys((*before.rules, *after.rules))
    pairs = [(rule, before.rules.get(rule, ""), after.rules.get(rule, "")) for rule in rules]
    found += [Change(RULE + rule, was, is_) for rule, was, is_ in pairs if was != is_]
    if (before.subject, before.text) != (after.subject, after.text) and before.reply == after.reply:
        found.append(Change("letter", before.language, after.language))
    return tuple(found)


def weight(found: tuple[Change, ...]) -> int:
    """The lower, the more telling."""
    names = {"rule" if change.what.startswith(RULE) else change.what for change in found}
    return min((place for place, name in enumerate(WEIGHT) if name in names), default=len(WEIGHT))


def same_change(before: Side, after: Side, found: tuple[Change, ...]) -> Hashable:
    """Equal for two mails that change in the same way. Days and numbers of the customer are left out."""
    told = tuple((c.what, _masked_value(c.what, c.before), _masked_value(c.what, c.after)) for c in found)
    if (before.subject, before.text) == (after.subject, after.text):
        return (told,)
    if before.reply != after.reply:
        return (told, before.reply, after.reply, before.language, after.language)
    was, is_ = _masked(before), _masked(after)
    pieces = tuple(piece for piece in differences(was, is_) if piece[0] != SAME and piece[1].strip())
    return (told, before.reply, after.reply, before.language, after.language, pieces)


def differences(before: str, after: str) -> Iterator[Piece]:
    """Both texts in one row of pieces: what stayed, what is gone, what is new. Whole words, with the blanks between."""
    gone = new = blank = ""
    for kind, text in _pieces(before, after):
        if kind == SAME and (gone or new) and text.isspace() and "\n" not in text:
            blank += text
            continue
        if kind != SAME and gone and new:
            gone, new, blank = gone + blank, new + blank, ""
        if kind == SAME or blank:
            yield from _told_apart(gone, new, blank)
            gone = new = blank = ""
        if kind == SAME:
            yield SAME, text
        elif kind == GONE:
            gone += text
        else:
            new += text
    yield from _told_apart(gone, new, blank)


def _told_apart(gone: str, new: str, blank: str) -> Iterator[Piece]:
    yield from ((kind, text) for kind, text in ((GONE, gone), (NEW, new), (SAME, blank)) if text)


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old_lines, new_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for tag, a, b, c, d in SequenceMatcher(None, old_lines, new_lines, autojunk=False).get_opcodes():
        if tag == "equal":
            yield SAME, "".join(old_lines[a:b])
            continue
        old_words, new_words = _WORD.findall("".join(old_lines[a:b])), _WORD.findall("".join(new_lines[c:d]))
        for inner, e, f, g, h in SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes():
            if inner == "equal":
                yield SAME, "".join(old_words[e:f])
                continue
            if f > e:
                yield GONE, "".join(old_words[e:f])
            if h > g:
                yield NEW, "".join(new_words[g:h])


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _told(value: object) -> Iterator[str]:
    """The texts within a reply's facts that are long enough to be somebody's."""
    if isinstance(value, str):
        if len(value) > 2 and not value.islower():
            yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _told(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _told(one)


# Values that are the customer's own, not the product's words for something.
_OWN = ("answer_by", "reply_by", "order_number", "tracking_number", "purchase_date", "delivery_date")


def _masked_value(what: str, value: str) -> str:
    return "…" if what in _OWN and value else value


def _masked(side: Side) -> str:
    text = f"{side.subject}\n{side.text}"
    for value in side.told:
        text = text.replace(value, "…")
    if months := _months(side.language):
        text = months.sub("…", text)
    return re.sub(r"\d+", "0", text)


@cache
def _months(language: str) -> re.Pattern[str] | None:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
    names = {name for kind in locale.months.values() for name in kind["wide"].values()}
    words = sorted((name for name in names if not name.isdigit()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words))) if words else None
