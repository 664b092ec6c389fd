"""``after-sales demo``: the whole product on this machine alone."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import OK
from bot.cli.cases import LIST, QUEUE
from bot.cli.show import heading, paint, table


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("after-sales-demo"),
    show_default=True,
    help="Working folder that is left to look at.",
)
def demo(folder: Path) -> int:
    """See the whole product work: a mailbox, customers, the real worker, its letters and the queue.

    Both servers run inside this process on ports the system picks; nothing leaves the machine.

    \b
    Examples:
      after-sales demo
      after-sales demo --folder /tmp/demo

    \b
    Exit codes: 0 shown; 3 policy or templates cannot be used.
    """
    from bot.cli.init import lay_out
    from bot.demo.tour import tour
    from bot.store.engine import Store
    from bot.worker.logs import set_up_logs

    set_up_logs("error", "text")
    heading("Customers write ...")
    numbers = tour(folder, lay_out, click.echo)
    with Store(folder / "data", prepare=False) as store:
        for number in numbers:
            _conversation(store.cases.show(number))
        heading("What needs a person, most urgent first")
        rows = store.cases.queue()
        columns = [c for c in QUEUE if rows and c in rows[0]]
        table([[str(r[c] or "") for c in columns] for r in rows], [c.replace("_", " ") for c in columns])
        heading("All cases")
        rows = store.cases.list()
        table([[str(r[c] or "") for c in LIST] for r in rows], [c.replace("_", " ") for c in LIST])
        counts = store.ledger.counts()
    heading("Nothing is unaccounted for")
    click.echo("  " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    heading(f"Left for you in {folder}/")
    click.echo(f"  after-sales cases --queue -c {folder}/config.toml")
    click.echo(f"  after-sales case {numbers[0]} -c {folder}/config.toml")
    click.echo(f"  sqlite3 {folder}/data/after-sales.db .tables")
    return OK


def _conversation(parts: dict[str, object]) -> None:
    case = parts["case"]
    mails = parts["conversation"]
    assert isinstance(case, dict)
    assert isinstance(mails, list)
    heading(f"Case {case['case_number']}: {case['state']}, waiting for {case['waiting_for']}")
    for mail in mails:
        status = "" if mail["status"] in ("received", "sent") else f"  ({mail['status']})"
        click.echo(paint(f"  {str(mail['who']).upper()}  {mail['subject']}{status}", "faint"))
        for line in str(mail["words"]).strip().splitlines():
            click.echo(f"    {line}".rstrip())
        click.echo()
