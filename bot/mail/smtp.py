"""Sending, verb by verb, so that a failure says whether the mail may have left.

The library's one-call way to send raises the same error before and after the final dot. Between those two lies
everything that matters: before it a retry is safe, after it a retry may be a second letter. So the caller is told
(``on_payload``) before the first byte of the letter goes out, and what then ends without a definite answer is
``ambiguous``. No fall-back to clear text, no envelope read from headers. A sender is used by one thread,
``abort`` excepted, and keeps its connection for the next mail.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bot.errors import SendError
from bot.mail.addresses import ascii_address
from bot.mail.connection import Lever, cause, objection
from bot.mail.settings import SmtpSettings
from bot.mail.smtp_session import DROPPED, LOG_IN, START_TLS, Refused, accept, open_session, payload, words

GOODBYE_SECONDS = 5.0
SENDER, RECIPIENT, DATA, LETTER = "take the sender", "take the recipient", "begin the letter", "take the letter"
SETTINGS_AT_FAULT = (START_TLS, LOG_IN)
ABOUT_THIS_MAIL = (SENDER, RECIPIENT, DATA, LETTER)  # a 5xx here stays a 5xx, however often the mail is tried
GOES_ON = (SENDER, RECIPIENT, LETTER)  # refused here, the session is still good for the next mail


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The server's word that it has taken over the mail."""

    code: int
    text: str
    echo_accepted: bool
    """our own address was taken as a second recipient"""


class Sender:
    """A session with one server. Every method that talks raises SendError and nothing else of its own."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._lever = Lever()
        self._smtp: smtplib.SMTP | None = None
        self._used = False  # the next mail begins with RSET

    def open(self) -> None:
        """Connect, secure, log in; nothing to do when that is done."""
        if self._smtp is not None:
            return
        if problem := objection(self._settings):
            raise SendError(problem)
        try:
            self._smtp, self._used = open_session(self._settings, self._lever), False
        except Refused as refusal:
            raise self._verdict(refusal) from refusal
        except DROPPED as error:
            raise self._broken("connect", error) from error

    def send(self, raw: bytes, *, sender: str, recipient: str, echo: str = "", on_payload: Callable[[], None]) -> Sent:
        """Hand over one mail; ``sender`` may be empty (the null reverse-path).

        ``echo`` is an address of our own that gets the same mail; if only it is refused, the mail goes on.
        ``on_payload`` is called after the server asked for the mail and before a byte of it is sent; what it raises
        is passed on, and nothing was sent. SendError.ambiguous: the server may have the mail, never resend blindly.
        """
        try:
            recipient = ascii_address(recipient)
            sender, echo = (ascii_address(address) if address else "" for address in (sender, echo))
        except ValueError as error:
            raise SendError(str(error), permanent=True) from error
        smtp = self._ready()
        size = f" SIZE={len(raw)}" if smtp.has_extn("size") else ""
        self._ask(smtp, SENDER, f"MAIL FROM:<{sender}>{size}", 250)
        self._ask(smtp, RECIPIENT, f"RCPT TO:<{recipient}>", 250, 251)
        echo_accepted = bool(echo) and self._takes_echo(smtp, echo)
        self._ask(smtp, DATA, "DATA", 354)
        try:
            on_payload()
        except BaseException:
            self._drop()  # the server waits for the letter: only a closed connection tells it that none comes
            raise
        code, text = self._deliver(smtp, raw)
        self._used = True
        return Sent(code=code, text=text, echo_accepted=echo_accepted)

    def close(self) -> None:
        """QUIT, for at most a few seconds; never raises."""
        if self._smtp is not None and not self._lever.pulled:
            with suppress(*DROPPED):
                _wait(self._smtp, GOODBYE_SECONDS)
                self._smtp.docmd("QUIT")
        self._drop()

    def abort(self) -> None:
        """From another thread: break the connection, so that the call under way fails now; never raises."""
        self._lever.pull()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready(self) -> smtplib.SMTP:
        """A session that is alive: servers close a kept connection whenever they like."""
        if self._used and self._smtp is not None:
            try:
                accept("start anew", self._smtp.docmd("RSET"), 250)
            except (Refused, *DROPPED):
                self._drop()
        self.open()
        if self._smtp is None:
            raise SendError(f"{self._server()} is not connected")
        return self._smtp

    def _ask(self, smtp: smtplib.SMTP, what: str, line: str, *codes: int) -> None:
        """One verb before the letter: a failure here is never ambiguous."""
        try:
            accept(what, smtp.docmd(line), *codes)
        except Refused as refusal:
            raise self._verdict(refusal) from refusal
        except DROPPED as error:
            raise self._broken(what, error) from error

    def _takes_echo(self, smtp: smtplib.SMTP, echo: str) -> bool:
        try:
            self._ask(smtp, RECIPIENT, f"RCPT TO:<{echo}>", 250, 251)
        except SendError:
            if self._smtp is None:  # not the address was refused, the connection is over
                raise
            return False
        return True

    def _deliver(self, smtp: smtplib.SMTP, raw: bytes) -> tuple[int, str]:
        """The letter, the dot and the verdict. Whatever breaks off here may have been accepted."""
        try:
            _wait(smtp, self._settings.data_timeout)
            if smtp.sock is None:
                raise ConnectionAbortedError("not connected")
            smtp.sock.sendall(payload(raw))
            code, text = smtp.getreply()
            _wait(smtp, self._settings.timeout)
        except DROPPED as error:
            raise self._broken(LETTER, error, ambiguous=True) from error
        if 200 <= code < 300:
            return code, words(text)
        raise self._verdict(Refused(LETTER, code, text))

    def _verdict(self, refusal: Refused) -> SendError:
        """What the server's refusal means (RFC 5321 4.2.1)."""
        what, code = refusal.what, refusal.code
        definite = 400 <= code < 600
        if definite and code != 421 and what in GOES_ON:
            self._used = True
        else:
            self._drop()
        message = f"{self._server()} refused to {what}: {code} {refusal.text}"
        if what in SETTINGS_AT_FAULT:
            message += f"; check user {self._settings.user!r}, its password, and security"
        return SendError(
            message,
            permanent=500 <= code < 600 and what in ABOUT_THIS_MAIL,
            ambiguous=what == LETTER and not definite,
            code=max(code, 0),
        )

    def _broken(self, what: str, error: Exception, ambiguous: bool = False) -> SendError:
        self._drop()
        why = "it was stopped from outside because it took too long" if self._lever.pulled else cause(error)
        return SendError(f"{self._server()} failed while trying to {what}: {why}", ambiguous=ambiguous)

    def _server(self) -> str:
        return f"the mail server {self._settings.host}:{self._settings.port}"

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(*DROPPED):
                smtp.close()
        self._lever.release()


def _wait(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)
