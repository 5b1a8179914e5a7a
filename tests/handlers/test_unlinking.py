"""Staff take apart what was wrongly told as one in two languages, and can take that back."""

from __future__ import annotations

from datetime import timedelta

from feeds.addresses import canonical
from storage.releases import NewRelease, ReleaseTags
from tests.handlers.talk import OFFICIAL_ID, STAFF_ID, Talk

ADDRESS = "https://journal.example/ky/suu"


async def _people(talk: Talk) -> None:
    for who in (OFFICIAL_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)


async def _pair(talk: Talk) -> tuple[int, int]:
    source = await talk.deps.sources.get("example-journal")
    first = await talk.publish("Чистая вода пришла в Образцовку", "pser")
    later = NewRelease(
        identity="suu",
        title="Сыноо айылында жол оңдолду",
        language="ky",
        content_hash="suu",
        url=ADDRESS,
        canonical_url=canonical(ADDRESS),
        published_at=talk.clock() - timedelta(hours=1),
        tags=ReleaseTags(("pser",)),
        translation_of=first,
    )
    (second,) = await talk.deps.releases.store(source.id, [later], talk.clock())
    return first, second


async def _linked(talk: Talk, release: int) -> list[int]:
    return [one.id for one in await talk.deps.releases.told_as_one_with(release)]


async def test_a_pair_is_found_in_the_queue_and_taken_apart_and_put_together_again(talk: Talk) -> None:
    await _people(talk)
    first, second = await _pair(talk)
    await talk.say("/queue", who=STAFF_ID)
    await talk.press("На двух языках", who=STAFF_ID)
    assert "Чистая вода пришла в Образцовку ⇄ Сыноо айылында жол оңдолду" in talk.text(STAFF_ID)
    await talk.press("1", who=STAFF_ID)
    assert "считается одной новостью с" in talk.text(STAFF_ID)
    await talk.press("Это разные новости", who=STAFF_ID)
    assert "разные новости" in talk.notices()[-1]["text"]
    assert await _linked(talk, first) == []

    await talk.press("Всё-таки одна новость", who=STAFF_ID)
    assert await _linked(talk, first) == [second]
    assert "Это разные новости" in talk.buttons(STAFF_ID)


async def test_a_release_is_looked_at_by_its_address(talk: Talk) -> None:
    await _people(talk)
    await _pair(talk)
    await talk.say(f"/queue {ADDRESS}?utm_source=tg", who=STAFF_ID)
    assert "Сыноо айылында жол оңдолду" in talk.text(STAFF_ID)
    assert "Чистая вода" in talk.text(STAFF_ID)
    await talk.say("/queue https://journal.example/unknown", who=STAFF_ID)
    assert "с таким адресом у меня нет" in talk.text(STAFF_ID)


async def test_it_is_in_the_audit_with_the_way_back(talk: Talk) -> None:
    await _people(talk)
    first, second = await _pair(talk)
    await talk.say(f"/queue {ADDRESS}", who=STAFF_ID)
    await talk.press("Это разные новости", who=STAFF_ID)
    await talk.say("/audit", who=STAFF_ID)
    assert "новости на двух языках признаны разными" in talk.text(STAFF_ID)
    await talk.press("Вернуть 1", who=STAFF_ID)
    assert await _linked(talk, first) == [second]

    await talk.say("/audit", who=STAFF_ID)
    assert "снова признаны одной" in talk.text(STAFF_ID)
    assert not [text for text in talk.buttons(STAFF_ID) if text.startswith("Вернуть")]


async def test_staff_of_one_territory_do_not_decide_it_for_the_country(talk: Talk) -> None:
    await _people(talk)
    first, second = await _pair(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "editor", STAFF_ID, talk.clock(), "naryn")
    await talk.say(f"/queue {ADDRESS}")
    assert "чья роль действует во всей стране" in talk.text()
    assert talk.buttons() == []
    assert await _linked(talk, first) == [second]


async def test_pressed_twice_it_is_decided_once(talk: Talk) -> None:
    await _people(talk)
    await _pair(talk)
    await talk.say(f"/queue {ADDRESS}", who=STAFF_ID)
    card = talk.last(STAFF_ID)
    talk.people.press(STAFF_ID, STAFF_ID, card.id, text="Это разные новости")
    talk.people.press(STAFF_ID, STAFF_ID, card.id, text="Это разные новости")
    await talk.answered()
    assert "уже" in talk.notices()[-1]["text"]
    acts = [act.action for act in await talk.deps.staff.recent_acts()]
    assert acts.count("release.unlink") == 1
