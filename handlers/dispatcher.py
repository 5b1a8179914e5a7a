"""Puts the conversations together."""

from __future__ import annotations

from aiogram import Dispatcher, Router

from bot.searching import Finder
from handlers import (
    announce,
    announce_schedule,
    announcement_changes,
    announcement_progress,
    announcements_past,
    approval,
    ask,
    audit,
    channels,
    contact_offers,
    contacts,
    desk,
    desk_answers,
    digest,
    doubts,
    errors,
    fallback,
    feedback,
    help,
    inline,
    invitations,
    last_week,
    links,
    membership,
    people,
    privacy,
    projects,
    publish,
    records,
    registry_file,
    search,
    settings,
    source_adding,
    sources,
    start,
    stop,
    subscribing,
    tag_desk,
    templates,
    topic_rules,
    topics,
    unanswered,
)
from handlers.acquaintance import Acquaintance
from handlers.announce_sending import Dispatch
from handlers.conversation_storage import ConversationLocks, ConversationStorage
from handlers.dependencies import Dependencies
from handlers.in_flight import InFlight
from handlers.letter_case import LetterCase
from handlers.mail import Mail
from handlers.notices import Notices
from handlers.offering import Offering
from handlers.throttle import Throttle
from storage.search import ReleaseSearch
from storage.templates import Templates
from storage.topic_rules import TopicRules


def build_dispatcher(deps: Dependencies) -> Dispatcher:
    """A dispatcher with every conversation.

    `dispatcher["in_flight"].drain()` waits for the updates that are being handled; it is also done at shutdown.
    """
    words = ReleaseSearch(deps.database)
    mail = Mail(deps)
    approving = approval.Approval(deps, mail)
    conversations = ConversationStorage(deps.conversations, deps.clock)
    dispatcher = Dispatcher(
        storage=conversations,
        events_isolation=ConversationLocks(conversations),
        mail=mail,
        topic_rules=TopicRules(deps.database),
        finder=Finder(words, deps.registry, deps.sources),
        answering=ask.Answering(deps.registry, deps.questions, deps.releases, words, deps.clock),
        dispatch=Dispatch(deps, approving),
        templates=Templates(deps.database),
        **deps.workflow_data(),
    )
    _add_middlewares(dispatcher, deps)
    dispatcher.include_routers(*_routers(deps, approving))
    return dispatcher


def _add_middlewares(dispatcher: Dispatcher, deps: Dependencies) -> None:
    in_flight = InFlight()
    dispatcher["in_flight"] = in_flight
    dispatcher.shutdown.register(in_flight.drain)
    dispatcher.update.outer_middleware(in_flight)
    dispatcher.update.outer_middleware(LetterCase())
    dispatcher.update.outer_middleware(Throttle(deps.clock))
    dispatcher.update.outer_middleware(Acquaintance(deps.subscribers, deps.staff, deps.clock))
    dispatcher.update.outer_middleware(Offering(deps))
    dispatcher.callback_query.outer_middleware(Notices())


def _routers(deps: Dependencies, approving: approval.Approval) -> tuple[Router, ...]:
    """In the order in which they are asked; what nobody took comes to the last."""
    return (
        errors.router(),
        membership.router(),
        invitations.router(deps.database),
        digest.router(),
        start.router(deps.subscribers),
        help.router(),
        topics.router(deps.subscribers),
        subscribing.router(deps.subscribers),
        last_week.router(deps.subscribers),
        settings.router(deps.subscribers),
        stop.router(deps.subscribers),
        privacy.router(deps.subscribers),
        feedback.router(deps.subscribers),
        desk.router(),
        desk_answers.router(),
        unanswered.router(),
        tag_desk.router(),
        topic_rules.router(),
        channels.router(),
        doubts.router(),
        contact_offers.router(),
        source_adding.router(),
        sources.router(),
        people.router(deps.database),
        audit.router(),
        links.router(deps.database),
        templates.router(deps.database),
        announce.router(),
        announce_schedule.router(),
        announcement_progress.router(deps),
        announcement_changes.router(deps, approving),
        announcements_past.router(deps, approving),
        approval.router(deps, approving),
        publish.router(),
        registry_file.router(),
        search.router(),
        projects.router(),
        contacts.router(),
        records.router(deps),
        inline.router(),
        ask.router(),
        fallback.router(),
    )
