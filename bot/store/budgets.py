"""How many automatic letters may leave, and who gets none: counted from the outbox, in the transaction that adds to it.

A letter counts while it may still be sent and, once sent, for the length of the window. So no window of that length,
wherever it is laid, ever holds more letters than its limit, whatever piles up while a server is away. Letters a person
released or wrote are a person's decision: they pass every limit, and the released ones still count.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from bot.store.database import Database
from bot.store.times import moment

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)

# Domains at which strangers have addresses: no limit per domain.
BIG_PROVIDERS = frozenset(
    """
    gmail.com googlemail.com outlook.com outlook.de outlook.fr outlook.es hotmail.com hotmail.co.uk hotmail.de
    hotmail.fr hotmail.es hotmail.it live.com live.de live.fr live.nl live.co.uk msn.com yahoo.com yahoo.co.uk
    yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.jp yahoo.com.br yahoo.com.tw ymail.com rocketmail.com
    icloud.com me.com mac.com aol.com proton.me protonmail.com zoho.com fastmail.com gmx.com gmx.de gmx.net
    gmx.at gmx.ch web.de t-online.de freenet.de posteo.de mailbox.org arcor.de vodafone.de bluewin.ch orange.fr
    wanadoo.fr free.fr sfr.fr laposte.net bbox.fr libero.it virgilio.it alice.it tin.it tiscali.it
    telefonica.net terra.es sapo.pt ziggo.nl kpnmail.nl planet.nl home.nl telenet.be skynet.be wp.pl o2.pl
    onet.pl interia.pl gazeta.pl seznam.cz email.cz centrum.cz post.cz telia.com bredband.net mail.ru bk.ru
    list.ru inbox.ru yandex.ru yandex.com rambler.ru qq.com 163.com 126.com sina.com foxmail.com naver.com
    daum.net hanmail.net docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp nifty.com comcast.net
    verizon.net att.net sbcglobal.net cox.net charter.net bellsouth.net btinternet.com sky.com virginmedia.com
    ntlworld.com talktalk.net bigpond.com optusnet.com.au rogers.com shaw.ca uol.com.br bol.com.br terra.com.br
    """.split()  # noqa: SIM905 - a table, not a list
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Budgets:
    """Limits on automatic letters: the first number that would be passed holds the letter."""

    per_case_and_reply: int = 1
    repeatable: frozenset[str] = frozenset()
    """letters that answer a new question each time: a case may get them again, within the other limits"""
    address_per_day: int = 3
    address_per_week: int = 8
    domain_per_day: int = 40
    bot_per_hour: int = 60
    bot_per_day: int = 400
    big_providers: frozenset[str] = field(default=BIG_PROVIDERS)
    """add the relay hosts of marketplaces: they too stand for many people"""
    loop_seconds: int = 120
    loop_rounds: int = 3
    mute_days: int = 7
    """how long an address in a loop gets no automatic letter"""


# May still be sent, was sent, or was perhaps sent and waits for a person. Each part has its index.
_IN_WINDOW = (
    "(state IN ('queued', 'claimed', 'data_started', 'unknown') OR sent_at >= :since"
    " OR (state = 'held' AND data_started_at >= :since))"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Limit:
    reason: str
    setting: str
    window: timedelta
    where: str


# The first that is used up names the reason shown to staff.
LIMITS = (
    _Limit(reason="address_day", setting="address_per_day", window=DAY, where="recipient = :recipient"),
    _Limit(reason="address_week", setting="address_per_week", window=WEEK, where="recipient = :recipient"),
    _Limit(reason="domain_day", setting="domain_per_day", window=DAY, where="recipient_domain = :domain"),
    _Limit(reason="bot_hour", setting="bot_per_hour", window=HOUR, where="1 = 1"),
    _Limit(reason="bot_day", setting="bot_per_day", window=DAY, where="1 = 1"),
)


def domain_of(address: str) -> str:
    """The part after the last @, lower-cased."""
    return address.rpartition("@")[2].lower()


class Gate:
    """The tables ``outbox`` and ``mute``, as far as they forbid an automatic letter."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def refusal(self, recipient: str, case_id: int | None, reply: str, budgets: Budgets, now: datetime) -> str:
        """Why this automatic letter must be held; empty when it may go. Inside the transaction that queues it."""
        if self.stop_loop(recipient, budgets, now) or self.muted(recipient, now):
            return "muted"
        once = case_id is not None and reply not in budgets.repeatable
        if once and self._same_letters(case_id, reply) >= budgets.per_case_and_reply:
            return "same_reply"
        domain = domain_of(recipient)
        for limit in LIMITS:
            if limit.reason == "domain_day" and domain in budgets.big_providers:
                continue
            used = self._db.value(
                f"SELECT count(*) FROM outbox WHERE automatic = 1 AND {limit.where} AND {_IN_WINDOW}",
                recipient=recipient,
                domain=domain,
                since=now - limit.window,
            )
            if used >= getattr(budgets, limit.setting):
                return limit.reason
        return ""

    def mute(self, address: str, until: datetime, why: str) -> None:
        """No automatic letter to this address until then; a longer mute that stands already stays."""
        with self._db.write():
            self._db.execute(
                "INSERT INTO mute (address, until, why) VALUES (:address, :until, :why) ON CONFLICT (address)"
                " DO UPDATE SET until = excluded.until, why = excluded.why WHERE excluded.until > mute.until",
                address=address.lower(),
                until=until,
                why=why,
            )

    def unmute(self, address: str) -> bool:
        """Lift a mute; whether there was one."""
        with self._db.write():
            return self._db.execute("DELETE FROM mute WHERE address = :address", address=address.lower()) == 1

    def muted(self, address: str, now: datetime) -> str:
        """Why the address is muted now; empty when it is not."""
        why = self._db.value(
            "SELECT why FROM mute WHERE address = :address AND until > :now", address=address.lower(), now=now
        )
        return why or ""

    def quick_rounds(self, address: str, budgets: Budgets, now: datetime) -> int:
        """How often in the last week two letters of ours left within the loop time and were answered within it."""
        near = timedelta(seconds=budgets.loop_seconds)
        sent = self._times(
            "SELECT sent_at AS at FROM outbox WHERE recipient = :address AND automatic = 1 AND sent_at > :since",
            address,
            now,
        )
        answers = self._times(
            "SELECT received_at AS at FROM letter WHERE from_address = :address AND received_at > :since", address, now
        )
        return sum(
            second - first <= near and any(second < answer <= second + near for answer in answers)
            for first, second in pairwise(sent)
        )

    def stop_loop(self, address: str, budgets: Budgets, now: datetime) -> bool:
        """Mute an address whose machine talks with ours; whether it had to."""
        if self.quick_rounds(address, budgets, now) < budgets.loop_rounds:
            return False
        self.mute(
            address, now + timedelta(days=budgets.mute_days), "it answers our letters within seconds, like a machine"
        )
        return True

    def _same_letters(self, case_id: int | None, reply: str) -> int:
        return int(
            self._db.value(
                "SELECT count(*) FROM outbox WHERE automatic = 1 AND case_id = :case_id AND reply = :reply"
                " AND state NOT IN ('superseded', 'failed')",
                case_id=case_id,
                reply=reply,
            )
        )

    def _times(self, sql: str, address: str, now: datetime) -> list[datetime]:
        rows = self._db.rows(f"{sql} ORDER BY at", address=address.lower(), since=now - WEEK)
        return [moment(row["at"]) for row in rows]
