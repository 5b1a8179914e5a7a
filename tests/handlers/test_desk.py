"""The question desk: reminders, counts, and answers that the bot learns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from aiogram.types import Chat, Message, MessageEntity

from bot.sandbox import records
from bot.sandbox.methods import Upload
from handlers.desk_answers import answer_parts
from handlers.desk_reminders import remind
from handlers.dispatcher import build_dispatcher
from storage.parts import Part
from storage.questions import Question
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk

BISHKEK = "Asia/Bishkek"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
PARTS = (Part("sendMessage", {"text": "Ответ"}),)
PHOTO = Upload("bridge.png", "image/png", PNG)
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
        await talk.deps.questions.answer(question.id, "Ответ", STAFF_ID, talk.clock(), PARTS)
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
    await talk.press("УА2", who=STAFF_ID)
    aliases = (await talk.deps.registry.snapshot()).aliases
    assert "Удачливого аймачка" in {alias.text for alias in aliases}
    assert await talk.deps.questions.unanswered() == ()


async def test_the_name_is_other_words_of_the_question(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.questions.note_unanswered("зюзя", "Зюзя бла бла", "ru", talk.clock())
    await talk.say("/unanswered", who=STAFF_ID)
    await talk.press("1", who=STAFF_ID)
    await talk.say("бла бла", who=STAFF_ID)
    assert "«бла бла»" in talk.text(STAFF_ID)


async def test_after_a_name_is_taught_the_same_question_is_answered(talk: Talk) -> None:
    await _people(talk)
    question = "Кто финансирует Мисальский ручеёк?"
    await talk.say(question, who=CITIZEN_ID)
    assert "USAID" not in talk.text(CITIZEN_ID)
    await talk.say("/unanswered", who=STAFF_ID)
    await talk.press("1", who=STAFF_ID)
    assert "«Мисальский ручеёк»" in talk.text(STAFF_ID)
    await talk.say("УА2", who=STAFF_ID)
    assert "«Мисальский ручеёк»" in talk.text(STAFF_ID)
    await talk.press("УА2", who=STAFF_ID)
    assert "Теперь на вопрос бот отвечает так:\n«Успешный аймак 2» (УА2) финансирует USAID" in talk.text(
        STAFF_ID
    )
    await talk.say(question, who=CITIZEN_ID)
    assert "USAID" in talk.text(CITIZEN_ID)
    await talk.press("Вернуть", who=STAFF_ID)
    await talk.say(question, who=CITIZEN_ID)
    assert "USAID" not in talk.text(CITIZEN_ID)


async def test_a_name_that_does_not_answer_its_question_leaves_it_on_the_list(talk: Talk) -> None:
    await _people(talk)
    await talk.say("Зюзя мисалская гдекакпочему?", who=CITIZEN_ID)
    await talk.say("/unanswered", who=STAFF_ID)
    await talk.press("1", who=STAFF_ID)
    await talk.say("гдекакпочему", who=STAFF_ID)
    await talk.say("УА2", who=STAFF_ID)
    await talk.press("УА2", who=STAFF_ID)
    if "пока без ответа" in talk.text(STAFF_ID):
        assert await talk.deps.questions.unanswered() != ()
        assert "Написать ответ" in talk.buttons(STAFF_ID)
    else:
        assert await talk.deps.questions.unanswered() == ()


async def test_a_name_that_belongs_to_another_is_refused_in_words(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.questions.note_unanswered("зюзя", "Зюзя УУМУ", "ru", talk.clock())
    await talk.say("/unanswered", who=STAFF_ID)
    await talk.press("1", who=STAFF_ID)
    await talk.say("УУМУ", who=STAFF_ID)
    await talk.say("УА2", who=STAFF_ID)
    await talk.press("УА2", who=STAFF_ID)
    assert talk.notices()[-1]["text"] == "Так уже называется «psi»: «УУМУ»."


async def test_an_answer_too_long_to_be_given_again_is_still_an_answer(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await _answer(talk, "Мост чинят до мая.")
    await talk.press("Отвечать так всегда", who=STAFF_ID)
    await talk.press("Исправить ответ", who=STAFF_ID)
    await talk.say("Мост чинят до июня. " * 200, who=STAFF_ID)
    assert "Сам бот отвечает по-прежнему: Помещается не больше 3700 знаков." in talk.text(STAFF_ID)
    await talk.delivered()
    assert "до июня" in talk.text(CITIZEN_ID)
    await talk.say(QUESTION, who=CITIZEN_ID)
    assert "Мост чинят до мая." in talk.text(CITIZEN_ID)


async def test_news_that_there_are_none_of_are_noted_and_lead_to_a_person(talk: Talk) -> None:
    await _people(talk)
    await talk.say("что нового по ПСЭР в Баткенской области за июнь 2025", who=CITIZEN_ID)
    assert "Спросить сотрудника" in talk.buttons(CITIZEN_ID)
    assert len(await talk.deps.questions.unanswered()) == 1


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
    for what in ("мост", "дорогу", "школу"):
        await _pass_on(talk, f"Когда чинят {what} в Мисалово?")
    await talk.say("Когда чинят клуб в Мисалово?", who=CITIZEN_ID)
    await talk.press("Спросить сотрудника", who=CITIZEN_ID)
    assert "ещё не ответили" in talk.text(CITIZEN_ID)
    assert "не больше 3 вопросов" in talk.text(CITIZEN_ID)
    assert "Передать" not in talk.buttons(CITIZEN_ID)
    assert len(await talk.deps.questions.open()) == 3


async def test_a_yes_that_comes_after_the_limit_passes_nothing_on(talk: Talk) -> None:
    await _people(talk)
    await talk.say(QUESTION, who=CITIZEN_ID)
    await talk.press("Спросить сотрудника", who=CITIZEN_ID)
    for number in range(3):
        await talk.deps.questions.ask(CITIZEN_ID, "ru", f"Вопрос {number}", talk.clock())
    await talk.press("Передать", who=CITIZEN_ID)
    assert "ещё не ответили" in talk.text(CITIZEN_ID)
    assert len(await talk.deps.questions.open()) == 3


async def test_staff_see_the_question_and_not_who_asked(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    seen = str(talk.last(STAFF_ID).content) + str(talk.last(STAFF_ID).markup)
    assert QUESTION in seen
    assert not [one for one in (str(CITIZEN_ID), "Гүлнара", "Мисалова", "misalova") if one in seen]


@pytest.mark.parametrize(
    ("language", "question", "ask", "said"),
    [
        ("Кыргызча", "Көпүрөнү качан оңдошот?", "Кызматкерден суроо", "расмий кайрылуу эмес"),
        ("Русский", QUESTION, "Спросить сотрудника", "не официальное обращение"),
    ],
)
async def test_the_desk_says_that_it_takes_no_official_appeals(
    talk: Talk, language: str, question: str, ask: str, said: str
) -> None:
    await talk.start(who=CITIZEN_ID)
    await talk.press(language, who=CITIZEN_ID)
    await talk.say(question, who=CITIZEN_ID)
    await talk.press(ask, who=CITIZEN_ID)
    assert said in talk.text(CITIZEN_ID)


def test_an_answer_says_that_it_is_from_staff_and_keeps_its_formatting(now: datetime) -> None:
    question = Question(1, CITIZEN_ID, "ru", QUESTION, "open", None, now)
    bold = MessageEntity(type="bold", offset=0, length=4)
    (part,) = answer_parts(question, _written("Мост чинят.", bold, now))
    heading = f"Ответ сотрудника\n{QUESTION}\n"
    assert part.params["text"] == f"{heading}Мост чинят."
    marks = [(one["type"], one["offset"], one["length"]) for one in part.params["entities"]]
    assert ("bold", len(heading), 4) in marks


def test_an_answer_as_long_as_a_message_comes_after_its_heading(now: datetime) -> None:
    question = Question(1, CITIZEN_ID, "ru", QUESTION, "open", None, now)
    heading, answer = answer_parts(question, _written("ы" * 4096, None, now))
    assert QUESTION in heading.params["text"]
    assert answer.params["text"] == "ы" * 4096


async def test_a_photo_is_an_answer(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await talk.press("Ответить", who=STAFF_ID)
    talk.people.send_file(STAFF_ID, "photo", PHOTO, caption="Схема моста")
    await talk.answered()
    assert "Отвечать так всегда" in talk.buttons(STAFF_ID)
    await talk.delivered()
    heading, photo = talk.messages(CITIZEN_ID)[-2:]
    assert "Ответ сотрудника" in str(heading.content["text"])
    assert photo.content["caption"] == "Схема моста"
    assert photo.content["photo"]


async def test_an_album_is_an_answer_with_all_its_files(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await talk.press("Ответить", who=STAFF_ID)
    talk.people.send_album(STAFF_ID, "photo", [PHOTO, PHOTO, PHOTO], caption="Схемы моста")
    await talk.answered()
    assert [one.content.get("text") for one in talk.messages(STAFF_ID)].count("Ответ отправлен.") == 1
    await talk.delivered()
    heading, *photos = talk.messages(CITIZEN_ID)[-4:]
    assert "Ответ сотрудника" in str(heading.content["text"])
    assert [bool(photo.content.get("photo")) for photo in photos] == [True, True, True]


async def test_what_cannot_be_sent_on_is_no_answer_and_the_question_stays_open(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await talk.press("Ответить", who=STAFF_ID)
    dice = {"dice": {"emoji": "🎲", "value": 6}}
    talk.people._write(STAFF_ID, talk.telegram.chats[STAFF_ID], dice, None)
    await talk.answered()
    assert "Это отправить нельзя" in talk.text(STAFF_ID)
    await talk.say("Мост чинят.", who=STAFF_ID)
    assert "Ответ отправлен" in talk.text(STAFF_ID)


async def test_a_reply_to_the_question_answers_it(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await talk.say("Мост чинят.", who=STAFF_ID, reply_to=talk.last(STAFF_ID).id)
    await talk.delivered()
    assert "Мост чинят." in talk.text(CITIZEN_ID)


async def test_a_correction_takes_the_place_of_the_answer(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await _answer(talk, "Мост чинят до мая.")
    await talk.delivered()
    before = len(talk.messages(CITIZEN_ID))
    await talk.press("Исправить ответ", who=STAFF_ID)
    await talk.say("Мост чинят до июня.", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == f"Исправленный ответ сотрудников\n{QUESTION}\nМост чинят до июня."
    assert len(talk.messages(CITIZEN_ID)) == before
    await talk.say("/audit", who=STAFF_ID)
    assert "ответ исправлен" in talk.text(STAFF_ID)


async def test_a_correction_of_what_has_not_arrived_yet_comes_after_it(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await _answer(talk, "Мост чинят до мая.")
    await talk.press("Исправить ответ", who=STAFF_ID)
    await talk.say("Мост чинят до июня.", who=STAFF_ID)
    await talk.delivered()
    first, second = talk.messages(CITIZEN_ID)[-2:]
    assert "до мая" in str(first.content["text"])
    assert "до июня" in str(second.content["text"])


async def test_what_the_bot_answers_by_itself_is_corrected_too(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await _answer(talk, "Мост чинят до мая.")
    await talk.press("Отвечать так всегда", who=STAFF_ID)
    await talk.press("Исправить ответ", who=STAFF_ID)
    await talk.say("Мост чинят до июня.", who=STAFF_ID)
    await talk.delivered()
    await talk.say(QUESTION, who=CITIZEN_ID)
    assert "Мост чинят до июня." in talk.text(CITIZEN_ID)
    assert "сотрудники" in talk.text(CITIZEN_ID)


async def test_what_staff_try_out_is_not_what_people_want_to_know(talk: Talk) -> None:
    await _people(talk)
    await talk.say("Зюзя мисалская гдекакпочему?", who=STAFF_ID)
    assert await talk.deps.questions.unanswered() == ()


async def test_two_who_answer_the_same_question_do_not_both_reach_the_person(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await talk.press("Ответить", who=STAFF_ID)
    waiting = await talk.deps.questions.open()
    await talk.deps.questions.answer(waiting[0].id, "Другой успел раньше.", OFFICIAL_ID, talk.clock(), PARTS)
    await talk.say("Мост чинят.", who=STAFF_ID)
    assert "Ответ был такой:\nДругой успел раньше." in talk.text(STAFF_ID)
    await talk.delivered()
    assert "Мост чинят" not in talk.text(CITIZEN_ID)


async def test_staff_are_told_that_the_person_has_blocked_the_bot(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    talk.people.block(CITIZEN_ID)
    await talk.answered()
    await _answer(talk, "Мост чинят.")
    assert "заблокировал бота" in talk.text(STAFF_ID)
    assert "Отвечать так всегда" in talk.buttons(STAFF_ID)


async def test_somebody_who_stopped_the_news_still_gets_the_answer(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await talk.deps.subscribers.stop(CITIZEN_ID, talk.clock())
    await _answer(talk, "Мост чинят.")
    assert "Мост чинят." in talk.text(CITIZEN_ID)


async def test_who_waits_is_told_that_there_will_be_no_answer(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await talk.press("Закрыть", who=STAFF_ID)
    await talk.delivered()
    assert "Сотрудники не смогли ответить" in talk.text(CITIZEN_ID)
    assert "официальные обращения через бота не принимаются" in talk.text(CITIZEN_ID)


async def test_a_forgotten_persons_questions_leave_the_desk(talk: Talk) -> None:
    await _people(talk)
    await _pass_on(talk)
    await talk.deps.subscribers.forget(CITIZEN_ID)
    assert await talk.deps.questions.open() == ()
    await talk.say("Мост чинят.", who=STAFF_ID, reply_to=talk.last(STAFF_ID).id)
    assert "Этим вопросом уже занялись" in talk.text(STAFF_ID)


async def test_staff_look_through_what_waits(talk: Talk) -> None:
    await _people(talk)
    for number in range(3):
        await talk.deps.questions.ask(CITIZEN_ID, "ru", f"Вопрос номер {number}", talk.clock())
        talk.clock.pass_(minutes=1)
    await talk.say("/desk", who=STAFF_ID)
    assert "Вопрос номер 0" in talk.text(STAFF_ID)
    await talk.press("›", who=STAFF_ID)
    assert "Вопрос номер 1" in talk.text(STAFF_ID)
    await _answer(talk, "Ответ на первый.")
    await talk.press("Ждут ещё 2", who=STAFF_ID)
    assert "Вопрос номер 0" in talk.text(STAFF_ID)


async def test_a_person_is_told_how_long_answers_take_once_there_were_some(talk: Talk) -> None:
    await _people(talk)
    for number in range(5):
        question = await talk.deps.questions.ask(CITIZEN_ID, "ru", f"Вопрос {number}", talk.clock())
        talk.clock.pass_(hours=2)
        await talk.deps.questions.answer(question.id, "Ответ", STAFF_ID, talk.clock(), PARTS)
    await _pass_on(talk)
    assert any("за 2 часа" in str(message.content.get("text")) for message in talk.messages(CITIZEN_ID))


async def test_in_the_common_chat_of_staff_a_reply_answers_once(talk: Talk) -> None:
    await _people(talk)
    group = talk.people.create_group(STAFF_ID, "Кеңсе", [OFFICIAL_ID])
    talk.people.add_bot(STAFF_ID, group.id)
    await talk.answered()
    await talk.deps.staff.appoint(OFFICIAL_ID, "editor", STAFF_ID, talk.clock())
    talk.dispatcher = build_dispatcher(replace(talk.deps, staff_chat_id=group.id))
    await _pass_on(talk)
    asked = talk.last(group.id)
    assert QUESTION in str(asked.content["text"])
    await talk.press("Ответить", who=STAFF_ID, chat=group.id)
    assert talk.notices()[-1]["text"].startswith("Ответьте прямо на это сообщение")
    await talk.say("Мост чинят.", who=OFFICIAL_ID, chat=group.id, reply_to=asked.id)
    await talk.say("Нет, мост не чинят.", who=STAFF_ID, chat=group.id, reply_to=asked.id)
    assert "Ответ был такой:\nМост чинят." in talk.text(group.id)
    await talk.delivered()
    assert talk.text(CITIZEN_ID).endswith("Мост чинят.")


async def test_who_is_not_staff_answers_nothing_in_the_common_chat(talk: Talk) -> None:
    await _people(talk)
    group = talk.people.create_group(STAFF_ID, "Кеңсе", [OFFICIAL_ID])
    talk.people.add_bot(STAFF_ID, group.id)
    await talk.answered()
    talk.dispatcher = build_dispatcher(replace(talk.deps, staff_chat_id=group.id))
    await _pass_on(talk)
    await talk.say("Мост чинят.", who=OFFICIAL_ID, chat=group.id, reply_to=talk.last(group.id).id)
    assert len(await talk.deps.questions.open()) == 1


def _written(text: str, mark: MessageEntity | None, now: datetime) -> Message:
    return Message(
        message_id=1,
        date=now,
        chat=Chat(id=STAFF_ID, type="private"),
        text=text,
        entities=[mark] if mark else None,
    )


async def test_what_is_passed_on_is_the_question_that_was_confirmed(talk: Talk) -> None:
    await _people(talk)
    await talk.say(QUESTION, who=CITIZEN_ID)
    first = talk.last(CITIZEN_ID)
    await talk.press("Спросить сотрудника", who=CITIZEN_ID)
    confirmed = talk.last(CITIZEN_ID)
    await talk.say("Почему в клубе холодно?", who=CITIZEN_ID)
    await talk.press_data(_data(confirmed, "Передать"), confirmed, who=CITIZEN_ID)
    assert [one.text for one in await talk.deps.questions.open()] == [QUESTION]
    await talk.press_data(_data(first, "Спросить сотрудника"), first, who=CITIZEN_ID)
    assert "вопрос ещё раз" in str(talk.notices()[-1])


def _data(message: records.Message, text: str) -> str:
    rows = (message.markup or {})["inline_keyboard"]
    return str(next(button["callback_data"] for row in rows for button in row if button["text"] == text))
