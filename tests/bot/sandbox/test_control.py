"""The sandbox driven from outside: by another process, after a restart, and by nobody who should not."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import ClientSession

from bot.sandbox.errors import CannotListen, NotLoopback
from bot.sandbox.people import CITIZEN_ID, STAFF_ID
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.conftest import FrozenClock

Json = dict[str, Any]


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession() as client:
        yield client


async def order(client: ClientSession, base: str, action: str, /, **body: Any) -> Json:
    async with client.post(f"{base}/sandbox/control/{action}", json=body) as response:
        answer: Json = await response.json()
        assert response.status == 200, answer
        return answer


async def ask(client: ClientSession, base: str, what: str) -> Json:
    async with client.get(f"{base}/sandbox/control/{what}") as response:
        assert response.status == 200
        answer: Json = await response.json()
        return answer


async def test_chats_are_made_and_what_each_got_is_counted(
    sandbox: Sandbox, quick_bot: Bot, client: ClientSession
) -> None:
    base = sandbox.api_url
    await order(client, base, "limits", enabled=False)
    people = (await order(client, base, "create_people", count=500))["people"]
    await asyncio.gather(*(quick_bot.send_message(person, "Объявление") for person in people[1:]))
    await order(client, base, "block", people=people[:3])
    counts = (await ask(client, base, "counts?text=Объяв"))["counts"]
    assert [counts[str(person)] for person in people] == [0] + [1] * 499
    chats = {chat["id"]: chat for chat in (await ask(client, base, "chats"))["chats"]}
    assert [chats[person]["bot"] for person in people[:4]] == ["kicked"] * 3 + ["member"]
    messages = (await ask(client, base, f"chats/{people[-1]}/messages"))["messages"]
    assert [message["text"] for message in messages] == ["Объявление"]


async def test_a_closed_tab_is_no_failure(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    address = urlsplit(sandbox.api_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"GET /sandbox/events HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    await reader.readuntil(b": open\n\n")
    writer.transport.abort()
    events = sandbox.model.events
    async with asyncio.timeout(5):
        while events.watched:
            events.emit({"type": "reload"})
            await asyncio.sleep(0.01)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_conversation_can_be_driven_from_outside(
    sandbox: Sandbox, quick_bot: Bot, client: ClientSession
) -> None:
    base = sandbox.api_url
    await order(client, base, "start", person=CITIZEN_ID, payload="topic-pser")
    await order(client, base, "say", person=CITIZEN_ID, text="салам")
    await order(client, base, "fault", kind="cut_before", method="sendMessage", count=2)
    assert (await ask(client, base, "requests"))["faults"][0]["left"] == 2
    await order(client, base, "clear_faults")
    group = (await order(client, base, "create_group", person=STAFF_ID, title="Айыл", kind="group"))["chat"]
    await order(client, base, "add_bot", person=STAFF_ID, chat=group)
    new = (await order(client, base, "migrate", person=STAFF_ID, chat=group))["chat"]
    texts = [
        update.message.text
        for update in await quick_bot.get_updates()
        if update.message and update.message.text
    ]
    assert texts == ["/start topic-pser", "салам"]
    assert new < -1_000_000_000_000


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("say", {"person": CITIZEN_ID, "text": "до начала"}),
        ("say", {"text": "кто?"}),
        ("press", {"person": CITIZEN_ID, "chat": CITIZEN_ID, "message": 1, "data": "x"}),
        ("say", {"person": 5, "text": "нет такого"}),
        ("earthquake", {}),
        ("start", {"person": CITIZEN_ID, "payload": "не латиница"}),
        ("fault", {"kind": "none"}),
    ],
)
async def test_an_order_that_cannot_be_carried_out_says_why(
    sandbox: Sandbox, client: ClientSession, action: str, body: Json
) -> None:
    async with client.post(f"{sandbox.api_url}/sandbox/control/{action}", json=body) as response:
        assert response.status == 400
        assert "cannot" in (await response.json())["error"]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_other_sites_are_refused(
    sandbox: Sandbox, client: ClientSession, headers: dict[str, str]
) -> None:
    for path in ("/", "/sandbox/state"):
        async with client.get(sandbox.api_url + path, headers=headers) as response:
            assert response.status == 403
    async with client.post(
        f"{sandbox.api_url}/sandbox/control/block", json={"person": CITIZEN_ID}, headers=headers
    ) as response:
        assert response.status == 403


async def test_an_order_that_is_no_json_is_refused(sandbox: Sandbox, client: ClientSession) -> None:
    body = json.dumps({"person": CITIZEN_ID})
    async with client.post(
        f"{sandbox.api_url}/sandbox/control/start", data=body, headers={"Content-Type": "text/plain"}
    ) as response:
        assert response.status == 415


async def test_a_page_sent_as_a_document_is_never_shown_as_one(
    sandbox: Sandbox, client: ClientSession, citizen: int
) -> None:
    html = base64.b64encode(b"<script>alert(1)</script>").decode()
    sent = await order(
        client,
        sandbox.api_url,
        "send_file",
        person=citizen,
        files=[{"name": "a.html", "mime": "text/html", "data": html}],
    )
    async with client.get(
        f"{sandbox.api_url}/sandbox/files/{sent['document']['file_unique_id']}"
    ) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment")


async def test_it_is_for_this_machine_alone() -> None:
    with pytest.raises(NotLoopback, match=r"0\.0\.0\.0"):
        await Sandbox().start("0.0.0.0", 0)


async def test_a_taken_port_is_named(sandbox: Sandbox) -> None:
    port = int(sandbox.api_url.rpartition(":")[2])
    with pytest.raises(CannotListen, match=str(port)):
        await Sandbox().start(port=port)


async def test_it_is_as_one_left_it(tmp_path: Path, clock: FrozenClock) -> None:
    file = tmp_path / "state" / "sandbox.json"
    first = Sandbox(clock, state_file=file)
    await first.start(port=0)
    first.people.start(CITIZEN_ID)
    group = first.people.create_group(STAFF_ID, "Айыл", [CITIZEN_ID])
    bot = Bot(first.token, session=first.session())
    await bot.get_updates(offset=-1)
    sent = await bot.send_message(CITIZEN_ID, "салам")
    await first.publish("journal", "new-women-mentors")
    published = [one.id for one in first.partners.archive.on("journal")]
    await first.stop()

    second = Sandbox(clock, state_file=file)
    assert second.model.chats[CITIZEN_ID].bot == "member"
    assert second.model.chats[CITIZEN_ID].messages[sent.message_id].body == "салам"
    assert second.model.chats[group.id].members == {CITIZEN_ID: "member", STAFF_ID: "creator"}
    assert [one.id for one in second.partners.archive.on("journal")] == published
    again = await Bot(second.token, session=second.session()).send_message(CITIZEN_ID, "ещё")
    assert again.message_id > sent.message_id


async def test_a_state_that_cannot_be_read_is_started_afresh(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "sandbox.json"
    file.write_text('{"version": 0}')
    assert Sandbox(state_file=file).model.chats[CITIZEN_ID].bot == "never"
    assert "afresh" in caplog.text


async def test_it_runs_as_a_process_of_its_own(client: ClientSession, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.sandbox",
        "--port",
        "0",
        "--state",
        str(tmp_path / "s.json"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            ready = json.loads(await process.stdout.readline())
        await order(client, ready["api_url"], "start", person=CITIZEN_ID)
        session = AiohttpSession(api=TelegramAPIServer.from_base(ready["api_url"]))
        async with Bot(ready["token"], session=session) as bot:
            await bot.send_message(CITIZEN_ID, "салам")
        assert (await ask(client, ready["api_url"], "counts"))["counts"][str(CITIZEN_ID)] == 1
    finally:
        process.terminate()
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    assert "салам" in (tmp_path / "s.json").read_text()
