"""``after-sales run`` and ``after-sales once``."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from bot.cli import OK
from bot.cli.show import heading, table

CONFIG = click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    default=Path("config.toml"),
    show_default=True,
    help="The configuration file.",
)


@click.command()
@CONFIG
def run(config: Path) -> int:
    """Poll the mailbox and answer, until stopped (Ctrl-C or SIGTERM).

    Mail that lay in the mailbox before the first start is left alone and never answered.

    \b
    Examples:
      after-sales run
      after-sales run -c /etc/after-sales/config.toml

    \b
    Exit codes: 0 stopped cleanly; 3 configuration, policy or templates cannot be used;
    4 another copy runs on this data folder; 75 stuck, start me again.
    """
    from bot.config import load_config
    from bot.desk.serve import beside_the_worker
    from bot.worker.logs import set_up_logs
    from bot.worker.service import Service
    from bot.worker.wiring import open_wiring

    loaded = load_config(config)
    set_up_logs(loaded.log.level, loaded.log.format)
    with open_wiring(loaded) as wiring, beside_the_worker(loaded):
        return Service(wiring).run()


@click.command()
@CONFIG
@click.option("--send", is_flag=True, help="Really do it: keep cases, send letters, file mail away.")
@click.option("--import", "import_", is_flag=True, help="Take in the mail of before the first start too; no letters.")
def once(config: Path, send: bool, import_: bool) -> int:
    """One round over the mailbox. Without --send a dry run: it says what would happen and changes nothing.

    \b
    Examples:
      after-sales once                  what would happen now
      after-sales once --send           one real round, for cron or a test
      after-sales once --import --send  build cases from old mail, without a single letter

    \b
    Exit codes: 0 done; 1 the mailbox cannot be used; 3 configuration, policy or templates
    cannot be used; 4 another copy runs on this data folder.
    """
    from bot.config import load_config
    from bot.store.engine import copy_for_trial
    from bot.worker.logs import set_up_logs
    from bot.worker.rounds import import_round, one_round, rehearse_round
    from bot.worker.wiring import open_wiring

    loaded = load_config(config)
    set_up_logs(loaded.log.level, loaded.log.format)
    with ExitStack() as stack:
        if not send:
            trial = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="after-sales-"))) / "data"
            copy_for_trial(loaded.data.folder, trial)
            loaded = loaded.model_copy(update={"data": loaded.data.model_copy(update={"folder": trial})})
        wiring = stack.enter_context(open_wiring(loaded))
        start = wiring.now()
        if send:
            counts = import_round(wiring) if import_ else one_round(wiring)
        else:
            counts = rehearse_round(wiring, old=import_)
        click.echo(f"{counts['new']} new mails, {counts['handled']} handled, {counts['sent']} letters sent")
        old = wiring.store.ledger.counts().get("old", 0)
        if old:
            click.echo(f"{old} mails from before the first start are left alone")
        heading("What was decided" if send else "What would be done (nothing was stored, sent or moved)")
        decided = wiring.store.cases.decided_since(start)
        columns = ("sender", "kind", "case_number", "state", "reply", "why_none")
        table([[str(row[c] or "") for c in columns] for row in decided], [c.replace("_", " ") for c in columns])
        if not decided:
            click.echo("nothing new")
    return OK
