"""The working files as an operator edits them at the desk: the same files a text editor would open.

The live edition is a stored copy, so nothing here changes what a customer gets. A file is written whole beside its
place and renamed; it is written only if it still is what was read, so nobody's words are lost under another's. Files
that came with the program are read, never written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.config import Config, default_folder
from bot.editions.contents import POLICY, TEMPLATES, Contents, read_contents
from bot.editions.publishing import working_folders
from bot.editions.shelf import Shelf
from bot.errors import CannotSave, Overtaken
from bot.replies.inventory import INVENTORY

FRAME, PHRASES = "_base", "phrases"
PARTS = {"subject": "subject.txt", "body": "body.txt"}
USUAL_MODE = 0o644


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One working file."""

    name: str
    """``templates/de/received/body.txt``"""
    text: str
    """with plain line ends; empty where there is no such file"""
    seen: str
    """hash of its bytes; empty where there is no such file"""


def files_of_letter(code: str, letter: str) -> dict[str, str]:
    """Field of the form -> file, for a letter, the frame or the phrases of a language; nothing for other names."""
    if letter == PHRASES:
        return {"body": f"{TEMPLATES}/{code}/phrases.toml"}
    if letter in INVENTORY or letter == FRAME:
        return {part: f"{TEMPLATES}/{code}/{letter}/{file}" for part, file in PARTS.items()}
    return {}


def languages(config: Config) -> tuple[str, ...]:
    """The languages that there are letters in, by their folders."""
    folder = working_folders(config).templates
    return tuple(sorted(path.name for path in folder.glob("[!._]*") if path.is_dir()))


def policy_files(config: Config) -> tuple[str, ...]:
    """``policy/warranty.toml`` and the others, without the words of customers first."""
    folder = working_folders(config).policy
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.toml"))
    shown = [name for name in names if not any(part.startswith(".") for part in name.split("/"))]
    return tuple(f"{POLICY}/{name}" for name in sorted(shown, key=lambda name: ("/" in name, name != "warranty.toml")))


def read(config: Config, name: str) -> File:
    """One file. ``name`` must come from the lists of this module."""
    try:
        data = _path(config, name).read_bytes()
    except OSError:
        return File(name=name, text="", seen="")
    return File(name=name, text=plain(data), seen=_hash(data))


def read_all(config: Config) -> Contents:
    """The whole set. Raises PolicyError and TemplateError."""
    return read_contents(working_folders(config))


def plain(data: bytes) -> str:
    """The text of a file with plain line ends."""
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")


def why_closed(config: Config, name: str) -> str:
    """Why this file cannot be saved: ``packaged``, ``not_writable``, or empty."""
    half = name.partition("/")[0]
    if _folder(config, half) == default_folder(half):
        return "packaged"
    place = _path(config, name).parent
    return "" if os.access(place, os.W_OK | os.X_OK) else "not_writable"


def save(shelf: Shelf, config: Config, texts: Mapping[str, str], seen: Mapping[str, str]) -> tuple[str, ...]:
    """Write the files that differ; their names. Nobody publishes meanwhile.

    Raises Overtaken, with nothing written, when one of them is no more what was ``seen``; CannotSave.
    """
    fresh = {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in texts.items()}
    with shelf.locked():
        there = {name: read(config, name) for name in fresh}
        if changed := [name for name in fresh if there[name].seen != seen.get(name, "")]:
            raise Overtaken(", ".join(changed))
        wanted = {name: _ended(text) for name, text in fresh.items()}
        different = tuple(name for name, text in wanted.items() if text != there[name].text)
        for name in different:
            if why := why_closed(config, name):
                raise CannotSave(why)
        for name in different:
            _write(_path(config, name), wanted[name])
    return different


def overtaken(config: Config, names: Iterable[str], seen: Mapping[str, str]) -> tuple[File, ...]:
    """The files that somebody else changed."""
    now = [read(config, name) for name in names]
    return tuple(file for file in now if file.seen != seen.get(file.name, ""))


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


def _write(path: Path, text: str) -> None:
    old = path.read_bytes() if path.is_file() else b""
    mode = path.stat().st_mode & 0o777 if path.is_file() else USUAL_MODE
    data = text.replace("\n", "\r\n").encode() if b"\r\n" in old else text.encode()
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            os.fchmod(file.fileno(), mode)  # whoever else edits the file may still do so
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    except OSError as error:
        raise CannotSave(error.strerror or "") from error


def _path(config: Config, name: str) -> Path:
    half, _, rest = name.partition("/")
    return _folder(config, half) / rest


def _folder(config: Config, half: str) -> Path:
    folders = working_folders(config)
    return folders.policy if half == POLICY else folders.templates


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()
