"""What every inbox promises, held by each kind: real IMAP (Dovecot), the demo's IMAP, Maildir.

Filing mail away is in test_inbox_filing_contract.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from places import NOON, Place, ids, mail

from bot.errors import MailboxError
from bot.mail.inbox import INBOXES, MAX_HEADER_BYTES, batches


def test_every_kind_of_inbox_is_in_this_suite() -> None:
    assert set(INBOXES) == {"imap", "maildir"}


def test_an_empty_inbox_lists_nothing(place: Place) -> None:
    with place.inbox() as inbox:
        assert inbox.open() > 0
        assert inbox.list() == ()
        assert list(inbox.fetch([])) == []
        assert inbox.move([], "Bot/Done")


def test_mails_are_listed_oldest_first_with_size_and_time_of_arrival(place: Place) -> None:
    for number in range(5):
        place.deliver(mail(number, b"x" * 100 * number), NOON + timedelta(minutes=number))
    with place.inbox() as inbox:
        inbox.open()
        listed = inbox.list()
    assert [found.uid for found in listed] == sorted(found.uid for found in listed)
    assert [found.received_at for found in listed] == [NOON + timedelta(minutes=n) for n in range(5)]
    assert [found.size for found in listed] == [len(mail(n, b"x" * 100 * n)) for n in range(5)]


def test_known_mails_are_left_out(place: Place) -> None:
    for number in range(3):
        place.deliver(mail(number), NOON + timedelta(minutes=number))
    with place.inbox() as inbox:
        inbox.open()
        first, second, third = (found.uid for found in inbox.list())
        assert [found.uid for found in inbox.list(known={first, third})] == [second]


def test_a_mail_that_arrives_while_the_inbox_is_open_is_listed(place: Place) -> None:
    with place.inbox() as inbox:
        inbox.open()
        assert inbox.list() == ()
        place.deliver(mail(1))
        assert len(inbox.list()) == 1


@pytest.mark.parametrize(
    "raw",
    [
        mail(1, "Grüße, 日本語\r\n".encode()),  # 8-bit
        mail(1, b"caf\xe9 \xff\xfe\r\n"),  # bytes of no charset
        mail(1, b""),  # no body
        mail(1, b"no line end"),
        mail(1, b".\r\n..\r\nFrom me\r\n>From you\r\n"),  # lines that mail programs like to alter
        mail(1, b"A001 OK FETCH {12}\r\n* BYE\r\n)\r\n"),  # looks like protocol
        mail(1, b"x" * 20_000 + b"\r\n"),  # one long line
        mail(1, b"0123456789abcdef\r\n" * 200_000),  # 3.6 MB
        b"\r\nno header at all\r\n",
    ],
    ids=["8-bit", "no charset", "empty", "no line end", "dots", "protocol", "long line", "big", "headless"],
)
def test_fetched_bytes_are_the_delivered_ones(place: Place, raw: bytes) -> None:
    place.deliver(raw)
    with place.inbox() as inbox:
        inbox.open()
        (listed,) = inbox.list()
        assert list(inbox.fetch([listed.uid])) == [(listed.uid, raw)]


@pytest.mark.parametrize("max_bytes", [1, 900, 10**7])
@pytest.mark.parametrize("max_count", [1, 3, 100])
def test_batches_of_any_size_give_all_mails_in_the_order_asked_for(
    place: Place, max_bytes: int, max_count: int
) -> None:
    for number in range(7):
        place.deliver(mail(number), NOON + timedelta(minutes=number))
    with place.inbox() as inbox:
        inbox.open()
        uids = [found.uid for found in inbox.list()][::-1]
        fetched = list(inbox.fetch(uids, max_bytes=max_bytes, max_count=max_count))
    assert fetched == list(zip(uids, [mail(n) for n in reversed(range(7))], strict=True))


def test_mails_can_be_fetched_that_were_listed_in_an_earlier_session(place: Place) -> None:
    place.deliver(mail(1))
    (uid,) = ids(place)
    with place.inbox() as inbox:
        inbox.open()
        assert list(inbox.fetch([uid])) == [(uid, mail(1))]


def test_other_work_between_two_fetched_mails_does_no_harm(place: Place) -> None:
    for number in range(4):
        place.deliver(mail(number), NOON + timedelta(minutes=number))
    with place.inbox() as inbox:
        inbox.open()
        uids = [found.uid for found in inbox.list()]
        seen = []
        for uid, raw in inbox.fetch(uids, max_count=2):
            seen.append(raw)
            assert inbox.append_sent(mail(50 + uid), f"<{50 + uid}@mail.example.com>", "Sent")
            assert inbox.move([uid], "Bot/Done")
    assert seen == [mail(n) for n in range(4)]
    assert place.mails() == []


def test_reading_leaves_mail_unread(place: Place) -> None:
    place.deliver(mail(1))
    with place.inbox() as inbox:
        inbox.open()
        (listed,) = inbox.list()
        list(inbox.fetch([listed.uid]))
        inbox.headers(listed.uid)
        inbox.has_message("INBOX", "<1@mail.example.com>")
    assert place.seen() == 0


def test_a_mail_that_a_person_has_read_is_still_listed(place: Place) -> None:
    place.deliver(mail(1))
    (before,) = ids(place)
    place.mark_seen(0)
    assert ids(place) == [before]
    with place.inbox() as inbox:
        inbox.open()
        assert list(inbox.fetch([before])) == [(before, mail(1))]


def test_a_mail_that_is_marked_read_between_list_and_fetch_is_fetched(place: Place) -> None:
    place.deliver(mail(1))
    with place.inbox() as inbox:
        inbox.open()
        (listed,) = inbox.list()
        place.mark_seen(0)
        assert list(inbox.fetch([listed.uid])) == [(listed.uid, mail(1))]
        assert inbox.move([listed.uid], "Bot/Done")
    assert place.mails("Bot/Done") == [mail(1)]


def test_uids_and_uidvalidity_stay_over_sessions(place: Place) -> None:
    place.deliver(mail(1), NOON)
    place.deliver(mail(2), NOON + timedelta(minutes=1))
    with place.inbox() as inbox:
        uidvalidity, name = inbox.open(), inbox.name
    before = ids(place)
    place.deliver(mail(3), NOON - timedelta(days=1))  # older by its date, newer by its arrival
    after = ids(place)
    assert after[:2] == before
    assert len(after) == 3
    assert after[2] > after[1]
    with place.inbox() as inbox:
        assert (inbox.open(), inbox.name) == (uidvalidity, name)


def test_a_mail_that_never_was_is_none(place: Place) -> None:
    place.deliver(mail(1))
    with place.inbox() as inbox:
        inbox.open()
        (listed,) = inbox.list()
        assert list(inbox.fetch([4_000, listed.uid])) == [(4_000, None), (listed.uid, mail(1))]
        assert inbox.headers(4_000) is None


def test_of_a_large_mail_only_the_start_of_the_header_is_read(place: Place) -> None:
    long = b"".join(b"X-Line: %05d %s\r\n" % (n, b"y" * 80) for n in range(4_000))
    place.deliver(mail(1, b"body", more=long), NOON)
    place.deliver(mail(2, b"body"), NOON + timedelta(minutes=1))
    with place.inbox() as inbox:
        inbox.open()
        first, second = (found.uid for found in inbox.list())
        assert inbox.headers(first) == mail(1, more=long)[:MAX_HEADER_BYTES]
        assert inbox.headers(second) == mail(2, b"")


def test_a_mailbox_that_was_rebuilt_has_another_uidvalidity(place: Place) -> None:
    place.deliver(mail(1))
    with place.inbox() as inbox:
        before = inbox.open()
    if not place.can_renumber:
        with pytest.raises(NotImplementedError):  # in memory: a new UIDVALIDITY comes with a new server only
            place.renumber()
        return
    place.renumber()
    with place.inbox() as inbox:
        assert inbox.open() != before
        (listed,) = inbox.list()
        assert list(inbox.fetch([listed.uid])) == [(listed.uid, mail(1))]


def test_an_inbox_that_is_not_open_says_so(place: Place) -> None:
    place.deliver(mail(1))
    inbox = place.inbox()
    inbox.close()
    inbox.abort()
    with pytest.raises(MailboxError):
        inbox.list()
    with pytest.raises(MailboxError):
        inbox.open()


@pytest.mark.parametrize(
    ("sizes", "max_bytes", "max_count", "runs"),
    [
        ([], 10, 10, []),
        ([(1, 4), (2, 4), (3, 4)], 8, 10, [(1, 2), (3,)]),  # bounded by bytes
        ([(1, 4), (2, 99), (3, 4)], 8, 10, [(1,), (2,), (3,)]),  # one that is larger than the bound comes alone
        ([(1, 0), (2, 0), (3, 0)], 8, 2, [(1, 2), (3,)]),  # bounded by count
        ([(1, 8), (2, 8)], 8, 10, [(1,), (2,)]),  # exactly full
    ],
)
def test_runs_keep_to_bytes_and_count(
    sizes: list[tuple[int, int]], max_bytes: int, max_count: int, runs: list[tuple[int, ...]]
) -> None:
    assert list(batches(sizes, max_bytes, max_count)) == runs
