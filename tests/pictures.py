"""The pictures of the desk in README.md and docs/: ``make pictures`` makes them anew.

The demo's desk is played up to a fixed moment and served; Chromium signs in and goes through SHOTS in their order, one
row a picture. Only the numbers of cases differ from run to run. Each picture is made small by giving it few colours.
Without a font for Chinese and Japanese (Debian: fonts-noto-cjk) some names are boxes.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from chromium import NO_TRAFFIC, find_chromium
from PIL import Image

from bot.cli.init import lay_out
from bot.demo.office import free_port, hire
from bot.demo.stage import Stage, open_stage
from bot.demo.tour import tour
from bot.demo.weeks import BEGAN, six_weeks
from bot.desk.serve import address_of, listen, open_state, server
from bot.worker.logs import set_up_logs

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
NOW = datetime(2025, 12, 3, 10, 5, tzinfo=UTC)  # a Wednesday
WIDEST = 1280
COMMON = 96  # of 256 colours
DESK, PHONE = (1600, 1000), (390, 844)
EARLIER = timedelta(minutes=4)
HAS_OPEN = "meike.brandt@example.com"


@dataclass(frozen=True)
class Shot:
    """One picture: who looks, where, and what is done before."""

    name: str
    path: str
    """``{daniel}`` is the number of the case of daniel.krause@example.com"""
    who: str = "ana"
    size: tuple[int, int] = DESK
    dark: bool = False
    before: Callable[[Any], None] = field(default=lambda tab: None)


def _photo(tab: Any) -> None:
    tab.locator(".photo-open").first.click()
    tab.locator(".photo-view:popover-open img").wait_for()
    tab.wait_for_function("[...document.images].filter(i => i.checkVisibility()).every(i => i.complete)")


def _send(tab: Any) -> None:
    tab.get_by_role("button", name="Send and open next").first.click()
    tab.wait_for_url("**sent=**")


SHOTS = (
    Shot("queue", "/queue"),
    Shot("queue-phone", "/queue", size=PHONE),
    Shot("case", "/case/{daniel}"),
    Shot("case-dark", "/case/{daniel}", dark=True),
    Shot("case-photo", "/case/{sofia}", before=_photo),
    Shot("case-phone", "/case/{daniel}", size=PHONE),
    Shot("hazard", "/case/{dylan}"),
    Shot("case-held", "/case/{dylan}", who="lena"),
    Shot("held", "/held", who="lena"),
    Shot("unreadable", "/unreadable", who="lena"),
    Shot("numbers", "/numbers", who="lena"),
    Shot("sent", "/case/{wang}", before=_send),
)
CUSTOMERS = {"daniel": "daniel.krause", "sofia": "sofia.lindqvist", "dylan": "dylan.price", "wang": "wang.fang"}


def make_pictures(folder: Path, only: tuple[str, ...] = ()) -> list[Path]:
    """Write them into ``folder``; the files. Raises RuntimeError when Chromium is not there."""
    from playwright.sync_api import sync_playwright

    program = find_chromium()
    if program is None:
        raise RuntimeError("Chromium is not installed (Debian: apt install chromium)")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with served() as (url, numbers, passwords), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=NO_TRAFFIC)
        keys = {name: _signed_in(browser, url, name, word) for name, word in passwords.items()}
        for shot in SHOTS:
            if only and shot.name not in only:
                continue
            wide, high = shot.size
            tab = browser.new_context(
                storage_state=keys[shot.who], viewport={"width": wide, "height": high}, reduced_motion="reduce",
                color_scheme="dark" if shot.dark else "light", device_scale_factor=2 if shot.size == PHONE else 1,
            ).new_page()  # fmt: skip
            tab.clock.set_fixed_time(NOW)
            tab.goto(url + shot.path.format_map(numbers))
            tab.wait_for_load_state("networkidle")
            shot.before(tab)
            made.append(_write(tab.screenshot(), folder / f"{shot.name}.png"))
            tab.context.close()
        browser.close()
    return made


@contextmanager
def served() -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """The demo's desk at the fixed moment: its address, the numbers of some cases, and name -> password."""
    set_up_logs("error", "text")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "desk"
        with open_stage(place, lay_out, wall=lambda: NOW, port=free_port()) as stage:
            passwords = hire(stage, NOW - BEGAN)
            for _ in six_weeks(stage):
                pass
            tour(stage, lambda line: None)
            _look_at_some(stage)
            config = stage.wiring.config
            numbers = {short: _number(stage, f"{name}@example.com") for short, name in CUSTOMERS.items()}
            with open_state(config, stage.clock) as state, listen(config.desk) as sock:
                running = server(state)
                thread = threading.Thread(target=running.run, args=([sock],), daemon=True)
                thread.start()
                while not running.started:
                    time.sleep(0.05)
                try:
                    yield address_of(config.desk), numbers, passwords
                finally:
                    running.should_exit = True
                    thread.join(10)


def _look_at_some(stage: Stage) -> None:
    """A colleague had most of the older cases open before, and one still: what nobody has seen is marked as new."""
    store = stage.wiring.store
    for row in store.cases.queue():
        case_id = store.cases.id_of(str(row["case_number"]))
        if case_id % 3:
            store.holds.open(case_id, "lena", NOW - EARLIER)
            if row["case_number"] != _number(stage, HAS_OPEN):
                store.holds.leave(case_id, "lena")


def _number(stage: Stage, address: str) -> str:
    [row] = stage.wiring.store.cases.list(limit=1, address=address)
    return str(row["case_number"])


def _signed_in(browser: Any, url: str, name: str, password: str) -> Any:
    """Through the door; what the browser keeps."""
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{url}/login")
    tab.fill("#name", name)
    tab.fill("#password", password)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/queue**")
    kept = context.storage_state()
    context.close()
    return kept


def _write(png: bytes, file: Path) -> Path:
    image = Image.open(BytesIO(png)).convert("RGB")
    if image.width > WIDEST:
        image = image.resize((WIDEST, round(image.height * WIDEST / image.width)), Image.Resampling.LANCZOS)
    image.quantize(palette=_palette(image), dither=Image.Dither.NONE).save(file, optimize=True)
    return file


def _palette(image: Image.Image) -> Image.Image:
    """The commonest colours as they are, so that no ground changes, and a spread of all others, so that a red word on
    a page of grey ones stays red."""
    counted = sorted(image.getcolors(image.width * image.height), reverse=True)
    common = [part for _, colour in counted[:COMMON] for part in colour]
    spread = image.quantize(256 - COMMON, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette((common + spread)[: 256 * 3])
    return palette


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Make the pictures of the desk anew, all or those that are named.")
    asked.add_argument("--into", type=Path, default=PICTURES, metavar="FOLDER")
    asked.add_argument("names", nargs="*", metavar="PICTURE")
    said = asked.parse_args()
    for picture in make_pictures(said.into, tuple(said.names)):
        print(f"{picture}  {picture.stat().st_size // 1000} kB")
