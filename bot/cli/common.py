"""What the commands share: running async work, reading lines, and saying what went wrong."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec

import click
from sqlalchemy.exc import DBAPIError

from bot.logs import redact
from bot.settings import Settings, load_settings
from storage.errors import JarchyError

P = ParamSpec("P")


class Refused(click.ClickException):
    """An expected failure: one message on standard error, exit code 1, no traceback."""


class Group(click.Group):
    """A group of commands that shows expected failures as messages."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the chosen command."""
        try:
            return super().invoke(ctx)
        except JarchyError as error:
            raise Refused(str(error)) from error
        except DBAPIError as error:
            raise Refused(_about_database(error)) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Refused(redact(_about_file(error))) from error


_LINE_ENDS: Final = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}


def asynchronous(command: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Makes a coroutine function a command."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(command(*args, **kwargs))

    return run


def settings() -> Settings:
    """The settings of this process; raises BadSettings."""
    return load_settings()


def confirmed(question: str) -> bool:
    """Asks on the terminal; raises Refused where nobody sits at one."""
    if not at_a_terminal():
        raise Refused("Add --yes to do it without being asked.")
    return click.confirm(question, err=True)


def at_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def print_json(value: Mapping[str, Any]) -> None:
    """Writes one JSON object as a line: also for readers that take other characters for the end of one."""
    click.echo(json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS))


def read_lines(path: str) -> Iterator[tuple[int, str]]:
    """The non-empty lines of a file, or of standard input for `-`, each with its number.

    Raises Refused where it cannot be read.
    """
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{path} is not UTF-8 text. Save it as UTF-8 and try again.") from None
    # Only line feeds: a text in a JSON string may hold what else Python takes for the end of a line.
    lines = enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    return ((number, line.strip()) for number, line in lines if line.strip())


class Batch:
    """Lines that are answered one by one: a wrong one is told at once on standard error and stops none of the others.

    Leave it (`with`) after the last: it ends the command with exit code 1 where a line was wrong.
    """

    def __init__(self) -> None:
        self._failed = False

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._failed and kind is None:
            raise SystemExit(1)

    def refuse(self, sentence: str) -> None:
        """Says what is wrong with a line."""
        click.echo(f"Error: {sentence}", err=True)
        self._failed = True

    def json_object(self, place: str, line: str) -> dict[str, Any] | None:
        """The object that a line holds; None where it holds none, which is said."""
        try:
            value = json.loads(line)
        except ValueError as error:
            self.refuse(f"{place} is not JSON: {error}")
            return None
        if not isinstance(value, dict):
            self.refuse(f"{place} is not a JSON object but {type(value).__name__}.")
            return None
        return value


def _about_file(error: OSError) -> str:
    if error.filename is None or error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}."


def _about_database(error: DBAPIError) -> str:
    reason = redact(str(error.orig)).strip()
    return f"The database does not work: {reason}\nCheck DATABASE_URL in .env; “jarchy doctor” tells more."
