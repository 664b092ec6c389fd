"""Where a webhook may go: to the public internet, unless the operator says otherwise."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from hook_receiver import Receiver

from bot.errors import PostError
from bot.worker.posting import is_public, post

# --- where it may go --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1", "this machine"),
        ("10.1.2.3", "a private network"),
        ("172.16.0.9", "a private network"),
        ("192.168.1.1", "a private network"),
        ("169.254.169.254", "the address where clouds hand out secrets"),
        ("100.64.0.1", "a provider's own network"),
        ("0.0.0.0", "any address of this machine"),
        ("224.0.0.1", "a group of machines"),
        ("::1", "this machine"),
        ("fe80::1%eth0", "the same cable"),
        ("fd00::1", "a private network"),
        ("::ffff:10.0.0.1", "a private one in the clothes of the other kind"),
        ("64:ff9b::a00:1", "10.0.0.1 behind a translator"),
        ("2002:a00:1::1", "10.0.0.1 in a tunnel"),
    ],
)
def test_an_address_that_is_not_public_is_seen(address: str, why: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_seen(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
def test_a_private_address_is_refused_before_anything_is_sent(host: str) -> None:
    with Receiver(200) as receiver:
        with pytest.raises(PostError, match="not in the public internet"):
            post(f"http://{host}:{receiver.port}/hook", b"{}", {}, timeout=2)
        assert receiver.told == []


def test_a_name_that_does_not_exist_is_told_as_such() -> None:
    with pytest.raises(PostError, match="was not found"):
        post("https://nowhere.invalid/hook", b"{}", {}, timeout=10)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, certificate: Any) -> None:
    with Receiver(200) as receiver:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file, certificate.key)
        receiver._server.socket = context.wrap_socket(receiver._server.socket, server_side=True)
        with pytest.raises(PostError, match="no safe connection"):
            post(f"https://localhost:{receiver.port}/hook", b"{}", {}, timeout=3, private=True)
        assert receiver.told == []
