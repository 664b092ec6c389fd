"""Where past mails come from: the database's own, a Maildir, folders and single files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from bot.config import Config
from bot.core.model import Finding, Promises
from bot.core.warranty.corrections import PLACE
from bot.explain import mail_files
from bot.rehearsal.model import Between, PastCase, PastMail, Ways
from bot.rehearsal.threads import glances, threads
from bot.store.past import CaseThatWas, Done, past_cases


def ways_of(config: Config) -> Ways:
    """What the configuration adds to policy and templates."""
    p = config.promises
    return Ways(
        own_addresses=tuple(config.address.own),
        trusted=tuple(config.trust.authserv_ids),
        forms=tuple(config.trust.form_senders),
        promises=Promises(
            answer_working_days=p.answer_working_days,
            hazard_working_days=p.hazard_working_days,
            reply_days=p.reply_days,
            ship_days=p.ship_days,
            quote_days=p.quote_days,
            parcel_days=config.timers.parcel_missing,
        ),
        limit_mb=config.limits.max_mail_mb,
    )


def from_files(paths: Iterable[Path]) -> list[PastCase]:
    """Files, and the mails of folders and Maildirs; those of one thread are one case. Missing ones are told later."""
    given = list(paths)
    files = mail_files(given)
    names = _names(files, given)
    heads = glances(files)
    cases = []
    for places in threads(heads):
        mails = []
        for place in places:
            at = heads[place].at
            mails.append(PastMail(files[place], names[place], arrived=at.date() if at else None))
        cases.append(PastCase(mails[0].name, tuple(mails)))
    return cases


def _names(files: Sequence[Path], given: Sequence[Path]) -> list[str]:
    """Each file as it was named, or by its place in the folder that was."""
    folders = [path for path in given if path.is_dir()]
    one = folders[0] if len(given) == len(folders) == 1 else None
    return [str(file.relative_to(one)) if one and file.is_relative_to(one) else str(file) for file in files]


def from_database(folder: Path, since: datetime, most: int = 0) -> list[PastCase]:
    """The cases that got a mail since then; ``most``: only the newest. Earlier mails of theirs lead up to it.

    What people and timers did stands between the mails. Raises StoreError.
    """
    return [_case(was, since) for was in past_cases(folder, since, most)]


def _case(was: CaseThatWas, since: datetime) -> PastCase:
    mails = []
    for number, came in enumerate(was.mails, 1):
        day = came.received_at.date().isoformat()
        mails.append(
            PastMail(
                came.raw,
                f"{was.number}, mail {number}, {day}" if was.number else f"no case, {day}",
                arrived=came.received_at.date(),
                counts=came.received_at >= since,
                between=tuple(_between(done, was.terms) for done in came.done),
                noticed=came.noticed,
                ours=came.ours,
                known=came.looks,
            )
        )
    return PastCase(was.number, tuple(mails))


def _between(done: Done, terms: dict[str, object]) -> Between:
    if done.name != "correct":
        return Between(done.name, terms=terms)
    return Between(
        done.name,
        finding=Finding(
            field=done.field,
            value=done.value,
            place=PLACE,
            start=0,
            end=0,
            words=f"says {done.actor}",
            confidence=0.0 if done.gone else 1.0,
            letter=0,
        ),
    )
