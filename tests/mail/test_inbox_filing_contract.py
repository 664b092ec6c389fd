"""What every inbox promises about filing mail away, held by each kind; see test_inbox_contract for reading."""

from __future__ import annotations

from datetime import timedelta

import pytest
from places import NOON, Place, ids, mail

from bot.errors import MailboxError


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
