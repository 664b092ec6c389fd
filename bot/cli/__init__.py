"""The command line: ``after-sales``. Commands unpack, call one function, print.

Every command is a module of its own that is imported only when it is called, so that ``--help`` starts at once.

Exit codes: 0 done; 1 done, but something needs attention (a failed check, an unreadable mail, nothing found);
2 wrong use of the command line; 3 configuration, policy or templates cannot be used; 4 another copy is running;
75 a temporary failure: start me again.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from bot import __version__
from bot.errors import AlreadyRunning, BotError, ConfigError, FilesError, PolicyError, TemplateError

OK, ATTENTION, USAGE, SETUP, BUSY, TEMPORARY = 0, 1, 2, 3, 4, 75

# command -> (module, one line for the overview)
COMMANDS = {
    "init": ("bot.cli.init", "Lay out a working folder."),
    "check": ("bot.cli.check", "Try everything the bot needs, and say what was found."),
    "run": ("bot.cli.run", "Poll the mailbox and answer, until stopped."),
    "once": ("bot.cli.run", "One round; a dry run unless --send."),
    "explain": ("bot.cli.explain", "What the bot would do with a mail, and why."),
    "template": ("bot.cli.template", "The letters: list, show, preview, look for mistakes, compare."),
    "policy": ("bot.cli.policy", "The rules: look for mistakes, explain a row, compare."),
    "words": ("bot.cli.words", "What the bot reads in a sentence, and why."),
    "rehearse": ("bot.cli.rehearse", "Who would get something else with changed files."),
    "publish": ("bot.cli.publish", "Check the files you edited and make them live."),
    "history": ("bot.cli.history", "What was published, by whom, and what it changed."),
    "rollback": ("bot.cli.publish", "Make the files of an earlier edition live again."),
    "upgrade": ("bot.cli.upgrade", "What a new version of the program changed in its defaults."),
    "demo": ("bot.cli.demo", "See the whole product work, on your machine alone."),
    "desk": ("bot.cli.desk", "Serve the pages where staff decides."),
    "user": ("bot.cli.user", "Who may sign in at the desk."),
    "token": ("bot.cli.token", "What other programs ask the desk with."),
    "webhook": ("bot.cli.webhook", "What other programs still have to be told."),
    "cases": ("bot.cli.cases", "The list of cases."),
    "case": ("bot.cli.cases", "One case: conversation, findings, checks."),
    "quarantine": ("bot.cli.quarantine", "Mails that could not be read."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _ = COMMANDS[name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """The command; a reader that has seen enough (``| head``) is no trouble, which the library would make of it."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return OK
        return result

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        import difflib

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="after-sales")
def cli() -> None:
    """Warranty mail desk: reads customers' mails, checks them against the policy, answers, keeps the cases.

    \b
    Examples:
      after-sales demo                       see it work, without any mailbox
      after-sales init my-desk               lay out config, policy and templates
      after-sales check -c my-desk/config.toml
      after-sales explain mail.eml           what it would do with this mail, and why
      after-sales run -c my-desk/config.toml

    \b
    Exit codes: 0 done; 1 needs attention; 2 wrong use; 3 configuration, policy or templates
    cannot be used; 4 another copy is running; 75 temporary failure, start again.
    """


def main(args: Sequence[str] | None = None) -> None:
    """Entry point: every expected error becomes a plain message and an exit code."""
    try:
        result: Any = cli.main(
            args=list(args) if args is not None else None, standalone_mode=False, prog_name="after-sales"
        )
        sys.exit(result if isinstance(result, int) else OK)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except (ConfigError, FilesError, PolicyError, TemplateError) as error:
        many = len(error.problems) > 1
        click.echo(error.__class__.__doc__, err=True)
        for problem in error.problems:
            click.echo(f"{'  - ' if many else '  '}{problem}", err=True)
        sys.exit(SETUP)
    except AlreadyRunning as error:
        click.echo(str(error), err=True)
        sys.exit(BUSY)
    except BotError as error:
        click.echo(str(error), err=True)
        sys.exit(ATTENTION)
