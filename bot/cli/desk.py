"""``after-sales desk``: the pages where staff decides."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import OK
from bot.cli.run import CONFIG


@click.command()
@CONFIG
def desk(config: Path) -> int:
    """Serve the desk until stopped (Ctrl-C or SIGTERM). It may run beside "after-sales run".

    Only this machine can reach it. For others, put a proxy with TLS before it (Caddy, nginx) and set public_url and
    trusted_proxies under [desk]. Who may sign in: "after-sales user".

    \b
    Examples:
      after-sales user add ana --role agent
      after-sales desk
      after-sales desk -c /etc/after-sales/config.toml

    \b
    Exit codes: 0 stopped; 1 the address is taken, or the data cannot be used; 3 configuration, policy or templates
    cannot be used.
    """
    from bot.cli.user import prepared
    from bot.config import load_config
    from bot.desk.serve import serve
    from bot.worker.logs import set_up_logs

    loaded = load_config(config)
    set_up_logs(loaded.log.level, loaded.log.format)
    with prepared(loaded) as store:
        people = store.people.every()
    if not people:
        click.echo("Nobody can sign in yet: after-sales user add NAME --role operator", err=True)
    serve(loaded, lambda address: click.echo(f"The desk is open: {address}  (Ctrl-C stops it)"))
    return OK
