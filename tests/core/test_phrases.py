"""Phrases: the notation operators write, folding, spans, negation and supposition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import shipped_policy

from bot.core.details.phrases import Phrasebook, compile_phrases, fold, phrase_problem


@pytest.mark.parametrize(
    ("phrase", "text", "hit"),
    [
        ("water damage", "It has WATER  damage", True),  # case and blanks
        ("water damage", "waterdamage", False),  # two words stay two words
        ("reset*", "I resetted it", True),  # any ending
        ("*akku", "der Lithiumakku", True),  # any beginning
        ("fell ... floor", "it fell on my hard kitchen floor", True),  # a gap of up to six words
        ("fell ... floor", "it fell. The floor is fine", False),  # never over the end of a sentence
        ("(black|blank) screen", "a blank screen", True),  # either
        ("the (whole) screen", "the screen", True),  # a word that may be missing
        ("the (whole) screen", "the whole screen", True),
        ("after # days", "after 12 days", True),  # a number
        ("geräuschlos", "GERAUSCHLOS", True),  # accents do not matter
        ("l'eau", "l’eau", True),  # nor the kind of apostrophe
        ("eau", "dans l'eau", True),  # an apostrophe ends a word
        ("root", "rooted", False),  # whole words only
    ],
)
def test_the_notation_means_what_the_guide_says(phrase, text, hit):
    pattern = compile_phrases([phrase], spaces=True)
    folded = fold(text)
    assert any(pattern.search(folded.folded[a:b]) for a, b in folded.sentences) is hit


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("", "is empty"),
        ("(a|b", "brackets do not match"),
        ("(a|(b|c))", "brackets do not match"),
        ("(a||b)", "empty choice"),
        ("a|b", "outside brackets"),
        ("... floor", "between two words"),
        ("re*set", "start or the end"),
        ("fell * floor", "needs letters"),
        ("fell (down)", "cannot stand at the end"),
        ("x" * 400, "longer than"),
    ],
)
def test_a_wrong_phrase_is_named_with_its_cure(phrase, says):
    assert says in phrase_problem(phrase, spaces=True)


def test_a_good_phrase_has_no_problem():
    assert phrase_problem("(glass|screen) ... (the) crack*", spaces=True) == ""


@given(st.text(max_size=80))
def test_every_folded_letter_knows_its_place(text):
    folded = fold(text)
    assert len(folded.folded) == len(folded.index)
    assert all(0 <= i < len(text) for i in folded.index)
    if folded.folded:
        start, end = folded.original(0, len(folded.folded))
        assert 0 <= start < end <= len(text)


def test_a_hit_shows_the_words_as_they_were_written():
    text = "Die ÄUẞERE Hülle, völlig GEBROCHEN!"
    folded = fold(text)
    at = folded.folded.index("gebrochen")
    start, end = folded.original(at, at + 9)
    assert text[start:end] == "GEBROCHEN"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It broke. Now it is dead!", 2),
        ("Bought on 12. March 2025 at Amazon.de for 99.50 euros", 1),  # dots that end nothing
        ("order KS20418\nmodel T2\ndead since Monday", 3),  # short lines are thoughts of their own
        ("a long line that a mail program has wrapped here\nand that simply goes on", 1),
        ("落下していません。水没もありません。", 2),
    ],
)
def test_sentences_end_where_they_end(text, sentences):
    assert len(fold(text).sentences) == sentences


def book(language="en"):
    return Phrasebook([shipped_policy().words[language]])


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("I did not have an accident", True),
        ("it was never in any accident", True),
        ("no cracks, falls, accident", True),  # a list goes on after its commas
        ("I did not want that, my son had an accident", False),  # a new clause does not
        ("not my fault but an accident", False),  # "but" turns it
        ("it was an accident", False),
    ],
)
def test_a_not_covers_its_clause_and_no_more(text, negated):
    words, folded = book(), fold(text)
    hits = [h for t in ("flag.physical_damage",) for h in words.hits(t, folded)]
    assert hits
    assert all(words.negated(h, folded) for h in hits) is negated


@pytest.mark.parametrize("text", ["What happens if it got wet inside?", "Would a fall in the accident be covered?"])
def test_what_is_only_imagined_is_known_as_such(text):
    words, folded = book(), fold(text)
    hits = [h for t in ("flag.physical_damage", "flag.water_damage") for h in words.hits(t, folded)]
    assert hits
    assert all(words.supposed(h, folded) for h in hits)


@pytest.mark.parametrize("count", [200, 20_000])
def test_long_hostile_text_is_searched_in_time(count):
    words = book()
    for text in ("a " * count, "water " * count, "not " * count, "1 1." * count, "((" * count):
        folded = fold(text[: 4 * count])
        for topic in ("flag.water_damage", "symptom.display", "tried.words"):
            for _, hit in zip(range(50), words.hits(topic, folded), strict=False):
                assert hit.end > hit.start
