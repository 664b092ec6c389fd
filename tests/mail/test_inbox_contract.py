"""What every inbox promises, held by each kind: real IMAP (Dovecot), the demo's IMAP, Maildir."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from places import Place

from bot.errors import MailboxError
from bot.mail.inbox import INBOXES, MAX_HEADER_BYTES, batches

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)


def mail(number: int, body: bytes = b"My watch stopped.\r\n", more: bytes = b"") -> bytes:
    return (
        b"From: Anna <anna@example.com>\r\nTo: support@shop.example.com\r\nSubject: watch %d\r\n"
        b"Message-ID: <%d@mail.example.com>\r\n%s\r\n" % (number, number, more)
    ) + body


def ids(place: Place) -> list[int]:
    with place.inbox() as inbox:
        inbox.open()
        return [listed.uid for listed in inbox.list()]


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


@pytest.mark.parametrize("folder", ["Bot/Done", "Erledigt", "Büro/Überprüft", "客服/完成", "A & B/C"])
def test_moved_mail_is_in_the_folder_and_gone_from_the_inbox(place: Place, folder: str) -> None:
    place.deliver(mail(1), NOON)
    place.deliver(mail(2), NOON + timedelta(minutes=1))
    with place.inbox() as inbox:
        inbox.open()
        first, second = (found.uid for found in inbox.list())
        assert inbox.move([first], folder)
        assert [found.uid for found in inbox.list()] == [second]
        assert inbox.has_message(folder, "<1@mail.example.com>")
        assert not inbox.has_message(folder, "<2@mail.example.com>")
    assert place.mails() == [mail(2)]


def test_a_long_row_of_mails_is_moved_in_one_go(place: Place) -> None:
    for number in range(230):
        place.deliver(mail(number))
    with place.inbox() as inbox:
        inbox.open()
        assert inbox.move([found.uid for found in inbox.list()], "Bot/Done")
        assert inbox.list() == ()
    assert sorted(place.mails("Bot/Done")) == sorted(mail(n) for n in range(230))


def test_moving_twice_and_moving_what_never_was_is_fine(place: Place) -> None:
    place.deliver(mail(1))
    (uid,) = ids(place)
    with place.inbox() as inbox:
        inbox.open()
        assert inbox.move([uid, 4_000], "Bot/Done")
        assert inbox.move([uid], "Bot/Done")
    assert place.mails("Bot/Done") == [mail(1)]


def test_a_mail_that_a_second_client_expunges_meanwhile_is_none_and_the_others_come(place: Place) -> None:
    for number in range(3):
        place.deliver(mail(number), NOON + timedelta(minutes=number))
    with place.inbox() as inbox:
        inbox.open()
        uids = [found.uid for found in inbox.list()]
        place.expunge(1)
        gone = mail(1) if place.hands_out_expunged else None
        assert list(inbox.fetch(uids)) == list(zip(uids, [mail(0), gone, mail(2)], strict=True))
        assert inbox.headers(uids[1]) is None
        assert inbox.move(uids, "Bot/Done")
    assert place.mails("Bot/Done") == [mail(0), mail(2)]


def test_a_mail_that_a_second_client_moves_meanwhile_stays_where_it_was_put(place: Place) -> None:
    for number in range(2):
        place.deliver(mail(number), NOON + timedelta(minutes=number))
    with place.inbox() as inbox:
        inbox.open()
        uids = [found.uid for found in inbox.list()]
        place.take(0, "Private")
        gone = mail(0) if place.hands_out_expunged else None
        assert list(inbox.fetch(uids)) == [(uids[0], gone), (uids[1], mail(1))]
        assert inbox.move(uids, "Bot/Done")
    assert (place.mails("Private"), place.mails("Bot/Done"), place.mails()) == ([mail(0)], [mail(1)], [])


def test_a_mail_that_is_put_back_into_the_inbox_gets_a_new_uid(place: Place) -> None:
    place.deliver(mail(1))
    (uid,) = ids(place)
    with place.inbox() as inbox:
        inbox.open()
        inbox.move([uid], "Bot/Done")
    place.put_back("Bot/Done")
    (again,) = ids(place)
    assert again > uid


def test_the_copy_of_a_sent_letter_is_kept_once(place: Place) -> None:
    message_id = "<kb.ask.K7F3Q9.ABCDEFGHIJKLMNOPQRSTUVWXYZ@shop.example.com>"
    letter = b"Message-ID: " + message_id.encode() + b"\r\nSubject: x\r\n\r\nDear customer\r\n"
    with place.inbox() as inbox:
        inbox.open()
        assert not inbox.has_message("Sent", message_id)
        assert inbox.append_sent(letter, message_id, "Sent")
        assert not inbox.append_sent(letter, message_id, "Sent")
        assert inbox.has_message("Sent", message_id)
    with place.inbox() as inbox:
        inbox.open()
        assert not inbox.append_sent(letter, message_id, "Sent")
        assert not inbox.has_message("Sent", message_id.replace("ABC", "XYZ"))
    assert place.mails("Sent") == [letter]


@pytest.mark.parametrize("message_id", ['<a"b@example.com>', r"<a\b@example.com>", "<(a)%*{3}@example.com>"])
def test_a_message_id_with_signs_of_the_protocol_is_searched_for_as_it_is(place: Place, message_id: str) -> None:
    with place.inbox() as inbox:
        inbox.open()
        assert inbox.append_sent(f"Message-ID: {message_id}\r\n\r\nx\r\n".encode(), message_id, "Sent")
        quoted = bool({'"', "\\"} & set(message_id))
        assert inbox.has_message("Sent", message_id) == (place.finds_quoted_ids or not quoted)
        assert inbox.list() == ()


@pytest.mark.parametrize("message_id", ["", "<a b@example.com>", "<a\r\nA1 LOGOUT>", "<ä@example.com>", "x" * 251])
def test_text_that_is_no_message_id_never_reaches_the_server(place: Place, message_id: str) -> None:
    with place.inbox() as inbox:
        inbox.open()
        with pytest.raises(MailboxError, match="Message-ID"):
            inbox.has_message("Sent", message_id)
        with pytest.raises(MailboxError, match="Message-ID"):
            inbox.append_sent(b"x", message_id, "Sent")
        assert inbox.list() == ()


@pytest.mark.parametrize("folder", ["", "/", "Bot//Done", "Bot/", "*", "Bot/%", "a\r\nb", 'a"b'])
def test_a_folder_name_that_no_server_could_have_is_refused(place: Place, folder: str) -> None:
    with place.inbox() as inbox:
        inbox.open()
        with pytest.raises(MailboxError, match="folder name") as caught:
            inbox.prepare([folder])
    assert caught.value.permanent


def test_folders_are_prepared_once_and_for_all(place: Place) -> None:
    with place.inbox() as inbox:
        inbox.open()
        inbox.prepare(["Bot/Done", "Bot", "Bot/Quarantine"])
        inbox.prepare(["Bot/Done", "Bot/Oversize"])
    assert place.mails("Bot/Oversize") == place.mails("Bot") == []


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
