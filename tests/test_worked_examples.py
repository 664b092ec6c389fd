"""The blocks of docs/operators-guide.md, done as an operator does them: a row or a folder, never code."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from written import ROOT, mail

from bot.config import load_policy
from bot.core.details.find import find_details
from bot.core.reading.letter import open_mail
from bot.errors import PolicyError
from bot.explain import explain, open_setup
from bot.isolate import Reader
from bot.replies import Letters

GUIDE = (ROOT / "docs" / "operators-guide.md").read_text(encoding="utf-8")
DAY = date(2025, 6, 18)


@pytest.fixture
def desk(tmp_path):
    """A working folder with policy and letters, as ``after-sales init`` lays it out."""
    for name in ("policy", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def block(file: str) -> str:
    return next(b for b in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if b.startswith(f"# policy/{file}"))


def found(desk: Path, text: str):
    policy = load_policy(desk / "policy")
    return find_details(open_mail(mail(text)).letter(tuple(policy.words)), policy, DAY)


@pytest.mark.parametrize(
    ("file", "text", "field", "value"),
    [
        ("carriers.toml", "I sent the watch today, MH441908723316", "tracking_number", "MH441908723316"),
    ],
)
def test_a_block_of_the_guide_is_all_it_takes(desk, file, text, field, value):
    assert value not in found(desk, text).values(field)
    with (desk / "policy" / file).open("a", encoding="utf-8") as policy:
        policy.write("\n" + block(file))
    assert value in found(desk, text).values(field, 0.5)


def test_a_word_is_added_to_its_list(desk):
    text = "my watch conked out on Monday"
    assert "conked out" in GUIDE
    assert "power" not in found(desk, text).values("symptom")
    words = desk / "policy" / "words" / "en.toml"
    words.write_text(words.read_text(encoding="utf-8").replace("\npower = [", '\npower = ["conked out", ', 1), "utf-8")
    assert "power" in found(desk, text).values("symptom")


FINNISH = (
    "Hei, kelloni näyttö pysyy mustana maanantaista lähtien eikä kello enää käynnisty. Ostin sen teidän kaupastanne "
    "ja haluaisin tietää, mitä minun pitäisi nyt tehdä. Kiitos avusta ja hyvää päivänjatkoa teille kaikille."
)


def test_a_language_is_a_words_file_and_a_folder(desk):
    words = (desk / "policy" / "words" / "en.toml").read_text(encoding="utf-8")
    words = words.replace('language = "en"', 'language = "fi"', 1).replace('name = "English"', 'name = "Suomi"', 1)
    words = words.replace("\npower = [", '\npower = ["ei(kä) kello enää käynnisty", "käynnisty", ', 1)
    (desk / "policy" / "words" / "fi.toml").write_text(words.replace('"ei(kä) kello enää käynnisty", ', ""), "utf-8")
    shutil.copytree(desk / "templates" / "en", desk / "templates" / "fi")
    body = desk / "templates" / "fi" / "details_needed" / "subject.txt"
    body.write_text("KOSPET asia {{ case }}: tarvitsemme vielä tietoja\n", "utf-8")
    (desk / "mail.eml").write_bytes(mail(FINNISH, "Kello"))
    setup = open_setup(desk / "policy", desk / "templates")
    with Reader(desk / "policy") as reader:
        one = explain([desk / "mail.eml"], setup, reader)[-1]
    assert one.decision.language == "fi"
    assert "power" in one.decision.details.values("symptom")
    assert one.draft is not None
    assert one.draft.language == "fi"
    assert "tarvitsemme" in one.draft.subject


def test_what_a_new_language_still_lacks_is_named(desk):
    words = (desk / "policy" / "words" / "en.toml").read_text(encoding="utf-8")
    words = words.replace('language = "en"', 'language = "fi"', 1)
    words = re.sub(r"\ntoday = \[.*?\]", "", words, count=1)
    (desk / "policy" / "words" / "fi.toml").write_text(words, "utf-8")
    with pytest.raises(PolicyError, match=r"words/fi\.toml:\d+: date\.today"):
        load_policy(desk / "policy")
    shutil.copytree(desk / "templates" / "en", desk / "templates" / "fi")
    shutil.rmtree(desk / "templates" / "fi" / "photo_unclear")
    problems = Letters(desk / "templates", "en").lint()
    assert [p for p in problems if "fi/photo_unclear" in p]
