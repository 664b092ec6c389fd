"""What every page for operators begins with: the bench of this desk, who may change something, the working policy."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import Request

from bot.core.model import Policy
from bot.core.warranty.policy import parse_policy
from bot.desk.operating import working
from bot.desk.operating.bench import Bench
from bot.desk.request import desk, person
from bot.editions.contents import POLICY
from bot.errors import PolicyError
from bot.store.states import Role


def bench(request: Request) -> Bench:
    """Where long work is done."""
    found: Bench = request.app.state.bench
    return found


def may_edit(request: Request) -> bool:
    """Leads look, operators change."""
    return person(request).role.may(Role.OPERATOR)


def policy_sources(request: Request) -> dict[str, str]:
    """``warranty.toml`` -> its text, of every working policy file."""
    config = desk(request).config
    return {name.removeprefix(f"{POLICY}/"): working.read(config, name).text for name in working.policy_files(config)}


def working_policy(request: Request) -> Policy:
    """The working policy where it can be read, else the live one: the rest can be seen while a rule is mended."""
    try:
        return _parsed(tuple(sorted(policy_sources(request).items())))
    except PolicyError:
        return desk(request).w.policy


@lru_cache(maxsize=2)
def _parsed(sources: tuple[tuple[str, str], ...]) -> Policy:
    return parse_policy({name: text.encode() for name, text in sources})
