"""``after-sales demo``: the whole product on this machine alone."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import OK
from bot.cli.cases import LIST, QUEUE, list_cases
from bot.cli.show import heading, paint, wrap
from bot.core.warranty.actions import APPROVALS

LANGUAGES = ("de", "ja")


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("after-sales-demo"),
    show_default=True,
    help="Working folder that is left to look at.",
)
@click.option(
    "--beside",
    type=click.Choice(LANGUAGES),
    default="de",
    show_default=True,
    help="The language beside English in which the case of eight steps is told.",
)
@click.option("--full", is_flag=True, help="Today's letters whole, not only what matters of them.")
@click.option("--desk", "at_desk", is_flag=True, help="Six weeks of work instead, and then the desk in a browser.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Where --desk listens on this machine; 0 picks one that is free.",
)
def demo(folder: Path, beside: str, full: bool, at_desk: bool, port: int) -> int:
    """See the whole product work: a mailbox, customers, the real worker, its letters and the queue.

    First one case through all eight steps of the warranty process, in two languages, with the clock moved forward;
    then five customers of today. Both servers run inside this process on ports the system picks; nothing leaves
    the machine.

    With --desk some fifty customers write in six weeks instead, staff decides most cases, and what is left waits at
    the desk, which is served until Ctrl-C. The names and passwords to sign in with are printed and made anew each time.

    \b
    Examples:
      after-sales demo
      after-sales demo --beside ja
      after-sales demo --folder /tmp/demo --full
      after-sales demo --desk

    \b
    Exit codes: 0 shown; 1 the folder is in use for something else, or the port; 3 policy or templates cannot be used.
    """
    from bot.cli.init import lay_out
    from bot.cli.scenes import show_scene, width_now
    from bot.demo.life import live, voices
    from bot.demo.stage import open_stage
    from bot.demo.tour import tour
    from bot.store.engine import Store
    from bot.worker.logs import set_up_logs

    set_up_logs("error", "text")
    if at_desk:
        return _at_desk(folder, port)
    voice = voices()
    with open_stage(folder, lay_out) as stage:
        heading("One case through all eight steps, in two languages")
        lived = []
        for number, scene in enumerate(live(stage, (voice["en"], voice[beside]))):
            show_scene(scene, width_now(), named=number == 0)
            lived = [page.number for page in scene.pages]
        heading("Today five customers write ...")
        numbers = tour(stage, click.echo)
    with Store(folder / "data", prepare=False) as store:
        for number_ in numbers:
            _conversation(store.cases.show(number_), full=full)
        heading("What needs a person, most urgent first")
        rows = store.cases.queue()
        list_cases(rows, QUEUE)
        heading("All cases")
        list_cases(store.cases.list(), LIST)
        counts = store.ledger.counts()
    heading("Nothing is unaccounted for")
    click.echo("  " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    heading("Try next")
    waiting = next(row for row in rows if row["service"] in APPROVALS)
    for line, why in _hints(folder, lived[0], waiting):
        click.echo(f"  {line}\n      {paint(why, 'faint')}")
    return OK


def _at_desk(folder: Path, port: int) -> int:
    from bot.cli.init import lay_out
    from bot.demo.office import STAFF, free_port, hire, open_office
    from bot.demo.stage import open_stage
    from bot.demo.tour import tour
    from bot.demo.weeks import BEGAN, six_weeks

    with open_stage(folder, lay_out, port=port or free_port()) as stage:
        passwords = hire(stage, stage.clock.wall() - BEGAN)
        heading("Six weeks of mail, with staff at work")
        for day in six_weeks(stage):
            click.echo(f"  {day:%d %B}" if day.weekday() == 0 else " .", nl=False)
        click.echo()
        heading("Today five more customers write ...")
        tour(stage, click.echo)
        heading("Sign in as one of these")
        for name, (shown, role) in STAFF.items():
            click.echo(f"  {name:<6} {passwords[name]}   {shown}, {role}")
        open_office(stage, lambda address: click.echo(f"\nThe desk is open: {address}  (Ctrl-C stops it)"))
    click.echo(f"\nClosed. What was done stands in {folder}.")
    return OK


def _hints(folder: Path, lived: str, waiting: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """What to try with the folder that is left."""
    where = f"-c {folder}/config.toml"
    approve = f"after-sales case {waiting['case_number']} approve --service {waiting['service']} --address eu --dry-run"
    return (
        (f"after-sales case {lived} {where}", "the whole life of the first case: words, checks, letters, events"),
        (f"after-sales cases --queue {where}", "what needs a person, with the question to decide"),
        (f"{approve} {where}", "the letter an approval would write; nothing is changed"),
        (f"sqlite3 {folder}/data/after-sales.db .tables", "the same facts, with any tool"),
        ("docs/lifecycle.md", "the picture and the tables of everything that can happen to a case"),
    )


def _conversation(parts: dict[str, object], *, full: bool) -> None:
    from bot.cli.scenes import MOST_SAID, width_now
    from bot.replies.essence import essence

    case = parts["case"]
    mails = parts["conversation"]
    assert isinstance(case, dict)
    assert isinstance(mails, list)
    heading(f"Case {case['case_number']}: {case['state']}, waiting for {case['waiting_for']}")
    width = width_now() - 4
    for place, mail in enumerate(mails):
        status = "" if mail["status"] in ("received", "sent") else f"  ({mail['status']})"
        click.echo(paint(f"  {str(mail['who']).upper()}  {mail['subject']}{status}", "faint"))
        words = str(mail["words"]).strip()
        if full:
            lines = words.splitlines()
        elif mail["who"] in ("customer", "machine"):
            lines = wrap(max(words.split("\n\n"), key=len), width)
            lines = [*lines[:MOST_SAID], "…"] if len(lines) > MOST_SAID else lines
        else:
            lines = [line for part in essence(words, automatic=mail["who"] == "bot") for line in wrap(part, width)]
        for line in lines:
            click.echo(f"    {line}".rstrip())
        if place + 1 < len(mails):
            click.echo()
