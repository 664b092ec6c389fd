"""Everything that must hold before a set of files is used: policy, words, letters, and what the configuration names.

The same check stands before publishing, before going back, and at a start.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.config import Config, config_problems
from bot.core.model import Policy
from bot.core.warranty.policy import parse_policy
from bot.editions.contents import POLICY, TEMPLATES, Contents
from bot.errors import ConfigError
from bot.replies import Letters


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A set that can be used."""

    policy: Policy
    letters: Letters


def open_set(contents: Contents, templates: Path) -> Checked:
    """The set as policy and letters, without the long look at every letter. ``templates`` is where its copy lies.

    What was read is what is used: a file that is changed on the disk later changes no letter.
    Raises PolicyError and TemplateError with all problems.
    """
    policy = parse_policy(contents.part(POLICY))
    letters = Letters(templates, policy.default_language)
    letters.hold(contents.part(TEMPLATES))
    return Checked(policy=policy, letters=letters)


def check_set(contents: Contents, templates: Path, config: Config) -> Checked:
    """The whole check. Raises PolicyError, TemplateError and ConfigError with all problems."""
    checked = open_set(contents, templates)
    if problems := config_problems(config, checked.policy):
        raise ConfigError(problems)
    checked.letters.check(asks=asks_of(checked.policy))
    return checked


def asks_of(policy: Policy) -> tuple[str, ...]:
    """Every id a letter may ask for."""
    return (*(row.id for row in policy.required), "purchase_or_delivery_date")
