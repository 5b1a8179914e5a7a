"""Groups, channels, and people who block the bot."""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup, Update

from handlers.callbacks import PassOn
from handlers.conversation import key_of
from handlers.keyboards import button
from storage.parts import Part
from storage.subscribers import What
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk

_QUESTION = "Когда чинят мост в Мисалово?"


async def _group(talk: Talk, *, kind: str = "supergroup") -> int:
    group = talk.people.create_group(OFFICIAL_ID, "Айыл өкмөтү", [CITIZEN_ID], kind)  # type: ignore[arg-type]
    talk.people.add_bot(OFFICIAL_ID, group.id)
    await talk.answered()
    return group.id


async def test_a_group_is_greeted_and_its_administrator_chooses(talk: Talk) -> None:
    group = await _group(talk)
    await talk.press("Выбрать темы", chat=group)
    await talk.press("ПСЭР", chat=group)
    held = await talk.deps.subscribers.subscriptions(group)
    assert [one.what for one in held] == [What("pser")]
    assert await talk.deps.subscribers.subscriptions(OFFICIAL_ID) == ()


async def test_a_member_who_is_no_administrator_decides_nothing(talk: Talk) -> None:
    group = await _group(talk)
    await talk.press("Выбрать темы", who=CITIZEN_ID, chat=group)
    assert "администратор" in talk.notices()[-1]["text"]
    await talk.say("/topics", who=CITIZEN_ID, chat=group)
    assert "администратор" in talk.text(group)


async def test_a_stranger_cannot_decide_for_a_channel_by_a_forged_button(talk: Talk) -> None:
    channel = await _group(talk, kind="channel")
    await talk.start(who=CITIZEN_ID)
    message = talk.last(CITIZEN_ID)
    assert message.markup is not None
    message.markup["inline_keyboard"].append([{"text": "forged", "callback_data": f"topic:pser:0:{channel}"}])
    await talk.press("forged", who=CITIZEN_ID)
    assert await talk.deps.subscribers.subscriptions(channel) == ()


async def test_a_channel_is_set_up_in_private_by_the_one_who_added_the_bot(talk: Talk) -> None:
    await talk.start()
    channel = await _group(talk, kind="channel")
    assert "Айыл өкмөтү" in talk.text()
    await talk.press("Выбрать темы")
    await talk.press("ПСЭР")
    await talk.press("Готово")
    await talk.press("Сразу")
    held = await talk.deps.subscribers.subscriptions(channel)
    assert [(one.what, one.cadence) for one in held] == [(What("pser"), "instant")]
    assert talk.messages(channel) == []


async def test_a_block_and_an_unblock_keep_the_choices(talk: Talk) -> None:
    await talk.start("topic-pser")
    talk.people.block(OFFICIAL_ID)
    await talk.answered()
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.state == "blocked"

    talk.people.unblock(OFFICIAL_ID)
    await talk.answered()
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.state == "active"
    assert len(await talk.deps.subscribers.subscriptions(OFFICIAL_ID)) == 1


async def test_a_group_that_throws_the_bot_out_is_not_written_to(talk: Talk) -> None:
    group = await _group(talk)
    talk.people.remove_bot(OFFICIAL_ID, group)
    await talk.answered()
    chat = await talk.deps.subscribers.get(group)
    assert chat is not None
    assert chat.state == "gone"


async def test_a_group_that_becomes_a_supergroup_keeps_its_subscriptions(talk: Talk) -> None:
    group = await _group(talk, kind="group")
    await talk.press("Выбрать темы", chat=group)
    await talk.press("ПСЭР", chat=group)
    supergroup = talk.people.migrate(OFFICIAL_ID, group)
    await talk.answered()
    held = await talk.deps.subscribers.subscriptions(supergroup.id)
    assert [one.what for one in held] == [What("pser")]


async def test_what_waited_from_a_group_that_has_moved_is_answered_where_it_is_now(talk: Talk) -> None:
    """The sender meets the move first; then comes what was written to the group while the bot was away."""
    group = await _group(talk, kind="group")
    await talk.press("Выбрать темы", chat=group)
    await talk.press("ПСЭР", chat=group)
    await talk.deps.subscribers.choose_hour(group, 18, talk.clock())
    talk.people.say(OFFICIAL_ID, "/help", group)
    supergroup = talk.people.migrate(OFFICIAL_ID, group).id
    await talk.deps.subscribers.migrate(group, supergroup, talk.clock())
    await talk.answered()
    chat = await talk.deps.subscribers.get(supergroup)
    assert chat is not None
    assert chat.digest_hour == 18
    assert "/topics" in talk.text(supergroup)


async def test_a_group_that_had_stopped_is_left_in_peace_where_it_moved(talk: Talk) -> None:
    group = await _group(talk, kind="group")
    await talk.deps.subscribers.stop(group, talk.clock())
    supergroup = talk.people.migrate(OFFICIAL_ID, group).id
    await talk.answered()
    talk.people.remove_bot(OFFICIAL_ID, supergroup)
    talk.people.add_bot(OFFICIAL_ID, supergroup)
    joined = (await talk.telegram.queue.poll(talk._offset, 100, 0))[-1]
    await talk.dispatcher.feed_update(talk.bot, Update.model_validate(joined, context={"bot": talk.bot}))
    chat = await talk.deps.subscribers.get(supergroup)
    assert chat is not None
    assert chat.state == "stopped"
    assert talk.messages(supergroup) == []


async def test_a_group_that_moved_without_the_bots_knowing_is_no_failure(talk: Talk) -> None:
    group = await _group(talk, kind="group")
    await talk.press("Выбрать темы", chat=group)
    talk.people.press(OFFICIAL_ID, group, talk.last(group).id, text="ПСЭР")
    supergroup = talk.people.migrate(OFFICIAL_ID, group).id
    await talk.answered()
    held = await talk.deps.subscribers.subscriptions(supergroup)
    assert [one.what for one in held] == [What("pser")]


async def test_in_a_forum_news_goes_to_the_topic_in_which_it_was_asked_for(talk: Talk) -> None:
    group = await _group(talk)
    thread = talk.people.open_topic(OFFICIAL_ID, group, "Жаңылыктар")
    await talk.say("/topics", chat=group, reply_to=thread)
    await talk.press("ПСЭР", chat=group)
    chat = await talk.deps.subscribers.get(group)
    assert chat is not None
    assert chat.thread_id == thread
    assert talk.last(group).thread == thread


async def test_each_topic_of_a_forum_has_its_own_choice_and_is_answered_where_it_asks(talk: Talk) -> None:
    group = await _group(talk)
    news, women = (talk.people.open_topic(OFFICIAL_ID, group, name) for name in ("Жаңылыктар", "Аялдар"))
    for topic, thread in (("ПСЭР", news), ("Женщины-лидеры", women), ("Местные инициативы", None)):
        await talk.say("/topics", chat=group, **({"reply_to": thread} if thread else {}))
        assert not [text for text in talk.buttons(group) if text.startswith("✓")]
        await talk.press(topic, chat=group)
        assert talk.last(group).thread == thread
    held = await talk.deps.subscribers.subscriptions(group)
    assert {(one.what.topic, one.thread_id) for one in held} == {
        ("pser", news),
        ("women_leaders", women),
        ("local_initiatives", None),
    }
    await talk.publish("О программах развития", "pser", 0)
    await talk.publish("О женщинах в кенеше", "women_leaders", 0)
    await talk.say("/digest", chat=group, reply_to=women)
    await talk.delivered()
    assert (talk.last(group).thread, "О женщинах в кенеше" in talk.text(group)) == (women, True)
    assert "О программах развития" not in talk.text(group)

    await talk.say("/settings", chat=group, reply_to=women)
    assert "1 подписка" in talk.text(group)
    assert "В других разделах этой группы: 2 подписки" in talk.text(group)


async def test_asked_where_nothing_is_told_a_forum_shows_the_week_there_and_tells_the_rest_later(
    talk: Talk,
) -> None:
    group = await _group(talk)
    news, chatter = (talk.people.open_topic(OFFICIAL_ID, group, name) for name in ("Жаңылыктар", "Талкуу"))
    await talk.say("/topics", chat=group, reply_to=news)
    await talk.press("ПСЭР", chat=group)
    await talk.publish("О программах развития", "pser", 0.1)
    before = await talk.deps.subscribers.subscriptions(group)
    await talk.say("/digest", chat=group, reply_to=chatter)
    await talk.delivered()
    assert (talk.last(group).thread, "О программах развития" in talk.text(group)) == (chatter, True)
    assert await talk.deps.subscribers.subscriptions(group) == before


async def test_a_button_too_old_to_say_where_in_a_forum_it_stands_changes_nothing(talk: Talk) -> None:
    group = await _group(talk)
    news, women = (talk.people.open_topic(OFFICIAL_ID, group, name) for name in ("Жаңылыктар", "Аялдар"))
    await talk.say("/topics", chat=group, reply_to=news)
    await talk.press("ПСЭР", chat=group)
    await talk.say("/topics", chat=group, reply_to=women)
    await talk.press_out_of_sight("Женщины-лидеры", chat=group)
    assert "слишком старое" in talk.notices()[-1]["text"]
    assert [one.what for one in await talk.deps.subscribers.subscriptions(group)] == [What("pser")]


async def test_an_answer_of_staff_comes_in_the_forum_topic_in_which_it_was_asked(talk: Talk) -> None:
    group = await _group(talk)
    news, chatter = (talk.people.open_topic(OFFICIAL_ID, group, name) for name in ("Жаңылыктар", "Талкуу"))
    await talk.say("/topics", chat=group, reply_to=news)
    await talk.press("ПСЭР", chat=group)
    message = await talk.bot.send_message(
        group, "Спросите меня", message_thread_id=chatter, reply_markup=_passing_on()
    )
    await talk.say(_QUESTION, chat=group, reply_to=message.message_id)
    await talk.press("Передать", chat=group)
    (question,) = await talk.deps.questions.open()
    parts = (Part("sendMessage", {"text": "До конца ноября"}),)
    await talk.deps.questions.answer(question.id, "До конца ноября", STAFF_ID, talk.clock(), parts)
    await talk.delivered()
    assert (talk.text(group), talk.last(group).thread) == ("До конца ноября", chatter)


def _passing_on() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[button("Передать", PassOn(sure=True, key=key_of(_QUESTION)))]]
    )


async def test_everybody_in_a_group_may_read_what_is_kept(talk: Talk) -> None:
    group = await _group(talk)
    await talk.say("/privacy", who=CITIZEN_ID, chat=group)
    assert "Telegram" in talk.text(group)
    await talk.say("/forget", who=CITIZEN_ID, chat=group)
    assert "администратор" in talk.text(group)


async def test_a_button_from_another_time_is_answered(talk: Talk) -> None:
    await talk.start()
    message = talk.last()
    assert message.markup is not None
    message.markup["inline_keyboard"].append([{"text": "old", "callback_data": "gone:1:2:3"}])
    await talk.press("old")
    assert "устарела" in talk.notices()[-1]["text"]


async def test_a_person_is_told_of_an_unknown_command_and_of_what_cannot_be_read(talk: Talk) -> None:
    await talk.start()
    await talk.say("/weather")
    assert "не знаю такой команды" in talk.text()


async def test_staff_commands_are_politely_refused_to_others(talk: Talk) -> None:
    await talk.start()
    for command in ("/announce", "/sources", "/staff", "/audit", "/desk", "/publish"):
        await talk.say(command)
        assert "для сотрудников" in talk.text()


async def test_somebody_who_keeps_pressing_is_not_answered_without_end(talk: Talk) -> None:
    await talk.start()
    for _ in range(40):
        talk.people.say(OFFICIAL_ID, "/privacy")
    await talk.answered()
    assert len(talk.messages()) < 30
    talk.clock.pass_(minutes=1)
    before = len(talk.messages())
    await talk.say("/privacy")
    assert len(talk.messages()) == before + 1
