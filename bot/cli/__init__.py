"""The command line: one file a command, all of them thin.

A command is imported when it is called: Telegram's types alone take seconds to load, which `--help` need not wait for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from bot.cli.common import Group

COMMANDS: Final = {
    "run": "Runs the bot, on Telegram or on the local sandbox.",
    "refresh": "Fetches sources once and stores what is new.",
    "import": "Reads press releases from files into the archive.",
    "ask": "Answers a question as the bot would.",
    "tag": "Says what releases are about.",
    "topics": "Tries rules of topics before they go live, and reports how right topics are.",
    "digest": "Shows the messages that a subscriber would get.",
    "sources": "Shows, checks and switches the sources.",
    "registry": "Keeps projects, organisations, contacts and terms: files in and out, history, reverting.",
    "db": "Looks after the database: its schema and its backups.",
    "doctor": "Checks everything and says what to do.",
}

_MODULES: Final = {"import": "documents", "db": "database"}
"""Where a command's file is not called as the command is: the word is taken, or too short for a name."""


class LazyGroup(Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports a command; None for a name that is not one."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"bot.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jarchy", prog_name="jarchy")
def jarchy() -> None:
    """Jarchy tells local self-government in Kyrgyzstan what its partners publish, and answers questions.

    Settings come from the environment and the file .env (see .env.example). Without BOT_TOKEN the bot runs on a
    local sandbox with a chat page.
    """
