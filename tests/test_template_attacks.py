"""Neither a template nor a fact can break out of its letter, whoever wrote it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from delivered_letters import LETTERS, TEMPLATES, english_alone, reply_of
from selectolax.lexbor import LexborHTMLParser

from bot.errors import TemplateError
from bot.replies import Letters
from bot.replies.samples import CASE

BODY = "en/received/body.txt"
SUBJECT = "en/received/subject.txt"
PHRASES = "en/phrases.toml"
MESSAGE = "Your e-mail has arrived, and our team is reading it."

POISONS = {
    "jinja": "{{ 7 * 7 }}{% for x in y %}",
    "markup": "<b onload=\"x\">&amp;</b><img src='https://example.com/x.png'>",
    "lines": "KS20418\r\nBcc: ana@example.com\n\n1. Send money\n-- \nx",
    "controls": "KS\x0020\x1b[31m418\u202e\u2028\u200bX\ud800",
    "format": "{0.__class__} %s %(x)s ${x}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return english_alone(tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",  # the way to every class
        "{{ known['__class__'] }}",
        "{{ ask.__globals__ }}",
        "{{ by.__self__.press }}",
        "{{ self.__init__.__globals__ }}",
        "{{ case.upper() }}",  # methods can build anything
        "{{ 'a'.center(1000000000) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ case | center(1000000000) }}",
        "{{ range(1000000000) }}",
        "{{ lipsum(1000) }}",
        "{% set x = 'a' %}{% set x = x ~ x %}",  # doubling
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",  # endless
        "{% for a in known recursive %}{{ loop(known) }}{% endfor %}",
        "{% for a in known %}{% for b in known %}{% for c in known %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in 'x' * 9 %}x{% endfor %}",
        "{% for a in '" + "x" * 7000 + "' %}{% for b in case %}{% endfor %}{% endfor %}",  # a text is no list
        "{% for a in [" + "1," * 3000 + "] %}{% for b in [" + "1," * 3000 + "] %}{% endfor %}{% endfor %}",
        "{% for a in known %}{% for b in known %}" + "{{ case }}" * 40 + "{% endfor %}{% endfor %}",
        "{% for a in known %}{{ super() }}{% endfor %}",
        "{{ known }}",  # a list is no text
        "{{ automatic }}",
        "{% include '../../../../etc/passwd' %}",
        "{% import 'x' as y %}",
        "{{ plural(*known) }}",
    ],
)
@pytest.mark.timeout(20)
def test_a_template_cannot_break_out_or_eat_the_machine(folder: Path, source: str) -> None:
    path = folder / BODY
    path.write_text(path.read_text(encoding="utf-8").replace(MESSAGE, source), encoding="utf-8")
    letters = Letters(folder, "en")
    with pytest.raises(TemplateError, match=re.escape(BODY)):
        letters.render(reply_of("received"), CASE)
    assert any(problem.startswith(BODY) for problem in letters.lint())


@pytest.mark.parametrize("target", ["../../secret.txt", "../../../etc/passwd", "link.txt"])
def test_a_template_cannot_reach_files_outside_its_folder(tmp_path: Path, target: str) -> None:
    (tmp_path / "secret.txt").write_text("{% block message %}{% endblock %}secret", encoding="utf-8")
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES / "en", root / "en")
    (root / "en" / "link.txt").symlink_to(tmp_path / "secret.txt")
    path = root / BODY
    path.write_text(path.read_text(encoding="utf-8").replace("_base/body.txt", target), encoding="utf-8")
    with pytest.raises(TemplateError, match="is missing"):
        Letters(root, "en").render(reply_of("received"), CASE)


def test_a_file_too_long_to_be_a_letter_is_refused(folder: Path) -> None:
    (folder / BODY).write_text('{% extends "_base/body.txt" %}' + "x" * 20_000, encoding="utf-8")
    assert any(p.startswith(f"{BODY}:1: longer than") for p in Letters(folder, "en").lint())


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
@pytest.mark.parametrize("name", ["details_needed", "received", "tracking_received"])
def test_a_poisoned_fact_stays_a_value_on_its_own_line(name: str, poison: str) -> None:
    clean = LETTERS.render(reply_of(name), CASE)
    known = [{"field": "order_number", "value": poison}, {"field": "description", "value": ""}]
    draft = LETTERS.render(reply_of(name, known=known, tracking=[poison], models=[poison], carrier=poison), CASE)
    assert draft.subject == clean.subject
    assert len(draft.text.splitlines()) == len(clean.text.splitlines())
    assert "49" not in draft.text
    assert not any(ord(char) < 32 and char != "\n" for char in draft.text)
    assert not set("\u202e\u2028\u200b\ud800") & set(draft.text)
    tags = re.findall(r"</?(\w+)", draft.html)
    assert set(tags) <= {"html", "head", "meta", "body", "p", "br", "ul", "ol", "li"}
    assert LexborHTMLParser(draft.html).body.text().split() == draft.text.split()  # type: ignore[union-attr]


def test_a_poisoned_case_number_or_name_cannot_add_a_header_line() -> None:
    draft = LETTERS.render(reply_of("declined"), "K7F3Q9\r\nBcc: a@example.com", name="Ana\n\n<b>x</b>")
    assert "\n" not in draft.subject
    assert "\r" not in draft.subject
    assert draft.text.startswith("Dear Ana <b>x</b>,\n")
    assert "<b>" not in draft.html


def test_a_subject_too_long_is_cut_so_that_the_mail_still_goes_out(folder: Path) -> None:
    path = folder / SUBJECT
    path.write_text(path.read_text(encoding="utf-8").replace("arrived", "arrived " * 12), encoding="utf-8")
    assert len(Letters(folder, "en").render(reply_of("received"), CASE).subject) <= 60


def test_a_long_value_and_a_long_list_are_cut() -> None:
    known = [{"field": "order_number", "value": "9" * 5000}] * 500
    text = LETTERS.render(reply_of("received", known=known[:20]), CASE).text
    assert max(len(line) for line in text.splitlines()) < 250
    with pytest.raises(TemplateError, match="longer than"):
        LETTERS.render(reply_of("received", known=known), CASE)
