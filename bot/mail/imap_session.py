"""A logged-in IMAP connection, and what its failures mean.

The only file that knows the traps of the driver: its debug level, its missing lever, the password errors that
are none. Nothing here knows folders or mail.
"""

from __future__ import annotations

import imaplib
import re
import socket
from contextlib import suppress

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from bot.errors import MailboxError
from bot.mail.connection import Lever, cause, dial, objection, tls_context
from bot.mail.settings import ImapSettings

# The driver's own family, the network's, and what it raises on an answer it cannot take apart (or on a socket
# that was closed under it): after any of them the connection is thrown away.
DRIVER_ERRORS = (imaplib.IMAP4.error, OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)

# A connection cut during LOGIN, or a server in trouble, also comes as LoginError: only these words are a verdict.
REFUSED = re.compile(
    r"AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|\[EXPIRED\]|(authentication|login) (failed|rejected|denied)"
    r"|(invalid|incorrect|wrong|bad) (credentials|user|login|password)|application-specific password",
    re.IGNORECASE,
)
PASSING = re.compile(r"UNAVAILABLE|INUSE|\[LIMIT\]|SERVERBUG|CONTACTADMIN|tempor|try again|later", re.IGNORECASE)


class _Wire(imaplib.IMAP4):
    """The driver's inner client on a connection that the lever reaches, from the first byte on."""

    def __init__(self, settings: ImapSettings, lever: Lever) -> None:
        self._settings = settings
        self._lever = lever
        super().__init__(settings.host, settings.port, settings.connect_timeout)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:  # noqa: ARG002 - the settings hold it
        context = tls_context(self._settings)
        sock = dial(self._settings, self._lever)
        if self._settings.security == "ssl":
            return context.wrap_socket(sock, server_hostname=self._settings.host)
        return sock


class Session(IMAPClient):  # type: ignore[misc]  # the driver is not typed
    """A connection with the greeting read; not yet logged in."""

    def __init__(self, settings: ImapSettings, lever: Lever) -> None:
        self._settings = settings
        self._lever = lever
        super().__init__(
            settings.host,
            settings.port,
            ssl=settings.security == "ssl",
            timeout=SocketTimeout(settings.connect_timeout, settings.timeout),
        )
        self.normalise_times = False  # keep the time zone: naive times are not understood by anybody
        # The driver sets 5 and then formats every literal for a log line that nobody reads: thirteen times the
        # work on mails with photos.
        self._imap.debug = 0

    def copied(self) -> bytes:
        """What COPYUID said of the last COPY (RFC 4315 3), which the driver itself throws away; empty if nothing."""
        return (self._imap.response("COPYUID")[1] or [None])[-1] or b""

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the driver's hook
        return _Wire(self._settings, self._lever)


def log_in(settings: ImapSettings, lever: Lever) -> Session:
    """Connect, secure and log in. Raises DRIVER_ERRORS, or MailboxError where the settings are at fault."""
    if problem := objection(settings):
        raise MailboxError(problem, permanent=True)
    session = Session(settings, lever)
    try:
        if settings.security == "starttls":
            session.starttls(tls_context(settings))
        if session.has_capability("LOGINDISABLED"):
            raise MailboxError(f"{settings.host} takes no password on this connection; set security to ssl or starttls")
        password = settings.password.reveal()
        if (settings.user + password).isascii():
            session.login(settings.user, password)
        else:  # LOGIN is ASCII only (RFC 3501 9)
            session.plain_login(settings.user, password)
    except BaseException:
        with suppress(*DRIVER_ERRORS):
            session.shutdown()
        raise
    return session


def is_permanent(error: BaseException) -> bool:
    """Whether trying again is useless: the server said that it does not accept this user and password."""
    text = str(error)
    return isinstance(error, LoginError) and bool(REFUSED.search(text)) and not PASSING.search(text)


def explain(settings: ImapSettings, tried: str, error: BaseException, stopped: bool) -> MailboxError:
    """What was tried, where, what came of it, and the cure."""
    server = f"the mail server {settings.host}:{settings.port}"
    if stopped:
        why = "it was stopped from outside because it took too long; it will be tried again"
    elif is_permanent(error):
        why = f"it does not accept user {settings.user!r} with this password; set the right one"
    elif isinstance(error, LoginError):
        why = f"the login of {settings.user!r} did not go through ({error}); it will be tried again"
    elif isinstance(error, imaplib.IMAP4.abort):
        why = f"the connection broke off ({error}); it will be tried again"
    elif isinstance(error, OSError):
        why = cause(error)
    else:
        why = f"it answered: {error}"
    return MailboxError(f"{server} failed while trying to {tried}: {why}", permanent=is_permanent(error))
