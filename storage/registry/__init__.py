"""The registry: projects, organisations, contacts, terms and events, as shipped and as staff keep them."""

from storage.registry.aggregate import Registry, UnknownRecord
from storage.registry.errors import InvalidRecord, RegistryError
from storage.registry.records import (
    Alias,
    Contact,
    Event,
    Fact,
    Money,
    Organisation,
    PartialDate,
    Phase,
    Place,
    Project,
    Record,
    RecordKind,
    RegistryData,
    Source,
    Term,
    Topic,
)
from storage.registry.shipped import load_shipped
from storage.registry.snapshot import RegistrySnapshot

__all__ = [
    "Alias",
    "Contact",
    "Event",
    "Fact",
    "InvalidRecord",
    "Money",
    "Organisation",
    "PartialDate",
    "Phase",
    "Place",
    "Project",
    "Record",
    "RecordKind",
    "Registry",
    "RegistryData",
    "RegistryError",
    "RegistrySnapshot",
    "Source",
    "Term",
    "Topic",
    "UnknownRecord",
    "load_shipped",
]
