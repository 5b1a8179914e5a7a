"""Logs are for people or machines, and hold no secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import set_up_logging

TOKEN = "123456789:" + "Aa1_-" * 7


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_no_token_or_password_is_logged_not_even_in_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "text")
    try:
        raise RuntimeError(f"https://api.example/bot{TOKEN}/getMe")
    except RuntimeError:
        logging.getLogger("x").exception("at postgresql://bot:hunter2@db.example/jarchy with %s", TOKEN)
    logged = capsys.readouterr().err
    assert "RuntimeError" in logged
    assert TOKEN not in logged
    assert "hunter2" not in logged


def test_machines_get_an_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "json")
    logging.getLogger("feeds").warning("источник %s молчит", "dpi")
    entry = json.loads(capsys.readouterr().err)
    assert (entry["level"], entry["logger"], entry["message"]) == ("WARNING", "feeds", "источник dpi молчит")
