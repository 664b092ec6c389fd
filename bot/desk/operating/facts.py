"""Whose facts a letter is shown with, and how it differs from the live one.

A case's own facts first; beside them the awkward samples that lint uses too. Only for looking: nothing is stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.model import Draft, Policy
from bot.desk.state import DeskState
from bot.editions.checking import asks_of
from bot.errors import TemplateError
from bot.rehearsal.compare import Piece, differences
from bot.replies import Letters
from bot.store.touched import Shown, Touched
from bot.worker.preview import Preview, awkward, of_case

SAMPLES = ("usual", "least", "longest")
MOST_CASES = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A letter as a customer would get it."""

    draft: Draft
    subject: tuple[Piece, ...]
    """pieces that stayed, are gone and are new against the live edition"""
    text: tuple[Piece, ...]
    changed: bool
    compared: bool
    """False where the live edition has no such letter"""
    invented: tuple[str, ...]
    """facts that the case does not tell and a sample stands for"""


def choices(state: DeskState, letter: str) -> list[Shown]:
    """Cases whose facts may fill the letter: those that got it, then others, the newest first."""
    return Touched(state.store.db).cases_for_letter(letter, MOST_CASES)


def usual_choice(found: list[Shown]) -> str:
    """What is shown when nothing was chosen."""
    return found[0].number if found else SAMPLES[0]


def seen(state: DeskState, letters: Letters, policy: Policy, code: str, letter: str, chosen: str) -> Seen:
    """The letter with these letters and facts. Raises TemplateError, StoreError for a case that is not there."""
    now = _filled(state, letters, policy, code, letter, chosen)
    try:
        before = _filled(state, state.letters, state.w.policy, code, letter, chosen)
        compared = before.draft.language == code
    except TemplateError:
        before, compared = now, False
    old = before if compared else now
    return Seen(
        draft=now.draft,
        subject=tuple(differences(old.draft.subject, now.draft.subject)),
        text=tuple(differences(old.draft.text, now.draft.text)),
        changed=(old.draft.subject, old.draft.text) != (now.draft.subject, now.draft.text),
        compared=compared,
        invented=now.invented,
    )


def filled(state: DeskState, letters: Letters, policy: Policy, code: str, letter: str, chosen: str) -> Preview:
    """The letter alone. Raises as ``seen`` does."""
    return _filled(state, letters, policy, code, letter, chosen)


def _filled(state: DeskState, letters: Letters, policy: Policy, code: str, letter: str, chosen: str) -> Preview:
    asks = asks_of(policy)
    if chosen in SAMPLES:
        return awkward(letters, letter, code, asks, policy)[SAMPLES.index(chosen)]
    case = state.store.cases.snapshot(state.store.cases.id_of(chosen))
    return of_case(letters, letter, case, policy, state.w.desk, state.now().date(), code, asks)
