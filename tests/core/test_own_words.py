"""The customer's own sentence is never lost, and nothing of ours or of a program is taken for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quoted_letters import ATTRIBUTION_ROWS, FORWARD_ROWS, MARKED, MOBILE_ROWS, OUR_LETTER, OUTLOOK, WHO

from bot.core.reading.own_words import Split, split


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("code", "own", "line"), ATTRIBUTION_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(ATTRIBUTION_ROWS)]
)
def test_an_answer_above_a_marked_quote_is_all_that_stays(code: str, own: str, line: str) -> None:
    taken = split(f"{own}\n\n{line}\n\n{MARKED}\n")
    assert taken.own == own
    assert ("Order platform" in taken.quoted and "2025" in taken.quoted) or "25" in taken.quoted


@pytest.mark.parametrize(
    ("code", "own", "line"), ATTRIBUTION_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(ATTRIBUTION_ROWS)]
)
def test_an_answer_below_a_marked_quote_is_all_that_stays(code: str, own: str, line: str) -> None:
    assert split(f"{line}\n{MARKED}\n\n{own}").own == own


@pytest.mark.parametrize(
    ("code", "own", "line"), ATTRIBUTION_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(ATTRIBUTION_ROWS)]
)
def test_a_quote_with_the_attribution_inside_its_marks_is_cut_too(code: str, own: str, line: str) -> None:
    inside = line.replace("\n", "\n> ")
    assert split(f"{own}\n\n> {inside}\n>\n{MARKED}").own == own


@pytest.mark.parametrize("name", OUTLOOK)
def test_an_outlook_block_without_marks_is_cut_with_everything_below(name: str) -> None:
    block = OUTLOOK[name].format(who=WHO)
    taken = split(f"KS20418, bought in March.\n\nJane\n\n{block}\n\n{OUR_LETTER}\n")
    assert taken.own == "KS20418, bought in March.\n\nJane"
    assert "KS12345" in taken.quoted
    assert "KS12345" not in taken.own


@pytest.mark.parametrize("name", OUTLOOK)
def test_an_outlook_block_with_an_answer_inside_keeps_the_answer(name: str) -> None:
    block = OUTLOOK[name].format(who=WHO)
    letter = OUR_LETTER.replace("...)\n3.", "...)\nAmazon.de\n3.").replace(
        "5. What", "Black screen since Monday\n5. What"
    )
    taken = split(f"{block}\n\n{letter}")
    assert taken.own == "Amazon.de\n\nBlack screen since Monday"


@pytest.mark.parametrize(("code", "line"), MOBILE_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(MOBILE_ROWS)])
def test_a_mobile_signature_is_not_the_customers(code: str, line: str) -> None:
    taken = split(f"My watch is dead.\n\n{line}\n")
    assert taken.own == "My watch is dead."
    assert taken.signature == line


@pytest.mark.parametrize(("code", "mark"), FORWARD_ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(FORWARD_ROWS)])
def test_a_forwarded_order_is_evidence_not_own_words(code: str, mark: str) -> None:
    labels = OUTLOOK.get(code, OUTLOOK["en"]).format(who="Shop <orders@shop.example.com>")
    text = f"See my order below.\n\n{mark}\n{labels}\n\nThank you for your order 112-3349871-6620915.\nTANK T2"
    taken = split(text)
    assert taken.own == "See my order below."
    assert len(taken.forwards) == 1
    assert taken.forwards[0].text == "Thank you for your order 112-3349871-6620915.\nTANK T2"
    assert "orders@shop.example.com" in taken.forwards[0].sender
    assert taken.forwards[0].subject


INLINE = [
    (
        "answers under marked questions stay in order",
        (
            "> 1. Order number (for example #KS12345)\nKS20418\n\n> 2. Order platform\nyour website\n> 3. Model\n\nT3 "
            "Ultra\n"
        ),
        "KS20418\n\nyour website\n\nT3 Ultra",
    ),
    (
        "words above and between",
        (
            f"Hi, answers below.\n\nOn 12 May 2025 at 09:43 {WHO} wrote:\n> Order number?\nKS20418\n> Model?\nTANK "
            f"M3\n> Best regards"
        ),
        "Hi, answers below.\n\nKS20418\n\nTANK M3",
    ),
    (
        "answers typed inside the marks, under numbered questions",
        (
            f"On 12 May 2025 at 09:43 {WHO} wrote:\n> 1. Order number (for example #KS12345)\n> KS20418\n> 2. Order "
            f"platform (KOSPET store, ...)\n> Amazon\n> 3. Model (for example TANK T3 Ultra)\n> M2\n>\n> Best regards"
        ),
        "KS20418\n\nAmazon\n\nM2",
    ),
    (
        "answers on the line of the question, after its bracket or question mark",
        (
            f"{OUTLOOK['en'].format(who=WHO)}\n\n1. Order number (for example #KS12345) KS20418\n2. Model (for example "
            f"TANK T3 Ultra): TANK M2\n3. What happened? It fell silent.\n\nBest regards"
        ),
        "KS20418\n\nTANK M2\n\nIt fell silent.",
    ),
    (
        "answers behind arrows",
        (
            f"{OUTLOOK['de'].format(who=WHO)}\n\n1. Bestellnummer (zum Beispiel #KS12345) -> KS20418\n2. Modell => T3 "
            f"Ultra\n\nMit freundlichen Grüßen"
        ),
        "KS20418\n\nT3 Ultra",
    ),
]


@pytest.mark.parametrize(("why", "text", "own"), INLINE, ids=[row[0] for row in INLINE])
def test_answers_between_our_questions_stay(why: str, text: str, own: str) -> None:
    assert words(split(text).own) == words(own)


def test_answers_know_their_question() -> None:
    taken = split("> 1. Order number (for example #KS12345)\nKS20418\n> 2. Order platform\n> 3. Model\nT3 Ultra")
    assert [(a.question.split()[1], a.answer) for a in taken.answers] == [("Order", "KS20418"), ("Model", "T3 Ultra")]


def test_lines_of_a_letter_we_sent_are_never_own_words() -> None:
    text = f"{OUTLOOK['en'].format(who=WHO)}\n\n" + OUR_LETTER.replace(
        "tried to resolve the issue", "tried to resolve the issue\nreset, new cable"
    )
    assert split(text, ours=[OUR_LETTER]).own == "reset, new cable"


def test_words_below_an_unmarked_letter_we_sent_are_found() -> None:
    text = f"{OUTLOOK['en'].format(who=WHO)}\n\n{OUR_LETTER}\n\nIt is order KS20418.\nJane"
    assert split(text, ours=[OUR_LETTER]).own == "It is order KS20418.\nJane"


@pytest.mark.parametrize("name", OUTLOOK)
def test_words_below_an_unmarked_letter_are_found_behind_its_sign_off(name: str) -> None:
    block = OUTLOOK[name].format(who=WHO)
    assert split(f"{block}\n\n{OUR_LETTER}\n\nIt is order KS20418.\nJane").own == "It is order KS20418.\nJane"


KEPT = [
    ("a comparison is no quote", "The battery shows\n>50 % and then it dies."),
    ("a line of dashes between paragraphs", "The screen is black.\n---\nIt began on Monday, what can I do about it?"),
    (
        "a form filled in by hand",
        "Name: Jane Doe\nE-mail: jane@example.com\nDate of purchase: 12.03.2025\nModel: TANK T3\nOrder: KS20418",
    ),
    ("our list copied and filled in", "1. Order number: KS20418\n2. Platform: Amazon\n3. Model: T2"),
    ("the word forwarded in a sentence", "I forwarded the message to you last week, on 12.05.2025."),
    ("a date before a colon", "On 12.05.2025 I tried the following:\nreset, new cable."),
    (
        "a sentence that begins like a mobile signature",
        "Sent from my office to your warehouse yesterday, tracking 1Z84F2A70398216654",
    ),
    ("a question after two dashes", "Hello\n--\nCan you tell me how long the repair of my watch takes?"),
    ("from and to in a sentence", "From: Berlin\nTo: your warehouse\nThe parcel left on Monday."),
    ("a note about somebody's words", "The seller wrote: no warranty."),
    ("confidential in a sentence", "Please keep my address confidential."),
    (
        "shop contact form",
        "From: Jane Doe <jane@example.com>\nSubject: broken watch\n\nMessage Body:\nThe glass is cracked.",
    ),
    ("times and dates in a list", "12.05.2025 09:43: charged\n13.05.2025 10:00: dead again"),
    ("the reply mark of a bullet", "- I reset it\n- I charged it\n-- nothing helped"),
]


@pytest.mark.parametrize(("why", "text"), KEPT, ids=[row[0] for row in KEPT])
def test_what_only_looks_like_a_quote_stays(why: str, text: str) -> None:
    assert words(split(text).own) == words(text)


CUT = [
    (
        "signature after its delimiter",
        "It does not charge.\n\n-- \nJane Doe\nSales\n+49 30 1234567",
        "It does not charge.",
    ),
    ("signature with a link", "It does not charge.\n\n--\nJane\nhttps://jane.example.com", "It does not charge."),
    (
        "English legal notice",
        (
            "It does not charge.\n\nThis e-mail is confidential and intended only for the "
            "addressee. If you have received this message in error, please notify the sender."
        ),
        "It does not charge.",
    ),
    (
        "German legal notice",
        (
            "Sie lädt nicht.\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie diese "
            "E-Mail irrtümlich erhalten haben, informieren Sie bitte sofort den Absender und "
            "vernichten Sie diese."
        ),
        "Sie lädt nicht.",
    ),
    (
        "French legal notice",
        (
            "Elle ne charge plus.\n\nCe message est confidentiel et destiné exclusivement à son "
            "destinataire. Si vous avez reçu ce message par erreur, merci de le détruire."
        ),
        "Elle ne charge plus.",
    ),
    (
        "banner of the own company",
        "[EXTERNAL] This email originated from outside of the organization. Do not click links.\n\nIt does not charge.",
        "It does not charge.",
    ),
    ("anti-virus line", "It does not charge.\n\nVirus-free. www.avast.com", "It does not charge."),
    (
        "reply-above marker",
        "It is KS20418.\n\n##- Please type your reply above this line -##\n\nYour request has been received.",
        "It is KS20418.",
    ),
    (
        "unmarked attribution",
        f"It is KS20418.\n\nOn Monday, May 12, 2025 at 09:43:20 AM GMT+2, {WHO} wrote:\n\n{OUR_LETTER}",
        "It is KS20418.",
    ),
    (
        "two quotes in a row",
        (
            f"Second try.\n\nOn 13 May 2025 at 10:00 Jane <jane@example.com> wrote:\n> First "
            f"try.\n>\n> On 12 May 2025 at 09:43 {WHO} wrote:\n>> Order number?"
        ),
        "Second try.",
    ),
]


@pytest.mark.parametrize(("why", "text", "own"), CUT, ids=[row[0] for row in CUT])
def test_what_is_not_the_customers_is_cut_and_kept_aside(why: str, text: str, own: str) -> None:
    taken = split(text)
    assert taken.own == own
    assert taken.quoted or taken.signature


def test_a_whole_mail_passed_on_leaves_no_own_words() -> None:
    block = OUTLOOK["en"].format(who="Shop <orders@shop.example.com>")
    taken = split(f"{block}\n\nThank you for your order KS20418.", forwarded=True)
    assert taken.own == ""
    assert taken.forwards[0].text == "Thank you for your order KS20418."


def test_a_mail_quoted_whole_by_its_program_is_read() -> None:
    assert split("> My watch is dead.\n> Order KS20418").own == "My watch is dead.\nOrder KS20418"


def test_a_mail_of_nothing_but_a_mobile_signature_has_no_own_words() -> None:
    assert split("Sent from my iPhone") == Split(
        own="", quoted="", signature="Sent from my iPhone", forwards=(), answers=()
    )


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab>:-\n .1()?@|_*<\u3000年", max_size=200))
def test_no_line_disappears(text: str) -> None:
    taken = split(text)
    kept = "".join((taken.own, taken.quoted, taken.signature, *(f.text + f.subject + f.sender for f in taken.forwards)))
    assert sum(letter in "ab1" for letter in kept) >= 0.5 * sum(letter in "ab1" for letter in text) or taken.forwards


def our_lists() -> list[tuple[str, str, str]]:
    """(language, section, numbered list) of the questions our own letters ask."""
    found = []
    for path in sorted((Path(__file__).parents[2] / "templates").glob("*/phrases.toml")):
        phrases = tomllib.loads(path.read_text(encoding="utf-8"))
        for section in ("ask", "ask_again"):
            points = [f"{i}. {text}" for i, text in enumerate(phrases.get(section, {}).values(), 1)]
            found.append((path.parent.name, section, "\n".join(points)))
    return found


@pytest.mark.parametrize(("language", "section", "points"), our_lists(), ids=[f"{r[0]}-{r[1]}" for r in our_lists()])
def test_our_own_questions_come_back_without_a_word_taken_for_the_customers(
    language: str, section: str, points: str
) -> None:
    ours = f"Hello,\n\nPlease reply.\n\n{points}\n\nPlease reply by 3 June.\n\nKind regards\nKOSPET After-sales\n\n"
    ours += "This is an automatic reply. If you want a person to read your e-mail, just say so."
    block = OUTLOOK.get(language, OUTLOOK["en"]).format(who=WHO)
    marked = "\n".join(f"> {line}".rstrip() for line in ours.split("\n"))
    for text in (f"{block}\n\n{ours}", f"On 12 May 2025 at 09:43 KOSPET After-sales wrote:\n{marked}", marked):
        assert split(f"Here is the photo.\n\n{text}").own == "Here is the photo."
        assert split(text).own == ""
