"""The words the store itself needs; those about mails and cases come from ``bot.core.model``.

Every word here is also a CHECK in the schema: adding one needs a migration. ``OUTBOX_MOVES`` lists for each state
what may follow, dead ends included.
"""

from __future__ import annotations

from enum import StrEnum


class ArrivalState(StrEnum):
    """How far a mail of a mailbox has come."""

    SEEN = "seen"  # listed by the mailbox, bytes not yet ours
    STORED = "stored"  # raw bytes on disk: from here the mail is ours
    DONE = "done"


class ArrivalOutcome(StrEnum):
    """What became of a mail that is done."""

    HUMAN = "human"
    MACHINE = "machine"
    BOUNCE = "bounce"
    ECHO = "echo"  # our own letter came back as the proof that it was sent
    LIST = "list"
    SPAM = "spam"
    DUPLICATE = "duplicate"
    OVERSIZE = "oversize"
    OLD = "old"  # came before the first start: never answered
    QUARANTINED = "quarantined"
    VANISHED = "vanished"  # taken away by somebody else before it was fetched


class FileKind(StrEnum):
    """What a stored file is."""

    MAIL = "mail"  # raw bytes of an arrived mail
    ATTACHMENT = "attachment"
    LETTER = "letter"  # final bytes of a letter of ours


class NextActor(StrEnum):
    """Who has to do something next."""

    CUSTOMER = "customer"
    STAFF = "staff"
    CARRIER = "carrier"
    NOBODY = "nobody"


class OutboxState(StrEnum):
    """How far a letter of ours has come."""

    QUEUED = "queued"
    CLAIMED = "claimed"  # a sender works on it, nothing has left yet
    DATA_STARTED = "data_started"  # the payload may have left
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"  # may have been accepted: evidence decides, never a blind second try
    HELD = "held"  # a person must release it
    SUPERSEDED = "superseded"  # the case moved on before it was sent, or a person decided against it


OUTBOX_MOVES: dict[OutboxState, tuple[OutboxState, ...]] = {
    OutboxState.QUEUED: (OutboxState.CLAIMED, OutboxState.HELD, OutboxState.SUPERSEDED, OutboxState.ACCEPTED),
    OutboxState.CLAIMED: (OutboxState.DATA_STARTED, OutboxState.QUEUED, OutboxState.FAILED),
    OutboxState.DATA_STARTED: (OutboxState.ACCEPTED, OutboxState.QUEUED, OutboxState.FAILED, OutboxState.UNKNOWN),
    OutboxState.UNKNOWN: (OutboxState.ACCEPTED, OutboxState.HELD),
    OutboxState.HELD: (OutboxState.QUEUED, OutboxState.ACCEPTED, OutboxState.SUPERSEDED),
    OutboxState.FAILED: (OutboxState.QUEUED, OutboxState.ACCEPTED),
    OutboxState.ACCEPTED: (),
    OutboxState.SUPERSEDED: (OutboxState.QUEUED,),  # what it gave way to was taken back
}


class Evidence(StrEnum):
    """What proves that a letter was sent although the server's answer never came."""

    ECHO = "echo"
    SENT_FOLDER = "sent_folder"
    DELIVERY_REPORT = "delivery_report"
    STAFF = "staff"


class Mailop(StrEnum):
    """Something still to be done in a mailbox."""

    MOVE = "move"
    APPEND_SENT = "append_sent"


class MailopState(StrEnum):
    """Whether it is done."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


class EditionKind(StrEnum):
    """How an edition came to be."""

    FIRST = "first"  # the first start published the working files
    PUBLISH = "publish"
    ROLLBACK = "rollback"  # the files of an earlier edition, live again


class Role(StrEnum):
    """What a person may do at the desk; each also may what those before it may."""

    READER = "reader"  # looks
    AGENT = "agent"  # decides
    LEAD = "lead"  # releases what is held, sees the team's work
    OPERATOR = "operator"  # people, tokens, letters and policy

    def may(self, needed: Role) -> bool:
        """Whether this role is enough for what needs the other."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class WebhookState(StrEnum):
    """How far what another program is told has come."""

    QUEUED = "queued"
    TAKEN = "taken"  # the other side answered 2xx
    DEAD = "dead"  # tried often enough: an operator must look
