"""Pictures that strangers sent, made anew for a person's eyes: small JPEG files of ours, without any metadata.

The same limited child as for mails, with another job: ``python -m bot.isolate.pictures`` opens one file, and writes a
small and a large picture under names that the caller chose. A browser never gets a stranger's bytes to decode, and
the process that serves pages never opens them either.
"""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bot.core.codec import load
from bot.core.details.picture import NotOpenedError, open_picture
from bot.errors import UnreadableLetter
from bot.isolate.fork import Read, Say, Work
from bot.isolate.guard import MIB, Limits
from bot.isolate.reader import Reader
from bot.isolate.wire import Order
from bot.isolate.zygote import serve

SMALL, LARGE = "small", "large"
EDGES = {SMALL: 360, LARGE: 1600}
QUALITY = 82
LIMITS = Limits(memory_bytes=512 * MIB, cpu_seconds=10, wall_seconds=12.0, file_bytes=8 * MIB, answer_bytes=MIB)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """The pictures that were made, in pixels."""

    width: int
    height: int
    """of the large one"""


class Pictures:
    """Makes them. A context manager's worth of process: ``close`` ends the child; one picture at a time."""

    def __init__(self) -> None:
        self._reader = _PictureReader(Path("."), LIMITS)

    def make(self, source: Path, folder: Path, name: str) -> Shown:
        """``<name>-small.jpg`` and ``<name>-large.jpg`` in ``folder``.

        Raises UnreadableLetter when the file is no picture that is opened, ReaderError when the fault lies with us.
        """
        order = Order(raw=str(source.absolute()), files=str(folder.absolute()), on=None, name=name)
        try:
            return load(Shown, self._reader.answer(order))
        except ValueError as error:
            raise UnreadableLetter("what was made makes no sense") from error

    def close(self) -> None:
        """End the child; it starts again when it is needed."""
        self._reader.close()


class _PictureReader(Reader):
    program = ("-m", "bot.isolate.pictures")


def draw(work: Work, say: Say) -> Shown:
    """In the fork: open, turn upright, make smaller, write. Raises UnreadableLetter and OSError."""
    say(1)
    with open(work.order.raw, "rb") as file:
        data = file.read()
    try:
        picture = open_picture(data)
    except NotOpenedError as error:
        raise UnreadableLetter(str(error)) from error
    sizes = {}
    for size, edge in EDGES.items():
        pixels = picture.pixels.copy()
        pixels.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        sizes[size] = pixels.size
        # A picture made from the bare pixels: nothing that the file carried beside them can come along.
        fresh = Image.frombytes("RGB", pixels.size, pixels.tobytes())
        made = io.BytesIO()
        fresh.save(made, "JPEG", quality=QUALITY, optimize=True)
        _write(os.path.join(work.order.files, f"{work.order.name}-{size}.jpg"), made.getvalue())
    return Shown(width=sizes[LARGE][0], height=sizes[LARGE][1])


def _write(path: str, data: bytes) -> None:
    part = f"{path}.{os.getpid()}.part"
    with open(part, "wb") as file:
        file.write(data)
    os.rename(part, path)


def warm_up() -> None:
    """Load every decoder before the first fork: a fork may not load code from a stranger's folder."""
    Image.init()
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "JPEG")
    open_picture(made.getvalue())


def main(arguments: list[str]) -> int:
    """Serve until the caller hangs up."""
    limits = load(Limits, arguments[1])

    def prepare() -> tuple[Read, str]:
        warm_up()
        return draw, ""

    return serve(prepare, lambda: None, limits)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
