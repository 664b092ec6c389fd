"""How a word list of ``phrases.toml`` is read: as one pattern, for scripts with and without blanks."""

from __future__ import annotations

import re
from functools import cache

# Characters of scripts that are written without blanks and two columns wide.
WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]")


@cache
def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, in case-folded text. A word stands alone; with * at its end it may go on.

    Wide characters know no word ends.
    """
    apart: list[str] = []
    joined: list[str] = []
    for word in words:
        stem = word.rstrip("*").casefold()
        end = "" if word.endswith("*") or WIDE.match(stem[-1:]) else r"(?!\w)"
        (joined if WIDE.match(stem) else apart).append(re.escape(stem) + end)
    # One look behind for all of them: in the middle of a word none is tried.
    parts = [*([rf"(?<!\w)(?:{'|'.join(apart)})"] if apart else []), *joined]
    return re.compile("|".join(parts) or r"(?!)")
