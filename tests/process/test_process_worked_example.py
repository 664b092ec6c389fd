"""The worked example of docs/staff-guide.md is lived here, and what the guide shows is what came out.

A block of the guide begins with its number; the lines in it that begin with "$ " are typed here, in order, on a desk
whose clock stands in March 2025. What happens between the blocks is ``BEFORE``. ``make docs`` writes the outputs anew.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from counter import Counter, open_counter, photo
from sink import Sink

from bot.cli import main
from bot.cli.act import command_of, show
from bot.worker.acting import perform, rehearse
from bot.worker.logs import set_up_logs
from bot.worker.rounds import one_round
from bot.worker.wiring import Wiring

GUIDE = Path(__file__).parents[2] / "docs" / "staff-guide.md"
BLOCK = re.compile(r"(<!-- session (\d+) -->\n```\n)(.*?)(```\n<!-- end -->)", re.DOTALL)
SHOWN = "K7F3Q9"
MAIL = """Hello,

my TANK T3 Ultra does not turn on any more since Sunday. I charged it for a night and pressed the button for 20
seconds, no luck. Order KS20418 from your official store, delivered on 3 October 2024. A photo is attached.

Anna Example
"""
PARCEL = "I sent the parcel with DHL today, tracking number 00340434161094042557."

# Before a block: what happens on the desk meanwhile.
BEFORE: dict[str, Callable[[Counter, str], object]] = {
    "1": lambda c, _: c.mail(MAIL, photo=photo()),
    "2": lambda c, n: c.wait(hours=3),
    "3": lambda c, n: (c.wait(days=5), c.answer(n, PARCEL)),
    "4": lambda c, n: c.wait(days=4),
    "5": lambda c, n: c.wait(days=21),
}


@pytest.fixture
def counter(tmp_path: Path, sink: Sink, shared: Wiring, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    monkeypatch.setenv("COLUMNS", "100")
    set_up_logs("error", "text")
    folder = f'[templates]\nfolder = "{shared.letters.directory}"\n'
    with open_counter(tmp_path, sink, shared, folder) as made:
        yield made


def number_of(counter: Counter) -> str:
    return str(counter.w.store.db.rows("SELECT number FROM cases ORDER BY id LIMIT 1")[0]["number"])


def typed(counter: Counter, line: str, config: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What a line prints. A look is the real command; an action takes its command's values, at the desk's own time."""
    command, _, cut = line.partition(" | ")
    words = shlex.split(command.replace(SHOWN, number_of(counter)))[1:]
    capsys.readouterr()
    if len(words) < 3 or words[2].startswith("-"):
        with pytest.raises(SystemExit) as ended:
            main([*words, "-c", str(config)])
        assert ended.value.code == 0, line
    else:
        action = command_of(words[2])
        assert action is not None
        given = action.make_context(words[2], words[3:]).params
        values = {n: list(v) if isinstance(v, tuple) else v for n, v in given.items() if v}
        dry_run = bool(values.pop("dry_run", False))
        for name in ("actor", "version", "config", "letter"):
            values.pop(name, None)
        if dry_run:
            show(rehearse(counter.w, words[1], words[2], values, "maria"), dry_run=True)
        else:
            show(perform(counter.w, words[1], words[2], values, "maria"), dry_run=False)
            one_round(counter.w)
    lines = capsys.readouterr().out.replace(number_of(counter), SHOWN).strip("\n").splitlines()
    name, _, count = cut.partition(" -")
    lines = lines[: int(count)] if name == "head" else lines[-int(count) :] if name == "tail" else lines
    return "".join(f"{line.rstrip()}\n" for line in lines)


def test_the_worked_example_of_the_staff_guide_is_real(
    counter: Counter, tmp_path: Path, accept: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert [block[2] for block in BLOCK.finditer(guide)] == list(BEFORE)

    def lived(block: re.Match[str]) -> str:
        BEFORE[block[2]](counter, number_of(counter) if block[2] != "1" else "")
        lines = [line[2:] for line in block[3].splitlines() if line.startswith("$ ")]
        assert lines
        said = [f"$ {line}\n{typed(counter, line, tmp_path / 'config.toml', capsys)}" for line in lines]
        return block[1] + "\n".join(said) + block[4]

    accept(GUIDE, BLOCK.sub(lived, guide))
    assert counter.case(number_of(counter))["state"] == "completed"
