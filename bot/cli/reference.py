"""``python -m bot.cli.reference``: docs/commands.md from the commands' own help, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterator

import click

from bot.cli import COMMANDS, cli

WIDTH = 100
PROGRAM = "after-sales"
HEAD = """# Commands

Made by `python -m bot.cli.reference` from the commands' own help; a test compares. Every command takes `-h` or
`--help`. Colour is used on a terminal only, and never when `NO_COLOR` is set.
"""


def reference() -> str:
    """The whole document."""
    parts = [HEAD]
    with _context(PROGRAM, cli, None) as top:
        parts.append(_block(cli.get_help(top)))
        for name in COMMANDS:
            command = cli.get_command(top, name)
            assert command is not None
            parts += [f"## {path}\n\n{_block(text)}" for path, text in _helps(name, command, top)]
    return "\n".join(parts)


def _helps(name: str, command: click.Command, above: click.Context) -> Iterator[tuple[str, str]]:
    with _context(name, command, above) as context:
        yield context.command_path, command.get_help(context)
        if isinstance(command, click.Group):
            for sub in command.list_commands(context):
                below = command.get_command(context, sub)
                assert below is not None
                yield from _helps(sub, below, context)


def _context(name: str, command: click.Command, above: click.Context | None) -> click.Context:
    settings = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    return click.Context(command, info_name=name, parent=above, **settings)


def _block(text: str) -> str:
    return f"```\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    print(reference(), end="")
