"""What a mail is: one of nine kinds. RULES is read from the top; the first that fits decides.

A claim tells of a fault or damage; a return gives back a watch that is not said to be faulty; a question wants to
know something. When in doubt a mail is a claim: then the customer is asked, and never left without an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.model import CLAIM_KINDS, Automatic, Case, Details, Kind, Letter

DAMAGE = frozenset(
    {"physical_damage", "water_damage", "disassembled", "rooted_or_flashed", "safety_hazard", "wear_and_tear"}
)
_NEWS = ("order_number", "platform", "model", "purchase_date", "delivery_date", "tried", "condition", "symptom")
_SHORT = 25  # words


@dataclass(frozen=True)
class _Mail:
    letter: Letter
    details: Details
    case: Case | None

    @property
    def wishes(self) -> tuple[str, ...]:
        return self.details.sure("wish")

    @property
    def faulty(self) -> bool:
        """A fault is told, not only asked about."""
        notes = {f.note for f in self.details.all("symptom")}
        told = bool(notes - {"asked", "supposed"}) or ("supposed" in notes and self.owns)
        return told or bool(DAMAGE & set(self.details.sure("flag")))

    @property
    def owns(self) -> bool:
        """The writer has a watch of ours: an order, a day of delivery, a photo."""
        return any(self.details.all(name) for name in ("order_number", "delivery_date", "evidence"))

    @property
    def brings_news(self) -> bool:
        told = [f for name in _NEWS for f in self.details.all(name) if f.note != "asked"]
        if self.follows:
            # The subject of an answer is the old one: nothing in it is new.
            told = [f for f in told if f.place != "subject"]
        evidence = [a for a in self.letter.attachments if not (a.look and a.look.kind == "logo")]
        return bool(told or evidence)

    @property
    def short(self) -> bool:
        return len(self.letter.own_words.split()) <= _SHORT and len(self.letter.own_words) <= 200

    @property
    def follows(self) -> bool:
        """A claim is open already; a question before it does not count."""
        return self.case is not None and self.case.kind not in (Kind.GENERAL_QUESTION, Kind.OTHER)


def _advertising(mail: _Mail) -> bool:
    words = {f.words.lower() for f in mail.details.all("wish") if f.value == "advertise" and f.is_sure}
    return len(words) >= 2 and mail.case is None and not mail.details.all("order_number")


def _parcel_given(mail: _Mail) -> bool:
    sure = mail.details.values("tracking_number", 0.6)
    sent = "sent_parcel" in mail.wishes
    asks = bool({"where_is_order", "status"} & set(mail.wishes)) and not sent
    return bool(sure) and not asks and (mail.follows or (sent and not mail.faulty))


def _mere_thanks(mail: _Mail) -> bool:
    others = set(mail.wishes) - {"thanks", "withdraw"}
    return "thanks" in mail.wishes and mail.short and not others and not mail.brings_news


def _asks_how_far(mail: _Mail) -> bool:
    return mail.follows and bool({"status", "where_is_order"} & set(mail.wishes)) and not mail.brings_news


def _only_asks(mail: _Mail) -> bool:
    asks = {"question", "status", "where_is_order", "price"} & set(mail.wishes)
    if not asks or mail.faulty or "return" in mail.wishes:
        return False
    # An order number, something since some day, and a call for help: a fault told in words we do not know.
    waits = {"status", "where_is_order"} & asks or mail.details.all("tracking_number")
    return mail.follows or bool(waits) or not (mail.details.all("order_number") and mail.details.all("when"))


def _gives_back(mail: _Mail) -> bool:
    sealed = "unopened" in mail.details.sure("condition")
    wanted = {"return", "refund"} & set(mail.wishes)
    return bool(wanted) and (sealed or not mail.faulty)


def _has_question(mail: _Mail) -> bool:
    return "?" in mail.letter.own_words or "？" in mail.letter.own_words


def _says_nothing(mail: _Mail) -> bool:
    return not mail.faulty and not mail.brings_news and _has_question(mail)


RULES: tuple[tuple[str, Callable[[_Mail], bool], Kind], ...] = (
    ("advertising", _advertising, Kind.SPAM),
    ("parcel number given", _parcel_given, Kind.TRACKING_FOLLOWUP),
    ("mere thanks", _mere_thanks, Kind.OTHER),
    ("asks how far we are", _asks_how_far, Kind.GENERAL_QUESTION),
    (
        "question beside an open claim",
        lambda m: m.follows and _only_asks(m) and not m.brings_news,
        Kind.GENERAL_QUESTION,
    ),
    ("asks and brings nothing", lambda m: m.follows and not m.brings_news and _has_question(m), Kind.GENERAL_QUESTION),
    ("adds to an open claim", lambda m: m.follows, Kind.DETAILS_FOLLOWUP),
    ("gives back a sound watch", _gives_back, Kind.RETURN_REQUEST),
    ("fault told", lambda m: m.faulty, Kind.NEW_CLAIM),
    ("only asks", _only_asks, Kind.GENERAL_QUESTION),
    ("a parcel on its way", lambda m: not m.faulty and bool(m.details.all("tracking_number")), Kind.GENERAL_QUESTION),
    ("asks, and says nothing else", _says_nothing, Kind.GENERAL_QUESTION),
    ("anything else", lambda m: True, Kind.NEW_CLAIM),
)


def kind_of(letter: Letter, details: Details, case: Case | None, automatic: Automatic | None) -> Kind:
    """The kind of one mail, from its own findings and the case it joins."""
    if automatic is not None:
        return automatic.kind
    mail = _Mail(letter, details, case)
    return next(kind for _, fits, kind in RULES if fits(mail))


def kind_of_case(before: Kind, mail: Kind) -> Kind:
    """What a case is after one more mail: the first claim names it, questions and thanks beside it do not."""
    return mail if before not in CLAIM_KINDS and mail in CLAIM_KINDS else before
