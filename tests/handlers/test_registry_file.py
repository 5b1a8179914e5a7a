"""The registry sent to the bot as a file: the difference first, all or nothing, and the way back."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from bot.sandbox.methods import Upload
from storage.registry.files import write_file
from tests.handlers.talk import CITIZEN_ID, STAFF_ID, Talk

CSV = "slug,state\neged,active\n"


async def _staff(talk: Talk) -> None:
    for who in (STAFF_ID, CITIZEN_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)


async def _send(talk: Talk, name: str, data: bytes, who: int = STAFF_ID) -> None:
    talk.people.send_file(who, "document", Upload(name, "application/octet-stream", data))
    await talk.answered()


async def _state(talk: Talk) -> str:
    return (await talk.deps.registry.snapshot()).projects["eged"].state


async def test_a_workbook_is_shown_applied_and_taken_back(talk: Talk) -> None:
    await _staff(talk)
    held = await talk.deps.registry.holdings()
    book = load_workbook(io.BytesIO(write_file("a.xlsx", held, talk.clock())))
    page = book["projects"]
    row = next(cells[0].row for cells in page.iter_rows() if cells[0].value == "eged")
    page.cell(row, 2).value = "unconfirmed"
    written = io.BytesIO()
    book.save(written)

    await _send(talk, "registry.xlsx", written.getvalue())
    assert "изменено: 1" in talk.text(STAFF_ID)
    assert "state: completed → unconfirmed" in talk.text(STAFF_ID)
    assert await _state(talk) == "completed"

    await talk.press("Применить", who=STAFF_ID)
    assert await _state(talk) == "unconfirmed"
    await talk.press("Вернуть", who=STAFF_ID)
    assert await talk.deps.registry.holdings() == held
    assert len(await talk.deps.registry.history("project", "eged")) == 2
    await talk.say("/audit", who=STAFF_ID)
    assert "реестр изменён · eged" in talk.text(STAFF_ID)


async def test_what_was_cancelled_is_not_applied(talk: Talk) -> None:
    await _staff(talk)
    await _send(talk, "projects.csv", CSV.encode())
    await talk.press("Отмена", who=STAFF_ID)
    assert "Применить" not in talk.buttons(STAFF_ID)
    assert await _state(talk) == "completed"


async def test_an_older_file_is_not_taken_for_the_one_that_came_after_it(talk: Talk) -> None:
    await _staff(talk)
    await _send(talk, "projects.csv", CSV.encode())
    older = talk.last(STAFF_ID)
    apply = older.markup["inline_keyboard"][0][0]["callback_data"]
    await _send(talk, "projects.csv", CSV.replace("active", "unconfirmed").encode())
    await talk.press_data(apply, older, who=STAFF_ID)
    assert await _state(talk) == "completed"
    await talk.press("Применить", who=STAFF_ID)
    assert await _state(talk) == "unconfirmed"


async def test_mistakes_are_named_and_nothing_is_offered(talk: Talk) -> None:
    await _staff(talk)
    await _send(talk, "projects.csv", b"slug,state\neged,running\n")
    said = talk.text(STAFF_ID)
    assert "строка 2, столбец «state»: «running» не подходит; напишите одно из: active" in said
    assert talk.buttons(STAFF_ID) == []


async def test_a_phone_and_an_address_that_are_none_are_named_in_the_readers_language(talk: Talk) -> None:
    await _staff(talk)
    csv = b"slug,site\neged,javascript:alert(1)\n"
    await _send(talk, "projects.csv", csv)
    assert "строка 2, столбец «site»: нужен адрес, который начинается с http" in talk.text(STAFF_ID)
    csv = "slug,of_project,role_ru,phones,as_of,source_title,source_url\na,eged,Офис,12345,2026,x,https://x.kg\n"
    await _send(talk, "contacts.csv", csv.encode())
    assert "столбец «phones»: «12345» — не номер телефона" in talk.text(STAFF_ID)


async def test_what_changed_since_is_shown_anew(talk: Talk) -> None:
    await _staff(talk)
    await _send(talk, "projects.csv", CSV.encode())
    held = await talk.deps.registry.holdings()
    await talk.deps.registry.put(
        "project", {**held["project", "eged"], "site": "https://x.example"}, talk.clock()
    )
    await talk.press("Применить", who=STAFF_ID)
    assert await _state(talk) == "completed"
    await talk.press("Применить", who=STAFF_ID)
    assert await _state(talk) == "active"


async def test_the_registry_comes_as_a_file_that_changes_nothing_when_it_comes_back(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/registry", who=STAFF_ID)
    document = talk.last(STAFF_ID).content["document"]
    data = talk.telegram.files[document["file_id"]].data
    await _send(talk, document["file_name"], data)
    assert "Менять нечего" in talk.text(STAFF_ID)


@pytest.mark.parametrize("role", ["editor", "publisher"])
async def test_only_administrators_change_the_registry(talk: Talk, role: str) -> None:
    await _staff(talk)
    await talk.deps.staff.appoint(CITIZEN_ID, role, STAFF_ID, talk.clock())  # type: ignore[arg-type]
    await _send(talk, "projects.csv", CSV.encode(), who=CITIZEN_ID)
    assert talk.buttons(CITIZEN_ID) == []
    assert await _state(talk) == "completed"


async def test_a_citizen_who_sends_a_table_changes_nothing(talk: Talk) -> None:
    await _staff(talk)
    await _send(talk, "projects.csv", CSV.encode(), who=CITIZEN_ID)
    assert "Применить" not in talk.buttons(CITIZEN_ID)


async def test_municipalities_sent_as_a_table_can_be_subscribed_to_at_once(talk: Talk) -> None:
    await _staff(talk)
    table = (
        "slug;parent;names_ru;names_ky\n"
        "misal-aa;kochkor;Мисальский аймак;Мисал аймагы\n"
        "ulgu-aa;kochkor;Примерный аймак;Үлгү аймагы\n"
    )
    await _send(talk, "municipalities.csv", table.encode("utf-8-sig"))
    assert "＋ муниципалитет «Мисальский аймак» (misal-aa)" in talk.text(STAFF_ID)
    await talk.press("Применить", who=STAFF_ID)
    await talk.start("topic-pser-in-misal-aa", who=CITIZEN_ID)
    held = await talk.deps.subscribers.subscriptions(CITIZEN_ID)
    assert ("pser", "misal-aa") in {(one.what.topic, one.what.territory) for one in held}
