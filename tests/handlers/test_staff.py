"""What staff keep: sources, people, releases and their topics."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.digests import plan_due
from bot.sandbox.methods import Upload
from storage.cadence import Cadence
from storage.releases import ReleaseFilter
from storage.subscribers import What
from tests.handlers.talk import CITIZEN_ID, STAFF_ID, Talk

PRESS_RELEASE = """ПРЕСС-РЕЛИЗ

Айылный аймак Примерный обновил программу социально-экономического развития

Бишкек, 19 ноября 2026 года. Айылный кенеш айылного аймака Примерный утвердил программу
социально-экономического развития (ПСЭР) на 2027–2030 годы. В обсуждении участвовали жители
четырёх сёл, они назвали главным чистую воду и освещение улиц. Программу готовили полгода.
"""


async def _staff(talk: Talk) -> None:
    for who in (STAFF_ID, CITIZEN_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)


async def test_a_source_is_switched_off_and_on_and_it_is_in_the_audit(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/sources", who=STAFF_ID)
    await talk.press("… Айыл журналы", who=STAFF_ID)
    await talk.press("Выключить", who=STAFF_ID)
    assert not (await talk.deps.sources.get("example-journal")).enabled
    await talk.press("Включить", who=STAFF_ID)
    assert (await talk.deps.sources.get("example-journal")).enabled
    await talk.say("/audit", who=STAFF_ID)
    assert "источник включён · example-journal" in talk.text(STAFF_ID)


async def test_a_source_is_checked_at_once(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/sources", who=STAFF_ID)
    await talk.press("… Айыл журналы", who=STAFF_ID)
    await talk.press("Проверить", who=STAFF_ID)
    assert talk.refreshed == ["example-journal"]


async def test_a_broken_source_says_what_is_wrong(talk: Talk) -> None:
    await _staff(talk)
    source = await talk.deps.sources.get("example-journal")
    await talk.deps.sources.record_failure(
        source.id, "feeds.unreachable", "journal.example does not answer.", talk.clock(), talk.clock()
    )
    await talk.say("/sources", who=STAFF_ID)
    await talk.press("⚠ Айыл журналы", who=STAFF_ID)
    assert "journal.example не отвечает." in talk.text(STAFF_ID)


async def test_an_editor_sees_sources_but_does_not_switch_them(talk: Talk) -> None:
    await _staff(talk)
    await talk.deps.staff.appoint(CITIZEN_ID, "editor", STAFF_ID, talk.clock())
    await talk.say("/sources", who=CITIZEN_ID)
    await talk.press("… Айыл журналы", who=CITIZEN_ID)
    assert "Выключить" not in talk.buttons(CITIZEN_ID)


async def test_somebody_joins_the_staff_and_leaves_it(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/staff", who=STAFF_ID)
    await talk.press("+ Добавить", who=STAFF_ID)
    await talk.say(str(CITIZEN_ID), who=STAFF_ID)
    await talk.press("издатель", who=STAFF_ID)
    member = await talk.deps.staff.member(CITIZEN_ID)
    assert member is not None
    assert member.role == "publisher"

    await talk.press(next(one for one in talk.buttons(STAFF_ID) if "издатель" in one), who=STAFF_ID)
    await talk.press("Убрать", who=STAFF_ID)
    assert await talk.deps.staff.member(CITIZEN_ID) is None


async def test_the_operators_administrator_cannot_be_removed(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/staff", who=STAFF_ID)
    await talk.press(talk.buttons(STAFF_ID)[0], who=STAFF_ID)
    await talk.press("Убрать", who=STAFF_ID)
    assert "остаётся" in talk.notices()[-1]["text"]
    assert await talk.deps.staff.member(STAFF_ID) is not None


async def test_only_administrators_decide_who_is_on_the_staff(talk: Talk) -> None:
    await _staff(talk)
    await talk.deps.staff.appoint(CITIZEN_ID, "publisher", STAFF_ID, talk.clock())
    await talk.say("/staff", who=CITIZEN_ID)
    assert "только администраторы" in talk.text(CITIZEN_ID)


async def test_a_pasted_release_reaches_subscribers_of_its_topic(talk: Talk) -> None:
    await _staff(talk)
    await talk.press("ПСЭР", who=CITIZEN_ID)
    await talk.deps.subscribers.choose_cadence(CITIZEN_ID, "instant", talk.clock())
    await talk.say("/publish", who=STAFF_ID)
    await talk.say(PRESS_RELEASE, who=STAFF_ID)
    assert "✓ ПСЭР" in talk.buttons(STAFF_ID)
    await talk.press("Опубликовать", who=STAFF_ID)

    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()
    assert "Айылный аймак Примерный обновил программу" in talk.text(CITIZEN_ID)


async def test_a_file_goes_to_the_archive_with_the_topics_and_title_staff_chose(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/publish", who=STAFF_ID)
    file = Upload("release.txt", "text/plain", PRESS_RELEASE.encode())
    talk.people.send_file(STAFF_ID, "document", file)
    await talk.answered()
    await talk.press("Местные инициативы", who=STAFF_ID)
    await talk.press("Заголовок", who=STAFF_ID)
    await talk.say("Новая программа Примерного", who=STAFF_ID)
    await talk.press("В архив", who=STAFF_ID)

    stored = await talk.deps.releases.latest(ReleaseFilter(topics=("local_initiatives",)))
    assert [(one.title, one.silent) for one in stored] == [("Новая программа Примерного", True)]
    assert set(stored[0].tags.topics) == {"pser", "local_initiatives"}


async def test_who_speaks_for_one_oblast_does_not_publish_for_the_country(talk: Talk) -> None:
    await _staff(talk)
    await talk.deps.staff.appoint(CITIZEN_ID, "publisher", STAFF_ID, talk.clock(), territory="naryn")
    await talk.say("/publish", who=CITIZEN_ID)
    assert "всей страны" in talk.text(CITIZEN_ID)


async def test_the_same_release_twice_is_published_once(talk: Talk) -> None:
    await _staff(talk)
    for _ in range(2):
        await talk.say("/publish", who=STAFF_ID)
        await talk.say(PRESS_RELEASE, who=STAFF_ID)
        await talk.press("Опубликовать", who=STAFF_ID)
    assert "уже есть" in talk.text(STAFF_ID)
    assert await talk.deps.releases.count() == 1


async def test_a_file_that_cannot_be_read_is_explained(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/publish", who=STAFF_ID)
    talk.people.send_file(STAFF_ID, "document", Upload("a.bin", "application/octet-stream", b"\x7fELF" * 9))
    await talk.answered()
    assert "a.bin" in talk.text(STAFF_ID)
    assert "Отмена" in talk.buttons(STAFF_ID)


async def test_an_address_inside_the_network_is_not_opened(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/publish", who=STAFF_ID)
    await talk.say("http://10.0.0.1/secret", who=STAFF_ID)
    assert "10.0.0.1" in talk.text(STAFF_ID)
    assert await talk.deps.releases.count() == 0


async def test_a_doubt_reaches_staff_who_correct_the_topic_with_one_tap(talk: Talk) -> None:
    await _staff(talk)
    await talk.press("ПСЭР", who=CITIZEN_ID)
    await talk.deps.subscribers.choose_cadence(CITIZEN_ID, "instant", talk.clock())
    release = await talk.publish("Дорожная авария на трассе", "pser")
    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()
    await talk.press("Не по теме", who=CITIZEN_ID)
    assert "Спасибо" in talk.notices()[-1]["text"]

    await talk.delivered()
    assert "Дорожная авария" in talk.text(STAFF_ID)
    await talk.press("✓ ПСЭР", who=STAFF_ID)
    corrected = await talk.deps.releases.get(release)
    assert corrected is not None
    assert corrected.tags.topics == ()


async def test_less_often_makes_what_brought_the_alert_slower(talk: Talk) -> None:
    await _staff(talk)
    await talk.press("ПСЭР", who=CITIZEN_ID)
    await talk.deps.subscribers.choose_cadence(CITIZEN_ID, "instant", talk.clock())
    await talk.publish("Айылные аймаки пишут программы", "pser")
    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()
    await talk.press("Реже", who=CITIZEN_ID)
    held = await talk.deps.subscribers.subscriptions(CITIZEN_ID)
    assert [one.cadence for one in held] == ["daily"]
    await talk.press("Реже", who=CITIZEN_ID)
    assert talk.notices()[-1]["text"].startswith("Теперь: Раз в неделю — ПСЭР.")
    await talk.press("Реже", who=CITIZEN_ID)
    assert "и так приходит раз в неделю" in talk.notices()[-1]["text"]


async def test_less_often_leaves_alone_what_is_not_about_the_release(talk: Talk) -> None:
    """Each that is about it goes one step: a weekly one that shares the topic pulls nothing along."""
    await _staff(talk)
    wanted: dict[What, Cadence] = {
        What("pser"): "instant",
        What("pser", "naryn"): "weekly",
        What("women_leaders"): "daily",
        What(source="example-journal"): "instant",
    }
    for what, cadence in wanted.items():
        await talk.deps.subscribers.subscribe(CITIZEN_ID, what, talk.clock(), cadence)

    async def pressed_under(topic: str) -> dict[What, Cadence]:
        await talk.publish(f"Новость о {topic}", topic)
        await plan_due(talk.deps.database, talk.clock())
        await talk.delivered()
        await talk.press("Реже", who=CITIZEN_ID)
        return {one.what: one.cadence for one in await talk.deps.subscribers.subscriptions(CITIZEN_ID)}

    by_source_only = await pressed_under("local_initiatives")
    assert by_source_only == wanted | {What(source="example-journal"): "daily"}
    by_topic = await pressed_under("pser")
    assert by_topic == wanted | {What("pser"): "daily", What(source="example-journal"): "weekly"}


async def test_less_often_after_unsubscribing_says_so(talk: Talk) -> None:
    await _staff(talk)
    await talk.deps.subscribers.subscribe(CITIZEN_ID, What("pser"), talk.clock(), "instant")
    await talk.publish("Новость", "pser")
    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()
    await talk.deps.subscribers.unsubscribe(CITIZEN_ID, What("pser"), talk.clock())
    await talk.press("Реже", who=CITIZEN_ID)
    assert "больше не подписаны" in talk.notices()[-1]["text"]


async def test_a_citizen_cannot_press_what_is_for_staff(talk: Talk) -> None:
    await _staff(talk)
    message = talk.last(CITIZEN_ID)
    assert message.markup is not None
    release = await talk.publish("Айылные аймаки пишут программы", "pser")
    forged = [f"retag:{release}:pser", "srca:off:example-journal", f"staff:administrator:{CITIZEN_ID}"]
    for number, data in enumerate(forged):
        message.markup["inline_keyboard"].append([{"text": f"forged {number}", "callback_data": data}])
        await talk.press(f"forged {number}", who=CITIZEN_ID)
        assert "устарела" in talk.notices()[-1]["text"]
    assert (await talk.deps.sources.get("example-journal")).enabled
    assert await talk.deps.staff.member(CITIZEN_ID) is None


async def test_search_finds_marks_and_turns_pages(talk: Talk) -> None:
    await _staff(talk)
    for number in range(7):
        await talk.publish(f"Форум аймаков, день {number}", "pser", days_ago=number)
    await talk.say("/search форум аймаков", who=CITIZEN_ID)
    assert "Найдено 7 релизов" in talk.text(CITIZEN_ID)
    await talk.press("Ещё", who=CITIZEN_ID)
    assert talk.text(CITIZEN_ID).count("Форум аймаков") == 2


async def test_search_without_words_asks_for_them_and_can_be_left(talk: Talk) -> None:
    await _staff(talk)
    await talk.publish("Форум аймаков", "pser")
    await talk.say("/search", who=CITIZEN_ID)
    await talk.say("форум", who=CITIZEN_ID)
    assert "Форум аймаков" in talk.text(CITIZEN_ID)
    await talk.say("/search", who=CITIZEN_ID)
    await talk.press("Отмена", who=CITIZEN_ID)
    await talk.say("форум", who=CITIZEN_ID)
    assert "Найден" not in talk.text(CITIZEN_ID)


async def test_what_is_not_found_is_said(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/search зюзюка", who=CITIZEN_ID)
    assert "ничего не нашёл" in talk.text(CITIZEN_ID)


async def test_a_source_is_added_by_its_address_after_a_look_at_it(talk: Talk, newspaper: str) -> None:
    await _staff(talk)
    await talk.say("/sources", who=STAFF_ID)
    await talk.press("+ Добавить источник", who=STAFF_ID)
    await talk.say(newspaper, who=STAFF_ID)
    assert "Сход жителей Примерного выбрал три дороги" in talk.text(STAFF_ID)
    assert talk.text(STAFF_ID).endswith("Первый из них начинается так:\nНа сходе говорили о дорогах.")
    await talk.press("Добавить", who=STAFF_ID)

    added = [one for one in await talk.deps.sources.all() if one.url.startswith(newspaper)]
    assert [(one.kind, one.enabled) for one in added] == [("feed", True)]


async def test_an_address_where_nothing_answers_is_explained(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/sources", who=STAFF_ID)
    await talk.press("+ Добавить источник", who=STAFF_ID)
    await talk.say("http://127.0.0.1:9/", who=STAFF_ID)
    assert "127.0.0.1" in talk.text(STAFF_ID)


@pytest.fixture
async def newspaper() -> AsyncIterator[str]:
    """A site on loopback with a page that announces its feed."""

    async def page(_request: web.Request) -> web.Response:
        link = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
        return web.Response(
            text=f"<html><head>{link}<title>Газета</title></head></html>", content_type="text/html"
        )

    async def feed(_request: web.Request) -> web.Response:
        text = "<description>На сходе говорили о дорогах.</description>"
        item = f"<item><title>Сход жителей Примерного выбрал три дороги</title><link>/1</link>{text}</item>"
        text = f'<rss version="2.0"><channel><title>Газета</title>{item}</channel></rss>'
        return web.Response(text=text, content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/rss.xml", feed)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_source_that_is_silent_for_longer_than_ever_says_so(talk: Talk) -> None:
    for days in (40, 38, 35, 33, 30):
        await talk.publish(f"Новость {days} дней назад", "pser", days_ago=days)
    await talk.start(who=STAFF_ID)
    await talk.say("/sources", who=STAFF_ID)
    await talk.press("… Айыл журналы", who=STAFF_ID)
    assert "Молчит 30 дней, раньше не больше 3 дней." in talk.text(STAFF_ID)
