"""Types of single settings: a secret, an address, a path, a number with limits.

Each says in its error what the value lacks and what to write instead; ``config`` puts the key and the value before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

_ADDRESS = re.compile(r"[^@\s<>,;:\"]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
_WEB_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.IGNORECASE)
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class Section(BaseModel):
    """A table of the file: unknown keys are errors, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)


class Secret:
    """A password that no log, traceback or database can show; ``reveal`` is the only way to it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The password itself: for the login call and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not stored or sent to another process")

    def __bool__(self) -> bool:
        return bool(self._value)


def _address(value: str) -> str:
    value = value.strip().lower()
    if not _ADDRESS.fullmatch(value):
        raise ValueError("is not a mail address; write name@example.com")
    return value


def _address_or_none(value: str) -> str:
    return _address(value) if value.strip() else ""


def _domain(value: str) -> str:
    value = value.strip().lower()
    if not _DOMAIN.fullmatch(value):
        raise ValueError("is not a domain; write it like example.com")
    return value


def _domain_or_none(value: str) -> str:
    return _domain(value) if value.strip() else ""


def _one_line(value: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 for char in value):
        raise ValueError("holds a line break or control character; write it in one line")
    return value


def _day(value: str) -> str:
    if value != "first_run":
        try:
            date.fromisoformat(value)
        except ValueError:
            raise ValueError('is no day; write "first_run" or a day such as "2025-09-01"') from None
    return value


def _path(value: object, info: ValidationInfo) -> object:
    """Paths count from the folder of the config file; an empty one is none."""
    if not isinstance(value, (str, Path)):
        return value
    base: Path = (info.context or {}).get("base", Path())
    return base / Path(value).expanduser() if str(value).strip() not in ("", ".") else None


def _folder_path(value: object, info: ValidationInfo) -> object:
    path = _path(value, info)
    if path is None:
        raise ValueError("is empty; write the path of a folder")
    return path


def default_folder(name: str) -> Path:
    """``policy`` or ``templates`` as they came with the program: in the source tree, else in the installed package."""
    package = Path(str(files("bot")))
    source = package.parent
    # The example file tells a source tree from a site-packages folder that happens to hold a "policy".
    if (source / "config.example.toml").is_file() and (source / name).is_dir():
        return source / name
    return package / f"_{name}"


def _folder(name: str) -> Callable[[object, ValidationInfo], object]:
    def fill_in(value: object, info: ValidationInfo) -> object:
        return _path(value, info) or default_folder(name)

    return fill_in


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError('is no time zone; write one such as "Europe/Berlin" or "UTC"') from None
    return value


def _web_address(value: str) -> str:
    value = value.strip().rstrip("/")
    if value and not _WEB_ADDRESS.fullmatch(value):
        raise ValueError('is not the address of a site; write it like "https://desk.example.com", without a path')
    return value.lower()


Address = Annotated[str, AfterValidator(_address)]
AddressOrNone = Annotated[str, AfterValidator(_address_or_none)]
Domain = Annotated[str, AfterValidator(_domain)]
DomainOrNone = Annotated[str, AfterValidator(_domain_or_none)]
Line = Annotated[str, AfterValidator(_one_line)]
# TOML knows lists only; everywhere else a value of another type is an error, never converted.
Texts = Annotated[tuple[Line, ...], Field(strict=False)]
Day = Annotated[str, AfterValidator(_day)]
FilePath = Annotated[Path | None, BeforeValidator(_path)]
FolderPath = Annotated[Path, BeforeValidator(_folder_path)]
PolicyFolder = Annotated[Path, BeforeValidator(_folder("policy"))]
TemplateFolder = Annotated[Path, BeforeValidator(_folder("templates"))]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[int, Field(ge=1, le=86400)]
Count = Annotated[int, Field(ge=0)]
Days = Annotated[int, Field(ge=1, le=365)]
Hour = Annotated[int, Field(ge=0, le=24)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Zone = Annotated[str, AfterValidator(_zone)]
Security = Literal["tls", "starttls", "none"]
