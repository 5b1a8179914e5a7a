"""Every screen, in every language, as Telegram would take it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text, sizeof

import handlers
from bot.announcement_acts import ActStep
from bot.answers import Answer, SourceLine, answer
from bot.i18n import Translation, translation
from bot.search_filters import Narrowed
from bot.searching import Result
from bot.topic_trial import Trial
from feeds.items import Item
from handlers import (
    announce_schedule,
    announce_screens,
    announcement_changes,
    announcements_past,
    approval_screens,
    audit,
    cadence,
    contacts,
    desk,
    desk_answers,
    desk_reminders,
    digest,
    fallback,
    feedback,
    help,
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
    settings_screens,
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
from handlers.announce_callbacks import AnnouncementStep
from handlers.announcement_progress import act_screen, beginning_screen, progress_screen
from handlers.ask import answer_screens
from handlers.audit_details import Wording
from handlers.callbacks import NewsOf, ProjectsPage
from handlers.choosing import Choosing
from handlers.drafts import Draft
from handlers.manuscripts import Manuscript
from handlers.screens import Screen
from storage.announcement_acts import Act, ActKind, ActState, SentText, Standing, Wish
from storage.announcements import Announcement, AnnouncementState, Progress
from storage.audiences import Audience
from storage.labels import Labels
from storage.languages import LANGUAGES, Language, Names
from storage.parts import Part
from storage.questions import Answered, DeskCounts, Question, Unanswered
from storage.recipients import Lately
from storage.registry import Change, RecordedChange, RegistrySnapshot, load_shipped
from storage.registry.changes import KINDS
from storage.registry.sheets import Problem, WrongSheets
from storage.registry.territories import shipped_territories
from storage.registry.topics import shipped_topics
from storage.releases import Release, ReleaseTags
from storage.search import Found, Hit, Period, Snippet
from storage.sources import Source, SourceActivity
from storage.staff import AuditEntry, OpenInvitation, StaffMember
from storage.subscribers import Chat, Subscribers, Subscription, What
from storage.tag_corrections import Mistake, Tally, Waiting
from storage.templates import Template
from storage.territory_tree import Territory, TerritoryTree

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
EDITOR = StaffMember(1, "editor")
ZONE = "Asia/Bishkek"
TOPICS = {topic.slug: topic.names for topic in shipped_topics()}
PLACES = {one.slug: one.names for one in shipped_territories() if one.parent is None}
TREE = TerritoryTree(
    [
        *(Territory(one.slug, one.parent, one.names) for one in shipped_territories()),
        *(Territory("m" * 60 + str(n), "at-bashy", Names(f"айылный аймак № {n}")) for n in range(25)),
    ]
)
LONG = "Очень длинное название проекта развития местного самоуправления " * 4


@cache
def snapshot() -> RegistrySnapshot:
    return RegistrySnapshot(load_shipped())


def chat(language: Language) -> Chat:
    paused = NOW + timedelta(days=3)
    return Chat(
        -1001234567890123,
        "channel",
        None,
        language,
        True,
        ZONE,
        9,
        2,
        22,
        7,
        paused,
        "naryn",
        "weekly",
        "active",
        days_off=255 - 1,
    )


HELD = tuple(
    Subscription(number, -1001234567890123, What(slug, "naryn"), "daily", 0, 0, None)
    for number, slug in enumerate(TOPICS, start=999_999_000)
)
RELEASE = Release(
    id=1_000_000,
    source_slug="journal",
    source_names=Names(ru=LONG),
    url="https://journal.example/1",
    title=LONG,
    lead=LONG * 5,
    body=LONG * 50,
    language="ru",
    published_at=NOW,
    first_seen_at=NOW,
    tags=ReleaseTags(tuple(TOPICS)),
    silent=False,
    duplicate_of=None,
    copies=3,
    image_url=None,
)
SOURCE = Source(
    id=1, slug="s" * 40, names=Names(ru=LONG[:90]), kind="listing", url="https://journal.example/" + "x" * 200,
    organisation=None, language=None, rule={}, interval_minutes=60, enabled=True, etag=None, last_modified=None,
    content_hash=None, next_check_at=NOW, last_checked_at=NOW, last_success_at=None, archived_at=None, failures=3,
    error_code="feeds.unreachable", error_text="journal.example does not answer.", staff_told=None, retired_at=None,
)  # fmt: skip


ACT_KINDS: tuple[ActKind, ...] = ("correct", "withdraw", "resend")


def choosing(tr: Translation, here: Chat) -> Choosing:
    nobody = cast(Subscribers, None)
    return Choosing(here, tr, nobody, TOPICS, TREE, NOW)


def announcement(state: AnnouncementState) -> Announcement:
    return Announcement(
        123_456, 1, 1, state, {}, Audience(), False, 1_240, NOW, NOW, NOW, None, 1, 1, "failures", 0
    )


def screens(language: Language) -> Iterator[tuple[str, Screen]]:
    tr, here = translation(language), chat(language)
    yield from _first_minute(tr, here)
    yield from _settings(tr, here)
    yield from _registry(tr)
    yield from _staff(tr)
    question = Question(123_456, 1, language, LONG * 5, "open", LONG * 6, NOW)
    yield "pass on", desk.pass_on_screen(tr, LONG * 10)
    yield "question", desk.question_screen(tr, question, ZONE, NOW)
    counts = DeskCounts(30, 1_200, 7, timedelta(hours=5))
    yield "desk", desk.desk_screen(tr, [question] * 30, counts, ZONE, NOW)
    yield "desk, empty", desk.desk_screen(tr, [], DeskCounts(0, 0, 0, None), ZONE, NOW)
    yield "answer", desk_answers.answer_screen(question, Text(LONG * 8), corrected=True)
    yield "no answer", desk_answers.closed_screen(question)
    yield "answered", desk_answers.answered_screen(tr, Answered(question, "nobody"), 30, EDITOR)
    yield "answered before", desk_answers.dealt_with_screen(tr, question)
    yield "desk, full", desk.full_screen(tr)
    yield "passed on", desk.passed_screen(tr, counts)
    yield "kept", desk_answers.kept_screen(tr, 2**40, StaffMember(1, "administrator"))
    yield "reminder", desk_reminders.reminder_screen(tr, [question] * 30, ZONE, NOW)
    yield from _unanswered(tr, language)
    yield from _registry_file(tr)
    waiting = Waiting(1_000_000, dict.fromkeys(TOPICS, 7), tuple(TOPICS), dict.fromkeys(TOPICS, (LONG,) * 9))
    yield "doubted", tag_desk.look_screen(tr, RELEASE, waiting, TOPICS, ZONE, NOW, 1_000)
    trial = Trial(200, (RELEASE,) * 100, (RELEASE,) * 100, 7, 3)
    yield "topics with rules", topic_rules.topics_screen(tr, shipped_topics())
    tallies = [Tally("pser", f"2026-{month:02}", 10_000, 4_000, 3_000, 12, 7) for month in range(1, 8)]
    mistakes = [Mistake(number, LONG, RELEASE.url, bool(number % 2)) for number in range(10)]
    yield "report on a topic", topic_rules.report_screen(tr, shipped_topics()[2], tallies, mistakes)
    yield "name of a topic", topic_rules.name_screen(tr)
    yield "words of a topic", topic_rules.words_screen(tr, Names(LONG, LONG))
    yield "saved topic", topic_rules.saved_screen(tr, shipped_topics()[0], 200, is_new=True)
    for topic in shipped_topics():
        yield f"rules of {topic.slug}", topic_rules.topic_screen(tr, topic, 12)
        yield f"trial of {topic.slug}", topic_rules.trial_screen(tr, topic, trial, ZONE, NOW, is_new=True)
    yield "ask for rules", topic_rules.ask_screen(tr)
    yield "told as one", tag_desk.look_screen(tr, RELEASE, waiting, TOPICS, ZONE, NOW, linked=(RELEASE,) * 2)
    yield "taken apart", tag_desk.look_screen(tr, RELEASE, waiting, TOPICS, ZONE, NOW, undo=2**31)
    for pairs in ((), ((RELEASE, RELEASE),) * 9):
        yield "linked", tag_desk.linked_screen(tr, pairs, 1)
    yield "nothing doubted", tag_desk.empty_screen(tr)
    yield "fallback", fallback.pointing_to_help(tr, tr.gettext("I do not know this command."))
    hit = Hit(RELEASE, Snippet(LONG[:200]), Snippet(LONG[:250], ((6, 13), (20, 28))), 1.0)
    for outside in (False, True):
        yield "found", search.results_screen(tr, "слово", found_much(hit, outside), 0, ZoneInfo(ZONE), NOW)
    nothing = Result(Found((), 0), Narrowed(), outside=False, records=())
    yield "not found", search.results_screen(tr, "слово", nothing, 0, ZoneInfo(ZONE), NOW)


def found_much(hit: Hit, outside: bool) -> Result:
    records = (*snapshot().projects.values(), *snapshot().terms.values())
    largest = sorted(records, key=lambda record: -len(record.names.ru))[:3]
    kinds = tuple(("project", record) for record in largest)
    narrowed = Narrowed(Period(date(2025, 6, 1), date(2025, 7, 1)), Names(ru=LONG[:60]), Names(ru=LONG[:60]))
    found = Found((hit,) * 5, 1_000, partial=True, unheard=(LONG[:200],))
    return Result(found, narrowed, outside, kinds)


def _first_minute(tr: Translation, here: Chat) -> Iterator[tuple[str, Screen]]:
    yield "language", start.language_screen(here)
    for held in ((), HELD):
        yield "topics", topics.TopicChoice(choosing(tr, here), first=True).screen(held)
    for within in (None, "naryn", "at-bashy"):
        yield f"territories in {within}", topics.territories_screen(choosing(tr, here), within, 1, True)
    names = Labels(TOPICS, PLACES)
    for releases in ((), (RELEASE,) * 3):
        yield "ending", start.Ending(choosing(tr, here), names).screen(HELD, start.Recent(releases, True))
    yield "help", help.help_screen(tr, is_staff=True, shared_by="x" * 32)
    yield "group", membership.group_screen(here)
    yield "channel", membership.channel_screen(here, LONG[:128], here)
    yield "nothing chosen", digest.nothing_chosen(tr)


def _settings(tr: Translation, here: Chat) -> Iterator[tuple[str, Screen]]:
    yield "menu", settings_screens.menu_screen(choosing(tr, here), HELD)
    yield "cadence", cadence.cadence_screen(tr, here)
    yield "one cadence", cadence.subscription_screen(tr, here, HELD[0], LONG[:60])
    yield "hours", settings_screens.hours_screen(tr, here)
    yield "weekdays", settings_screens.weekdays_screen(tr, here)
    yield "quiet", settings_screens.quiet_screen(tr, here)
    yield "quiet from", settings_screens.quiet_from_screen(tr, here)
    yield "quiet to", settings_screens.quiet_to_screen(tr, here, 23)
    yield "pause", settings_screens.pause_screen(tr, here, NOW)
    yield "zones", settings_screens.zones_screen(tr, here, NOW)
    yield "days off", settings_screens.days_off_screen(tr, here)
    yield "languages of news", settings_screens.reads_screen(tr, here)
    yield "picture", settings_screens.picture_screen(tr, here)
    yield "topics in places", subscribing.topic_list_screen(choosing(tr, here), HELD)
    for topic in ("local_initiatives", subscribing.EVERYTHING):
        yield "topic in oblasts", subscribing.topic_screen(choosing(tr, here), HELD, topic)
        for within in ("naryn", "at-bashy"):
            yield "topic in places", subscribing.topic_screen(choosing(tr, here), HELD, topic, within)
    followed = subscribing.sources_followed_screen(choosing(tr, here), HELD, [SOURCE] * 30, 1)
    yield "sources followed", followed
    for held in ((), HELD):
        yield "last week", last_week.week_screen(choosing(tr, here), held, first=True)
    for within in (None, "naryn", "at-bashy"):
        there = last_week.week_places_screen(choosing(tr, here), "local_initiatives", within, first=True)
        yield "last week in places", there
    yield (
        "last week of sources",
        last_week.week_sources_screen(choosing(tr, here), [SOURCE] * 30, 1, first=True),
    )
    yield "languages", settings_screens.languages_screen(tr, here)
    yield "stop", stop.stop_screen(tr, here)
    yield "stopped", stop.stopped_screen(tr, here)
    yield "privacy", privacy.privacy_screen(tr)
    yield "forget", privacy.forget_screen(tr, here, is_staff=True)
    yield "forgotten", privacy.forgotten_screen(tr, stays=True)


def _registry(tr: Translation) -> Iterator[tuple[str, Screen]]:
    known, today = snapshot(), date(2026, 11, 20)
    for record in (*known.projects.values(), *known.organisations.values(), *known.terms.values()):
        yield record.slug, records.card_screen(record, known, tr, today)
    for kind, of_kind in (("project", known.projects), ("organisation", known.organisations)):
        for slug in of_kind:
            if reach := known.contacts_of(kind, slug):
                for screen in records.contacts_screens(reach, known, tr, today):
                    yield f"contacts of {slug}", screen
                many = [replace(one, slug=f"{one.slug}-{n}") for one in reach for n in range(40)]
                for screen in records.contacts_screens(many, known, tr, today):
                    yield f"many contacts of {slug}", screen
    for page in range(2):
        yield "projects", projects.Shelf(tr, known, PLACES, ProjectsPage(page=page)).screen(today)
    for by in ("territory", "donor", "state"):
        yield f"projects by {by}", projects.Shelf(tr, known, PLACES, ProjectsPage()).filter_screen(by)
    yield "whose contacts", contacts.whose_screen(tr, known)
    asked = NewsOf(kind="project", slug="uumu", offset=5)
    yield "news", records.news_screen(tr, LONG, (RELEASE,) * 5, 3, asked, ZONE, NOW)


def _staff(tr: Translation) -> Iterator[tuple[str, Screen]]:
    yield "compose", announce_screens.compose_screen(tr)
    yield "compose again", announce_screens.compose_screen(tr, again=True)
    yield "album", announce_screens.album_screen(tr)
    addresses = dict.fromkeys(TOPICS, "https://t.me/jarchy_bot?start=topic-women_leaders-in-jalal-abad")
    yield "links", links.links_screen(tr, addresses, "jalal-abad", TOPICS, TREE)
    sure = AnnouncementStep(step="sure")
    yield "sure", announce_screens.sure_screen(tr, 1_240_000, sure)
    when = tr.moment(NOW, NOW, ZoneInfo(ZONE))
    yield "sure of an hour", announce_screens.sure_screen(tr, 1_240_000, sure, when)
    saved = [Template(2**31, "Приём граждан " * 5, {}, None)] * templates.SHOWN
    yield "templates", templates.templates_screen(tr, saved, StaffMember(1, "publisher"), TREE, 3, 60)
    yield "schedule", announce_schedule.schedule_screen(tr, ZONE, NOW)
    yield "sure of time", announce_schedule.sure_of_time_screen(tr, NOW, ZONE, NOW)
    yield "no time", announce_schedule.not_understood_screen(tr)
    draft = Draft({"ky": (), "ru": ()})
    yield "version to change", announce_screens.versions_screen(tr, draft)
    states: tuple[AnnouncementState, ...] = ("scheduled", "running", "paused", "done", "cancelled")
    for state in states:
        progress = Progress(300, 5, 800, 20, 10, 5, 100)
        yield state, progress_screen(announcement(state), progress, tr, NOW, 25)
    yield from _after_sending(tr)
    yield "sources", sources.list_screen(tr, [SOURCE] * 30, 1, may_add=True)
    offer = source_adding.Offer("listing", SOURCE.url, LONG, {}, [(LONG, "2026-11-20")] * 5, 21)
    yield "offer", source_adding.offer_screen(tr, [offer] * 4, 1, NOW)
    seen = sources.Seen(SOURCE, SourceActivity(21, NOW))
    yield "source", sources.source_screen(tr, seen, ZONE, NOW, may_switch=True)
    members = [StaffMember(number, "publisher", "jalal-abad") for number in range(people.SHOWN)]
    names = {one.user_id: "Сайкал Примерова" for one in members}
    for territory in (None, "jalal-abad"):
        listed = people.Listed(members, names, 600, 3, territory)
        yield f"staff of {territory}", people.staff_screen(tr, listed, TREE, 9)
    waiting = [OpenInvitation("0" * 16, "publisher", "jalal-abad", 1, NOW)] * 30
    yield "invitations", invitations.open_screen(tr, waiting, {1: LONG[:64]}, TREE, ZONE, NOW)
    yield "no invitations", invitations.open_screen(tr, [], {}, TREE, ZONE, NOW)
    yield "person", people.person_screen(tr, 2**40, "Сайкал Примерова", StaffMember(2**40, "editor"))
    words = Wording(tr, TOPICS, TREE, ZONE, NOW)
    held = {"role": "publisher", "territory": "jalal-abad", "audience": {"topic": "pser"}, "name": LONG}
    acts = [AuditEntry(NOW, 2**40, action, "announcement 123456", held) for action in audit.ACTS]
    yield "audit", audit.audit_screen(acts, {2**40: LONG[:64]}, words)
    changed = [
        AuditEntry(NOW, 2**40, "registry.change", LONG[:128], {"batch": id_}, id_) for id_ in range(30)
    ]
    yield "audit with ways back", audit.audit_screen(changed, {2**40: LONG[:64]}, words, 1)
    yield "nothing done", audit.audit_screen([], {}, words)
    item = Item("1", LONG, "https://journal.example/1", NOW, body=LONG * 50)
    yield "manuscript", publish.manuscript_screen(tr, Manuscript(item, frozenset(TOPICS)), TOPICS, ZONE, NOW)


def _after_sending(tr: Translation) -> Iterator[tuple[str, Screen]]:
    sent = announcement("done")
    parts = (Part("sendMessage", {"text": LONG}),)
    both = replace(sent, content={"ky": parts, "ru": parts}, urgent=True)
    texts = [SentText(number, code, parts, 1_240) for number, code in enumerate(both.content)]
    yield "which version", announcement_changes.versions_screen(tr, both)
    yield "correction", announcement_changes.ready_screen(tr, 123_456, texts, {"ru": parts})
    asked = approval_screens.Request(both, LONG[:64], "editor", 1_240, TOPICS, TREE, NOW)
    yield "may it be sent", approval_screens.question(asked, tr, ZONE)
    for at in (NOW - timedelta(hours=1), NOW + timedelta(hours=1)):
        timed = replace(asked, role=None, at=at, since=NOW - timedelta(hours=9))
        yield f"may it be sent at {at}", approval_screens.question(timed, tr, ZONE)
    yield "allowed", approval_screens.allowed_screen(tr, 123_456)
    yield "declined", approval_screens.declined_screen(tr)
    yield "act allowed", approval_screens.act_allowed_screen(tr)
    yield "act declined", approval_screens.act_declined_screen(tr)
    for kind in ACT_KINDS:
        yield f"may it be done: {kind}", approval_screens.act_question(9, Wish(kind), asked, tr, ZONE)
        for yes in (True, False):
            yield f"{kind}: {yes}", approval_screens.act_decision(tr, LONG[:64], kind, yes)
    states: tuple[ActState, ...] = ("running", "done")
    for state in states:
        act = Act(9, 123_456, Wish("correct"), state, 1, 1_240, 1, 1)
        yield f"correcting, {state}", act_screen(ActStep(act, Progress(300, 5, 800, 20, 10, 5)), tr)
        gone = replace(act, wish=Wish("withdraw"))
        yield f"deleting, {state}", act_screen(ActStep(gone, Progress(300, 5, 800, 20, 10, 5)), tr)
    every: list[Announcement] = [
        replace(both, state=state) for state in announcements_past.STATE_NAMES for _ in range(2)
    ]
    yield "announced before", announcements_past.past_screen(tr, every[:10], ZONE, NOW, 6, 600)
    yield "nothing announced", announcements_past.past_screen(tr, [], ZONE, NOW)
    withdrawn = replace(sent, withdrawn_at=NOW)
    for deleted, deleting in ((8, 0), (0, 8), (5, 0), (0, 0)):
        progress = Progress(sent=8, deleted=deleted, deleting=deleting)
        yield f"withdrawn {deleted} {deleting}", progress_screen(withdrawn, progress, tr, NOW, 25)
    for total, too_old in ((8, 0), (8, 8), (1_240, 1_000)):
        standing = Standing(total, too_old)
        yield f"to be deleted {standing}", announcement_changes.withdraw_screen(tr, 123_456, standing)
    yield "late", approval_screens.late_question(replace(both, scheduled_for=NOW), tr, ZONE, NOW)
    yield "beginning", beginning_screen(tr, 123_456, 100_000)
    due = ((NOW + timedelta(hours=9), 200), (NOW + timedelta(days=9), 3))
    lately = Lately(50, NOW - timedelta(seconds=20), NOW)
    busy = Progress(waiting=300, sent=800, due=due, lately=lately)
    yield "sending to who sleeps", progress_screen(announcement("running"), busy, tr, NOW, 25)


def _unanswered(tr: Translation, language: Language) -> Iterator[tuple[str, Screen]]:
    asked = Unanswered(LONG * 2, language, 1_000, NOW, LONG)
    guesses = [("project", "citizens-voice"), ("organisation", "dpi"), ("term", "msu")]
    yield "unanswered", unanswered.list_screen(tr, [asked] * 100, 3)
    yield "all answered", unanswered.list_screen(tr, [], 0)
    yield "not known", unanswered.question_screen(tr, asked, LONG[:255], guesses, snapshot())
    answered = Answer(
        "project", language, "x", Text(LONG * 30), sources=(SourceLine("x", "https://x.example", None),)
    )
    yield "taught", unanswered.taught_screen(tr, asked, LONG[:255], LONG[:100], answered)
    unknown = Answer("unknown", language, None, Text(LONG))
    yield "taught in vain", unanswered.taught_screen(tr, asked, LONG[:255], LONG[:100], unknown)
    yield "not like anything", unanswered.question_screen(tr, asked, LONG[:255], [], snapshot())


def _registry_file(tr: Translation) -> Iterator[tuple[str, Screen]]:
    old = {"slug": "x" * 40, "kind": LONG, "text": LONG, "names": {"ru": LONG}, "site": LONG, "as_of": LONG}
    new = {**old, "text": LONG + "!", "site": LONG + "!", "as_of": LONG + "!"}
    changes = [Change(kind, "x" * 40, old, new) for kind in KINDS] * 100
    yield "difference", registry_file.difference_screen(tr, [*changes, Change("faq", "x", None, new)])
    yield "no difference", registry_file.difference_screen(tr, [])
    yield "changed", registry_file.done_screen(tr, changes, 2**40)
    made = [
        RecordedChange(2**40 + n, NOW, 1, 2**40 + n, changes[n]) for n in range(registry_file.HISTORY_SHOWN)
    ]
    yield "history", registry_file.history_screen(tr, made, ZONE, NOW)
    column, unknown = "phases (phases 1, ends)", "“{text}” is not in the registry"
    wrong = Problem("organisations", 20_000, column, unknown, {"text": LONG})
    yield "mistakes", registry_file.error_screen(tr, WrongSheets([wrong] * 1_000))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_one_that_telegram_takes(language: Language) -> None:
    for name, screen in screens(language):
        _check_text(name, screen.text)
        if screen.keyboard:
            _check_keyboard(name, screen.keyboard)


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_are_short_enough_to_be_read(language: Language) -> None:
    """Names that are not ours (projects, sources, people) are left out: they are as long as they are."""
    tr = translation(language)
    ours = (*_first_minute(tr, chat(language)), *_settings(tr, chat(language)))
    for name, screen in ours:
        for row in filter(None, screen.rows):
            room = 44 // len(row) + 8
            for button in row:
                assert len(button.text) <= room, f"{name}: {button.text!r} in a row of {len(row)}"


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_screens_differ_from_the_english_ones(language: Language) -> None:
    """A sentence that was forgotten would be the same in both."""
    english = {name: screen.text.render()[0] for name, screen in screens("en")}
    for name, screen in screens(language):
        text = screen.text.render()[0]
        if name not in ("language", "found") and text:
            assert text != english[name], name


@pytest.mark.parametrize(
    "question", ["кто финансирует Успешный аймак 2?", "Успешный аймак", "погода на Марсе"]
)
async def test_answers_fit_and_lead_on(question: str) -> None:
    async def nothing(_query: object) -> tuple[()]:
        return ()

    found = await answer(question, snapshot(), now=NOW, search=nothing)
    shown = list(answer_screens(found, "Вопрос?"))
    assert shown[-1].keyboard is not None
    for screen in shown:
        _check_text(question, screen.text)


def test_every_screen_of_every_conversation_is_looked_at_here() -> None:
    here = inspect.getsource(inspect.getmodule(screens) or handlers)
    modules = [
        announce_schedule,
        announce_screens,
        announcement_changes,
        announcements_past,
        approval_screens,
        audit,
        last_week,
        links,
        subscribing,
        cadence,
        contacts,
        desk,
        desk_answers,
        digest,
        feedback,
        help,
        invitations,
        membership,
        people,
        privacy,
    ]
    modules += [
        projects,
        publish,
        records,
        registry_file,
        desk_reminders,
        unanswered,
        search,
        settings_screens,
        source_adding,
        sources,
        start,
        stop,
        tag_desk,
        topic_rules,
        templates,
        topics,
    ]
    made = {
        name
        for module in modules
        for name, made in vars(module).items()
        if name.endswith("_screen") and made.__module__ == module.__name__
    }
    assert len(made) > 30
    assert [name for name in sorted(made) if f".{name}(" not in here] == []


def _check_text(name: str, text: Text) -> None:
    said, entities = text.render()
    assert said.strip(), name
    assert sizeof(said) <= 4096, name
    assert len(entities) <= 100, name


def _check_keyboard(name: str, keyboard: InlineKeyboardMarkup) -> None:
    rows = keyboard.inline_keyboard
    assert sum(map(len, rows)) <= 100, name
    for row in rows:
        assert len(row) <= 8, name
        for button in row:
            assert button.text.strip(), name
            assert len((button.callback_data or "").encode()) <= 64, name
            assert button.callback_data or button.url or button.copy_text, name
