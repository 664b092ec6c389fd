"""Which files a command for operators works on, and which ones they are held against.

The working files are those of ``-c config.toml``, or of ``--policy`` and ``--templates``, else those that came with the
program. They are compared with a folder that was named, else with the live edition of the data folder, else with what
came with the program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bot.config import Config
    from bot.core.model import Policy
    from bot.replies import Letters

HERE = Path("config.toml")
PACKAGED = "the files that came with the program"


@dataclass(frozen=True)
class Files:
    """Two folders, and where they are from."""

    policy: Path
    templates: Path
    what: str = ""
    config: Config | None = None


def files_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``-c``, ``--policy`` and ``--templates``."""
    for option in (
        click.option("--templates", type=click.Path(path_type=Path), help="Letters of this folder instead."),
        click.option("--policy", type=click.Path(path_type=Path), help="Policy of this folder instead."),
        click.option(
            "-c",
            "--config",
            type=click.Path(path_type=Path),
            help="The files of this configuration; config.toml of this folder when there is one.",
        ),
    ):
        command = option(command)
    return command


def working_files(config: Path | None, policy: Path | None, templates: Path | None, *, logins: bool = False) -> Files:
    """What the operator edits; with ``logins`` for a command that also sends. Raises ConfigError."""
    from bot.config import default_folder, load_config

    if config is None and HERE.is_file() and not (policy and templates):
        config = HERE
    loaded = load_config(config, logins=logins) if config else None
    return Files(
        policy=policy or (loaded.policy.folder if loaded else default_folder("policy")),
        templates=templates or (loaded.templates.folder if loaded else default_folder("templates")),
        config=loaded,
    )


def files_to_compare(working: Files, directory: Path | None) -> Files:
    """What the working files are held against. Raises BadParameter for a folder that holds neither."""
    from bot.config import default_folder

    if directory is not None:
        policy = directory / "policy" if (directory / "policy").is_dir() else directory
        templates = directory / "templates" if (directory / "templates").is_dir() else directory
        if not directory.is_dir():
            raise click.BadParameter(f"{directory} is no folder", param_hint="DIR")
        return Files(policy=policy, templates=templates, what=str(directory))
    return _live(working) or Files(default_folder("policy"), default_folder("templates"), PACKAGED)


def _live(working: Files) -> Files | None:
    """The stored copy of the live edition; None where nothing was published yet."""
    from bot.store.engine import DATABASE, Store

    if working.config is None or not (working.config.data.folder / DATABASE).is_file():
        return None
    from bot.editions.shelf import Shelf

    with Store(working.config.data.folder, prepare=False) as store:
        live = store.editions.live()
        if live is None:
            return None
        folders = Shelf(store.folder).folders(live.hash)
    return Files(policy=folders.policy, templates=folders.templates, what=f"edition {live.number}, which is live")


def open_letters(files: Files) -> tuple[Policy, Letters]:
    """Policy and letters of a set. Raises PolicyError and TemplateError."""
    from bot.config import load_policy
    from bot.replies import Letters

    policy = load_policy(files.policy)
    return policy, Letters(files.templates, policy.default_language)


def read_toml(folder: Path) -> dict[str, str]:
    """The sources of a policy folder by name, for telling lines."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
        for path in sorted(folder.rglob("*.toml"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
