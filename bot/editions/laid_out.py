"""A working folder as ``init`` lays it out, and what an upgrade of the program would change in it.

What was laid out last is kept beside the files, in ``.defaults.zip``. So three texts can be compared: what both began
from, what the operator made of it, and what the new version brings. Nothing of the operator's is ever overwritten:
files he did not touch are brought up to date only when he says so, and for those both changed a file ``NAME.new``
is written for him to look at.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from bot.config import default_folder
from bot.editions.merging import Merged, merge
from bot.editions.restoring import put
from bot.errors import StoreError

KEPT = ".defaults.zip"
CONFIG = "config.toml"
NOTES = "README.md"
FRESH = ".new"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same folder always gives the same file


class Change(StrEnum):
    """What a new version of the program means for one file."""

    ADDED = "added"  # the operator does not have it
    UNTOUCHED = "untouched"  # he has it as it was laid out
    BOTH = "both"  # he changed it and the new version did too
    REMOVED = "removed"  # the new version has it no more, and he did not touch it
    YOURS_GONE = "yours gone"  # he removed it and the new version changed it


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One file that a new version changed."""

    name: str
    change: Change
    yours: bytes | None
    new: bytes | None
    merged: Merged | None = None
    """for files that both changed; None where it is not known what both began from, or it is no text"""


def defaults() -> dict[str, bytes]:
    """Everything that is laid out: name in the working folder -> content."""
    laid = {CONFIG: _config().encode(), NOTES: files("bot.editions").joinpath("working-folder.md").read_bytes()}
    for half in ("policy", "templates"):
        source = default_folder(half)
        for path in sorted(source.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                laid[f"{half}/{path.relative_to(source).as_posix()}"] = path.read_bytes()
    return laid


def lay_out(directory: Path) -> list[Path]:
    """Write what is missing; the files that were there already, are not as laid out, and stayed."""
    wanted = defaults()
    before = kept_defaults(directory) or {}
    kept: list[Path] = []
    laid = dict(before)
    for name, data in wanted.items():
        target = directory / name
        if target.exists():
            if name == CONFIG or target.read_bytes() != data:
                kept.append(target)
            else:
                laid[name] = data
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        laid[name] = data
        if name == CONFIG:
            target.chmod(0o600)
    keep_defaults(directory, laid)
    return kept


def steps(directory: Path) -> list[Step]:
    """What the new version changed, file by file. Raises StoreError when this is no working folder."""
    if not (directory / CONFIG).is_file():
        raise StoreError(f"{directory} holds no {CONFIG}: lay out a working folder with after-sales init")
    base, new = kept_defaults(directory), defaults()
    names = sorted({*(base or {}), *new})
    found = (_step(name, base, _bytes(directory / name), new.get(name)) for name in names)
    return [step for step in found if step is not None]


def take(directory: Path, todo: list[Step]) -> list[Step]:
    """Add what is new and bring up to date what the operator did not touch; those that were done.

    What both changed is shown again until his file holds it, where it is known what both began from.
    """
    laid, new = dict(kept_defaults(directory) or {}), defaults()
    done = []
    waiting = {step.name for step in todo if step.change is Change.BOTH and step.merged is not None}
    for step in todo:
        if step.change is Change.REMOVED:
            (directory / step.name).unlink(missing_ok=True)
        elif step.change in (Change.ADDED, Change.UNTOUCHED):
            assert step.new is not None
            put(directory / step.name, step.new)
        else:
            continue
        done.append(step)
    settled = {name: data for name, data in new.items() if name not in waiting}
    keep_defaults(directory, {**{name: laid[name] for name in waiting if name in laid}, **settled})
    return done


def keep_yours(directory: Path) -> None:
    """The operator's files are right as they are: only what later versions change is shown from now on."""
    keep_defaults(directory, defaults())


def write_beside(directory: Path, todo: list[Step]) -> list[Path]:
    """``NAME.new`` for every file that both changed: merged where that can be, the new default otherwise."""
    written = []
    for step in todo:
        if step.change is Change.BOTH and step.new is not None:
            path = directory / f"{step.name}{FRESH}"
            put(path, step.merged.text.encode() if step.merged else step.new)
            written.append(path)
    return written


def kept_defaults(directory: Path) -> dict[str, bytes] | None:
    """What was laid out last; None when nobody noted it. Raises StoreError when the note is damaged."""
    path = directory / KEPT
    if not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as kept:
            return {name: kept.read(name) for name in kept.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise StoreError(f"{path} is damaged; remove it: then every difference is shown") from error


def keep_defaults(directory: Path, laid: Mapping[str, bytes]) -> None:
    """Note what was laid out."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in sorted(laid):
            kept.writestr(zipfile.ZipInfo(name, LONG_AGO), laid[name], zipfile.ZIP_DEFLATED)
    put(directory / KEPT, memory.getvalue())


def _step(name: str, base: Mapping[str, bytes] | None, yours: bytes | None, new: bytes | None) -> Step | None:
    was = (base or {}).get(name)
    if yours == new or (new == was and base is not None):
        return None
    if new is None:
        return Step(name=name, change=Change.REMOVED, yours=yours, new=None) if yours == was else None
    if yours is None:
        change = Change.ADDED if was is None else Change.YOURS_GONE
        return Step(name=name, change=change, yours=None, new=new)
    if yours == was:
        return Step(name=name, change=Change.UNTOUCHED, yours=yours, new=new)
    merged = _merged(was, yours, new)
    if merged and merged.text.encode() == yours:
        return None  # what is new stands in his file already
    return Step(name=name, change=Change.BOTH, yours=yours, new=new, merged=merged)


def _merged(was: bytes | None, yours: bytes, new: bytes) -> Merged | None:
    if was is None:
        return None
    try:
        return merge(was.decode(), yours.decode(), new.decode())
    except UnicodeDecodeError:
        return None


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _config() -> str:
    """The example with its policy and templates folders pointing at the ones beside it."""
    example = default_folder("policy").parent / "config.example.toml"
    if not example.is_file():
        example = default_folder("policy").parent / "_config.example.toml"
    lines, section = [], ""
    for line in example.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip()
        own = section in ("[policy]", "[templates]") and line.startswith("folder =")
        lines.append(f'folder = "{section.strip("[]")}"' if own else line)
    return "\n".join(lines) + "\n"
