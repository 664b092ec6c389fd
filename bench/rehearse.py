"""What a rehearsal of ten thousand mails costs: mails a second, memory, and how much of the time is reading.

    python bench/rehearse.py [--mails 10000] [--workers 0] [--photos 0.25]

The mails are made from the first mails of fixtures/stories: other people, numbers and days, a photo in a share of them.
They are replayed with the files that ship against a copy with one window and one sentence changed. Photos are looked
at each time here, as for a folder of mails; of mails in the database the stored looks are used, which is what
``--photos 0`` comes near to.

On two cores that other programs used at the same time (load 17), 10,000 mails without photos: 1,008 s, 9.9 mails a
second, 80 % of the time waiting for reading, 33 ms of processor time a mail to read and 6 ms to decide twice and
compare, 307 MiB for all processes together; 4,653 mails changed, in 3 ways. A quiet machine is quicker. Deciding
happens in one process: it limits the rate where many cores read.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from bot.cli.bar import Bar  # noqa: E402
from bot.editions.contents import Folders  # noqa: E402
from bot.rehearsal import Progress, Report, rehearse  # noqa: E402
from bot.rehearsal.past import from_files  # noqa: E402
from bot.rehearsal.replay import open_pair  # noqa: E402

SHIPPED = Folders(policy=ROOT / "policy", templates=ROOT / "templates")
NAMES = (b"Ann", b"Bea", b"Carl", b"Dora", b"Emil", b"Fay", b"Gus", b"Hal", b"Ida", b"Jon")


def make_mails(folder: Path, count: int, photos: float) -> None:
    """``count`` mails, each unlike every other in its writer, its ids and its order number."""
    chance = random.Random(1)
    sources = [path.read_bytes() for path in sorted((ROOT / "fixtures" / "stories").glob("*/1-customer.eml"))]
    plain = [raw for raw in sources if b"multipart/mixed" not in raw]
    heavy = [raw for raw in sources if b"multipart/mixed" in raw]
    for number in range(count):
        raw = chance.choice(heavy if chance.random() < photos else plain)
        folder.joinpath(f"{number:05}.eml").write_bytes(vary(raw, number, chance))


def vary(raw: bytes, number: int, chance: random.Random) -> bytes:
    """The same mail of somebody else, about another order."""
    head, _, body = raw.partition(b"\n\n")
    head = re.sub(rb"(?im)^(from: ).*$", lambda m: m[1] + b"%s Example <p%d@example.com>" % (
        chance.choice(NAMES), number), head)  # fmt: skip
    head = re.sub(rb"(?im)^(message-id: <)", lambda m: m[1] + b"%d." % number, head)
    head = re.sub(rb"(?im)^(in-reply-to|references|reply-to):.*\n?", b"", head)
    body = re.sub(rb"\bKS2\d{4}\b", b"KS2%04d" % (number % 10_000), body)
    return head + b"\n\n" + body


def changed_copy(folder: Path) -> Folders:
    """What ships, with a window of 45 days for 30 and one other sentence in English."""
    for name in ("policy", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    warranty = folder / "policy" / "warranty.toml"
    text = warranty.read_text(encoding="utf-8")
    at = text.index("days = 30", text.index('id = "free_replacement"'))
    warranty.write_text(f"{text[:at]}days = 45{text[at + 9 :]}", encoding="utf-8")
    body = folder / "templates" / "en" / "details_needed" / "body.txt"
    body.write_text(
        body.read_text(encoding="utf-8").replace("We have your request", "Thank you for your request"), "utf-8"
    )
    return Folders.below(folder)


class Memory(threading.Thread):
    """The most memory that this process and its children held together, by looking four times a second (Linux)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mib = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.25):
            self.peak_mib = max(self.peak_mib, sum(proportional(pid) for pid in family(os.getpid())) / 1024)


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _words(task):
            yield from family(int(child))


def proportional(pid: int) -> int:
    """KiB of a process, shared pages split among those who share them."""
    return sum(int(line.split()[1]) for line in _lines(Path(f"/proc/{pid}/smaps_rollup")) if line.startswith("Pss:"))


def _words(path: Path) -> list[str]:
    return " ".join(_lines(path)).split()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:  # it has ended meanwhile
        return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=0, help="mails at a time; 0 for every core")
    parser.add_argument("--photos", type=float, default=0.25, help="share of mails with a photo")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mails").mkdir()
        make_mails(folder / "mails", options.mails, options.photos)
        new = changed_copy(folder)
        began = time.monotonic()
        cases = from_files([folder / "mails"])
        sorting = time.monotonic() - began
        pair = open_pair(SHIPPED, new, check=False)
        bar, memory = Bar("Replaying", "mails"), Memory()
        memory.start()

        def told(progress: Progress) -> None:
            bar.update(progress.done, progress.total, progress.seconds, f"{progress.changed:,} changed")

        own = time.process_time()
        report = rehearse(SHIPPED, new, cases, workers=options.workers, pair=pair, progress=told)
        bar.close()
        memory.over.set()
        print_table(report, sorting, time.process_time() - own, memory.peak_mib)


def print_table(report: Report, sorting: float, own_seconds: float, peak_mib: float) -> None:
    """The figures."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    read = children.ru_utime + children.ru_stime
    rows = (
        ("mails replayed", f"{report.replayed:,}"),
        ("cases", f"{report.total:,} mails sorted into threads in {sorting:.1f} s"),
        ("changed", f"{report.changed:,} in {len(report.groups)} ways"),
        ("unreadable, failed", f"{len(report.unreadable)}, {len(report.failed)}"),
        ("cores", f"{report.workers} (load of the machine {os.getloadavg()[0]:.1f})"),
        ("time", f"{report.seconds:.0f} s"),
        ("mails a second", f"{report.replayed / report.seconds:.1f}"),
        ("share of time waiting for reading", f"{report.reading_seconds / report.seconds / report.workers:.0%}"),
        ("processor time a mail, reading", f"{1000 * read / max(1, report.replayed):.1f} ms"),
        ("processor time a mail, deciding", f"{1000 * own_seconds / max(1, report.replayed):.1f} ms"),
        ("memory at the peak, all processes", f"{peak_mib:.0f} MiB"),
    )
    for name, value in rows:
        print(f"{name:36}{value}")


if __name__ == "__main__":
    main()
