"""The configuration: the example names every setting, and every mistake is told at once with its cure."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from config_text import SMALLEST, problems_of, with_setting, write

from bot.config import Config, config_problems, default_folder, load_config, load_policy
from bot.errors import ConfigError
from bot.settings import Section

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config.example.toml"
# Settings without a useful default: the example shows an invented value and marks the line.
YOURS = {"imap.host", "imap.user", "smtp.host", "address.own"}
# Where the program fills in a folder for an empty setting.
EMPTY_FOLDERS = {"policy.folder", "templates.folder"}


_NO_LIST = 'operator.test_address = "me@example.com": is of the wrong type; write a list such as ["one", "two"]'


@pytest.fixture(autouse=True)
def passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTER_SALES_IMAP_PASSWORD", "in-the-box-7")
    monkeypatch.setenv("AFTER_SALES_SMTP_PASSWORD", "out-of-the-box-7")


def all_settings() -> dict[str, object]:
    """Every setting with its default as it would be written in the file."""
    found: dict[str, object] = {}
    for name, section in Config.model_fields.items():
        kind = (get_args(section.annotation) or (section.annotation,))[0]
        assert isinstance(kind, type)
        assert issubclass(kind, Section)
        for key, field in kind.model_fields.items():
            default = field.default
            if default is None or f"{name}.{key}" in EMPTY_FOLDERS:
                default = ""
            elif isinstance(default, Path):
                default = str(default)
            found[f"{name}.{key}"] = list(default) if isinstance(default, tuple) else default
    return found


# --- the example --------------------------------------------------------------------------------


def test_the_example_loads() -> None:
    config = load_config(EXAMPLE)
    assert config.address.sender == "after-sales@example.com"
    assert config.policy.folder == ROOT / "policy"


def test_the_example_names_every_setting_once_and_no_other() -> None:
    section, seen = "", []
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"\[(\w+)\]|# \[\[(\w+)\]\]", line):
            section = header[1] or header[2]
        elif key := re.match(r"#? ?(\w+) = ", line):
            seen.append(f"{section}.{key[1]}")
    assert sorted(seen) == sorted(all_settings())


def test_the_example_shows_the_true_defaults() -> None:
    example = {
        f"{section}.{key}": value
        for section, table in tomllib.loads(EXAMPLE.read_text(encoding="utf-8")).items()
        for key, value in table.items()
    }
    expected = all_settings()
    # A list of tables has no default row: it stands there as a comment.
    lists = ("return_address.", "payment.", "webhook.")
    expected = {name: value for name, value in expected.items() if not name.startswith(lists)}
    different = {name for name in expected if name not in YOURS and example[name] != expected[name]}
    assert different == set()


def test_every_setting_of_the_example_has_a_sentence() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    text = re.sub(r"= \[\n(.*\n)*?\] #", "= [] #", text)
    silent = [line for line in text.splitlines() if re.match(r"\w+ = ", line) and not re.search(r" # \S+ .{8,}", line)]
    assert silent == []


@pytest.mark.parametrize("name", sorted(YOURS))
def test_the_example_marks_what_the_operator_must_fill_in(name: str) -> None:
    section, key = name.split(".")
    block = EXAMPLE.read_text(encoding="utf-8").partition(f"[{section}]")[2]
    (line,) = re.findall(rf"^{key} = .*$", block.partition("\n[")[0], re.MULTILINE)
    assert "# yours: " in line


# --- loading ------------------------------------------------------------------------------------


def test_paths_count_from_the_folder_of_the_config_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "desk", SMALLEST + '[policy]\nfolder = "rules"\n[templates]\nfolder = "/srv/letters"\n')
    config = load_config(Path("desk/config.toml"))
    assert config.data.folder == tmp_path / "desk" / "data"
    assert config.policy.folder == tmp_path / "desk" / "rules"
    assert config.templates.folder == Path("/srv/letters")


def test_the_smallest_file_is_enough(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, SMALLEST))
    assert config.address.own == ("after-sales@example.com",), "addresses are compared in small letters"
    assert config.address.domain == "example.com"
    assert config.imap.password.reveal() == "in-the-box-7"
    assert not config.smtp.password, "without a login no password is looked for"


def test_settings_never_change_after_loading(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, SMALLEST))
    with pytest.raises(ValueError, match="frozen"):
        config.limits.max_mail_mb = 1  # type: ignore[misc]


def test_a_maildir_needs_no_imap_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AFTER_SALES_IMAP_PASSWORD")
    text = SMALLEST.replace('host = "imap.example.com"\nuser = "desk"\n', "")
    config = load_config(write(tmp_path, f'{text}[mailbox]\ntype = "maildir"\n[maildir]\npath = "mail"\n'))
    assert config.maildir.path == tmp_path / "mail"


def test_the_program_brings_its_own_policy_and_templates() -> None:
    assert (default_folder("policy") / "warranty.toml").is_file()
    assert default_folder("templates").is_dir()


# --- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "line", "problem"),
    [
        ("imap", "port = 70000", "imap.port = 70000: is too large; write 65535 or less"),
        ("imap", 'port = "993"', 'imap.port = "993": is of the wrong type; write a whole number without quotes'),
        ("imap", "port = true", "imap.port = True: is of the wrong type; write a whole number without quotes"),
        ("imap", 'hots = "x"', 'imap.hots: unknown key; remove or rename it; did you mean "host"?'),
        ("smtp", "time_out = 5", 'smtp.time_out: unknown key; remove or rename it; did you mean "timeout"?'),
        (
            "imap",
            "poll_seconds = 5",
            "imap.poll_seconds: unknown key; remove or rename it; poll_seconds belongs under [schedule]",
        ),
        ("imap", 'security = "ssl"', 'imap.security = "ssl": is not known; write one of tls, starttls, none'),
        (
            "imap",
            'security = "none"',
            'imap.security = "none": would send the password in clear text; write "tls" or "starttls"',
        ),
        ("imap", 'folder = ""', 'imap.folder = "": is empty; it needs a value'),
        ("imap", "read_timeout = 0", "imap.read_timeout = 0: is too small; write 1 or more"),
        (
            "smtp",
            'from_name = "A\\nBcc: b"',
            'smtp.from_name = "A\nBcc: b": holds a line break or control character; write it in one line',
        ),
        (
            "automation",
            'replies = "no"',
            'automation.replies = "no": is of the wrong type; write true or false without quotes',
        ),
        (
            "trust",
            'authserv_ids = "x"',
            'trust.authserv_ids = "x": is of the wrong type; write a list such as ["one", "two"]',
        ),
        (
            "address",
            'reply_from = "desk"',
            'address.reply_from = "desk": is not a mail address; write name@example.com',
        ),
        (
            "address",
            'reply_from = "b@example.com"',
            'address.reply_from = "b@example.com": is not one of ours; add it to address.own',
        ),
        (
            "address",
            'echo_address = "after-sales@example.com"',
            "address.echo_address: is one of address.own; give the echo an address of its own",
        ),
        (
            "address",
            'message_id_domain = "x y"',
            'address.message_id_domain = "x y": is not a domain; write it like example.com',
        ),
        ("folders", 'done = "INBOX"', 'folders: "INBOX" is used twice; give each purpose a folder of its own'),
        (
            "start",
            'baseline = "1.9.2025"',
            'start.baseline = "1.9.2025": is no day; write "first_run" or a day such as "2025-09-01"',
        ),
        ("mailbox", 'type = "pop3"', 'mailbox.type = "pop3": is not known; write one of imap, maildir'),
        ("mailbox", 'type = "maildir"', 'maildir.path: is missing; the mailbox type "maildir" needs it'),
        (
            "budgets",
            "per_address_week = 1",
            "budgets.per_address_week: is less than per_address_day; make it at least as large",
        ),
        ("budgets", "per_day = 5", "budgets.per_day: is less than per_hour; make it at least as large"),
        ("limits", "read_memory_mb = 1", "limits.read_memory_mb = 1: is too small; write 256 or more"),
        ("data", 'folder = ""', 'data.folder = "": is empty; write the path of a folder'),
        ("policy", "folder = 7", "policy.folder = 7: is of the wrong type; write a path in quotes"),
        (
            "operator",
            'test_address = ["after-sales@example.com"]',
            'operator.test_address = "after-sales@example.com": the bot itself reads it; write an address of a person',
        ),
        ("operator", 'test_address = "me@example.com"', _NO_LIST),
        ("logs", 'level = "info"', 'logs: unknown section; remove or rename it; did you mean "log"?'),
    ],
)
def test_a_mistake_is_told_with_key_value_and_cure(tmp_path: Path, section: str, line: str, problem: str) -> None:
    assert problems_of(tmp_path, with_setting(section, line)) == [problem]


def test_all_mistakes_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AFTER_SALES_IMAP_PASSWORD")
    text = (
        with_setting("imap", 'port = "x"').replace('[smtp]\nhost = "smtp.example.com"', "[smpt]") + "[log]\nlevel = 3\n"
    )
    text = "colour = true\n" + text.replace('own = ["After-Sales@Example.com"]', "own = []")
    named = {problem.split(" ")[0].rstrip(":") for problem in problems_of(tmp_path, text)}
    assert named == {"colour", "smpt", "imap.port", "address.own", "log.level"}
    text = text.replace('port = "x"', "port = 993")
    assert "imap.password_env:" in {problem.split(" ")[0] for problem in problems_of(tmp_path, text)}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("imap = 3\n", "imap = 3: is of the wrong type; write a table: [section] and its keys below"),
        ("[imap\n", "config.toml: is not TOML: Expected ']' at the end of a table declaration (at line 1, column 6)"),
        ("\x00", "config.toml: is not TOML: "),
    ],
)
def test_a_file_that_is_no_configuration_is_named(tmp_path: Path, text: str, problem: str) -> None:
    assert any(problem in told for told in problems_of(tmp_path, text))


def test_a_missing_file_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file; make one with"):
        load_config(tmp_path / "config.toml")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes('name = "Zürich"'.encode("latin-1"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load_config(tmp_path / "config.toml")


def test_only_services_of_the_policy_can_be_approved(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, with_setting("automation", 'approve = ["free_repair", "free_repiar"]')))
    problem, _ = config_problems(config, load_policy(default_folder("policy")))
    assert '"free_repiar" is no service of the policy' in problem
    assert 'did you mean "free_repair"?' in problem


# --- return addresses -----------------------------------------------------------------------------

EU = '[[return_address]]\nid = "eu"\nlines = ["Repair", "Street 1"]\n'


def test_return_addresses_are_a_list_of_tables(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, SMALLEST + EU + EU.replace("eu", "us")))
    assert [(row.id, row.lines) for row in config.return_address] == [
        ("eu", ("Repair", "Street 1")),
        ("us", ("Repair", "Street 1")),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (EU + EU, "is used twice"),
        (EU.replace("lines", "line"), "return_address.0.line: unknown key"),
        ('[returns]\naddress = "us"\n' + EU, "no [[return_address]] has this id"),
        ("[timers]\nreminder_2 = 7\n", "must follow each other"),
        ('[timers]\nzone = "Mars/Olympus"\n', "is no time zone"),
    ],
)
def test_what_a_desk_cannot_work_with_is_told(tmp_path: Path, text: str, words: str) -> None:
    assert any(words in problem for problem in problems_of(tmp_path, SMALLEST + text))


def test_approving_without_a_person_needs_an_address(tmp_path: Path) -> None:
    text = SMALLEST + '[automation]\napprove = ["free_repair"]\n'
    config = load_config(write(tmp_path, text))
    assert any("returns.address" in p for p in config_problems(config, load_policy(config.policy.folder)))
