"""Which mails a machine wrote, and which human mails may get no automatic answer.

RULES is the whole of it: the first row that hits names the reason stored with the mail. The reading of Auto-Submitted
is RFC 3834 section 5 (any case, comments and parameters off, every copy counts, "no" is a person). Two mistakes are
possible and not equal: answering a machine makes a loop, ignoring a customer loses one. Headers that machines set
about themselves are believed at once; words only where they stand like a machine writes them; and a mail that a
marketplace or a shop's form relays for a customer is the customer's, whatever its bulk headers say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from bot.core.model import Automatic, Kind, Letter
from bot.core.reading.automatic_signs import Signs, read_signs


class Rule(NamedTuple):
    """One row: ``kind`` is what the mail is when ``hits``; a reply or bounce is told apart by ``_kind``."""

    id: str
    kind: Kind | None
    hits: Callable[[Signs], bool]
    reason: str


RULES: tuple[Rule, ...] = (
    # 1 our own mail coming back
    Rule("echo", Kind.OTHER, lambda s: s.from_us and not s.form, "It comes from our own address."),
    # 2 reports of mail servers
    Rule("report", Kind.BOUNCE, lambda s: s.report == "delivery", "It is a delivery report (RFC 3464)."),
    Rule("receipt", None, lambda s: s.report == "other", "It is a receipt or a complaint report."),
    Rule("failed-recipients", Kind.BOUNCE, lambda s: s.has("x-failed-recipients"), "It names failed recipients."),
    Rule("daemon", Kind.BOUNCE, lambda s: s.daemon, "A mail server sent it, not a person."),
    Rule("bounce-text", Kind.BOUNCE, lambda s: s.bounce_subject and s.bounce_text, "It reports a failed delivery."),
    Rule("bounce-body", Kind.BOUNCE, lambda s: s.bounce_opening, "It opens like a report of a failed delivery."),
    # 3 machines that say so in a header
    Rule(
        "auto-submitted",
        None,
        lambda s: s.auto_submitted != "" and not s.relayed,
        "Auto-Submitted says a machine sent it.",
    ),
    Rule("auto-header", Kind.AUTO_REPLY, lambda s: s.responder_header, "A header of an automatic responder is set."),
    Rule("null-sender", None, lambda s: s.null_sender, "It has no return address, as only machines send."),
    # words: machines whose headers are silent
    Rule("auto-subject", Kind.AUTO_REPLY, lambda s: s.auto_subject, "The subject is that of an automatic answer."),
    Rule("auto-sentence", None, lambda s: s.says_automatic, "The text says that it was sent automatically."),
    Rule("away", Kind.AUTO_REPLY, lambda s: s.says_away, "The text is an absence note."),
    # 4 lists and bulk mail
    Rule("list", Kind.OTHER, lambda s: s.list_mail and not s.relayed, "It comes from a mailing list."),
    Rule("precedence", None, lambda s: s.bulk and not s.relayed, "Precedence marks it as bulk or automatic mail."),
    Rule("newsletter", Kind.OTHER, lambda s: s.newsletter and not s.relayed, "It is a newsletter or a notice."),
    # 6 senders nobody reads
    Rule("no-reply", Kind.OTHER, lambda s: s.no_reply and not s.relayed, "Its sender takes no answers."),
    Rule(
        "notice", Kind.OTHER, lambda s: s.notice and not s.relayed, "It is a notice of a shop, bank or parcel service."
    ),
)

TOO_MANY_RECIPIENTS = 30
_NO_ANSWER = re.compile(
    r"(?:no|do-?not|dont|never)[-_.]?(?:reply|respond|responder|antworten)\S*|\S*[-_.](?:no|do-?not)[-_.]?reply|ne-?pas-?repondre|nepasrepondre|"
    r"keine-?antwort|no-?responder|no-?contestar|non-?rispondere|nao-?responda|nie-?odpowiadaj|neodpovidat|"
    r"abuse|root|hostmaster|webmaster|listserv|majordomo|postmaster|mailer-daemon|daemon|nobody|www-data|apache|"
    r"\S+-request|owner-\S+|\S+-owner|\S+-bounces?|bounces?(?:[-+.=]\S*)?",
    re.IGNORECASE,
)


def recognise(letter: Letter, own_addresses: Collection[str]) -> Automatic | None:
    """The machine behind a letter, or None for a person's. ``own_addresses``: all addresses this desk writes from."""
    signs = read_signs(letter, own_addresses)
    for rule in RULES:
        if rule.hits(signs):
            return Automatic(kind=rule.kind or _kind(signs), rule=rule.id, reason=rule.reason)
    return None


def answerable(
    letter: Letter,
    own_addresses: Collection[str],
    trusted_authserv_ids: Collection[str] = (),
    form_senders: Collection[str] = (),
) -> str:
    """Why a person's mail may get no automatic answer; '' when it may.

    ``trusted_authserv_ids``: names our own mail server signs Authentication-Results with (RFC 8601); without one no
    verdict counts. ``form_senders``: addresses or domains of our own contact forms, whose Reply-To is the customer.
    """
    own = {_plain(address) for address in own_addresses}
    if letter.sender is None:
        return letter.sender_problem or "The mail names no usable sender."
    suppress = " ".join(letter.header_values("x-auto-response-suppress")).lower()
    if re.search(r"\b(?:all|autoreply|oof)\b", suppress):
        return "The sender asks for no automatic answers (X-Auto-Response-Suppress)."
    address = letter.sender.address
    form = _is_listed(address, form_senders)
    if not form and _NO_ANSWER.fullmatch(address.rpartition("@")[0]):
        return "The sender's address takes no answers."
    named = {_plain(mailbox.address) for mailbox in (*letter.to, *letter.cc)}
    if own and not own & named:
        return "Our address is not among the recipients (blind copy or forwarded)."
    if not form and any(_domain(mailbox.address) != _domain(address) for mailbox in letter.reply_to):
        return "The answer would go to another domain than the sender's."
    if len(letter.reply_to) > 1:
        return "The answer would go to more than one address."
    if authentication(letter, trusted_authserv_ids) == "fail":
        return "Our mail server could not confirm the sender."
    if _marked_as_spam(letter):
        return "Our mail server marks it as spam."
    if len(letter.to) + len(letter.cc) > TOO_MANY_RECIPIENTS:
        return f"It went to more than {TOO_MANY_RECIPIENTS} recipients."
    return ""


def authentication(letter: Letter, trusted_authserv_ids: Collection[str]) -> str:
    """The verdict of our own mail server on the sender: pass, fail, or none.

    Only the topmost Authentication-Results of a trusted server counts: what stands below came with the mail.
    """
    trusted = {name.strip().lower() for name in trusted_authserv_ids}
    for value in letter.header_values("authentication-results"):
        server, _, results = re.sub(r"\([^()]*\)", " ", value).partition(";")
        if (server.split() or [""])[0].lower() not in trusted:
            continue
        results = results.lower()
        found: dict[str, str] = dict(re.findall(r"\b(dmarc|dkim|spf)\s*=\s*(\w+)", results))
        dkim = "pass" if re.search(r"\bdkim\s*=\s*pass\b", results) else found.get("dkim", "none")
        if found.get("dmarc") in {"pass", "fail"}:
            return found["dmarc"]
        domain = _domain(letter.sender.address) if letter.sender else ""
        signed = re.findall(r"header\.[di]=@?([\w.-]+)", results)
        if dkim == "pass" and any(domain == name or domain.endswith("." + name) for name in signed):
            return "pass"
        return "fail" if found.get("spf") == "fail" and dkim != "pass" else "none"
    return "none"


def _kind(signs: Signs) -> Kind:
    """A header says "machine"; the words say which kind."""
    if signs.bounce_subject or (signs.null_sender and signs.bounce_text):
        return Kind.BOUNCE
    if signs.auto_submitted == "auto-replied" or signs.says_away or signs.auto_subject:
        return Kind.AUTO_REPLY
    if signs.precedence & {"auto_reply", "auto-reply", "autoreply"}:
        return Kind.AUTO_REPLY
    if signs.notice or signs.newsletter or signs.list_mail or signs.report:
        return Kind.OTHER
    if signs.says_automatic and signs.acknowledges:
        return Kind.AUTO_REPLY
    if signs.null_sender and not signs.auto_submitted:
        return Kind.AUTO_REPLY
    return Kind.OTHER


def _marked_as_spam(letter: Letter) -> bool:
    flags = [
        *letter.header_values("x-spam-flag"),
        *letter.header_values("x-spam-status"),
        *letter.header_values("x-spam"),
    ]
    if any(value.strip().lower().startswith("yes") for value in flags):
        return True
    actions = letter.header_values("x-rspamd-action")
    return any(value.strip().lower() in {"reject", "add header", "rewrite subject"} for value in actions)


def _is_listed(address: str, listed: Collection[str]) -> bool:
    return any(address == entry.lower() or _domain(address) == entry.lower().lstrip("@") for entry in listed)


def _plain(address: str) -> str:
    local, _, domain = address.lower().partition("@")
    return f"{local.split('+')[0]}@{domain}"


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
