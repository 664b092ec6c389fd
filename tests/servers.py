"""Real servers as pytest fixtures: a private Dovecot, the embedded servers, an SMTP sink, a certificate.

Loaded for all tests by tests/conftest.py. Dovecot runs as a child of the test process in a folder of its own, on
free loopback ports; it needs Debian's dovecot-imapd. Without it the tests that need it are skipped, and fail
when REQUIRE_REAL_SERVERS is set, as it is in CI.
"""

from __future__ import annotations

import getpass
import grp
import itertools
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sink import Sink

PASSWORD = "secret"
START_SECONDS = 20
CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
listen = 127.0.0.1
protocols = imap
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {inner}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  inet_listener http {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a Dovecot is marked so."""
    for item in items:
        if {"dovecot", "account"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("needs_dovecot")


class Certificate:
    """A self-made certificate for localhost and 127.0.0.1, which is its own authority."""

    def __init__(self, folder: Path) -> None:
        self.file, self.key = folder / "certificate.pem", folder / "key.pem"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
                *("-keyout", str(self.key), "-out", str(self.file)),
            ],
            check=True,
            capture_output=True,
            timeout=30,
        )

    def context(self) -> ssl.SSLContext:
        """For a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


class Account:
    """One mailbox on the Dovecot, fresh and empty."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self.dovecot = dovecot
        self.host, self.port, self.tls_port = "127.0.0.1", dovecot.port, dovecot.tls_port
        self.user, self.password = user, dovecot.password
        self.maildir = dovecot.root / "mail" / user / "Maildir"
        self._names = itertools.count(1)
        for part in ("tmp", "new", "cur"):
            (self.maildir / part).mkdir(parents=True)
        self._own(self.maildir.parent)

    def deliver(self, raw: bytes, received_at: datetime | None = None) -> None:
        """A mail arrives, as a mail server's delivery agent would do it."""
        name = f"{int(time.time())}.M{time.time_ns()}P{os.getpid()}Q{next(self._names)}.test"
        fresh = self.maildir / "tmp" / name
        fresh.write_bytes(raw)
        if received_at:
            os.utime(fresh, (received_at.timestamp(),) * 2)
        self._own(fresh)
        fresh.rename(self.maildir / "new" / name)

    def mails(self, folder: str = "INBOX") -> list[bytes]:
        """The mails of a folder, read from the disk, with CRLF; ``Bot/Done`` is written as here, in ASCII."""
        place = self.maildir if folder == "INBOX" else self.maildir / ("." + folder.replace("/", "."))
        files = [file for part in ("new", "cur") for file in sorted((place / part).glob("*"))]
        return [re.sub(rb"\r?\n", b"\r\n", file.read_bytes()) for file in files]

    def flags(self) -> list[str]:
        """The Maildir flags of the inbox's mails (S is \\Seen, T is \\Deleted)."""
        return [f.name.partition(":2,")[2] for part in ("new", "cur") for f in sorted((self.maildir / part).glob("*"))]

    def reset_uidvalidity(self) -> None:
        """What a restored or moved mailbox does: new UIDVALIDITY, uids from 1. No session may be open."""
        for file in (*self.maildir.glob("dovecot-uidlist*"), *self.maildir.glob("dovecot.*")):
            file.unlink()

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            for place in (path, *path.rglob("*")):
                os.chown(place, self.dovecot.uid, self.dovecot.gid)


class Dovecot:
    """A Dovecot of our own; ends with ``stop``."""

    def __init__(
        self, certificate: Certificate, separator: str = "/", prefix: str = "", password: str = PASSWORD
    ) -> None:
        self.certificate = certificate
        self.password = password
        # Not below pytest's folder: the account that owns the mail may not enter there.
        self.root = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.root.chmod(0o755)
        as_root = os.geteuid() == 0
        owner = pwd.getpwnam("mail" if as_root else getpass.getuser())
        self.uid, self.gid = owner.pw_uid, owner.pw_gid
        self.port, self.tls_port = free_port(), free_port()
        self._users = itertools.count(1)
        (self.root / "mail").mkdir()
        os.chown(self.root / "mail", self.uid, self.gid)
        settings = self.root / "dovecot.conf"
        settings.write_text(
            CONFIG.format(
                root=self.root,
                certificate=certificate.file,
                key=certificate.key,
                inner="dovecot" if as_root else owner.pw_name,
                login="dovenull" if as_root else owner.pw_name,
                group="dovecot" if as_root else grp.getgrgid(self.gid).gr_name,
                chroot="" if as_root else "chroot =",
                uid=self.uid,
                gid=self.gid,
                port=self.port,
                tls_port=self.tls_port,
                password=password,
                separator=separator,
                prefix=prefix,
            )
        )
        program = find_dovecot()
        assert program
        with open(self.root / "out.log", "wb") as out:  # a pipe would stay open in its children
            self._process = subprocess.Popen([program, "-F", "-c", str(settings)], stdout=out, stderr=out)
        self._wait()

    def account(self) -> Account:
        """A mailbox that nobody has used."""
        return Account(self, f"shop{next(self._users)}")

    def stop(self) -> None:
        """End it and all that it started."""
        self._process.terminate()
        self._process.wait(START_SECONDS)
        shutil.rmtree(self.root, ignore_errors=True)

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as sock:
                    if sock.recv(4) == b"* OK":
                        return
            except OSError:
                time.sleep(0.05)
        self._process.terminate()
        raise RuntimeError((self.root / "out.log").read_text() + (self.root / "dovecot.log").read_text())


def find_dovecot() -> str | None:
    """Where the program is."""
    return shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def require_dovecot() -> None:
    """Skip, or fail where real servers are demanded."""
    if find_dovecot() is None:
        if os.environ.get("REQUIRE_REAL_SERVERS"):
            pytest.fail("Dovecot is not installed, and REQUIRE_REAL_SERVERS is set")
        pytest.skip("Dovecot is not installed (Debian: apt install dovecot-imapd)")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Trust it by ``ca_file=certificate.file``."""
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def dovecot(certificate: Certificate) -> Iterator[Dovecot]:
    """One Dovecot for all tests of a process: IMAP with STARTTLS on ``port``, with TLS on ``tls_port``."""
    require_dovecot()
    server = Dovecot(certificate)
    yield server
    server.stop()


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    """A fresh mailbox on it."""
    return dovecot.account()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """An SMTP server in clear text; see sink.py for how to make it fail."""
    with Sink(tmp_path / "sink") as server:
        yield server
