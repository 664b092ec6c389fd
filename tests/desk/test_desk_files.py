"""What strangers send: pictures only as made by us, files only as inert downloads, words only as text."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest
from desk_mail import arrive, mail
from desk_served import ServedDesk
from PIL import Image

from bot.desk.casework.marks import Mark, paragraphs
from bot.desk.casework.plain import mixed, shown, writer
from bot.desk.pages.files import FOLDER, safe_name

STORY = "blurred-photo"


def file_ids(desk: ServedDesk, number: str) -> list[int]:
    rows = desk.store.casefile.mails(desk.store.cases.id_of(number))
    return [file["id"] for mail in rows for file in mail["files"]]


def photo(format_: str = "JPEG", size: tuple[int, int] = (900, 700), **more: Any) -> bytes:
    made = io.BytesIO()
    Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 60).convert("RGB").save(made, format_, **more)
    return made.getvalue()


# --- pictures ---------------------------------------------------------------------------------------


def test_a_picture_is_shown_as_our_own_jpeg_in_two_sizes(desk: ServedDesk) -> None:
    visitor, number = desk.visitor("reader"), desk.case(STORY)
    original = desk.store.casefile.attachment(file_ids(desk, number)[0])
    assert original is not None
    raw = desk.store.files.read(original["sha256"])
    for size, edge in (("small", 360), ("large", 1600)):
        answer = visitor.get(f"/files/{original['id']}/{size}.jpg")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        made = Image.open(io.BytesIO(answer.body))
        assert (made.format, max(made.size) <= edge) == ("JPEG", True)
        assert answer.body != raw
        assert not made.getexif()
    assert visitor.get(f"/files/{original['id']}/huge.jpg").status == 404


def test_nothing_that_a_camera_noted_comes_along(desk: ServedDesk) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x010E] = "SpyCam", "Model 1", "secret words 4711"
    sent = mail("My watch", "Hello, the photo is attached, order KS18842.")
    sent.add_attachment(photo(exif=exif.tobytes(), comment=b"secret 4711"), "image", "jpeg", filename="watch.jpg")
    [number] = arrive(desk, sent)
    [file] = file_ids(desk, number)
    visitor = desk.visitor("agent")
    assert b"SpyCam" in visitor.get(f"/files/{file}/download").body
    for size in ("small", "large"):
        made = visitor.get(f"/files/{file}/{size}.jpg").body
        assert b"SpyCam" not in made
        assert b"4711" not in made
        assert b"Exif" not in made


def test_a_file_that_only_says_it_is_a_picture_is_none(desk: ServedDesk) -> None:
    sent = mail("My watch", "Hello, see the files.")
    broken = photo()[:300] + b"<script>alert(1)</script>" * 20
    bomb = photo("PNG", (40, 40))
    sent.add_attachment(broken, "image", "jpeg", filename="broken.jpg")
    sent.add_attachment(
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image", "svg+xml", filename="a.svg"
    )
    sent.add_attachment(bomb[:16] + b"\x00\x01\x00\x00\x00\x01\x00\x00" + bomb[24:], "image", "png", filename="big.png")
    [number] = arrive(desk, sent)
    visitor = desk.visitor("agent")
    statuses = [visitor.get(f"/files/{file}/large.jpg").status for file in file_ids(desk, number)]
    assert statuses[1:] == [404, 404]
    assert visitor.get(f"/case/{number}").status == 200
    # another picture is still made: the process that makes them survives what it refuses
    other = file_ids(desk, desk.case(STORY))[0]
    assert visitor.get(f"/files/{other}/small.jpg").status == 200


def test_a_refused_picture_is_not_opened_again_with_every_look(desk: ServedDesk) -> None:
    visitor, number = desk.visitor("agent"), desk.case(STORY)
    row = desk.store.casefile.attachment(file_ids(desk, number)[0])
    assert row is not None
    folder = desk.store.folder / FOLDER
    folder.mkdir()
    (folder / f"{row['sha256']}.none").touch()
    assert visitor.get(f"/files/{row['id']}/small.jpg").status == 404
    assert [path.suffix for path in folder.iterdir()] == [".none"]


def test_made_pictures_are_kept_for_us_alone(desk: ServedDesk) -> None:
    visitor, number = desk.visitor("agent"), desk.case(STORY)
    visitor.get(f"/files/{file_ids(desk, number)[0]}/small.jpg")
    folder = desk.store.folder / FOLDER
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


# --- downloads --------------------------------------------------------------------------------------


def test_files_and_originals_are_downloads_that_no_browser_renders(desk: ServedDesk) -> None:
    sent = mail("My watch", "Hello.")
    sent.add_attachment(b"<script>alert(1)</script>", "text", "html", filename="invoice.pdf.html")
    [number] = arrive(desk, sent)
    [file] = file_ids(desk, number)
    visitor = desk.visitor("agent")
    letter = desk.store.casefile.mails(desk.store.cases.id_of(number))[0]["id"]
    for path, ending in ((f"/files/{file}/download", ".bin"), (f"/files/mail/{letter}", ".eml")):
        answer = visitor.get(path)
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        name = re.fullmatch(r'attachment; filename="([A-Za-z0-9._-]+)"', answer.headers["Content-Disposition"])
        assert name
        assert name[1].endswith(ending)
    assert visitor.get(f"/files/{file}/download").body == b"<script>alert(1)</script>"
    assert desk.visitor(None).get(f"/files/{file}/download").status == 303


@pytest.mark.parametrize(
    ("name", "type_", "safe"),
    [
        ("IMG_0207.jpg", "image/jpeg", "IMG_0207.jpg"),
        ("../../etc/passwd", "application/octet-stream", "etc-passwd.bin"),
        ("photo\u202egpj.exe", "application/x-dosexec", "photo-gpj-exe.bin"),
        ('x"; filename="evil.html', "text/html", "x-filename-evil-html.bin"),
        ("a\r\nSet-Cookie: x", "image/png", "a-Set-Cookie-x.png"),
        ("照片.heic", "image/heic", "file.heic"),
        (".htaccess", "application/octet-stream", "file-htaccess.bin"),
        ("\u200b", "application/pdf", "file.pdf"),
        ("page.html", "image/jpeg", "page.jpg"),
    ],
)
def test_a_downloads_name_holds_no_surprise(name: str, type_: str, safe: str) -> None:
    assert safe_name(name, type_) == safe


# --- names that are not what they look like -----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "address", "signs"),
    [
        ("Jana Reuter", "jana.reuter@example.com", ()),
        ("Ольга Иванова", "olga@example.com", ()),
        ("KOSPET Support", "help@example.com", ("ours",)),
        ("KOSPET After-Sales", "after-sales@kospet.com", ()),
        ("bank@example.org", "x@example.com", ("address",)),
        ("Jana\u202eretueR", "x@example.com", ("hidden",)),
        ("Jаna Reuter", "x@example.com", ("mixed",)),
        ("Jana", "jana@exämple.com", ("host",)),
        ("", "jana@example.com", ()),
    ],
)
def test_a_name_that_looks_like_another_is_marked(name: str, address: str, signs: tuple[str, ...]) -> None:
    seen = writer(name, address, ("kospet.com",))
    assert seen.signs == signs
    assert seen.address.isascii()
    assert seen.name


def test_the_real_address_stands_beside_a_marked_name(desk: ServedDesk) -> None:
    name = base64.b64encode("KOSPET\u202e Support <x>".encode()).decode()
    sender = f"=?utf-8?b?{name}?= <a@example.com>"
    sent = mail("Hello", "My watch is dead, order KS18842.")
    del sent["From"]
    raw = sent.as_bytes().replace(b"Subject:", b"From: " + sender.encode() + b"\nSubject:", 1)
    [number] = arrive(desk, raw)
    words = desk.visitor("agent").get(f"/case/{number}").words
    assert "a@example.com" in words
    assert "name looks like ours" in words
    assert "\u202e" not in words


def test_marks_of_direction_never_reach_the_page() -> None:
    assert shown("abc\u202edef\u2066\u200bg\u00ad") == "abcdefg"
    assert mixed("pаypal")
    assert not mixed("Москва Berlin")


# --- marks in a text ------------------------------------------------------------------------------------


def pieces(text: str, *marks: tuple[int, int]) -> list[tuple[str, str]]:
    made = [Mark(start=a, end=b, words=text[a:b], to=f"d{n}", id=f"w{n}") for n, (a, b) in enumerate(marks)]
    return [(p.text, p.to) for block in paragraphs(text, made) for line in block for p in line]


def test_the_narrower_of_two_marks_shows() -> None:
    assert pieces("my watch is dead", (0, 16), (3, 8)) == [("my ", "d0"), ("watch", "d1"), (" is dead", "d0")]


def test_a_mark_over_several_lines_is_cut_and_has_its_id_once() -> None:
    [block] = paragraphs("one two\nthree", [Mark(start=4, end=13, words="two three", to="d", id="w")])
    assert [[(p.text, p.to, p.id) for p in line] for line in block] == [
        [("one ", "", ""), ("two", "d", "w")],
        [("three", "d", "")],
    ]


def test_words_that_do_not_stand_there_any_more_are_no_mark() -> None:
    wrong = Mark(start=0, end=3, words="other", to="d", id="w")
    assert [[p.to for p in line] for block in paragraphs("abc def", [wrong]) for line in block] == [[""]]


def test_text_is_cut_at_blank_lines_and_nothing_is_lost() -> None:
    text = "a\nb\n\n\nc"
    assert [["".join(p.text for p in line) for line in block] for block in paragraphs(text)] == [["a", "b"], ["c"]]
