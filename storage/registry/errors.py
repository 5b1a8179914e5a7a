"""What can be wrong with the registry's data."""

from storage.errors import N_, StorageError


class RegistryError(StorageError):
    """Anything wrong with the registry."""

    code = "registry"


class InvalidRecord(RegistryError):
    """A field of a record cannot be read: `where` names the file, the record and the field."""

    code = "registry.invalid_record"
    sentence = N_("{where}: {problem}.")
