"""As on a server: PostgreSQL, a webhook, and two instances of which one sends."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from bot.sandbox.people import CITIZEN_ID, OFFICIAL_ID
from bot.web import WEBHOOK_PATH
from tests.conftest import administer, with_name
from tests.end_to_end.program import bot_process, free_port, on_sandbox, sandbox_process, until

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(240)]


async def test_the_bot_runs_on_postgresql_behind_a_webhook(postgresql_url: str, tmp_path: Path) -> None:
    name, port = f"server_{uuid4().hex}", free_port()
    await administer(postgresql_url, f'CREATE DATABASE "{name}"')
    async with sandbox_process() as town:
        settings = on_sandbox(town, tmp_path) | {
            "DATABASE_URL": with_name(postgresql_url, name),
            "HTTP_PORT": str(port),
            "WEBHOOK_URL": f"http://127.0.0.1:{port}",
            "WEBHOOK_SECRET": "a-secret-of-the-test",
        }
        async with bot_process(tmp_path, **settings) as bot:
            await bot.start()
            await town.order("start", person=OFFICIAL_ID, payload="topic-pser")
            await town.wait_for(OFFICIAL_ID, "Готово: ПСЭР")
            await town.say(OFFICIAL_ID, "кто финансирует Успешный аймак 2?")
            await town.wait_for(OFFICIAL_ID, "USAID")
            async with aiohttp.ClientSession() as http:
                url = f"http://127.0.0.1:{port}{WEBHOOK_PATH}"
                async with http.post(url, json={"update_id": 1}) as refused:
                    assert refused.status == 401
            assert await bot.stop() == 0, bot.log()
            assert "Traceback" not in bot.log()


async def test_a_second_instance_takes_over_when_the_first_is_killed(tmp_path: Path) -> None:
    async with sandbox_process() as town:
        settings = on_sandbox(town, tmp_path)
        async with (
            bot_process(tmp_path, **settings) as first,
            bot_process(tmp_path, **settings | {"HTTP_PORT": str(free_port())}) as second,
        ):
            await first.start()
            await until(lambda: sender_of(first.environment["HTTP_PORT"], "sends"))
            await second.start()
            await until(lambda: sender_of(second.environment["HTTP_PORT"], "waits for its turn"))
            await first.kill()
            await until(lambda: sender_of(second.environment["HTTP_PORT"], "sends"), 10)
            await town.order("start", person=CITIZEN_ID)
            await town.wait_for(CITIZEN_ID, "Жарчы")


async def sender_of(port: str, expected: str) -> bool:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/healthz") as response:
        return bool((await response.json()).get("sender") == expected)
