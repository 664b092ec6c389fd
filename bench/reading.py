"""What reading a mail costs: milliseconds and peak memory per stage.

Each stage runs in a process of its own, so that its memory is its own. Usage:

    python bench/reading.py [--rounds 20] [--policy policy] [--json]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).parents[1]
ON = date(2025, 6, 2)
TEXT = """Hello,

I bought a TANK T3 Ultra on Amazon on 14 March 2025, order 302-1234567-7654321. Since Monday the screen stays black.
I charged it for two hours with another cable and restarted it, nothing helps. A photo is attached.

Kind regards
Ann Example
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the table."""

    stage: str
    median_ms: float
    worst_ms: float
    start_mib: float
    peak_mib: float


def scene(size: tuple[int, int]) -> Image.Image:
    """A photo of something: edges, gradients and the noise of a sensor."""
    chance = random.Random(1)
    image = Image.effect_noise((size[0] // 2, size[1] // 2), 20).resize(size, Image.Resampling.BICUBIC).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(120):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        r = chance.randrange(20, size[0] // 8)
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        draw.ellipse([x - r, y - r, x + r, y + r], fill=colour)
    return image.filter(ImageFilter.GaussianBlur(1))


def screen() -> Image.Image:
    """An order in a shop's app."""
    image = Image.new("RGB", (1080, 2220), (248, 248, 250))
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(("Your Orders", "Order # 302-1234567-7654321", "TANK T3 Ultra", "Total: EUR 129,99")):
        draw.text((50, 200 + 120 * number), line, fill=(20, 20, 24), font_size=48)
    return image


def encode(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def mail(*files: tuple[str, bytes]) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = (
        "Ann Example <ann@example.com>",
        "care@example.com",
        "Black screen",
    )
    letter["Message-ID"], letter["Date"] = "<1@example.com>", "Mon, 02 Jun 2025 10:00:00 +0000"
    letter.set_content(TEXT)
    for name, data in files:
        letter.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return letter.as_bytes()


def measure(stage: str, prepare: Callable[[], Callable[[], object]], rounds: int) -> Row:
    """Run a stage in a fork of this process; ``prepare`` imports what it needs there and is not counted."""
    inlet, outlet = os.pipe()
    if os.fork() == 0:
        try:
            os.write(outlet, json.dumps(asdict(run(stage, prepare(), rounds))).encode())
        except Exception as error:  # noqa: BLE001 - the parent must hear of it
            print(f"{stage}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(0)
    os.close(outlet)
    os.wait()
    with os.fdopen(inlet, "rb") as pipe:
        answer = pipe.read()
    if not answer:
        sys.exit(1)
    return Row(**json.loads(answer))


def run(stage: str, work: Callable[[], object], rounds: int) -> Row:
    """Once to warm up, then ``rounds`` times by the clock."""
    work()
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    # Work that happens in the limited child tells the child's own peak.
    peak = getattr(work, "peak_mib", lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)()
    return Row(stage=stage, median_ms=statistics.median(times), worst_ms=max(times), start_mib=start, peak_mib=peak)


def stages(policy_dir: Path, folder: Path) -> dict[str, Callable[[], Callable[[], object]]]:
    """Stage -> a function that imports and prepares, and gives the function to be timed."""

    def policy() -> Callable[[], object]:
        from bot.config import load_policy

        return lambda: load_policy(policy_dir)

    def opened() -> Callable[[], object]:
        from bot.core.reading.letter import open_mail

        raw = mail()
        return lambda: open_mail(raw)

    def letter() -> Callable[[], object]:
        from bot.core.reading.letter import open_mail

        parsed = open_mail(mail())
        return lambda: parsed.letter(("en", "de", "fr", "es"))

    def details() -> Callable[[], object]:
        from bot.config import load_policy
        from bot.core.details.find import find_details
        from bot.core.reading.letter import open_mail

        rules, read = load_policy(policy_dir), open_mail(mail()).letter(("en", "de", "fr", "es"))
        return lambda: find_details(read, rules, ON)

    def look(data: bytes, type_: str, *, read_print: bool = False) -> Callable[[], Callable[[], object]]:
        def prepare() -> Callable[[], object]:
            from bot.core.details.evidence import look_at

            return lambda: look_at(data, type_, "IMG_1", False, read_print=read_print)

        return prepare

    def child(raw: bytes, *, keep: bool) -> Callable[[], Callable[[], object]]:
        def prepare() -> Callable[[], object]:
            from bot.isolate import Reader

            path = folder / f"{len(raw)}.eml"
            path.write_bytes(raw)
            reader = Reader(policy_dir)

            def work() -> object:
                for file in folder.glob("files/*"):
                    file.unlink()
                return reader.read(path, folder / "files" if keep else None, ON)

            work.peak_mib = lambda: reader.cost.peak_mib  # type: ignore[attr-defined]
            return work

        return prepare

    (folder / "files").mkdir()
    photo, picture = encode(scene((4032, 3024)), "JPEG"), encode(screen(), "PNG")
    return {
        "policy: load the folder": policy,
        "mail: open (bytes to parts)": opened,
        "mail: letter (text, own words, language)": letter,
        "details: all finders": details,
        f"photo: 12 MP JPEG, {len(photo) / 1e6:.1f} MB": look(photo, "image/jpeg"),
        "photo: 2 MP JPEG": look(encode(scene((1600, 1200)), "JPEG"), "image/jpeg"),
        "photo: 12 MP PNG": look(encode(scene((4032, 3024)), "PNG"), "image/png"),
        "screenshot: 1080 x 2220 PNG": look(picture, "image/png"),
        "screenshot: the same, print read": look(picture, "image/png", read_print=True),
        "child: text mail": child(mail(), keep=False),
        "child: mail with a 12 MP photo": child(mail(("IMG_1.jpg", photo)), keep=False),
        "child: the same, file kept (fsync)": child(mail(("IMG_1.jpg", photo)), keep=True),
        "child: mail with a screenshot": child(mail(("order.png", picture)), keep=False),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--policy", type=Path, default=ROOT / "policy")
    parser.add_argument("--json", action="store_true", help="one JSON object per stage")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = stages(options.policy.absolute(), Path(folder))
        rows = [measure(stage, prepare, options.rounds) for stage, prepare in table.items()]
    if options.json:
        print("\n".join(json.dumps(asdict(row)) for row in rows))
        return
    print(f"{'stage':44}{'median ms':>11}{'worst ms':>11}{'start MiB':>11}{'peak MiB':>11}")
    for row in rows:
        print(f"{row.stage:44}{row.median_ms:11.2f}{row.worst_ms:11.2f}{row.start_mib:11.0f}{row.peak_mib:11.0f}")


if __name__ == "__main__":
    main()
