"""Passwords: hashing, trying, and the door that stays closed for a while after too many wrong ones.

What is said and how long it takes are the same for names that exist and names that do not. Tries are counted in the
database under a hash of the name, so a password typed into the wrong field is not kept, and a restart forgets nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.store.people import People, Person

HASHER = PasswordHasher()  # argon2id with the library's parameters (RFC 9106, low memory)
NAME = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}(@[a-z0-9-]+(\.[a-z0-9-]+)+)?")
SHORTEST, LONGEST = 12, 200
DIFFERENT = 5
AT_ONCE = 2  # hashes computed at the same time: each takes 64 MB


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong tries within the time, then the door rests until the last of them is that old."""

    by_name: bool
    by_address: bool
    tries: int
    within: timedelta


# The name alone rests late: otherwise any stranger could keep a colleague out.
LIMITS = (
    Limit(by_name=True, by_address=True, tries=5, within=timedelta(minutes=10)),
    Limit(by_name=False, by_address=True, tries=30, within=timedelta(minutes=10)),
    Limit(by_name=True, by_address=False, tries=50, within=timedelta(hours=1)),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What a try at the door came to."""

    person: Person | None = None
    left: int = 0
    """wrong tries that are left before the door rests"""
    rests_until: datetime | None = None


@cache
def nobodys() -> str:
    """A hash that no password fits: what is tried for names that do not exist."""
    return HASHER.hash(secrets.token_urlsafe(24))


class Door:
    """Lets people in by name and password."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = nobodys()

    def knock(self, name: str, password: str, address: str, now: datetime) -> Tried:
        """Try to sign in. The same work for every name, as long as the door does not rest."""
        name = plain_name(name)
        key = hashlib.sha256(name.encode()).hexdigest()
        if until := self._rests(key, address, now):
            return Tried(rests_until=until)
        person = self._person(name, password)
        self._people.note_try(key, address, now, good=person is not None)
        if person:
            return Tried(person=person)
        wrong = self._people.tries(now - LIMITS[0].within, name_key=key, address=address)[0]
        return Tried(left=max(LIMITS[0].tries - wrong, 0), rests_until=self._rests(key, address, now))

    def knows(self, person: Person, password: str) -> bool:
        """Whether this is the person's password: asked again before it is changed."""
        return self._person(person.name, password) is not None

    def _person(self, name: str, password: str) -> Person | None:
        known = self._people.secret_of(name)
        person, kept = known or (None, self._nobody)
        # Longer than any password can be: not worth hashing, and nobody's.
        right = self._fits(kept, password[: LONGEST + 1])
        if person is None or not right:
            return None
        if HASHER.check_needs_rehash(kept):
            self._people.set_hash(person.id, self.hashed(password))
        return person

    def hashed(self, password: str) -> str:
        """What is kept of a password."""
        with self._turn:
            return HASHER.hash(password)

    def _fits(self, kept: str, password: str) -> bool:
        with self._turn:
            try:
                return HASHER.verify(kept, password)
            except (VerificationError, InvalidHashError):
                return False

    def _rests(self, key: str, address: str, now: datetime) -> datetime | None:
        ends = []
        for limit in LIMITS:
            count, last = self._people.tries(
                now - limit.within,
                name_key=key if limit.by_name else "",
                address=address if limit.by_address else "",
            )
            if last and count >= limit.tries:
                ends.append(last + limit.within)
        return max(ends, default=None)


def plain_name(name: str) -> str:
    """A name as it is kept: small letters, no spaces around it."""
    return name.strip().lower()


def wrong_with(password: str, name: str) -> str:
    """Why this cannot be the password of that name, as the key of a sentence; empty when it can."""
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    if len(set(password)) < DIFFERENT:
        return "too_plain"
    return "like_name" if name.partition("@")[0] in password.lower() and len(name.partition("@")[0]) > 2 else ""
