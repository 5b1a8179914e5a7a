"""aiogram's types are built when they are used, and every one of them can be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import aiogram.types
from aiogram import methods
from aiogram.methods import Response, TelegramMethod
from aiogram.types import Message, Update

ROOT = Path(__file__).parents[2]

COUNT_BUILT = """
import bot, aiogram.types as types
models = [getattr(types, name) for name in types.__all__ if hasattr(getattr(types, name), "model_fields")]
print(len(models), sum(model.__pydantic_complete__ for model in models))
"""


LOOK_AGAIN = """
import bot, gc, weakref
from aiogram.methods import EditMessageText, Response
def read_one():
    wanted = Response[EditMessageText.__returning__]
    wanted.model_validate({"ok": True, "result": True})
    return weakref.ref(wanted)
first = read_one()
read_one()
gc.collect()
print(first() is not None)
"""


def printed_by(script: str) -> str:
    """What a Python of its own prints, in which nothing is imported yet."""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_importing_the_bot_builds_hardly_any_of_telegrams_types() -> None:
    models, built = map(int, printed_by(COUNT_BUILT).split())
    assert models > 300
    assert built < models / 5


def test_every_type_and_method_can_be_built() -> None:
    for module in (aiogram.types, methods):
        for name in module.__all__:
            model = getattr(module, name)
            if hasattr(model, "model_fields") and model is not TelegramMethod:
                model.model_rebuild(raise_errors=True)
                assert model.__pydantic_complete__, name


def test_what_was_built_is_not_built_again() -> None:
    assert printed_by(LOOK_AGAIN) == "True"


def test_what_telegram_sends_is_read_to_the_depth() -> None:
    message = {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "салам"}
    update = Update.model_validate({"update_id": 1, "message": {**message, "reply_to_message": message}})
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.chat.id == 1
    answer = Response[Message].model_validate({"ok": True, "result": message})
    assert answer.result is not None
    assert answer.result.text == "салам"
