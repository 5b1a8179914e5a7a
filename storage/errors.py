"""The root of every error that is ours: a stable code for machines, a translatable sentence for people."""

from __future__ import annotations

from typing import Any, ClassVar


def N_(message: str) -> str:
    """Marks an English sentence for translation where it is defined; it is translated where it is shown."""
    return message


class JarchyError(Exception):
    """An expected failure.

    `code` is stable and machine-readable; `sentence` is an English message id with `{name}` placeholders that are
    filled from `params`, so that each reader can be told in their own language.
    """

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = N_("Something went wrong.")

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.sentence.format_map(params) if params else self.sentence)


class StorageError(JarchyError):
    """Anything that storage refuses."""

    code = "storage"
