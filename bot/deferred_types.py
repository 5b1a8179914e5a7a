"""Lets aiogram's types be built when they are first used, instead of all of them when aiogram is imported.

aiogram declares some 400 pydantic models with `defer_build` and then rebuilds every one of them at import, so that
their references to each other resolve.  Measured with aiogram 3.31: 4.7 s of CPU and 169 MB; deferred 1.2 s and 60 MB,
and what the bot uses adds 6 MB.  On a small server that is the difference between two bots and one.

How: while aiogram is imported, `model_rebuild` only notes the names that references resolve to; afterwards aiogram's
classes rebuild with those names when pydantic first needs them.  pydantic keeps `Response[Message]` and the like for
only as long as somebody else does, and building one again takes 150 ms of the event loop: they are kept here.  Where
aiogram no longer works like this, nothing is deferred and everything still works.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel


def import_aiogram() -> None:
    """Imports aiogram with its types deferred.  To be called before anything else imports it."""
    names: dict[str, Any] = {}
    rebuild_now = BaseModel.__dict__["model_rebuild"]

    def note(
        cls: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **options: Any
    ) -> bool | None:
        if _types_namespace is None:
            done: bool | None = rebuild_now.__func__(cls, **options)
            return done
        names.update(_types_namespace)
        return None

    def rebuild_later(
        cls: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **options: Any
    ) -> bool | None:
        done: bool | None = rebuild_now.__func__(cls, _types_namespace=_types_namespace or names, **options)
        return done

    BaseModel.model_rebuild = classmethod(note)  # type: ignore[method-assign, assignment]
    try:
        from aiogram.methods import Response, TelegramMethod
        from aiogram.types.base import TelegramObject
    finally:
        BaseModel.model_rebuild = rebuild_now  # type: ignore[method-assign]
    for base in (TelegramObject, TelegramMethod, Response):
        base.model_rebuild = classmethod(rebuild_later)  # type: ignore[method-assign, assignment]
    parametrise = BaseModel.__dict__["__class_getitem__"].__func__
    Response.__class_getitem__ = classmethod(cache(parametrise))  # type: ignore[method-assign, assignment, arg-type]
