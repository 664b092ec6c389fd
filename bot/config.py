"""Reading ``config.toml`` and the policy folder from disk.

All problems are told at once, each with key, value and cure; an operator never mends a file line by line. Passwords
come from the environment or from a file that only the service can read, never from the config file itself, and are
held as ``Secret``. This is the only place that reads the policy's files; their meaning is ``bot.core.warranty.policy``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from bot.config_secrets import SECRET_KEYS, fetch_keys, fetch_password, plain_secrets
from bot.core.model import Policy
from bot.core.warranty.policy import parse_policy
from bot.desk_settings import DeskSettings
from bot.errors import ConfigError, PolicyError
from bot.setting_types import Secret, default_folder
from bot.settings import Config, Login, MailboxSettings, Section

__all__ = ["Config", "Secret", "config_problems", "default_folder", "load_config", "load_policy"]

_SECRET_LOCS = tuple(str((key,)) for key in SECRET_KEYS)
_LOCAL = ("localhost", "127.0.0.1", "::1")


def load_config(path: Path, *, logins: bool = True) -> Config:
    """The checked configuration; relative paths in it count from its own folder.

    ``logins``: fetch passwords and keys too. Who only reads files and the database needs none of them.
    Raises ``ConfigError`` with one line for each problem: key, value, what is wrong, the cure.
    """
    raw = _read(path)
    problems = list(plain_secrets(raw))
    problems += [_unknown(name, raw[name]) for name in raw if name not in Config.model_fields]
    sections: dict[str, object] = {}
    # Section by section, so that one wrong port does not hide a missing password.
    for name, field in Config.model_fields.items():
        try:
            context = {"base": path.absolute().parent}
            kind: TypeAdapter[object] = TypeAdapter(field.rebuild_annotation())
            sections[name] = kind.validate_python(raw.get(name, [] if _is_list(name) else {}), context=context)
        except ValidationError as error:
            found = error.errors(include_url=False)
            problems += [_say(name, dict(e), raw) for e in found if str(e["loc"][-1:]) not in _SECRET_LOCS]
    for name in ("imap", "smtp") if logins else ():
        section = sections.get(name)
        if isinstance(section, Login) and (section.user if name == "smtp" else _is_imap(sections)):
            problems += fetch_password(name, section)
    webhooks = sections.get("webhook")
    for webhook in webhooks if isinstance(webhooks, tuple) and logins else ():
        problems += fetch_keys(webhook)
    if len(sections) == len(Config.model_fields):
        config = Config.model_validate(sections)
        problems += _contradictions(config)
    if problems:
        raise ConfigError(problems)
    return config


def _is_list(name: str) -> bool:
    """Whether the section is a list of tables, ``[[name]]``."""
    return get_origin(Config.model_fields[name].annotation) is tuple


def _section(name: str) -> type[Section]:
    kind = Config.model_fields[name].annotation
    if _is_list(name):
        kind = get_args(kind)[0]
    assert isinstance(kind, type)
    assert issubclass(kind, Section)
    return kind


def _is_imap(sections: Mapping[str, object]) -> bool:
    mailbox = sections.get("mailbox")
    return isinstance(mailbox, MailboxSettings) and mailbox.type == "imap"


def load_policy(directory: Path) -> Policy:
    """The policy of a folder. Raises ``PolicyError`` with every problem of every file."""
    if not directory.is_dir():
        raise PolicyError([f"{directory}: the policy folder is missing; set policy.folder, or leave it empty"])
    files = {}
    for file in sorted(directory.rglob("*.toml")):
        name = file.relative_to(directory)
        if any(part.startswith(".") for part in name.parts):
            continue
        try:
            files[name.as_posix()] = file.read_bytes()
        except OSError as error:
            raise PolicyError([f"{file}: cannot be read ({error.strerror}); allow the service to read it"]) from error
    return parse_policy(files)


def config_problems(config: Config, policy: Policy) -> tuple[str, ...]:
    """What the configuration says that the policy does not know."""
    known = [service.id for service in policy.services]
    problems = tuple(
        f'automation.approve: "{id_}" is no service of the policy; write one of {", ".join(known)}{_near(id_, known)}'
        for id_ in config.automation.approve
        if id_ not in known
    )
    if config.automation.approve and not config.returns.address:
        problems += ("returns.address: is empty; the bot cannot approve by itself without an address to name",)
    return problems


# --- the file ---------------------------------------------------------------------------------


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError([f'{path}: there is no such file; make one with "after-sales init"']) from error
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror}); allow the service to read it"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: is not UTF-8; save the file as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: is not TOML: {error}; correct the line"]) from error


def _near(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""


def _unknown(name: str, value: object) -> str:
    homes = [section for section in Config.model_fields if name in _section(section).model_fields]
    if isinstance(value, dict):
        return f"{name}: unknown section; remove or rename it{_near(name, Config.model_fields)}"
    hint = f"; {name} belongs under [{homes[0]}]" if homes else _near(name, Config.model_fields)
    return f"{name}: unknown key outside a section; remove or move it{hint}"


def _say(section: str, error: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    """One pydantic error as a line for operators."""
    loc = [section, *(str(part) for part in error["loc"])]
    key, last, given, kind = ".".join(loc), loc[-1], error["input"], error["type"]
    if kind == "extra_forbidden":
        fields = _section(section).model_fields
        free = [] if _is_list(section) else [name for name in fields if name not in raw[section]]
        homes = [name for name in Config.model_fields if last in _section(name).model_fields]
        hint = f"; {last} belongs under [{homes[0]}]" if homes else _near(last, free) or _near(last, fields)
        return f"{key}: unknown key; remove or rename it{hint}"
    if kind == "missing":
        return f"{key}: is missing; add {last} = ... under [{section}], see config.example.toml"
    if kind == "literal_error":
        expected = [word.strip("'") for word in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        return f"{key} = {_shown(given)}: is not known; write one of {', '.join(expected)}{_near(str(given), expected)}"
    if kind == "value_error":
        return f"{key} = {_shown(given)}: {error['ctx']['error']}"
    if kind == "is_instance_of":
        return f"{key} = {_shown(given)}: is of the wrong type; write a path in quotes"
    if kind.endswith(("_type", "_parsing", "_from_float")):
        cure = _CURES.get(kind.partition("_")[0], "another kind of value")
        return f"{key} = {_shown(given)}: is of the wrong type; write {cure}"
    if kind in _LIMITS:
        limit = next(v for k, v in error["ctx"].items() if k in ("ge", "le", "min_length", "max_length"))
        return f"{key} = {_shown(given)}: {_LIMITS[kind].format(limit)}"
    return f"{key} = {_shown(given)}: {error['msg']}; correct the value"


_LIMITS = {
    "greater_than_equal": "is too small; write {} or more",
    "less_than_equal": "is too large; write {} or less",
    "string_too_short": "is empty; write something between the quotes",
    "string_too_long": "is too long; write {} letters or fewer",
    "too_short": "is empty; it needs a value",
}
_CURES = {
    "int": "a whole number without quotes",
    "bool": "true or false without quotes",
    "string": "a text in quotes",
    "tuple": 'a list such as ["one", "two"]',
    "model": "a table: [section] and its keys below",
}


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


# --- settings that contradict each other ----------------------------------------------------------


def _contradictions(config: Config) -> Iterator[str]:
    if config.mailbox.type == "imap":
        for key in ("host", "user"):
            if not getattr(config.imap, key):
                yield f'imap.{key}: is missing; the mailbox type "imap" needs it'
    elif config.maildir.path is None:
        yield 'maildir.path: is missing; the mailbox type "maildir" needs it'
    if not config.smtp.host:
        yield "smtp.host: is missing; replies go out through it"
    for name, login, clear in (
        ("imap", config.imap, config.imap.user and config.mailbox.type == "imap"),
        ("smtp", config.smtp, config.smtp.user),
    ):
        if clear and login.security == "none" and login.host not in _LOCAL:
            yield f'{name}.security = "none": would send the password in clear text; write "tls" or "starttls"'
    if config.address.reply_from and config.address.reply_from not in config.address.own:
        yield f'address.reply_from = "{config.address.reply_from}": is not one of ours; add it to address.own'
    if config.address.echo_address in config.address.own:
        yield "address.echo_address: is one of address.own; give the echo an address of its own"
    for test in config.operator.test_address:
        if test in (*config.address.own, config.address.echo_address):
            yield f'operator.test_address = "{test}": the bot itself reads it; write an address of a person'
    names = [config.imap.folder, *config.folders.model_dump().values()]
    for name in sorted({n for n in names if n and names.count(n) > 1}):
        yield f'folders: "{name}" is used twice; give each purpose a folder of its own'
    hooks = [row.name for row in config.webhook]
    for name in sorted({n for n in hooks if hooks.count(n) > 1}):
        yield f'webhook: the name "{name}" is used twice; give each its own'
    ids = [row.id for row in config.return_address]
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        yield f'return_address: the id "{id_}" is used twice; give each address its own'
    currencies = [row.currency for row in config.payment]
    for currency in sorted({c for c in currencies if currencies.count(c) > 1}):
        yield f'payment: the currency "{currency}" is used twice; give each its own lines'
    if config.automation.approve and config.returns.way_paid_by == "label":
        yield 'returns.way_paid_by = "label": the bot has no label to send; write "refunded", or approve = []'
    if config.returns.address and config.returns.address not in ids:
        yield f'returns.address = "{config.returns.address}": no [[return_address]] has this id; write its block'
    steps = ("reminder_1", "reminder_2", "closing_notice", "closed")
    days = [getattr(config.timers, step) for step in steps]
    if sorted(set(days)) != days:
        yield f"timers: {', '.join(steps)} must follow each other; write growing numbers of days"
    yield from _desk_contradictions(config.desk)
    if config.budgets.per_address_week < config.budgets.per_address_day:
        yield "budgets.per_address_week: is less than per_address_day; make it at least as large"
    if config.budgets.per_day < config.budgets.per_hour:
        yield "budgets.per_day: is less than per_hour; make it at least as large"


def _desk_contradictions(desk: DeskSettings) -> Iterator[str]:
    """The desk speaks no TLS itself: what other machines reach must stand behind something that does."""
    if desk.host in _LOCAL:
        return
    if not desk.beyond_this_machine:
        yield (
            f'desk.host = "{desk.host}": other machines would reach the desk, and passwords would cross the network in'
            ' clear text; keep "127.0.0.1" and put a proxy with TLS before it (Caddy, nginx), or set'
            " desk.beyond_this_machine = true when that proxy runs on another machine"
        )
    elif not desk.public_url.startswith("https://"):
        yield (
            f'desk.public_url = "{desk.public_url}": beyond this machine the desk is only served behind a proxy with'
            ' TLS; write the address that staff types, such as "https://desk.example.com"'
        )
