"""A worked example of docs/guides, performed: its blocks are read from the page and done in their order.

    mail      a customer's mail: headers, an empty line, his words
    before    what the real worker answers to it while nothing is published; only what differs from ``after``
    diff      in the named file the lines with - become those with +
    toml      added to the end of the named file
    csv       a file beside config.toml
    console   commands, with what they print; ``publish`` and ``rollback`` are looked at as they happen
    after     the whole answer that the next customer gets

After ``rollback`` the old answer must be back. What is printed and answered is compared with the page, so a page that
tells something else fails; with --rewrite it is written anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from drawings import encode, scene
from sink import Kept, Sink
from story_desk import Clock
from story_letters import as_text

from bot.cli import main
from bot.config import load_config
from bot.worker.rounds import one_round
from bot.worker.wiring import Wiring, open_wiring

ROOT = Path(__file__).parent.parent
GUIDES = ROOT / "docs" / "guides"
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LANGUAGES = ("de", "en")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BETWEEN = "* * *"
# Of long lists of the same kind a page shows two lines and three dots.
ROW = r"(?:^(?:  [+~-] \S+  .*|open, staff decides.*|\w+/\S+: .*)\n)"
LONG = re.compile(rf"({ROW}{{2}}){ROW}{{2,}}", re.MULTILINE)
# What a page says for what differs from run to run.
CHANGING = (
    (re.compile(r"data/editions/[0-9a-f]{64}"), "data/editions/..."),
    (re.compile(r"(?<=such as )[A-Z0-9]{6}\b"), "K7F3Q9"),
    (LONG, r"\1  ...\n"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "2026-03-02 09:10 UTC"),
    (re.compile(r"(?<=\bCase )[A-Z0-9]{6}\b"), "K7F3Q9"),
)
SETTINGS = (
    ('type = "imap"', 'type = "maildir"'),
    ('path = ""', 'path = "mail"'),
    ('host = "smtp.example.com"', 'host = "{host}"'),
    ("port = 587", "port = {port}"),
    ('security = "starttls"', 'security = "none"'),
    ('own = ["after-sales@example.com"]', 'own = ["after-sales@kospet.com"]'),
    ('baseline = "first_run"', 'baseline = "2026-01-01"'),
    ('level = "info"', 'level = "error"'),
)


@dataclass(frozen=True)
class Step:
    """One block of a page."""

    kind: str
    text: str


def steps_of(page: str) -> list[Step]:
    return [Step(kind, text) for kind, text in BLOCK.findall(page)]


class Operator:
    """Somebody with a working folder as ``init`` lays it out, and a bot that runs with it."""

    def __init__(self, folder: Path, sink: Sink, clock: Clock) -> None:
        self.folder, self.sink, self.clock = folder, sink, clock
        self.mails = 0
        self.worker: Wiring
        self._open = contextlib.ExitStack()

    def lay_out(self) -> None:
        assert self.run("after-sales init .", 0) != ""
        for half, pattern in (("templates", "*/"), ("policy/words", "*.toml")):
            for path in (self.folder / half).glob(pattern):
                if path.stem not in LANGUAGES:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        config = self.folder / "config.toml"
        text = config.read_text("utf-8")
        for old, new in SETTINGS:
            assert old in text, old
            text = text.replace(old, new.format(host=self.sink.host, port=self.sink.port), 1)
        config.write_text(text, "utf-8")
        for part in ("tmp", "new", "cur"):
            (self.folder / "mail" / part).mkdir(parents=True)

    def start(self) -> None:
        """The bot, started anew."""
        self.stop()
        self.worker = self._open.enter_context(open_wiring(load_config(self.folder / "config.toml"), clock=self.clock))
        one_round(self.worker)

    def stop(self) -> None:
        self._open.close()

    def run(self, line: str, code: int | None = None) -> str:
        """What a command prints, given as it stands on the page."""
        told, ended = io.StringIO(), SystemExit(0)
        if line.startswith("cp "):
            shutil.copy(*(self.folder / word for word in shlex.split(line)[1:]))
            return ""
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            try:
                main(shlex.split(line)[1:])
            except SystemExit as exit_:
                ended = exit_
        assert ended.code in ((0, 1) if code is None else (code,)), f"{line}: {ended.code}: {told.getvalue()}"
        said = told.getvalue().strip("\n").replace(f"{Path.cwd()}/", "")
        return "\n".join(row.rstrip() for row in said.splitlines())

    def edit(self, step: Step) -> None:
        """The change of a diff, toml or csv block, as it is written."""
        first, _, rest = step.text.partition("\n")
        named = re.fullmatch(r"# (\S+)", first)
        assert named, f"a block begins with the file it belongs to: {first}"
        file = self.folder / named[1]
        if step.kind == "csv":
            file.write_text(rest, "utf-8")
        elif step.kind == "toml":
            with file.open("a", encoding="utf-8") as end:
                end.write("\n" + rest)
        else:
            for old, new in hunks(rest):
                text = file.read_text("utf-8")
                assert text.count(old) == 1, f"{named[1]} holds these lines {text.count(old)} times:\n{old}"
                file.write_text(text.replace(old, new), "utf-8")

    def answers(self, mails: list[str]) -> str:
        """Each mail comes from somebody new, with an order number of his own; what the worker answers."""
        told = []
        for text in mails:
            self.mails += 1
            self.clock.at += timedelta(minutes=10)
            file = self.folder / "mail" / "new" / f"{self.mails}.mail"
            file.write_bytes(self._mail(text))
            os.utime(file, (self.clock.at.timestamp(),) * 2)
            before = len(self.sink.kept)
            for _ in range(2):
                one_round(self.worker)
            letters = self.sink.kept[before:]
            assert len(letters) == 1, f"{len(letters)} letters answer the mail"
            told.append(self._shown(letters[0]))
        return f"\n{BETWEEN}\n\n".join(told)

    def _mail(self, text: str) -> bytes:
        head, _, body = text.partition("\n\n")
        mail = EmailMessage()
        mail["From"], mail["To"] = f"customer{self.mails}@example.com", "after-sales@kospet.com"
        headers = dict(line.split(": ", 1) for line in head.splitlines())
        mail["Subject"] = headers["Subject"]
        mail["Date"], mail["Message-ID"] = format_datetime(self.clock.at), f"<m{self.mails}@example.com>"
        mail.set_content(body.replace("KS20418", f"KS{20418 + self.mails - 1}"))
        if name := headers.get("Attached"):
            mail.add_attachment(encode(scene(self.mails)), maintype="image", subtype="jpeg", filename=name)
        return mail.as_bytes()

    def _shown(self, letter: Kept) -> str:
        """The letter, and above it what the case is for staff."""
        case = self.worker.store.db.rows("SELECT service, state, doubt_id FROM cases ORDER BY id DESC LIMIT 1")[0]
        told = f"Case: {case['state']}"
        told += f", {case['service']}" if case["service"] else ""
        told += f"; staff is asked: {case['doubt_id']}" if case["doubt_id"] else ""
        return f"{told}\n{self._text(letter)}"

    def _text(self, letter: Kept) -> str:
        text = as_text(letter, dated=False).replace(f"KS{20418 + self.mails - 1}", "KS20418")
        for row in self.worker.store.db.rows("SELECT number FROM cases"):
            text = text.replace(row["number"], "K7F3Q9")
        return text


def hunks(diff: str) -> Iterator[tuple[str, str]]:
    """``(old, new)`` for each run of lines; lines with a blank before them are there to find the place."""
    for part in diff.split("...\n"):
        lines = part.splitlines(keepends=True)
        yield (
            "".join(line[1:] for line in lines if line[0] in "- "),
            "".join(line[1:] for line in lines if line[0] in "+ "),
        )


def perform(
    page: str, operator: Operator, between: Callable[[str, Operator], None] = lambda line, operator: None
) -> str:
    """The page as it should be; ``between`` is told each command before it is given."""
    mails = [text for kind, text in BLOCK.findall(page) if kind == "mail"]
    was, now, back = operator.answers(mails), "", ""
    done: list[tuple[str, str]] = []
    for step in steps_of(page):
        if step.kind in ("diff", "toml", "csv"):
            operator.edit(step)
        if step.kind == "console":
            shown = []
            for line in [row for row in step.text.splitlines() if row.startswith("$ ")]:
                between(line[2:], operator)
                if line.startswith("$ after-sales run"):  # the bot is started anew
                    operator.start()
                    shown.append(line)
                    continue
                shown += list(filter(None, [line, operator.run(line[2:])]))
            done.append(("console", clean("\n".join(shown))))
        elif step.kind == "after":
            now = operator.answers(mails)
            assert now != was, "the next customer gets the same as before"
            done.append(("after", now))
        else:
            done.append((step.kind, step.text))
    back = operator.answers(mails)
    assert back == was, "after it was taken back the old answer is back"
    results = iter(done)

    def put(block: re.Match[str]) -> str:
        kind, text = next(results)
        return f"```{kind}\n{differing(was, now) if kind == 'before' else text}```"

    return BLOCK.sub(put, page)


def clean(text: str) -> str:
    text += "\n"
    for pattern, shown in CHANGING:
        text = pattern.sub(shown, text)
    return text


def differing(was: str, now: str) -> str:
    """The paragraphs of each old answer that the new one does not hold."""
    shown = []
    for old, new in zip(was.split(f"\n{BETWEEN}\n\n"), now.split(f"\n{BETWEEN}\n\n"), strict=True):
        kept = set(new.strip().split("\n\n"))
        parts = [part for part in old.strip().split("\n\n") if part not in kept]
        shown.append("\n\n".join(parts or ["(the same as afterwards)"]) + "\n")
    return f"\n{BETWEEN}\n\n".join(shown)
