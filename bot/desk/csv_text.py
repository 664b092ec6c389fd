"""Records as CSV that no spreadsheet takes for a formula.

A cell that a program for tables would calculate (it begins with = + - @, also in their wide forms) gets a ' before it.
So does one whose formula would begin behind a ; or a line end: a program set to another separator cuts there.
Numbers of ours are left as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

BOM = "\ufeff"
_FORMULA = re.compile(r"(^|[;\t\r\n|])([\s\u200b\ufeff\u00a0]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_LEADS_ON = ("\t", "\n")


def safe(value: Any) -> str:
    """A value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    text = _FORMULA.sub(r"\1\2'", text)
    return f"'{text}" if text.startswith(_LEADS_ON) else text


def lines(columns: Sequence[str], records: Iterable[dict[str, Any]], *, bom: bool) -> Iterator[str]:
    """The file, line by line, the names of the columns first. ``bom``: a mark by which old programs know UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def written(cells: Iterable[str]) -> str:
        writer.writerow(cells)
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    yield (BOM if bom else "") + written(columns)
    for record in records:
        yield written(safe(record[name]) for name in columns)
