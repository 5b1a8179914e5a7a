"""What can be wrong with the registry's data."""

from __future__ import annotations

from typing import Any

from storage.errors import N_, StorageError


class RegistryError(StorageError):
    """Anything wrong with the registry."""

    code = "registry"


class UnknownRecord(RegistryError):
    """No record of the kind has this slug."""

    code = "registry.unknown_record"
    sentence = N_("There is no {kind} called “{slug}” in the registry.")


class InvalidRecord(RegistryError):
    """A field of a record cannot be read: `where` names the file, the record and the field.

    `problem` is a message id, filled from `words`, so that it can be told in the reader's language.
    """

    code = "registry.invalid_record"
    sentence = N_("{where}: {problem}.")

    def __init__(self, where: str, problem: str, **words: Any) -> None:
        self.where, self.problem, self.words = where, problem, words
        super().__init__(where=where, problem=problem.format_map(words) if words else problem)
