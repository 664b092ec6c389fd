"""The product's answers to the labelled mails: written to a temporary folder, read as the worker reads them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from labelled import FIELDS, LabelledCase
from labelled_score import Tally, compare

from bot.explain import as_row, explain, open_setup
from bot.isolate import Reader

ROOT = Path(__file__).resolve().parent.parent
Rows = dict[str, dict[str, object]]


def read_all(cases: Iterable[LabelledCase], policy: Path = ROOT / "policy") -> Rows:
    """Case id -> the row of ``explain --json`` after the case's last mail. Nothing is sent or stored."""
    setup = open_setup(policy, ROOT / "templates")
    rows = {}
    with tempfile.TemporaryDirectory() as folder, Reader(policy) as reader:
        for case in cases:
            paths = []
            for place, raw in enumerate(case.mails()):
                paths.append(Path(folder) / f"{case.id}-{place}.eml")
                paths[-1].write_bytes(raw)
            rows[case.id] = as_row(explain(paths, setup, reader)[-1])
    return rows


def tallies_of(cases: Iterable[LabelledCase], rows: Rows) -> dict[str, Tally]:
    """One tally a field over all cases."""
    tallies = {name: Tally() for name in FIELDS}
    for case in cases:
        for name in FIELDS:
            tallies[name].add(compare(name, case.gold[name], rows[case.id]))
    return tallies
