"""Documents cannot rot: what they name exists, what exists is named, and every shown output is the real one.

``--rewrite`` writes what is generated (docs/commands.md, docs/lifecycle.md and its picture, the outputs in README.md)
anew and shows the change.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET

import click
import pytest

from bot import cli as command_line
from bot.cli import COMMANDS, cli
from bot.cli.lifecycle_letters import letters_in, letters_to_mails
from bot.cli.lifecycle_page import page, undescribed
from bot.cli.lifecycle_picture import arrows, picture, written
from bot.cli.reference import reference
from bot.config import config_problems, load_config, load_policy
from bot.core.details.phrases import compile_phrases, fold
from bot.core.model import FLAGS, Kind, Outcome, State
from bot.core.warranty.actions import ACTIONS
from bot.core.warranty.lifecycle import CUSTOMER, STAFF, TIMER, TRANSITIONS, next_state
from bot.core.warranty.policy import parse_policy
from bot.core.warranty.timers import TIMERS
from bot.replies.inventory import DOUBTS, INVENTORY, SERVICES
from bot.settings import Config
from bot.store.engine import Store
from bot.store.views import VIEWS

ROOT = Path(__file__).parent.parent
GUIDES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "fixtures/README.md", "templates/README.md")]
GUIDES += sorted(p for p in (ROOT / "docs").rglob("*.md") if p.name != "policy-source.md")
# Top folders and files: a word in backticks that begins with one of these is a path of the project.
TOP = ("bot/", "policy/", "templates/", "fixtures/", "tests/", "docs/", "bench/")
TOP_FILES = re.compile(r"[A-Z]+\.md|[\w.]+\.example\.toml|pyproject\.toml|constraints\.txt|Makefile|LICENSE")
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"(<!-- output: (.+?) -->\n```\n).*?(```\n<!-- end -->)", re.DOTALL)
TAKEN = re.compile(r"<!-- from: (.+?) -->\n```\n(.*?)```\n<!-- end -->", re.DOTALL)


def text_of(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def named(guide: Path) -> str:
    return guide.relative_to(ROOT).as_posix()


def quoted(text: str) -> list[str]:
    """What stands in single backticks outside of blocks."""
    return re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))


def table_rows(text: str, head: str) -> list[list[str]]:
    """The cells of the table below a heading row that begins so; | inside a cell is written \\|."""
    lines = iter(text.splitlines())
    rows = []
    for line in lines:
        if line.startswith(f"| {head} |"):
            next(lines)
            for row in lines:
                if not row.startswith("|"):
                    break
                cells = re.split(r"(?<!\\)\|", row.strip().strip("|"))
                rows.append([cell.strip().replace("\\|", "|") for cell in cells])
    return rows


# --- commands -------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, click.Command]]:
    with click.Context(cli) as context:
        for name in COMMANDS:
            command = cli.get_command(context, name)
            assert command is not None
            yield name, command
            if isinstance(command, click.Group):
                words = " ".join(
                    [name, *(p.human_readable_name for p in command.params if p.param_type_name == "argument")]
                )
                for sub in command.list_commands(context):
                    below = command.get_command(context, sub)
                    assert below is not None
                    yield f"{words} {sub}", below


def test_the_commands_document_is_the_commands_own_help(accept: Callable[[Path, str], None]) -> None:
    accept(ROOT / "docs" / "commands.md", reference())


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda v: v if isinstance(v, str) else "")
def test_a_command_and_its_options_are_documented(name: str, command: click.Command) -> None:
    section = text_of("docs", "commands.md").split(f"\n## after-sales {name}\n")[1].split("\n## ")[0]
    options = [o for p in command.params if isinstance(p, click.Option) for o in p.opts]
    assert [o for o in options if o not in section] == []
    assert [p.name for p in command.params if isinstance(p, click.Option) and not p.help] == []
    assert command.help


def test_exit_codes_of_the_program_are_those_of_the_readme() -> None:
    codes = {command_line.OK, command_line.ATTENTION, command_line.USAGE, command_line.SETUP, command_line.BUSY}
    rows = {int(row[0]) for row in table_rows(text_of("README.md"), "code")}
    assert rows == codes | {command_line.TEMPORARY}


def command_lines(text: str) -> list[str]:
    """Each ``after-sales ...`` that is shown, in a block or in backticks."""
    blocks = "\n".join(body for _, body in BLOCK.findall(text)).replace("\\\n", " ")
    lines = [line.strip() for line in (*blocks.splitlines(), *quoted(text))]
    return [line.split("  ")[0].removesuffix("\\") for line in lines if line.startswith("after-sales ")]


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_shown_commands_can_be_given_like_that(guide: Path) -> None:
    known = dict(commands())
    wrong = []
    for line in command_lines(guide.read_text(encoding="utf-8")):
        words = shlex.split(re.split(r" [>|] ", line)[0])[1:]
        acts = f"{words[0]} NUMBER {words[2]}" if len(words) > 2 else ""
        name = next((n for n in (acts, " ".join(words[:2])) if n in known), words[0])
        if name.startswith("-"):
            continue
        options = {o for p in known[name].params for o in p.opts} | {"-h", "--help"} if name in known else set()
        if name not in known or [w for w in words if w.startswith("-") and w not in {*options, "-"}]:
            wrong.append(line)
    assert wrong == []


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_named_make_targets_exist(guide: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    shown = re.findall(r"(?:`|^ *)make ([a-z]+)", guide.read_text(encoding="utf-8"), re.MULTILINE)
    assert [t for t in shown if t not in targets] == []


# --- settings, words, letters, views --------------------------------------------------------------


def test_every_setting_stands_in_the_example_with_a_sentence() -> None:
    # A list of tables stands there as a comment: an invented address must never reach a customer.
    text = re.sub(r"(?m)^# (?=\[\[|\w+ = )", "", text_of("config.example.toml"))
    tables = {s: t[0] if isinstance(t, list) else t for s, t in tomllib.loads(text).items()}
    written = {s: set(keys) for s, keys in tables.items()}
    kinds = {n: (get_args(f.annotation) or (f.annotation,))[0] for n, f in Config.model_fields.items()}
    settings = {name: set(kind.model_fields) for name, kind in kinds.items()}
    assert written == settings
    lines = [line for line in text_of("config.example.toml").splitlines() if re.match(r"\w+ = |\] #", line)]
    bare = [line for line in lines if " # " not in line and not line.endswith("[")]
    assert bare == []


@pytest.mark.parametrize(
    "word", [*State, *Kind, *Outcome, *FLAGS, *(s for s in ("paid_service", "not_covered", "undecided"))], ids=str
)
def test_a_word_of_the_vocabulary_stands_in_the_glossary(word: str) -> None:
    assert re.search(rf"\b{word}\b", text_of("docs", "glossary.md"))


def test_every_service_of_the_policy_stands_in_the_glossary() -> None:
    services = {row["id"] for row in tomllib.loads(text_of("policy", "warranty.toml"))["service"]}
    assert services <= set(quoted(text_of("docs", "glossary.md")))


@pytest.mark.parametrize("reply", INVENTORY)
def test_a_letter_is_listed_with_its_facts(reply: str) -> None:
    rows = {row[0].strip("`"): row for row in table_rows(text_of("templates", "README.md"), "letter")}
    assert re.findall(r"`(\w+)`", rows[reply][2]) == list(INVENTORY[reply])


def test_every_view_is_in_the_staff_guide() -> None:
    guide = text_of("docs", "staff-guide.md")
    assert {row[0].strip("`") for row in table_rows(guide, "view")} == set(VIEWS)


def test_every_action_is_in_the_staff_guide() -> None:
    rows = table_rows(text_of("docs", "staff-guide.md"), "you want to")
    assert {word for row in rows for word in quoted(row[1])} == set(ACTIONS)


def test_the_queries_of_the_staff_guide_and_the_readme_work(tmp_path: Path) -> None:
    shown = [body for name in ("README.md", "docs/staff-guide.md") for _, body in BLOCK.findall(text_of(name))]
    queries = [q for body in shown for q in re.findall(r"SELECT [^;]+?(?=;$|'$)", body, re.MULTILINE)]
    assert len(queries) >= 5
    with Store(tmp_path) as store:
        for query in queries:
            store.db.rows(query)


def test_columns_that_the_staff_guide_speaks_of_exist(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        tables = [*VIEWS, "finding", "checks"]
        columns = {row["name"] for t in tables for row in store.db.rows(f"SELECT name FROM pragma_table_info('{t}')")}
    words = {"held", "hazard", "overdue", "today", "later", *VIEWS, *ACTIONS, "finding", "checks"}
    spoken = {w for w in quoted(text_of("docs", "staff-guide.md")) if re.fullmatch(r"[a-z_]+", w)}
    assert spoken - columns - words == set()


# --- the life cycle ---------------------------------------------------------------------------------


def test_the_life_cycle_document_and_its_picture_are_made_from_the_tables(accept: Callable[[Path, str], None]) -> None:
    accept(ROOT / "docs" / "lifecycle.md", page())
    accept(ROOT / "docs" / "lifecycle.svg", picture())


def test_every_state_and_every_event_have_a_cell_that_is_true() -> None:
    shown: dict[tuple[str, str], str] = {}
    for part in text_of("docs", "lifecycle.md").split("\n### ")[1:]:
        head = next(line for line in part.splitlines() if line.startswith("| event | who |"))
        states = re.findall(r"`(\w+)`", head)
        for event, _, *cells in table_rows(part, "event"):
            if len(cells) == len(states):
                shown |= {(s, event.strip("`")): c.strip("`") for s, c in zip(states, cells, strict=True)}
    events = {*CUSTOMER, *STAFF, *TIMER, *(event for row in TRANSITIONS.values() for event in row)}
    assert shown == {(s, e): str(next_state(s, e) or "not allowed") for s in State for e in events}


def test_the_picture_is_whole_and_holds_every_way_a_case_can_go() -> None:
    drawn = ET.fromstring(text_of("docs", "lifecycle.svg"))
    words = [node.text or "" for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert set(State) <= set(words)
    told = {(a, event, b) for (a, b), events in arrows().items() for event in events}
    told |= {(a, event, b) for a in State for b, events in written(a).items() for event in events}
    assert told == {(a, e, b) for a, row in TRANSITIONS.items() for e, b in row.items() if a is not b}
    assert {event for _, event, _ in told} <= set(re.findall(r"\w+", " ".join(words)))
    assert "prefers-color-scheme:dark" in text_of("docs", "lifecycle.svg")


def test_what_a_letter_may_promise_is_told_for_every_state_service_and_language() -> None:
    rows = table_rows(text_of("docs", "lifecycle.md").partition("## What a letter may promise")[2], "state")
    assert [(r[0].strip("`"), r[1].strip("`")) for r in rows] == [(s, v) for s in TRANSITIONS for v in SERVICES]
    languages = [p.name for p in (ROOT / "templates").iterdir() if p.is_dir() and not p.name.startswith((".", "_"))]
    for row in rows:
        every = str(len(letters_in(State(row[0].strip("`")))))
        assert row[4:] == [every] * len(languages), "a letter is missing in a language"


def test_every_letter_can_go_out_in_some_state_and_nothing_is_without_words() -> None:
    assert {letter for state in State for letter in letters_in(state)} == set(INVENTORY)
    assert undescribed() == ()


def test_a_case_that_has_ended_is_only_opened_again_by_a_mail() -> None:
    assert set(letters_to_mails(State.CLOSED)) & {"ready_for_staff", "details_needed"} == set()
    assert "reopened" in letters_to_mails(State.CLOSED)


GLOSSARY = [*(("flag", f) for f in FLAGS), *(("doubt", d) for d in DOUBTS), *(("timer", t.id) for t in TIMERS)]
GLOSSARY += [
    ("event", e) for e in dict.fromkeys((*CUSTOMER, *STAFF, *TIMER, *(e for r in TRANSITIONS.values() for e in r)))
]


@pytest.mark.parametrize(("what", "word"), GLOSSARY)
def test_a_word_has_a_line_of_its_own_in_the_glossary(what: str, word: str) -> None:
    lines = {row[0].strip("`"): row[1] for row in table_rows(text_of("docs", "glossary.md"), what)}
    assert lines.get(word)


# --- paths and links ------------------------------------------------------------------------------


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_named_paths_exist(guide: Path) -> None:
    words = quoted(guide.read_text(encoding="utf-8"))
    paths = [w for w in words if w.startswith(TOP) or TOP_FILES.fullmatch(w)]
    paths = [p for p in paths if "*" not in p and "<" not in p]
    assert [p for p in paths if not (ROOT / p).exists()] == []


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_relative_links_lead_somewhere(guide: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", BLOCK.sub("", guide.read_text(encoding="utf-8")))
    dead = []
    for link in (link for link in links if "://" not in link):
        file, _, anchor = link.partition("#")
        target = guide.parent / file if file else guide
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def anchors(file: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_tables_named_in_contributing_are_in_their_files() -> None:
    named_tables = re.findall(r"`([\w/]+\.py)` \(`([A-Z_]+)`\)", text_of("CONTRIBUTING.md"))
    assert len(named_tables) >= 5
    assert [(f, t) for f, t in named_tables if not re.search(rf"^{t}\b", text_of(f), re.MULTILINE)] == []


# --- README -----------------------------------------------------------------------------------------


def test_shown_outputs_are_real(accept: Callable[[Path, str], None]) -> None:
    readme = text_of("README.md")
    assert SHOWN.search(readme)
    accept(ROOT / "README.md", SHOWN.sub(lambda m: m[1] + output_of(m[2]) + m[3], readme))


def output_of(command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *shlex.split(command)[1:]],
        cwd=ROOT, env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines()) + "\n"


def test_what_the_readme_takes_from_a_file_stands_in_it() -> None:
    taken = TAKEN.findall(text_of("README.md"))
    assert taken
    for file, lines in taken:
        assert [line for line in lines.splitlines() if line not in text_of(file).splitlines()] == []


def test_the_readme_lists_every_dependency_once() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    names = sorted(re.match(r"[\w.-]+", d)[0] for d in wanted)  # type: ignore[index]
    rows = table_rows(text_of("README.md"), "package")
    assert sorted(row[0] for row in rows) == [n for n in names if n != project["name"]]
    assert all(row[1] and row[2] for row in rows)


def test_documents_speak_calmly() -> None:
    loud = [
        named(g) for g in GUIDES if re.search(r"!(?![-=\[])", BLOCK.sub("", re.sub("<!--|`[^`]*`", "", g.read_text())))
    ]
    assert loud == []


# --- the operator's guide -----------------------------------------------------------------------------


@pytest.mark.parametrize("row", table_rows(text_of("docs", "operators-guide.md"), "phrase"), ids=lambda r: r[0])
def test_a_phrase_of_the_guide_finds_what_it_says(row: list[str]) -> None:
    phrase, finds, not_this = row[0].strip("`"), row[1], row[2]
    pattern = compile_phrases([phrase], spaces=True)
    assert pattern is not None

    def found(text: str) -> bool:
        folded = fold(text)
        return any(pattern.search(folded.folded, first, last) for first, last in folded.sentences)

    assert (found(finds), found(not_this)) == (True, False)


def blocks_of_the_guide() -> dict[str, str]:
    """File -> what the guide adds to it."""
    added: dict[str, str] = {}
    for kind, body in BLOCK.findall(text_of("docs", "operators-guide.md")):
        if kind == "toml":
            name = re.match(r"# (policy/\S+|config\.toml)\n", body)
            assert name, "a block begins with the file it belongs to"
            added[name[1]] = added.get(name[1], "") + "\n" + body
    return added


def test_the_blocks_of_the_guide_fit_into_the_policy() -> None:
    files = {p.relative_to(ROOT / "policy").as_posix(): p.read_bytes() for p in (ROOT / "policy").rglob("*.toml")}
    blocks = {name.removeprefix("policy/"): text for name, text in blocks_of_the_guide().items() if "/" in name}
    assert len(blocks) >= 2
    for name, text in blocks.items():
        files[name] += text.encode()
    policy = parse_policy(files)
    assert "matkahuolto" in {c.id for c in policy.carriers}
    assert any(row.only_models for row in policy.advice)


def test_the_settings_of_the_guide_are_settings(tmp_path: Path) -> None:
    block = blocks_of_the_guide()["config.toml"]
    mailbox = '[mailbox]\ntype = "maildir"\n[maildir]\npath = "mail"\n[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\n'
    (tmp_path / "config.toml").write_text(f'{mailbox}[address]\nown = ["shop@example.com"]\n{block}', encoding="utf-8")
    config = load_config(tmp_path / "config.toml")
    assert {row.id for row in config.return_address} == {"eu", "us"}
    assert config_problems(config, load_policy(ROOT / "policy")) == ()


def test_the_guide_names_every_timer_setting_that_is_worth_changing() -> None:
    rows = table_rows(text_of("docs", "operators-guide.md"), "you want to")
    named_settings = {word for row in rows for word in re.findall(r"`(\w+)", row[1])}
    assert named_settings <= set(type(Config.model_fields["timers"].get_default()).model_fields)
    assert len(named_settings) >= 10
