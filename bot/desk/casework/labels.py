"""The shipping label that a person adds to a letter: checked when it is chosen, kept until the letter goes.

A browser never gives a chosen file back with a form that is shown again. So its bytes lie among our files, and the
form carries their SHA-256 with a proof of ours, good for this case and this person: no other file can be named so.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.state import DeskState
from bot.errors import StoreError
from bot.mail.enclosure import shipping_label
from bot.store.people import Person
from bot.store.states import FileKind

LABEL = "label"
PROOF = 32
"""characters"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A label that goes out with a letter."""

    data: bytes
    name: str
    """as the customer gets it"""
    sha256: str
    token: str
    """what a form carries in its place"""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


def taken_in(state: DeskState, number: str, who: Person, data: bytes) -> Label:
    """A file that was just chosen. Raises WrongValue with what is wrong with it."""
    shipping_label(data)
    sha256 = state.store.files.put(data)
    with state.store.write():
        state.store.files.record(sha256, FileKind.ATTACHMENT, state.now())
    return _label(state, number, who, data)


def carried(state: DeskState, number: str, who: Person, token: str) -> Label | None:
    """The label a form carries; None when it carries none of ours."""
    sha256, _, proof = token.partition(".")
    if not hmac.compare_digest(proof.encode(), _proof(state, number, who, sha256).encode()):
        return None
    return _read(state, number, who, sha256)


def told(state: DeskState, number: str, who: Person, values: Mapping[str, object]) -> Label | None:
    """The label of what was said before: of a draft, or of a letter that was taken back."""
    sha256 = values.get(LABEL)
    return _read(state, number, who, sha256) if isinstance(sha256, str) else None


def _read(state: DeskState, number: str, who: Person, sha256: str) -> Label | None:
    try:
        return _label(state, number, who, state.store.files.read(sha256))
    except StoreError:
        return None


def _label(state: DeskState, number: str, who: Person, data: bytes) -> Label:
    sha256 = hashlib.sha256(data).hexdigest()
    token = f"{sha256}.{_proof(state, number, who, sha256)}"
    return Label(data=data, name=shipping_label(data).name, sha256=sha256, token=token)


def _proof(state: DeskState, number: str, who: Person, sha256: str) -> str:
    said = f"{LABEL}\0{number}\0{who.name}\0{sha256}".encode()
    return hmac.new(state.w.secret, said, hashlib.sha256).hexdigest()[:PROOF]
