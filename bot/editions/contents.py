"""The files of a set: policy, words and letters, read once, with a hash over their names and bytes.

Only what the bot reads belongs to a set: ``.toml`` of the policy folder, ``.txt`` and ``.toml`` of the templates.
Notes, backups of editors and hidden files stay outside, so that a change of them is none. Nothing is written here.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.errors import PolicyError, ProblemsError, TemplateError

POLICY, TEMPLATES = "policy", "templates"
READ = {POLICY: (".toml",), TEMPLATES: (".txt", ".toml")}
BROKEN: dict[str, type[ProblemsError]] = {POLICY: PolicyError, TEMPLATES: TemplateError}
MOST_FILES = 20_000
MOST_BYTES = 64 << 20  # of all files; what ships has a thirtieth
CHANGED, ADDED, REMOVED = "changed", "added", "removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Folders:
    """Where the two halves of a set lie."""

    policy: Path
    templates: Path

    @classmethod
    def below(cls, folder: Path) -> Folders:
        """Both in one folder under their usual names."""
        return cls(policy=folder / POLICY, templates=folder / TEMPLATES)


@dataclass(frozen=True)
class Contents:
    """A set in memory: ``policy/warranty.toml`` -> its bytes."""

    files: Mapping[str, bytes]

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the sorted names and the bytes."""
        total = hashlib.sha256()
        for name in sorted(self.files):
            # The lengths keep the border between a name and a content in its place.
            total.update(f"{len(name.encode())} {name} {len(self.files[name])} ".encode() + self.files[name])
        return total.hexdigest()

    def part(self, name: str) -> dict[str, bytes]:
        """The files of one half, their names counting from its folder."""
        start = f"{name}/"
        return {file.removeprefix(start): data for file, data in self.files.items() if file.startswith(start)}


def read_contents(folders: Folders) -> Contents:
    """Every file of the set. Raises PolicyError or TemplateError when a folder is missing or cannot be read."""
    files: dict[str, bytes] = {}
    size = 0
    for half, folder in ((POLICY, folders.policy), (TEMPLATES, folders.templates)):
        if not folder.is_dir():
            cure = f"set {half}.folder, or leave it empty"
            raise BROKEN[half]([f"{folder}: the {half} folder is missing; {cure}"])
        for path, name in listed(folder, READ[half]):
            try:
                files[f"{half}/{name}"] = data = path.read_bytes()
            except OSError as error:
                problem = f"{path}: cannot be read ({error.strerror}); allow the service to read it"
                raise BROKEN[half]([problem]) from error
            size += len(data)
            if len(files) > MOST_FILES or size > MOST_BYTES:
                raise BROKEN[half]([f"{folder}: holds far more than a {half} folder does; is it the right one?"])
    return Contents(files)


def listed(folder: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """The files of a half and their names from its folder, sorted; what is hidden is left out."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.suffix in suffixes and not any(part.startswith(".") for part in name.parts) and path.is_file():
            yield path, name.as_posix()


def differences(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
    """``(file, changed | added | removed)`` for every file that differs, sorted."""
    return tuple(
        (name, ADDED if name not in old else REMOVED if name not in new else CHANGED)
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    )


def unified(old: bytes | None, new: bytes | None, name: str) -> list[str]:
    """One file's difference as lines of a unified diff; a file that is not there is an empty one."""
    before, after = (_lines(data) for data in (old, new))
    return [line.rstrip("\n") for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")]


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").splitlines(keepends=True)
