"""What matters of a letter of ours, for lists that people read. Nothing is written or decided here.

Greeting, close, the automatic line and the case number stand at the same place in every letter of every language, so
no words are needed to leave them out.
"""

from __future__ import annotations

import re

TEAM = "KOSPET"  # the close of every letter names it; below stand only the automatic line and the case number
_LIST = re.compile(r"- |\d+\. ")
_DATED = re.compile(r"(?<!\d)20\d\d(?!\d)")


def essence(text: str, *, automatic: bool) -> tuple[str, ...]:
    """How the letter begins, each line that names a day, and of a person's decision its next words.

    ``automatic``: no person wrote or approved it.
    """
    parts = text.strip().split("\n\n")
    close = [n for n, part in enumerate(parts[1:], 1) if TEAM in part][-1:]
    parts = parts[1 : close[0] if close else -1]
    if not parts:
        return ()
    lists = [bool(_LIST.match(part)) for part in [*parts, ""]]
    plain = [n for n, part in enumerate(parts) if "\n" not in part and not (lists[n] or lists[n + 1])]
    kept = {0, *([] if automatic else [n for n in plain if n][:1])}
    if not any(_DATED.search(part) for part in parts):
        kept |= set(plain[-1:])
    lines: dict[str, None] = {}
    for number, part in enumerate(parts):
        whole = [part.replace("\n", " ")]
        lines |= dict.fromkeys(whole if number in kept else filter(_DATED.search, part.splitlines()))
    return tuple(_LIST.sub("", line, count=1) if _LIST.match(line) else line for line in lines)
