"""Questions in plain words, the registry by buttons, and the desk behind them."""

from __future__ import annotations

import pytest

from handlers.callbacks import BusinessCard, Card, ContactsOf, Followed, NewsOf, ProjectsPage
from storage.registry import load_shipped
from storage.subscribers import What
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk


async def _russian(talk: Talk, who: int = OFFICIAL_ID) -> None:
    await talk.start(who=who)
    await talk.press("Русский", who=who)


async def test_a_question_gets_the_fact_first_and_its_source(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("кто финансирует Успешный аймак 2?")
    assert "USAID" in talk.text().split("\n")[0]
    assert "Источник: " in talk.text()


async def test_a_follow_up_is_about_what_was_asked_before_for_some_minutes(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("кто финансирует Успешный аймак 2?")
    talk.clock.pass_(minutes=5)
    await talk.say("а кто исполнитель?")
    assert "Институт политики развития" in talk.text()

    talk.clock.pass_(minutes=30)
    await talk.say("а кто исполнитель?")
    assert "Институт политики развития" not in talk.text()


async def test_after_several_things_a_follow_up_is_not_about_an_older_one(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("кто директор ИПР?")
    await talk.say("Успешный аймак")
    await talk.say("а контакты?")
    assert "Джаманкулова" not in talk.text()

    await talk.say("Успешный аймак")
    await talk.press("УА2")
    await talk.say("кто исполнитель?")
    assert "Институт политики развития" in talk.text()


async def test_from_a_card_to_a_contact_in_two_taps(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("/project Успешный аймак 2")
    await talk.press("Контакты")
    assert "tbekbolotov@dpi.kg" in talk.text()
    copied = [
        button["copy_text"]["text"]
        for row in talk.last().markup["inline_keyboard"]  # type: ignore[index]
        for button in row
        if "copy_text" in button
    ]
    assert "tbekbolotov@dpi.kg" in copied


async def test_a_contact_can_be_saved_by_the_phone(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("/contacts Успешный аймак 2")
    await talk.press("Сохранить контакт")
    contact = talk.last().content["contact"]
    assert contact["phone_number"].startswith("+996")
    assert "BEGIN:VCARD" in contact["vcard"]


async def test_contacts_without_a_name_shows_whose_are_known(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("/contacts")
    await talk.press("Успешный аймак 2")
    assert "tbekbolotov@dpi.kg" in talk.text()


@pytest.mark.parametrize(
    ("argument", "heading"),
    [
        ("Нарын", "Проекты: Нарынская область"),
        ("в Нарынской области", "Проекты: Нарынская область"),
        ("USAID", "Проекты: USAID"),
        ("завершённые", "Проекты: завершён"),
        ("идут", "Проекты: идут"),
        ("завершённые USAID", "Проекты: USAID · завершён"),
    ],
)
async def test_projects_are_narrowed_by_what_follows_the_command(
    talk: Talk, argument: str, heading: str
) -> None:
    await talk.start()
    await talk.press("Русский")
    await talk.say(f"/projects {argument}")
    assert talk.text().startswith(heading)


async def test_a_project_named_behind_the_command_is_answered_about(talk: Talk) -> None:
    await talk.start()
    await talk.press("Русский")
    await talk.say("/projects Успешный аймак 2")
    assert "USAID" in talk.text()
    await talk.say("/projects абракадабра")
    assert not talk.text().startswith("Проекты")


async def test_projects_are_narrowed_in_kyrgyz_too(talk: Talk) -> None:
    await talk.start()
    await talk.press("Кыргызча")
    await talk.say("/projects Нарын")
    assert talk.text().startswith("Долбоорлор: Нарын облусу")


async def test_projects_are_narrowed_by_oblast_donor_and_state(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("/projects")
    await talk.press("По области ▾")
    in_naryn = next(label for label in talk.buttons() if label.startswith("Нарынская"))
    await talk.press(in_naryn)
    assert "Нарынская область" in talk.text()
    assert "Успешный аймак" in talk.text()
    await talk.press("По состоянию ▾")
    await talk.press("Идут")
    assert "Голос граждан" not in talk.text()


async def test_a_project_can_be_followed_and_left(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("/projects")
    await talk.press(next(label for label in talk.buttons() if label == "УУМУ"))
    await talk.press("Следить")
    held = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    assert [one.what.project is not None for one in held] == [True]
    await talk.press("Следить")
    assert await talk.deps.subscribers.subscriptions(OFFICIAL_ID) == ()


async def test_a_link_to_a_project_subscribes_to_it(talk: Talk) -> None:
    slug = load_shipped().projects[0].slug
    await talk.start(f"project-{slug}")
    held = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    assert [one.what for one in held] == [What(project=slug)]


async def test_what_is_not_known_is_noted_without_who_asked(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("какая погода на Марсе завтра")
    noted = await talk.deps.questions.unanswered()
    assert [one.text for one in noted] == ["какая погода на Марсе завтра"]


async def test_a_question_goes_to_the_staff_and_its_answer_comes_back(talk: Talk) -> None:
    await _russian(talk, STAFF_ID)
    await _russian(talk, CITIZEN_ID)
    await talk.say("когда отремонтируют мост в моём селе", who=CITIZEN_ID)
    await talk.press("Спросить сотрудника", who=CITIZEN_ID)
    assert "не официальное обращение" in talk.text(CITIZEN_ID)
    await talk.press("Передать", who=CITIZEN_ID)

    await talk.delivered()
    assert "когда отремонтируют мост" in talk.text(STAFF_ID)
    assert "Гүлнара" not in talk.text(STAFF_ID)
    await talk.press("Ответить", who=STAFF_ID)
    await talk.say("Обратитесь в айыл окмоту: ремонт в плане на май.", who=STAFF_ID)

    await talk.delivered()
    assert "ремонт в плане на май" in talk.text(CITIZEN_ID)
    assert await talk.deps.questions.open() == ()


async def test_a_reply_to_the_question_is_the_answer_and_nobody_is_answered_twice(talk: Talk) -> None:
    await _russian(talk, STAFF_ID)
    await _russian(talk, CITIZEN_ID)
    question = await talk.deps.questions.ask(CITIZEN_ID, "ru", "Где взять бланк?", talk.clock())
    await talk.say("/desk", who=STAFF_ID)
    asked = talk.last(STAFF_ID)
    await talk.say("В приёмной.", who=STAFF_ID, reply_to=asked.id)
    await talk.say("Ещё раз: в приёмной.", who=STAFF_ID, reply_to=asked.id)
    await talk.delivered()

    answers = [one for one in talk.messages(CITIZEN_ID) if "приёмной" in one.content.get("text", "")]
    assert len(answers) == 1
    stored = await talk.deps.questions.get(question.id)
    assert stored is not None
    assert stored.answer == "В приёмной."


async def test_somebody_who_stopped_the_news_still_gets_the_answer(talk: Talk) -> None:
    await _russian(talk, STAFF_ID)
    await _russian(talk, CITIZEN_ID)
    await talk.deps.subscribers.stop(CITIZEN_ID, talk.clock())
    await talk.deps.questions.ask(CITIZEN_ID, "ru", "Где взять бланк?", talk.clock())
    await talk.say("/desk", who=STAFF_ID)
    await talk.say("В приёмной.", who=STAFF_ID, reply_to=talk.last(STAFF_ID).id)
    assert "В приёмной." in talk.text(CITIZEN_ID)


async def test_only_a_few_questions_of_one_person_wait_at_once(talk: Talk) -> None:
    await _russian(talk, CITIZEN_ID)
    for number in range(3):
        await talk.deps.questions.ask(CITIZEN_ID, "ru", f"Вопрос {number}", talk.clock())
    await talk.say("когда отремонтируют мост в моём селе", who=CITIZEN_ID)
    await talk.press("Спросить сотрудника", who=CITIZEN_ID)
    assert "ещё не ответили" in talk.text(CITIZEN_ID)
    assert await talk.deps.questions.open_count(CITIZEN_ID) == 3


async def test_in_a_group_only_what_is_meant_for_the_bot_is_answered(talk: Talk) -> None:
    group = talk.people.create_group(OFFICIAL_ID, "Айыл өкмөтү", [CITIZEN_ID])
    talk.people.add_bot(OFFICIAL_ID, group.id, admin=True)
    await talk.answered()
    before = len(talk.messages(group.id))
    await talk.say("кто финансирует Успешный аймак 2?", who=CITIZEN_ID, chat=group.id)
    assert len(talk.messages(group.id)) == before

    name = (await talk.bot.me()).username
    await talk.say(f"@{name} кто финансирует Успешный аймак 2?", who=CITIZEN_ID, chat=group.id)
    assert "USAID" in talk.text(group.id)


@pytest.mark.parametrize("kind", ["project", "organisation", "term"])
def test_every_shipped_record_fits_into_its_buttons(kind: str) -> None:
    data = load_shipped()
    records = {"project": data.projects, "organisation": data.organisations, "term": data.terms}[kind]
    for record in records:
        for made in (
            Card(kind=kind, slug=record.slug),
            ContactsOf(kind=kind, slug=record.slug),
            NewsOf(kind=kind, slug=record.slug, offset=9_999),
            BusinessCard(kind=kind, slug=record.slug),
            Followed(project=record.slug),
            ProjectsPage(page=99, donor=record.slug, state="active"),
        ):
            assert len(made.pack().encode()) <= 64
