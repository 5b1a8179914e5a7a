"""A topic in one oblast, a source, another city's clock, a look at last week, and links for posters."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.digests import plan_due
from bot.housekeeping import tidy
from handlers.links import qr_picture
from handlers.start import link_to, linked
from storage.cadence import days_off_of
from storage.languages import Names
from storage.models import TerritoryRow
from storage.subscribers import What
from storage.territory_tree import Territory, TerritoryTree
from tests.handlers.talk import OFFICIAL_ID, STAFF_ID, Talk


async def _known(talk: Talk, who: int = OFFICIAL_ID) -> None:
    await talk.start(who=who)
    await talk.press("Русский", who=who)


async def _held(talk: Talk, who: int = OFFICIAL_ID) -> set[What]:
    return {one.what for one in await talk.deps.subscribers.subscriptions(who)}


async def test_a_topic_is_heard_of_from_two_oblasts_and_no_other(talk: Talk) -> None:
    await _known(talk)
    await talk.say("/topics")
    await talk.press("По областям и районам")
    await talk.press("ПСЭР ▾")
    await talk.press("Нарынская область")
    await talk.press("Ошская область")
    assert await _held(talk) == {What("pser", "naryn"), What("pser", "osh")}
    await talk.deps.subscribers.choose_cadence(OFFICIAL_ID, "instant", talk.clock())

    await talk.publish("Программа Таласского айыла", "pser", territories=("talas",))
    await talk.publish("Программа Нарынского айыла", "pser", territories=("naryn",))
    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()
    said = [str(one.content.get("text")) for one in talk.messages()]
    assert any("Программа Нарынского" in text for text in said)
    assert not any("Программа Таласского" in text for text in said)

    await talk.press("✓ Ошская область")
    assert await _held(talk) == {What("pser", "naryn")}


async def test_a_topic_in_an_oblast_stays_when_the_others_move(talk: Talk) -> None:
    await _known(talk)
    now, subscribers = talk.clock(), talk.deps.subscribers
    for what in (What("pser", "naryn"), What("pser"), What("women_leaders")):
        await subscribers.subscribe(OFFICIAL_ID, what, now)
    await subscribers.choose_territory(OFFICIAL_ID, "osh", now)
    assert await _held(talk) == {What("pser", "naryn"), What("pser", "osh"), What("women_leaders", "osh")}
    await subscribers.choose_territory(OFFICIAL_ID, "naryn", now)
    assert await _held(talk) == {What("pser", "naryn"), What("women_leaders", "naryn")}


async def test_a_source_is_followed_whatever_it_writes_about(talk: Talk) -> None:
    await _known(talk)
    await talk.say("/topics")
    await talk.press("Источники")
    while "Айыл журналы" not in talk.buttons():
        await talk.press("›")
    await talk.press("Айыл журналы")
    assert await _held(talk) == {What(source="example-journal")}
    await talk.press("✓ Айыл журналы")
    assert await _held(talk) == set()


async def test_a_newcomer_sees_what_there_was_last_week_and_goes_on_choosing(talk: Talk) -> None:
    await talk.publish("Айылные аймаки пишут программы", "pser", days_ago=2)
    await talk.publish("Старая программа", "pser", days_ago=20)
    await _known(talk)
    await talk.press("Что было за неделю")
    shown = str(talk.messages()[-2].content["text"])
    assert "Айылные аймаки пишут программы" in shown
    assert "Старая программа" not in shown
    await talk.press("ПСЭР")
    assert await _held(talk) == {What("pser")}


async def test_nothing_last_week_is_said(talk: Talk) -> None:
    await _known(talk)
    await talk.press("Что было за неделю")
    assert "ничего не вышло" in talk.notices()[-1]["text"]


async def test_last_week_of_a_topic_a_place_or_a_source_is_seen_before_subscribing_to_it(talk: Talk) -> None:
    await talk.publish("Женщины в кенеше", "women_leaders", days_ago=2)
    await talk.publish("Женщины Нарына", "women_leaders", days_ago=3, territories=("naryn",))
    await talk.publish("Нарынский аймак пишет программу", "pser", days_ago=3, territories=("naryn",))
    await _known(talk)
    await talk.press("ПСЭР")
    held = await _held(talk)

    async def shown(*buttons: str) -> str:
        for button in buttons:
            while button not in talk.buttons() and "›" in talk.buttons():
                await talk.press("›")
            await talk.press(button)
        return str(talk.messages()[-2].content["text"])

    await talk.say("/topics")
    assert "Женщины" not in await shown("Что было за неделю", "По подпискам")
    topic = await shown("Женщины-лидеры")
    assert "Женщины в кенеше" in topic
    assert "программу" not in topic
    await talk.press_beside("Женщины-лидеры")
    place = await shown("Нарынская область")
    assert "Женщины Нарына" in place
    assert "Женщины в кенеше" not in place
    await talk.press("‹ Назад")
    await talk.press_beside("Новости на любую тему")
    country = await shown("Вся страна")
    assert all(title in country for title in ("Женщины в кенеше", "Нарынский аймак"))
    await talk.press("‹ Назад")
    source = await shown("Источники ▾", "Айыл журналы")
    assert all(title in source for title in ("Женщины в кенеше", "Нарынский аймак"))
    assert await _held(talk) == held


async def test_a_long_last_week_is_paged_through_and_nobody_counts_as_told(talk: Talk) -> None:
    for number in range(12):
        await talk.publish(f"Новость {number:02}", "pser", days_ago=1 + number / 10)
    await _known(talk)
    await talk.press("Что было за неделю")
    await talk.press("Показать ещё 4")
    assert [number for number in range(12) if f"Новость {number:02}" in talk.text()] == [8, 9, 10, 11]

    await talk.press("ПСЭР")
    await tidy(talk.deps.database, talk.clock() + timedelta(days=31))
    await talk.say("/digest")
    await talk.press("Показать ещё 4")
    assert "Новость 11" in talk.text()


async def test_hours_go_by_the_clock_of_the_city_that_is_chosen(talk: Talk) -> None:
    await _known(talk)
    await talk.press("ПСЭР")
    await talk.say("/settings")
    await talk.press("Часовой пояс")
    await talk.press("Москва · 07:00")
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.timezone == "Europe/Moscow"
    (held,) = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    assert held.next_due_at is not None
    assert held.next_due_at.hour == 6


async def test_releases_in_the_other_language_are_passed_over_and_not_poured_out_later(talk: Talk) -> None:
    await _known(talk)
    await talk.press("ПСЭР")
    await talk.deps.subscribers.choose_cadence(OFFICIAL_ID, "instant", talk.clock())
    await talk.say("/settings")
    await talk.press("Язык новостей")
    assert "✓ На русском, а если нет — на кыргызском" in talk.buttons()
    await talk.press("Только на кыргызском")
    assert "Язык: только на кыргызском." in talk.text()
    before = len(talk.messages())
    await talk.publish("Айылные аймаки пишут программы", "pser")
    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()
    assert len(talk.messages()) == before

    await talk.press("Язык новостей")
    await talk.press("На всех языках")
    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()
    assert len(talk.messages()) == before
    await talk.publish("Ещё одна программа", "pser")
    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()
    assert "Ещё одна программа" in talk.text()


async def test_a_topic_is_heard_of_from_a_district_and_from_a_municipality_that_staff_added(
    talk: Talk,
) -> None:
    async with talk.deps.database.write() as session:
        names = {"ru": "айыл аймагы с очень длинным названием для примера", "ky": "Мисал айыл аймагы"}
        slug = "an-invented-municipality-with-a-long-name"
        session.add(
            TerritoryRow(slug=slug, parent="at-bashy", kind="municipality", names=names, position=999)
        )
    await _known(talk)
    await talk.say("/topics")
    await talk.press("По областям и районам")
    await talk.press("ПСЭР ▾")
    await talk.press_beside("Нарынская область")
    assert "ПСЭР, Нарынская область" in talk.text()
    await talk.press("Кочкорский район")
    await talk.press_beside("Ат-Башинский район")
    await talk.press("айыл аймагы с очень длинным…")
    assert await _held(talk) == {What("pser", "kochkor"), What("pser", slug)}
    assert "✓ айыл аймагы с очень длинным…" in talk.buttons()

    await talk.press("‹ Назад")
    assert "✓ Кочкорский район" in talk.buttons()
    await talk.press("‹ Назад")
    assert "✓ Районы, города · 2 ▾" in talk.buttons()
    await talk.press("‹ Назад")
    assert "ПСЭР · 2 ▾" in talk.buttons()


async def test_everything_from_a_district_whatever_it_is_about(talk: Talk) -> None:
    await _known(talk)
    await talk.say("/topics")
    await talk.press("По областям и районам")
    await talk.press("Новости на любую тему ▾")
    await talk.press_beside("Нарынская область")
    await talk.press("Кочкорский район")
    assert await _held(talk) == {What(territory="kochkor")}
    await talk.deps.subscribers.choose_cadence(OFFICIAL_ID, "instant", talk.clock())
    await talk.publish("Мост в Кочкоре", "local_initiatives", territories=("naryn", "kochkor"))
    await talk.publish("Мост в Нарыне", "local_initiatives", territories=("naryn",))
    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()
    said = [str(one.content.get("text")) for one in talk.messages()]
    assert any("Мост в Кочкоре" in text for text in said)
    assert not any("Мост в Нарыне" in text for text in said)


async def test_a_newcomer_narrows_everything_to_a_district(talk: Talk) -> None:
    await _known(talk)
    await talk.press("Вся страна ▾")
    await talk.press_beside("Чуйская область")
    while "Чуйский район" not in talk.buttons():
        await talk.press("›")
    await talk.press("Чуйский район")
    assert "Чуйский район ▾" in talk.buttons()
    await talk.press("ПСЭР")
    assert await _held(talk) == {What("pser", "chuy-district")}

    await talk.press("Чуйский район ▾")
    assert "✓ Чуйский район ▾" in talk.buttons(), "the oblast shows what is chosen in it"
    await talk.press_beside("Чуйская область")
    await talk.press("Вся территория")
    assert await _held(talk) == {What("pser", "chuy")}


async def test_days_off_are_chosen_and_one_day_is_left(talk: Talk) -> None:
    await _known(talk)
    await talk.press("ПСЭР")
    await talk.say("/settings")
    await talk.press("Тихие дни")
    for day in ("Суббота", "Воскресенье", "Государственные праздники"):
        await talk.press(day)
    assert "✓ Суббота" in talk.buttons()
    await talk.press("‹ Назад")
    assert "Тихие дни: суббота, воскресенье, праздники." in talk.text()
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.days_off == days_off_of([5, 6], holidays=True)
    (held,) = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    assert held.next_due_at is not None
    assert held.next_due_at.weekday() == 0, "it is Friday, and what is published now comes on Monday"

    await talk.press("Тихие дни")
    for day in ("Понедельник", "Вторник", "Среда", "Четверг"):
        await talk.press(day)
    await talk.press("Пятница")
    assert "Хотя бы один день" in talk.notices()[-1]["text"]
    assert "Пятница" in talk.buttons()


async def test_staff_of_an_oblast_get_links_that_subscribe_there(talk: Talk) -> None:
    await _known(talk)
    await _known(talk, STAFF_ID)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), territory="naryn")
    await talk.say("/links")
    assert "?start=topic-pser-in-naryn" in talk.text()
    await talk.press("QR · ПСЭР")
    assert "document" in talk.last().content
    assert talk.text().endswith("?start=topic-pser-in-naryn")
    await talk.press("Нарынская область ▾")
    await talk.press("Ат-Башинский район")
    assert "?start=topic-pser-in-at-bashy" in talk.messages()[-2].content["text"]

    await talk.start("topic-pser-in-naryn", who=STAFF_ID)
    assert await _held(talk, STAFF_ID) == {What("pser", "naryn")}


async def test_staff_of_the_whole_country_get_links_of_one_oblast_or_district(talk: Talk) -> None:
    await _known(talk, STAFF_ID)
    await talk.say("/links", who=STAFF_ID)
    assert "Вся страна" in talk.text(STAFF_ID)
    await talk.press("Вся страна ▾", who=STAFF_ID)
    await talk.press("Нарынская область", who=STAFF_ID)
    assert "?start=topic-pser-in-naryn" in talk.text(STAFF_ID)
    await talk.press("QR · ПСЭР", who=STAFF_ID)
    assert talk.text(STAFF_ID).startswith("ПСЭР, Нарынская область\n")


def test_a_link_means_what_it_was_made_of() -> None:
    topics, long = ["pser", "women_leaders"], "municipality-of-" + "a" * 40
    places = TerritoryTree(Territory(slug, None, Names(ru=slug)) for slug in ("naryn", "jalal-abad", long))
    for what in (What("women_leaders", "jalal-abad"), What("pser"), What("women_leaders", long)):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", link_to(what)), "what Telegram takes"
        assert linked(link_to(what), topics, [], places, None) == what
    assert linked("topic-pser-in-atlantis", topics, [], places, None) is None


def test_the_picture_is_large_enough_for_a_poster() -> None:
    picture = qr_picture("https://t.me/jarchy_bot?start=topic-women_leaders-in-jalal-abad")
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]) >= 500
