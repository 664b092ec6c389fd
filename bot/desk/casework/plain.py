"""Names and texts of strangers as they may be shown: nothing invisible, and a word where a name looks like another.

Escaping is the template's work and happens to everything. Here goes what survives escaping: marks that turn the
direction of a line, characters without a shape, letters borrowed from another script, an address in the place of a
name. A sign is a hint for a person's eyes and never decides anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

# Bidirectional marks, embeddings and isolates, joiners, byte-order marks, tags, soft hyphens and other formats.
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WORD = re.compile(r"\w+")
# Scripts whose letters pass for each other.
ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
LONGEST = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Who a mail says it is from."""

    name: str
    """as it may be shown; the address when there is none"""
    address: str
    """in the letters that mail servers use"""
    signs: tuple[str, ...] = ()
    """hidden, mixed, address, ours, host: why the name may not be what it looks like"""


def shown(text: str) -> str:
    """The text without what nobody sees. Marks of direction go too: each line is shown on its own."""
    return UNSEEN.sub("", text)


def one_line(text: str, most: int = LONGEST) -> str:
    """The same on one line, cut where it is too long."""
    line = " ".join(shown(text.replace("\n", " ")).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def writer(name: str, address: str, own_hosts: Collection[str] = ()) -> Writer:
    """A sender with the signs that its name is not what it looks like."""
    clean, real = one_line(name), ascii_address(address)
    signs = []
    if TURNING.search(name) or len(UNSEEN.sub("", name)) < len(name):
        signs.append("hidden")
    if mixed(clean):
        signs.append("mixed")
    if any(found.lower() != address.lower() for found in ADDRESS.findall(clean)):
        signs.append("address")
    host = address.rpartition("@")[2].lower()
    if any(own.partition(".")[0] in clean.lower() and not _within(host, own) for own in own_hosts if own):
        signs.append("ours")
    if "xn--" in real:
        signs.append("host")
    return Writer(name=clean or real, address=real, signs=tuple(signs))


def file_name(name: str) -> tuple[str, bool]:
    """A file's name as it may be shown, and whether something in it was not to be seen."""
    return one_line(name, 80) or "-", bool(TURNING.search(name))


def mixed(text: str) -> bool:
    """Whether one word holds letters of two scripts that pass for each other."""
    for word in WORD.findall(text):
        scripts = {unicodedata.name(c, "").partition(" ")[0] for c in word if c.isalpha()}
        if len(scripts & set(ALIKE)) > 1:
            return True
    return False


def ascii_address(address: str) -> str:
    """The address as mail servers write it: a foreign letter in its host cannot pass for another."""
    local, at, host = address.rpartition("@")
    try:
        host = host.encode("idna").decode("ascii") if host else host
    except UnicodeError:
        host = host.encode("ascii", "backslashreplace").decode("ascii")
    return one_line(f"{local}{at}{host}")


def _within(host: str, own: str) -> bool:
    return host == own or host.endswith(f".{own}")
