"""The registry: projects, organisations, contacts, terms and events, as shipped and as staff keep them."""

from storage.registry.aggregate import Registry
from storage.registry.changes import Change, ChangedSince, Holdings, UnknownChange
from storage.registry.errors import InvalidRecord, RegistryError, UnknownRecord
from storage.registry.history import RecordedChange
from storage.registry.records import (
    Alias,
    Contact,
    Event,
    Fact,
    Faq,
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
    "Change",
    "ChangedSince",
    "Contact",
    "Event",
    "Fact",
    "Faq",
    "Holdings",
    "InvalidRecord",
    "Money",
    "Organisation",
    "PartialDate",
    "Phase",
    "Place",
    "Project",
    "Record",
    "RecordKind",
    "RecordedChange",
    "Registry",
    "RegistryData",
    "RegistryError",
    "RegistrySnapshot",
    "Source",
    "Term",
    "Topic",
    "UnknownChange",
    "UnknownRecord",
    "load_shipped",
]
