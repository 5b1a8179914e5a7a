"""A contact in a release comes into the registry when staff say whose it is, not before."""

from __future__ import annotations

from storage.registry import Contact
from tests.handlers.talk import STAFF_ID, Talk

RELEASE = """ПРЕСС-РЕЛИЗ

Институт политики развития обсудил с жителями программу развития аймака Примерный

Бишкек, 19 ноября 2026 года. Эксперты Института политики развития помогли айылному аймаку Примерный составить программу
социально-экономического развития. В обсуждении участвовали жители четырёх сёл, они назвали главным чистую воду.

Подробности для СМИ: Айгуль Мисалова, специалист по связям Института политики развития:
0555 / 0500 123-456, misalova@press.example
"""


async def publish(talk: Talk) -> None:
    await talk.start(who=STAFF_ID)
    await talk.say("/publish", who=STAFF_ID)
    await talk.say(RELEASE, who=STAFF_ID)
    await talk.press("Опубликовать", who=STAFF_ID)


async def contacts(talk: Talk) -> list[Contact]:
    return list((await talk.deps.registry.snapshot()).contacts_of("organisation", "dpi"))


async def test_a_contact_is_kept_as_that_of_the_body_staff_choose(talk: Talk) -> None:
    before = await contacts(talk)
    await publish(talk)
    assert "Айгуль Мисалова, специалист по связям" in talk.text(STAFF_ID)
    assert await contacts(talk) == before
    await talk.press(talk.buttons(STAFF_ID)[0], who=STAFF_ID)
    (new,) = [contact for contact in await contacts(talk) if contact not in before]
    assert new.person is not None
    assert (new.person.ru, new.role.ru, new.emails) == (
        "Айгуль Мисалова",
        "специалист по связям",
        ("misalova@press.example",),
    )
    assert new.phones == ("+996555123456", "+996500123456")
    assert str(new.as_of) == "2026-11-19"
    assert "Теперь в реестре: Айгуль Мисалова" in talk.text(STAFF_ID)


async def test_a_contact_that_is_there_is_not_offered_again(talk: Talk) -> None:
    await publish(talk)
    await talk.press(talk.buttons(STAFF_ID)[0], who=STAFF_ID)
    kept = await contacts(talk)
    await talk.say("/publish", who=STAFF_ID)
    await talk.say(RELEASE.replace("четырёх сёл", "пяти сёл, и это новая новость о другом"), who=STAFF_ID)
    await talk.press("Опубликовать", who=STAFF_ID)
    assert "Чей он" not in talk.text(STAFF_ID)
    assert await contacts(talk) == kept


async def test_a_contact_that_staff_leave_is_not_kept(talk: Talk) -> None:
    before = await contacts(talk)
    await publish(talk)
    await talk.press("Не сохранять", who=STAFF_ID)
    assert await contacts(talk) == before
    assert "Не сохранён: Айгуль Мисалова" in talk.text(STAFF_ID)
