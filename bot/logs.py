"""Logging for people or machines.  No token and no question's text ever gets into a log."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Final, Literal

_TOKEN: Final = re.compile(r"(?<!\d)\d{3,}:[\w-]{20,}")
_SECRET_IN_URL: Final = re.compile(r"(?<=://)([^/\s:@]+):([^/\s@]+)@")

_QUIET: Final = (
    "aiosqlite",
    "alembic",
    "pymorphy3",
    "apscheduler",
    "aiogram.event",
    "aiohttp.access",
    "asyncio",
    "charset_normalizer",
    "pypdf",
)


class RedactSecrets(logging.Filter):
    """Strikes bot tokens and passwords in addresses out of every record, tracebacks included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record in place; lets every record through."""
        message = record.getMessage()
        if (clean := redact(message)) != message:
            record.msg, record.args = clean, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message` and, where there is one, `traceback`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_text:
            entry["traceback"] = record.exc_text
        return json.dumps(entry, ensure_ascii=False)


def redact(text: str) -> str:
    """The text without bot tokens and without passwords in addresses."""
    return _SECRET_IN_URL.sub(r"\1:…@", _TOKEN.sub("<token>", text))


def set_up_logging(level: str, form: Literal["text", "json"]) -> None:
    """Sends every log record to standard error in the chosen form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(RedactSecrets())
    if form == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")
        )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
