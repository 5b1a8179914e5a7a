"""A contact as a vCard 3.0 (RFC 2426), which phones take into their address book."""

from __future__ import annotations

from typing import Final

from bot.answers.wording import record_name
from bot.i18n import Translation
from storage.registry import Contact, RegistrySnapshot

_LINE: Final = 75
"""Octets of a line after which it is folded (RFC 2426, 2.6)."""
MAX_SIZE: Final = 2048
"""Bytes of a vCard that Telegram takes (https://core.telegram.org/bots/api#sendcontact)."""


def vcard(contact: Contact, snapshot: RegistrySnapshot, tr: Translation) -> str:
    """The contact as a vCard with CRLF line ends: name, organisation, role, phones, fax, e-mail, source."""
    record = snapshot.record(contact.of_kind, contact.of)
    body = record_name(record, tr) if record else ""
    person = contact.person.in_(tr.language) if contact.person else ""
    given, _, family = person.rpartition(" ")
    name = f"{_escaped(family)};{_escaped(given)};;;" if person else f"{_escaped(body)};;;;"
    rows = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{name}",
        f"FN:{_escaped(person or body)}",
        f"ORG:{_escaped(body)}",
        f"TITLE:{_escaped(contact.role.in_(tr.language))}",
        *(f"TEL;TYPE=WORK,VOICE:{_escaped(phone)}" for phone in contact.phones),
        *(f"TEL;TYPE=WORK,FAX:{_escaped(phone)}" for phone in contact.fax),
        *(f"EMAIL;TYPE=INTERNET:{_escaped(email)}" for email in contact.emails),
        f"NOTE:{_escaped(f'{contact.source.title}, {contact.as_of}')}",
        "END:VCARD",
    ]
    return "".join(_folded(row) + "\r\n" for row in rows)


def _escaped(value: str) -> str:
    """A value in which backslash, comma, semicolon and line ends mean themselves."""
    plain = value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(row: str) -> str:
    """A long line in pieces of at most 75 octets, never inside a letter; the rest begin with a space."""
    pieces, piece, size = [], "", 0
    for letter in row:
        octets = len(letter.encode())
        if size + octets > _LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    return "\r\n".join([*pieces, piece])
