"""What one person sees: their chats with the messages in them, drawn as JSON for the page."""

from __future__ import annotations

from bot.sandbox.errors import Json
from bot.sandbox.model import Telegram
from bot.sandbox.partners import Partners
from bot.sandbox.partners.archive import Publication
from bot.sandbox.records import Chat, User

SHOWN = 300
"""Messages of a chat that the page loads: the newest."""


def state(telegram: Telegram, partners: Partners, person: User) -> Json:
    """Everything that the page shows to a person."""
    profile = telegram.profile
    return {
        "me": person.id,
        "people": [_person(user) for user in telegram.users.values() if user.listed],
        "bot": {
            "id": telegram.bot.id,
            "username": telegram.bot.username,
            "name": _spoken(profile.names, person) or telegram.bot.first_name,
            "description": _spoken(profile.descriptions, person),
            "about": _spoken(profile.short_descriptions, person),
        },
        "chats": [
            _chat(telegram, chat, person) for chat in telegram.chats.values() if person.id in chat.members
        ],
        "partners": [_site(partners, slug) for slug in partners.archive.sites],
        "prepared": [
            {
                "slug": release.slug,
                "site": release.site,
                "title": release.title,
                "language": release.language,
                "topics": list(release.topics),
                "lead": release.lead,
                "body": release.body,
            }
            for release in partners.archive.prepared.values()
        ],
        "published": [_publication(partners, one) for one in _latest(partners)],
    }


def _spoken(texts: dict[str, str], person: User) -> str:
    return texts.get(person.language) or texts.get("", "")


def _person(user: User) -> Json:
    return {"id": user.id, "name": user.name, "role": user.role, "language": user.language}


def _chat(telegram: Telegram, chat: Chat, person: User) -> Json:
    messages = chat.standing()[-SHOWN:]
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "bot": chat.bot,
        "status": chat.members[person.id],
        "members": [
            {"id": user_id, "name": telegram.users[user_id].name, "status": status}
            for user_id, status in chat.members.items()
        ],
        "keyboard": chat.keyboard,
        "commands": telegram.commands_for(chat, person)
        if chat.bot in ("member", "administrator", "never")
        else [],
        "pinned": chat.pinned,
        "migrated_to": chat.migrated_to,
        "topics": chat.topics,
        "messages": [telegram.message_json(message) for message in messages],
    }


def _site(partners: Partners, slug: str) -> Json:
    site = partners.archive.sites[slug]
    kind = site.format or site.kind
    return {"slug": slug, "titles": site.title.as_mapping(), "kind": kind, "url": partners.url(slug)}


def _latest(partners: Partners) -> list[Publication]:
    by_time = sorted(partners.archive.publications, key=lambda one: (one.at, one.id), reverse=True)
    return by_time[:6]


def _publication(partners: Partners, publication: Publication) -> Json:
    return {
        "site": publication.site,
        "title": publication.release.title,
        "url": partners.address(publication),
        "date": int(publication.at.timestamp()),
    }
