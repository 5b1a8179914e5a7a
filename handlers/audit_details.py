"""What the audit holds of an act besides who did what, in words: which role and where, to whom, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.i18n import Translation
from bot.messages.parts import clip
from handlers.audiences import audience_name
from handlers.people import role_called
from storage.audiences import Audience
from storage.languages import Names
from storage.staff import ROLES, AuditEntry, Role
from storage.territory_tree import TerritoryTree

_AT_ONCE: Final = timedelta(minutes=1)
_NAME: Final = 40


@dataclass(frozen=True)
class Wording:
    """How the things that acts are about are called, and the clock of who reads."""

    tr: Translation
    topics: Mapping[str, Names]
    tree: TerritoryTree
    timezone: str
    now: datetime


def details(act: AuditEntry, words: Wording) -> str:
    """The details of an act that say something to people; empty where there are none.  Pure."""
    return ", ".join(_details(act, words))


def _details(act: AuditEntry, words: Wording) -> Iterator[str]:
    tr, held = words.tr, act.details
    if role := _role(act):
        yield role_called(tr, role, held.get("territory"), words.tree)
    if isinstance(held.get("audience"), dict):
        yield audience_name(tr, Audience.from_mapping(held["audience"]), words.topics, words.tree)
    if held.get("urgent"):
        yield tr.gettext("urgent")
    if (at := _moment(held.get("at"))) and at - act.happened_at > _AT_ONCE:
        yield tr.gettext("for {when}", when=tr.moment(at, words.now, ZoneInfo(words.timezone)))
    if isinstance(held.get("count"), int) and act.action.startswith("announcement."):
        yield tr.ngettext("{n} subscriber", "{n} subscribers", held["count"])
    for slug in held.get("topics") or () if act.action.startswith("release.") else ():
        yield words.topics[slug].in_(tr.language) if slug in words.topics else str(slug)
    if act.action.startswith("template.") and held.get("name"):
        yield clip(str(held["name"]), _NAME)


def _role(act: AuditEntry) -> Role | None:
    """The role that an act gives, takes or offers."""
    if not act.action.startswith("staff."):
        return None
    said = act.details.get("role") or act.subject.removeprefix("role ")
    return next((role for role in ROLES if role == said), None)


def _moment(written: Any) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) else None
