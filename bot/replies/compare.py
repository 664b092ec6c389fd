"""Two folders of letters, sentence by sentence: what a customer would read otherwise, and where.

Lines of a file may move, wrap or be tidied without a word changing; a letter differs when one of its sentences does.
Conditions and blocks are compared too, each as one piece, for they decide what is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.replies.letters import Letters

ALIKE = 0.5  # a sentence that kept so much of its words was changed, not replaced
# Parts of a source: a comment, a statement, or words with what stands in {{ }}.
_PARTS = re.compile(r"(\{#.*?#\}|\{%.*?%\})", re.DOTALL)
_ENDS = re.compile(r"(?<=[.?!:\u3002\uff1f\uff01\uff1a])\s*(?=\s|$|[^\x00-\u2fff])(?![^{]*\}\})")


@dataclass(frozen=True)
class Change:
    """One sentence, phrase, condition or file that differs."""

    letter: str
    """de/received, or de/phrases.toml"""
    place: str
    """file and line in the new folder, in the old one for what is gone"""
    before: str
    after: str

    @property
    def what(self) -> str:
        """changed, added or removed"""
        return "changed" if self.before and self.after else "added" if self.after else "removed"


def compare(old: Letters, new: Letters) -> list[Change]:
    """All differences, by letter and place."""
    found: list[Change] = []
    for code in sorted({*old.languages, *new.languages}):
        if code not in new.languages:
            found.append(Change(code, code, "the whole language", ""))
            continue
        if code not in old.languages:
            found.append(Change(code, code, "", "the whole language"))
            continue
        names = {path.parent.name for folder in (old, new) for path in (folder.directory / code).glob("*/*.txt")}
        for letter in sorted(names):
            for file in ("subject.txt", "body.txt"):
                found += _files(old.directory, new.directory, f"{code}/{letter}", file)
        found += _phrases(old, new, code)
    return found


def _files(old: Path, new: Path, letter: str, file: str) -> Iterator[Change]:
    name = f"{letter}/{file}"
    one, two = _read(old / name), _read(new / name)
    if one == two:
        return
    if one is None or two is None:
        whole = "the whole file"
        yield Change(letter, name, whole if one is not None else "", whole if two is not None else "")
        return
    yield from _sentences_changed(letter, name, list(sentences(one)), list(sentences(two)))


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return None


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """The sentences and statements of a source, each with its line; comments are no part of a letter."""
    line = 1
    for part in _PARTS.split(source):
        if part.startswith("{%"):
            yield line, " ".join(part.split())
        elif not part.startswith("{#"):
            for offset, row in enumerate(part.split("\n")):
                for sentence in _ENDS.split(row):
                    if sentence.strip():
                        yield line + offset, " ".join(sentence.split())
        line += part.count("\n")


def _sentences_changed(
    letter: str, name: str, one: Sequence[tuple[int, str]], two: Sequence[tuple[int, str]]
) -> Iterator[Change]:
    matcher = SequenceMatcher(None, [text for _, text in one], [text for _, text in two], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone, come = list(one[a:b]), list(two[c:d])
        while gone or come:
            if gone and come and _alike(gone[0][1], come[0][1]):
                before, after = gone.pop(0), come.pop(0)
                yield Change(letter, f"{name}:{after[0]}", before[1], after[1])
            elif gone and not any(_alike(gone[0][1], text) for _, text in come):
                line, text = gone.pop(0)
                yield Change(letter, f"{name}:{line}", text, "")
            else:
                line, text = come.pop(0)
                yield Change(letter, f"{name}:{line}", "", text)


def _alike(one: str, two: str) -> bool:
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= ALIKE


def _phrases(old: Letters, new: Letters, code: str) -> Iterator[Change]:
    one, two = old.speech(code), new.speech(code)
    name = two.file
    for id_ in [*two.phrases, *(id_ for id_ in one.phrases if id_ not in two.phrases)]:
        before, after = one.phrases.get(id_, ""), two.phrases.get(id_, "")
        if before != after:
            place = two.place(id_) if id_ in two.phrases else one.place(id_)
            yield Change(name, f"{place}: {id_}", before, after)
    for section in ("check", "promises"):
        lists, others = getattr(one, section), getattr(two, section)
        for key in sorted({*lists, *others}):
            gone = [word for word in lists.get(key, ()) if word not in others.get(key, ())]
            come = [word for word in others.get(key, ()) if word not in lists.get(key, ())]
            for word in gone:
                yield Change(name, f"{two.place_of_list(section, key)}: [{section}] {key}", word, "")
            for word in come:
                yield Change(name, f"{two.place_of_list(section, key, word)}: [{section}] {key}", "", word)
