"""What the configuration says to letters: who writes them, the days they name, the addresses in them.

Apart from ``wiring``, so that a letter can be looked at without opening a mailbox, a server or a database.
"""

from __future__ import annotations

from bot.config import Config
from bot.core.model import Address, Promises
from bot.core.warranty.staff_facts import Desk


def sender_of(config: Config) -> Address:
    """What our letters come from."""
    return Address(address=config.address.sender, name=config.smtp.from_name)


def promises_of(config: Config) -> Promises:
    """Days, from the configuration."""
    p = config.promises
    return Promises(
        answer_working_days=p.answer_working_days,
        hazard_working_days=p.hazard_working_days,
        reply_days=p.reply_days,
        ship_days=p.ship_days,
        quote_days=p.quote_days,
        parcel_days=config.timers.parcel_missing,
    )


def desk_of(config: Config) -> Desk:
    """What the configuration adds to letters of staff and of timers."""
    return Desk(
        promises=promises_of(config),
        addresses={row.id: row.lines for row in config.return_address},
        regions={row.id: row.regions for row in config.return_address},
        usual_address=config.returns.address,
        way_paid_by=config.returns.way_paid_by,
        payment={row.currency: row.lines for row in config.payment},
        limit_mb=config.limits.max_mail_mb,
    )
