"""The words of the interface: the same keys in every language, all used, and no sentence anywhere else."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from bot.config import load_policy
from bot.core.model import FIELDS, FLAGS, SELLERS, Kind, State
from bot.core.warranty.action_values import SERVICES, VALUES
from bot.core.warranty.actions import ACTIONS
from bot.core.warranty.happenings import HAPPENINGS
from bot.core.warranty.timers import TIMERS
from bot.desk.words import FOLDER, LANGUAGES, sentences, words_of
from bot.desk_settings import DeskSettings
from bot.replies.inventory import ASKS, CONDITIONS, DOUBTS, INVENTORY
from bot.replies.promises import AMOUNT, KINDS
from bot.store.states import ArrivalOutcome, ArrivalState, OutboxState, Role

DESK = FOLDER.parent
ROOT = Path(__file__).parents[2]
PYTHON = sorted(DESK.rglob("*.py"))
PAGES = sorted((DESK / "html").rglob("*.html"))
# Names of ours, of keys and of programs, which are the same in every language.
SAME_EVERYWHERE = re.compile(
    r"(?:[^A-Za-z]|\b(?:[A-Z]|Enter|Ctrl|Esc|Alt|Shift|EN|DE|ZH|API|CSV|JSON)\b|after-sales user passwd)*"
)
# What programs read, not people at the desk: English by rule, like the log.
FOR_PROGRAMS = ("api/", "pages/api.py", "pages/openapi.py")
JINJA = re.compile(r"\{#.*?#\}|\{% block \w+_class %\}.*?\{% endblock %\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN_ATTRIBUTES = ("title", "placeholder", "aria-label", "alt", "aria-description", "aria-roledescription")


def test_each_language_has_a_file_and_a_setting() -> None:
    assert {file.stem for file in FOLDER.glob("*.toml")} == set(LANGUAGES)
    assert set(DeskSettings.model_fields["language"].annotation.__args__) == set(LANGUAGES)  # type: ignore[union-attr]


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_the_keys_and_their_order_are_the_same(language: str) -> None:
    assert list(sentences(language)) == list(sentences("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_names_the_same_facts_in_every_language(language: str) -> None:
    different = {}
    for key, english in sentences("en").items():
        said = sentences(language)[key]
        assert isinstance(said, str) == isinstance(english, str), key
        if facts(said) - {"n"} != facts(english) - {"n"}:
            different[key] = facts(said) ^ facts(english)
    assert different == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_with_a_number_has_every_plural_of_the_language(language: str) -> None:
    plurals = {key: set(said) for key, said in sentences(language).items() if not isinstance(said, str)}
    assert plurals
    wanted = set(words_of(language, "UTC").locale.plural_form.tags) | {"other"}
    assert {key: forms for key, forms in plurals.items() if forms != wanted} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_clean(language: str) -> None:
    text = (FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    for key, said in sentences(language).items():
        for form in [said] if isinstance(said, str) else said.values():
            assert form.strip() == form or not re.search(r"\w", form), key
            assert form, key
            assert "<" not in form, f"{key}: words hold no markup"
            assert form.count("**") % 2 == 0, key
    assert "!" not in re.sub(r"#.*", "", text), "the desk does not shout"


def facts(said: str | object) -> set[str]:
    forms = [said] if isinstance(said, str) else list(said.values())  # type: ignore[attr-defined]
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


# Table of words -> everything it must have a word for, from the table in the code that the words stand beside.
FOR_EVERY: dict[str, tuple[Iterable[str], Iterable[str]]] = {
    # the second list: words that are said beside those of the table
    "state": (State, ()),
    "kind": (Kind, ()),
    "flag": (FLAGS, ()),
    "field": (FIELDS, ()),
    "role": (Role, ()),
    "service": (SERVICES, ()),
    "verdict": (SERVICES, ()),
    "explain": (FLAGS, ("missing",)),
    "missing": (ASKS, ()),
    "action": (ACTIONS, ()),
    "means": (ACTIONS, ()),
    "value": (VALUES, ()),
    "reason": (VALUES["reason"].choices, ()),
    "basis": (VALUES["basis"].choices, ()),
    "offer": (VALUES["offers"].choices, ()),
    "result": (VALUES["result"].choices, ()),
    "payer": (VALUES["payer"].choices, ()),
    "event": ((*HAPPENINGS, *(timer.id for timer in TIMERS)), ()),
    "letter": (INVENTORY, ()),
    "promise": ((*KINDS, AMOUNT), ()),
    "numbers_doubt": ((*DOUBTS, *(timer.alert for timer in TIMERS if timer.alert)), ()),
    "numbers_stand": (State, ("staff", "unreadable")),
    "numbers_outcome": (ArrivalOutcome, [s for s in ArrivalState if s != "done"]),
    "outbox": ([s for s in OutboxState if s != "accepted"], ()),
    "seller": (SELLERS, ("official_marketplace",)),
    "condition": (CONDITIONS, ()),
    "tried": (("nothing", "steps", "no_effect"), ()),
}
POLICY = load_policy(ROOT / "policy")
OPEN = [row for row in POLICY.open_questions if row.flag and row.until_decided == "staff"]
# What the policy of this project brings: an operator's own rows are shown in the words of the policy.
RULES = [f"exclusion.{row.id}" for row in POLICY.exclusions] + [
    f"open_question.{row.id}" for row in POLICY.open_questions
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("prefix", FOR_EVERY)
def test_every_word_of_the_field_can_be_said(prefix: str, language: str) -> None:
    rows, beside = (set(map(str, words)) for words in FOR_EVERY[prefix])
    worded = {key.partition(".")[2] for key in sentences(language) if key.startswith(f"{prefix}.")}
    assert rows - worded == set(), "in the code, and nobody can say it"
    assert worded - rows - beside == set(), "worded, and no longer there"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_the_policy_can_be_said(language: str) -> None:
    rules = [*RULES, "first_owner", "seller", "window", "condition"]
    wanted = {f"check.{rule}.{form}" for rule in rules for form in ("ok", "not")} | {f"if.{row.flag}" for row in OPEN}
    assert wanted - set(sentences(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proposed_answer_and_an_explained_doubt_are_there(language: str) -> None:
    """Both may be missing; what is worded must name something."""
    answers = [
        key.removeprefix("answer.") for key in sentences(language) if key.startswith("answer.") and key.count(".") > 1
    ]
    for action, _, decides in (answer.partition(".") for answer in answers):
        choices = {c for n in (*ACTIONS[action].needs, *ACTIONS[action].may) for c in VALUES[n].choices}
        assert decides in choices, (action, decides)
    explained = {key.partition(".")[2] for key in sentences(language) if key.startswith("explain_doubt.")}
    assert explained <= set(DOUBTS)


# --- which words are used ---------------------------------------------------------------------------


def texts_in_python(file: Path) -> Iterator[str]:
    """Every text of a module but its docstrings; of an f-string the beginning."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docs = docs_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def docs_of(tree: ast.AST) -> set[int]:
    """Texts that stand alone: docstrings of modules, classes, functions, fields."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def texts_in_page(file: Path) -> Iterator[str]:
    """Every text inside {{ }} and {% %}."""
    for node in parsed(file).find_all(nodes.Const):
        if isinstance(node.value, str):
            yield node.value


def parsed(file: Path) -> nodes.Template:
    return Environment(autoescape=True).parse(file.read_text(encoding="utf-8"))


def used() -> set[str]:
    found = {text for file in PYTHON for text in texts_in_python(file)}
    return found | {text for file in PAGES for text in texts_in_page(file)}


def test_no_word_is_left_over() -> None:
    """A key is used when it stands somewhere whole, or when its beginning does: "state." or "look.theme_"."""
    said = used()
    beginnings = tuple(text for text in said if re.fullmatch(r"[a-z_]+\.([a-z_]+_)?", text))
    pages = tables_of_lists()
    left = [
        key
        for key in sentences("en")
        if key not in said and not key.startswith(beginnings) and not is_said_by_word(key, pages)
    ]
    assert left == []


def tables_of_lists() -> set[str]:
    """Tables whose words are asked for by ``said("flag", word)``, or by ``said(TABLES[name], word)``."""
    call = re.compile(r"""\bsaid\(\s*["'](\w+)["']""")
    named = {name for file in (*PYTHON, *PAGES) for name in call.findall(file.read_text(encoding="utf-8"))}
    for file in PYTHON:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                named |= {v.value for v in node.values if isinstance(v, ast.Constant) and isinstance(v.value, str)}
    for file in PAGES:
        for pair in parsed(file).find_all(nodes.Pair):
            named |= {pair.value.value} if isinstance(pair.value, nodes.Const) else set()
    return named


def is_said_by_word(key: str, pages: set[str]) -> bool:
    """``said("flag", word)``: the table's name stands alone, and its words come from policy or database."""
    return key.partition(".")[0] in pages


def test_no_word_is_missing() -> None:
    tables = {key.partition(".")[0] for key in sentences("en")}
    asked = {t for t in used() if re.fullmatch(r"[a-z_]+\.[a-z0-9_]*[a-z0-9]", t) and t.partition(".")[0] in tables}
    assert sorted(t for t in asked if t not in sentences("en") and not t.endswith((".html", ".css", ".js"))) == []


# --- no sentence anywhere else ------------------------------------------------------------------------


@pytest.mark.parametrize("file", PAGES, ids=lambda f: f.relative_to(DESK).as_posix())
def test_a_page_holds_no_words_of_its_own(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    bare = JINJA.sub("", text)
    attributes = [
        value
        for name in SPOKEN_ATTRIBUTES
        for value in re.findall(rf'\s{name}="([^"]*)"', bare)
        if not SAME_EVERYWHERE.fullmatch(value)
    ]
    shown = re.sub(r"<(symbol|svg)\b.*?</\1>|<[^>]*>|&[a-z]+;", "\n", bare, flags=re.DOTALL)
    words = [line.strip() for line in shown.splitlines() if not SAME_EVERYWHERE.fullmatch(line)]
    assert attributes + words == []


def for_people() -> list[Path]:
    return [file for file in PYTHON if not file.relative_to(DESK).as_posix().startswith(FOR_PROGRAMS)]


@pytest.mark.parametrize("file", for_people(), ids=lambda f: f.relative_to(DESK).as_posix())
def test_code_holds_no_sentence(file: Path) -> None:
    """Log lines are for operators and errors for the log; both are English by rule."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for_operators = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (is_log(node) or is_error(node))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            for_operators |= {id(inner) for inner in ast.walk(node.exc)}
    docs = docs_of(tree)
    sentences_here = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in for_operators | docs
        and re.search(r"[a-z]{2,}[,.]? [a-z]{2,}[,.]? [a-z]{2,}", node.value)
        and not re.search(r"SELECT|INSERT|UPDATE|DELETE|; |=|<|'self'|application/", node.value)
    ]
    assert sentences_here == []


def is_log(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "log"


def is_error(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id.endswith("Error")


# --- days and times -------------------------------------------------------------------------------------

EVENING = datetime(2024, 7, 4, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "shown"),
    [
        ("en", "UTC", ("4 July 2024", "4 Jul", "Thursday", "22:30")),
        ("en", "Europe/Berlin", ("5 July 2024", "5 Jul", "Friday", "00:30")),
        ("de", "UTC", ("4. Juli 2024", "4. Juli", "Donnerstag", "22:30")),
        ("zh", "Asia/Shanghai", ("2024年7月5日", "7月5日", "星期五", "06:30")),
        ("en", "America/New_York", ("4 July 2024", "4 Jul", "Thursday", "18:30")),
    ],
)
def test_a_moment_is_said_in_the_persons_zone_and_language(language: str, zone: str, shown: tuple[str, ...]) -> None:
    words = words_of(language, zone)
    said = (words.day(EVENING), words.short_day(EVENING), words.weekday(EVENING), words.clock(EVENING))
    assert said == shown


def test_a_day_without_a_time_is_no_other_day_in_another_zone() -> None:
    assert words_of("en", "America/New_York").day(date(2024, 7, 4)) == "4 July 2024"


def test_facts_are_escaped_in_a_rich_sentence_and_words_are_bold() -> None:
    said = words_of("en", "UTC").rich("error.404")
    assert str(said).startswith("<b>There is no such page.</b>")
    hostile = words_of("en", "UTC").rich("mail.fetched", ago="<script>alert(1)</script> **x** {ago}")
    assert str(hostile) == "Mail fetched &lt;script&gt;alert(1)&lt;/script&gt; **x** {ago}"


def test_every_file_is_valid_toml() -> None:
    assert [tomllib.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.toml")]
