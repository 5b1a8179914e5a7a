"""The first minute."""

from __future__ import annotations

from datetime import timedelta

from storage.subscribers import What
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, Talk


async def test_three_taps_lead_from_start_to_a_result(talk: Talk) -> None:
    await talk.publish("Районы обновляют программы развития", "pser")
    await talk.start()
    await talk.press("Русский")
    await talk.press("Все темы")
    await talk.press("Раз в день")

    assert "Районы обновляют программы развития" in talk.text()
    held = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    assert {one.what.topic for one in held} == {"women_leaders", "local_initiatives", "pser"}
    assert {one.cadence for one in held} == {"daily"}


async def test_topics_are_chosen_one_by_one_and_taken_back(talk: Talk) -> None:
    await talk.start()
    await talk.press("Русский")
    await talk.press("ПСЭР")
    assert "✓ ПСЭР" in talk.buttons()
    await talk.press("Женщины-лидеры")
    await talk.press("✓ ПСЭР")

    held = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    assert [one.what for one in held] == [What("women_leaders")]


async def test_done_is_offered_only_when_something_is_chosen(talk: Talk) -> None:
    await talk.start()
    await talk.press("Русский")
    assert "Готово" not in talk.buttons()
    await talk.press("ПСЭР")
    assert "Готово" in talk.buttons()


async def test_the_oblast_chosen_in_the_first_minute_narrows_what_is_told(talk: Talk) -> None:
    await talk.start()
    await talk.press("Русский")
    await talk.press("ПСЭР")
    await talk.press("Вся страна ▾")
    await talk.press("Нарынская область")
    await talk.press("Готово")
    await talk.press("Сразу")

    held = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    assert [(one.what, one.cadence) for one in held] == [(What("pser", "naryn"), "instant")]
    assert "Нарынская область" in talk.text()


async def test_a_link_to_a_topic_skips_to_the_end(talk: Talk) -> None:
    await talk.start("topic-pser", who=CITIZEN_ID)

    held = await talk.deps.subscribers.subscriptions(CITIZEN_ID)
    assert [one.what for one in held] == [What("pser")]
    assert len(talk.messages(CITIZEN_ID)) == 1


async def test_a_link_that_names_nothing_is_a_plain_start(talk: Talk) -> None:
    await talk.start("topic-nonsense")
    assert talk.buttons() == ["Кыргызча", "Русский"]


async def test_somebody_known_is_not_asked_for_the_language_again(talk: Talk) -> None:
    await talk.start()
    await talk.press("Русский")
    await talk.start()
    assert "ПСЭР" in talk.buttons()


async def test_the_same_start_twice_makes_no_second_subscription(talk: Talk) -> None:
    await talk.start("topic-pser")
    await talk.start("topic-pser")
    assert len(await talk.deps.subscribers.subscriptions(OFFICIAL_ID)) == 1


async def test_the_first_screen_speaks_both_languages(talk: Talk) -> None:
    await talk.start(who=CITIZEN_ID)
    assert len(talk.text(CITIZEN_ID).split("\n\n")) == 2


async def test_who_subscribes_during_a_pause_is_told_of_it_and_can_end_it(talk: Talk) -> None:
    await talk.start()
    await talk.deps.subscribers.pause(OFFICIAL_ID, talk.clock() + timedelta(days=14))
    await talk.start("topic-pser")
    assert "Сейчас пауза до 4 декабря" in talk.text()
    await talk.press("Снять паузу")
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.paused_until is None
    await talk.start("topic-pser")
    assert "пауза" not in talk.text()


async def test_where_last_week_was_silent_the_latest_before_it_is_shown(talk: Talk) -> None:
    await talk.publish("Районы обновляют программы развития", "pser", days_ago=30)
    await talk.start("topic-pser")
    assert "Районы обновляют программы развития" in talk.text()
    assert talk.buttons()[-2:] == ["Кыргызча", "Русский"]
