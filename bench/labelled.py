"""How well the product reads our labelled mails: figures per field and language, and the cases it gets wrong.

    python bench/labelled.py --half a --errors 20 [--case de03] [--policy DIR] [--json rows.jsonl]

The mails are written to a temporary folder and read as the worker reads them; nothing is sent or stored.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from labelled import FIELDS, HALVES, LabelledCase, load_cases  # noqa: E402
from labelled_rows import Rows, read_all, tallies_of  # noqa: E402
from labelled_score import critical_outcomes, mean_f1, wrong_fields  # noqa: E402


def _number(value: float | None) -> str:
    return "    -" if value is None else f"{value:5.3f}"


def print_figures(cases: list[LabelledCase], rows: Rows) -> None:
    """Tables per field and per language, then the critical outcomes."""
    tallies = tallies_of(cases, rows)
    right = sum(not wrong_fields(case, rows[case.id]) for case in cases)
    print(f"{len(cases)} cases, {right} right in every field\n")
    print(f"{'field':16}    P     R    F1   right extra  lost")
    for name, t in tallies.items():
        shares = " ".join(_number(share) for share in (t.precision, t.recall, t.f1))
        print(f"{name:16} {shares} {t.right:6} {t.extra:5} {t.lost:5}")
    print(f"{'mean':28} {mean_f1(tallies):5.3f}\n")
    by_language: dict[str, list[LabelledCase]] = defaultdict(list)
    for case in cases:
        by_language[case.language].append(case)
    print("lang   n   mean " + " ".join(f"{name[:8]:>8}" for name in FIELDS))
    for language, some in sorted(by_language.items(), key=lambda item: -len(item[1])):
        found = tallies_of(some, rows)
        figures = " ".join(f"{_number(found[name].f1):>8}" for name in FIELDS)
        print(f"{language:4} {len(some):3}  {mean_f1(found):5.3f} {figures}")
    print("\ncritical outcomes")
    outcomes = [(case.id, words) for case in cases for words in critical_outcomes(case, rows[case.id])]
    print("\n".join(f"  {id_}  {words}" for id_, words in outcomes) or "  none")


def print_errors(cases: list[LabelledCase], rows: Rows, count: int) -> None:
    """The first ``count`` cases with a wrong field, in words."""
    for case in [case for case in cases if wrong_fields(case, rows[case.id])][:count]:
        print(f"\n{case.id} {case.title}\n  why: {case.why}")
        for name in wrong_fields(case, rows[case.id]):
            print(f"  {name}: found {rows[case.id].get(name)!r}, right is {case.raw['gold'].get(name)!r}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=(*HALVES, "all"), default="all")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="show the first N wrong cases")
    parser.add_argument("--case", action="append", default=[], metavar="ID", help="only these cases")
    parser.add_argument("--json", type=Path, help="also write the rows, one a line")
    parser.add_argument("--policy", type=Path, default=ROOT / "policy", help="folder of another policy")
    args = parser.parse_args()
    cases = [case for case in load_cases(args.half) if not args.case or case.id in args.case]
    rows = read_all(cases, args.policy)
    print_figures(cases, rows)
    print_errors(cases, rows, args.errors)
    if args.json:
        lines = [json.dumps({"case": id_, **row}, ensure_ascii=False) for id_, row in rows.items()]
        args.json.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
