"""The question desk: reminders, counts, and answers that the bot learns."""

from __future__ import annotations

from handlers.desk_reminders import remind
from tests.handlers.talk import CITIZEN_ID, STAFF_ID, Talk

BISHKEK = "Asia/Bishkek"
QUESTION = "Когда чинят мост в Мисалово?"


async def _people(talk: Talk) -> None:
    for who in (STAFF_ID, CITIZEN_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)


async def _pass_on(talk: Talk, question: str = QUESTION) -> None:
    await talk.say(question, who=CITIZEN_ID)
    await talk.press("Спросить сотрудника", who=CITIZEN_ID)
    assert "не официальное обращение" in talk.text(CITIZEN_ID)
    await talk.press("Передать", who=CITIZEN_ID)
    await talk.delivered()


async def _answer(talk: Talk, text: str) -> None:
    await talk.press("Ответить", who=STAFF_ID)
    await talk.say(text, who=STAFF_ID)


async def test_a_question_that_waits_is_brought_up_once_a_day(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    assert await remind(talk.deps, BISHKEK) == 0
    talk.clock.pass_(days=3, hours=1)
    assert await remind(talk.deps, BISHKEK) == 1
    await talk.delivered()
    assert "1 вопрос ждёт ответа больше суток" in talk.text(STAFF_ID)
    assert QUESTION in talk.text(STAFF_ID)
    talk.clock.pass_(hours=2)
    assert await remind(talk.deps, BISHKEK) == 0
    talk.clock.pass_(days=1)
    assert await remind(talk.deps, BISHKEK) == 1
    await _answer(talk, "Мост чинят до конца ноября.")
    talk.clock.pass_(days=1)
    assert await remind(talk.deps, BISHKEK) == 0


async def test_nobody_is_reminded_at_night_or_on_a_sunday(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    talk.clock.pass_(days=2)
    assert talk.clock().weekday() == 6
    assert await remind(talk.deps, BISHKEK) == 0
    talk.clock.pass_(days=1, hours=12)
    assert await remind(talk.deps, BISHKEK) == 0


async def test_the_desk_counts_what_was_answered_and_how_fast(talk: Talk) -> None:
    await _people(talk)
    for hours, text in ((1, "Первый вопрос про Мисалово"), (3, "Второй вопрос про Мисалово")):
        question = await talk.deps.questions.ask(CITIZEN_ID, "ru", text, talk.clock())
        talk.clock.pass_(hours=hours)
        await talk.deps.questions.answer(question.id, "Ответ", STAFF_ID, talk.clock())
    await talk.deps.questions.ask(CITIZEN_ID, "ru", QUESTION, talk.clock())
    await talk.say("/desk", who=STAFF_ID)
    said = talk.text(STAFF_ID)
    assert "отвечено 2, закрыто 0" in said
    assert "за 2 часа" in said
    assert QUESTION in said


async def test_a_good_answer_is_given_to_whoever_asks_the_same(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await _answer(talk, "Мост чинят до конца ноября.")
    await talk.press("Отвечать так всегда", who=STAFF_ID)
    await talk.say("когда чинят мост в мисалово", who=CITIZEN_ID)
    said = talk.text(CITIZEN_ID)
    assert "Мост чинят до конца ноября." in said
    assert "сотрудники, 20 ноября 2026" in said
    assert await talk.deps.questions.unanswered() == ()

    await talk.press("Вернуть", who=STAFF_ID)
    await talk.say("когда чинят мост в мисалово", who=CITIZEN_ID)
    assert "Мост чинят" not in talk.text(CITIZEN_ID)


async def test_an_unknown_name_is_taught_in_two_taps(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.questions.note_unanswered(
        "контакты эгеди", "контакты Удачливого аймачка", "ru", talk.clock()
    )
    await talk.say("/unanswered", who=STAFF_ID)
    assert "контакты Удачливого аймачка" in talk.text(STAFF_ID)
    await talk.press("1", who=STAFF_ID)
    assert "«Удачливого аймачка»" in talk.text(STAFF_ID)
    choice = talk.buttons(STAFF_ID)[0]
    await talk.press(choice, who=STAFF_ID)
    aliases = (await talk.deps.registry.snapshot()).aliases
    assert "Удачливого аймачка" in {alias.text for alias in aliases}
    assert await talk.deps.questions.unanswered() == ()


async def test_a_name_can_be_written_another_way(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.questions.note_unanswered("зюзя", "Зюзя бла бла", "ru", talk.clock())
    await talk.say("/unanswered", who=STAFF_ID)
    await talk.press("1", who=STAFF_ID)
    await talk.say("ЕГЕДЫЧ EGED", who=STAFF_ID)
    assert "«ЕГЕДЫЧ EGED»" in talk.text(STAFF_ID)


async def test_what_was_not_known_is_answered_from_now_on(talk: Talk) -> None:
    await _people(talk)
    await talk.say("Зюзя мисалская гдекакпочему?", who=CITIZEN_ID)
    await talk.say("/unanswered", who=STAFF_ID)
    await talk.press("1", who=STAFF_ID)
    await talk.press("Написать ответ", who=STAFF_ID)
    await talk.say("В Мисалово, по пятницам.", who=STAFF_ID)
    await talk.say("зюзя мисалская гдекакпочему", who=CITIZEN_ID)
    assert "В Мисалово, по пятницам." in talk.text(CITIZEN_ID)


async def test_what_is_not_ours_leaves_the_list(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.questions.note_unanswered("погода", "какая погода", "ru", talk.clock())
    await talk.say("/unanswered", who=STAFF_ID)
    await talk.press("1", who=STAFF_ID)
    await talk.press("Не наше", who=STAFF_ID)
    assert "Все вопросы нашли ответ" in talk.text(STAFF_ID)


async def test_citizens_do_not_see_what_others_asked(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.questions.note_unanswered("погода", "какая погода", "ru", talk.clock())
    await talk.say("/unanswered", who=CITIZEN_ID)
    assert "погода" not in talk.text(CITIZEN_ID)


async def test_a_person_has_at_most_three_questions_waiting(talk: Talk) -> None:
    await _people(talk)
    for number in ("Первый", "Второй", "Третий"):
        await _pass_on(talk, f"{number} вопрос про дорогу в Мисалово?")
    await talk.say("Четвёртый вопрос про дорогу в Мисалово?", who=CITIZEN_ID)
    await talk.press("Спросить сотрудника", who=CITIZEN_ID)
    await talk.press("Передать", who=CITIZEN_ID)
    assert "ещё не ответили" in talk.text(CITIZEN_ID)
    assert len(await talk.deps.questions.open()) == 3
