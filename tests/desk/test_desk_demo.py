"""The demo's desk as a program, and the pictures that are made of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk_program import Program
from desk_visitor import Visitor
from pictures import PICTURES, SHOTS
from PIL import Image

from bot.store.engine import Store
from bot.store.states import Role

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LARGEST = 200_000
MOST_OF_ONE = 0.97  # of a picture may have one colour: a page with little on it, not an empty one
LEAST_COLOURS = 40


@dataclass(frozen=True)
class Shown:
    """The running demo."""

    program: subprocess.Popen[str]
    said: str
    """up to its address"""
    folder: Path

    def signed_in(self, name: str) -> Visitor:
        """With the password that was printed."""
        password = re.search(rf"^  {name} +(\S+)", self.said, re.MULTILINE)
        visitor = Visitor(self.url)
        assert password
        assert visitor.sign_in(name, password[1]).status == 303
        return visitor

    @property
    def url(self) -> str:
        url = re.search(r"http://127\.0\.0\.1:\d+", self.said)
        assert url
        return url[0]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("demo") / "desk"
    program = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--desk", "--folder", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
    )  # fmt: skip
    said = ""
    assert program.stdout
    for line in program.stdout:
        said += line
        if "The desk is open" in line:
            break
    else:
        pytest.fail(said)
    yield Shown(program, said, folder)
    program.kill()
    program.wait(10)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_desk_of_the_demo_has_something_of_everything(demo: Shown) -> None:
    """Hazards, late cases, held letters, a mail that cannot be read, languages, and a photo."""
    ana = demo.signed_in("ana")
    queue = ana.get("/queue")
    for customer in ("Dylan Price", "王芳", "Tomasz Zieliński", "Ingrid Solberg"):
        assert customer in queue.words
    assert re.search(r"Hazard 2 .*Late [1-9].*Held letters 2 Unreadable 1 ", queue.words)
    found = re.search(r"/case/([A-Z0-9]{6})", ana.get("/search?q=KS17744").text)
    assert found
    case = ana.get(f"/case/{found[1]}")
    assert "does one year apply, or two?" in case.words
    assert "IMG_2041.jpg Sharp enough" in case.words
    assert "Nothing is unaccounted for" in demo.signed_in("omar").get("/numbers").words


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_letter_that_is_approved_at_the_desk_of_the_demo_goes_out(demo: Shown) -> None:
    with Store(demo.folder / "data", prepare=False) as store:
        secret = store.tokens.add("order-system", Role.AGENT, None, "omar", datetime.now(UTC))
        [row] = store.cases.list(limit=1, address="wang.fang@example.com")
        number = str(row["case_number"])
        version = store.cases.snapshot(store.cases.id_of(number)).version
        said = {"values": {"service": "free_replacement", "address": "eu"}}
        done = Program(demo.url, secret).act(number, "approve", said, If_Match=f'"{version}"')
        assert done.status == 200, done.body
        until = time.monotonic() + 90
        while "approved_replacement accepted" not in letters(store, number):
            assert time.monotonic() < until, letters(store, number)
            time.sleep(0.5)


def letters(store: Store, number: str) -> list[str]:
    rows = store.cases.show(number)["letters"]
    assert isinstance(rows, list)
    return [f"{row['reply']} {row['state']}" for row in rows]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ctrl_c_ends_the_desk_of_the_demo_kindly(demo: Shown) -> None:
    demo.program.send_signal(signal.SIGINT)
    said, _ = demo.program.communicate(timeout=60)
    assert demo.program.returncode == 0, said
    assert "Traceback" not in said


# --- pictures -----------------------------------------------------------------------------------------


def shown() -> set[str]:
    """The pictures that the documents show."""
    found = (re.findall(r"\]\((?:docs/)?pictures/([\w-]+)\.png\)", d.read_text(encoding="utf-8")) for d in DOCUMENTS)
    return {name for names in found for name in names}


def test_every_picture_of_the_documents_is_made_by_the_command_and_every_one_made_is_shown() -> None:
    assert shown() == {shot.name for shot in SHOTS} == {file.stem for file in PICTURES.iterdir()}
    assert "docs/pictures/queue.png" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [shot.name for shot in SHOTS])
def test_a_picture_is_small_and_not_empty(name: str) -> None:
    look_at(PICTURES / f"{name}.png")


def look_at(file: Path) -> None:
    image = Image.open(file).convert("RGB")
    colours = image.getcolors(image.width * image.height) or []
    assert len(colours) >= LEAST_COLOURS
    assert max(colours)[0] < MOST_OF_ONE * image.width * image.height
    assert file.stat().st_size < LARGEST
    assert image.width <= 1280


@pytest.mark.slow
@pytest.mark.needs_chromium
@pytest.mark.timeout(900)
def test_the_command_makes_every_picture(tmp_path: Path) -> None:
    if os.environ.get("AFTER_SALES_TESTS") != "all":
        pytest.skip("takes two minutes; AFTER_SALES_TESTS=all runs it")
    # A program of its own: the browser of the other tests runs in this one.
    run = subprocess.run(
        [sys.executable, ROOT / "tests" / "pictures.py", "--into", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert run.returncode == 0, run.stderr
    made = {Path(line.split("  ")[0]) for line in run.stdout.splitlines()}
    assert {file.stem for file in made} == {shot.name for shot in SHOTS}
    for file in made:
        look_at(file)
        assert Image.open(file).size == Image.open(PICTURES / file.name).size
