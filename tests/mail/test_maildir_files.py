"""The Maildir inbox on disk: its list of uids, odd files, and what a crash may leave."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from places import MaildirPlace

from bot.errors import MailboxError
from bot.mail.maildir_uids import UIDS, UidList

RAW = b"Message-ID: <1@mail.example.com>\r\n\r\nMy watch stopped.\r\n"


@pytest.fixture
def maildir(tmp_path: Path) -> MaildirPlace:
    return MaildirPlace(tmp_path / "Maildir")


def look(maildir: MaildirPlace) -> tuple[int, list[int]]:
    with maildir.inbox() as inbox:
        return inbox.open(), [found.uid for found in inbox.list()]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],  # torn
        lambda text: text.rpartition("\n")[0].rpartition("\n")[0] + "\n",  # a line lost
        lambda text: text.replace("\n2 ", "\n1 "),  # one uid for two mails
        lambda text: "1 2 3\n" + text,
        lambda text: "\x00" * len(text),
        lambda text: text.replace(" 4 3\n", " 3 3\n"),  # the next uid was given out before
    ],
    ids=["empty", "torn", "short", "twice", "headed", "zeroes", "next"],
)
def test_a_damaged_list_of_uids_is_begun_anew_under_a_higher_uidvalidity(
    maildir: MaildirPlace, damage: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        maildir.deliver(RAW)
    before, uids = look(maildir)
    text = (maildir.root / UIDS).read_text()
    assert damage(text) != text
    (maildir.root / UIDS).write_text(damage(text))
    later = time.time() + 2  # UIDVALIDITY counts seconds
    monkeypatch.setattr("time.time", lambda: later)
    after, again = look(maildir)
    assert after > before
    assert again == uids == [1, 2, 3]
    assert look(maildir) == (after, again)


def test_a_list_that_is_lost_in_mid_session_is_noticed(maildir: MaildirPlace) -> None:
    maildir.deliver(RAW)
    with maildir.inbox() as inbox:
        inbox.open()
        (listed,) = inbox.list()
        (maildir.root / UIDS).unlink()
        maildir.mark_seen(0)  # so that the file must be looked up again
        with pytest.raises(MailboxError, match="lost its list"):
            list(inbox.fetch([listed.uid]))
    assert maildir.mails() == [RAW]


def test_a_half_written_new_list_is_no_harm(maildir: MaildirPlace) -> None:
    maildir.deliver(RAW)
    before = look(maildir)
    (maildir.root / (UIDS + ".new")).write_text("half a li")  # a crash before the rename
    maildir.deliver(RAW)
    assert look(maildir) == (before[0], [1, 2])


def test_a_mail_that_was_moved_before_a_crash_is_simply_gone(maildir: MaildirPlace) -> None:
    maildir.deliver(RAW)
    maildir.deliver(RAW)
    _, (first, second) = look(maildir)
    maildir.take(0, "Bot/Done")  # the rename was done, the list of uids not yet rewritten
    with maildir.inbox() as inbox:
        inbox.open()
        assert [found.uid for found in inbox.list()] == [second]
        assert inbox.move([first, second], "Bot/Done")
    assert maildir.mails("Bot/Done") == [RAW, RAW]


def test_a_moved_mail_never_replaces_another_of_the_same_name(maildir: MaildirPlace) -> None:
    for number in range(3):
        (maildir.root / "new" / "same.name").write_bytes(RAW + b"%d" % number)
        _, (uid,) = look(maildir)
        with maildir.inbox() as inbox:
            inbox.open()
            assert inbox.move([uid], "Bot/Done")
    assert sorted(maildir.mails("Bot/Done")) == [RAW + b"%d" % number for number in range(3)]


def test_what_is_no_mail_is_left_alone(maildir: MaildirPlace) -> None:
    os.mkfifo(maildir.root / "new" / "pipe")  # reading it would wait for ever
    (maildir.root / "cur" / "folder").mkdir()
    (maildir.root / "new" / "link").symlink_to("/etc/hostname")  # not ours to read
    (maildir.root / "new" / ".hidden").write_bytes(RAW)
    (maildir.root / "tmp" / "unfinished").write_bytes(RAW)
    maildir.deliver(RAW)
    assert look(maildir)[1] == [1]


def test_two_that_look_at_once_never_give_one_uid_to_two_mails(maildir: MaildirPlace) -> None:
    found: list[dict[str, int]] = []

    def assign(start: int) -> None:
        uids = UidList(maildir.root)
        found.extend(uids.assign({f"mail{n}": n for n in range(start, start + 5)}) for _ in range(20))

    threads = [threading.Thread(target=assign, args=(start,)) for start in (0, 3, 6, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = {(name, uid) for uids in found for name, uid in uids.items()}
    assert len(given) == len({name for name, _ in given}) == len({uid for _, uid in given}) == 14


def test_a_folder_that_is_no_maildir_is_named(tmp_path: Path) -> None:
    place = MaildirPlace(tmp_path / "Maildir")
    (place.root / "new").rmdir()
    with (
        place.inbox() as inbox,
        pytest.raises(MailboxError, match=r"Maildir: it must hold the folders new, cur and tmp"),
    ):
        inbox.open()


def test_a_folder_name_with_a_dot_cannot_be_a_maildir_folder(maildir: MaildirPlace) -> None:
    with maildir.inbox() as inbox:
        inbox.open()
        with pytest.raises(MailboxError, match="holds a dot"):
            inbox.prepare(["Bot/v1.2"])


def test_nobody_else_may_read_what_the_bot_writes(maildir: MaildirPlace) -> None:
    with maildir.inbox() as inbox:
        inbox.open()
        inbox.append_sent(RAW, "<1@mail.example.com>", "Sent")
    written = [maildir.root / UIDS, *(maildir.root / ".Sent").rglob("*"), maildir.root / ".Sent"]
    assert [path.name for path in written if path.stat().st_mode & 0o077 and path.is_file()] == []
