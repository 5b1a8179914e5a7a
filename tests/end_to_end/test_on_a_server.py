"""As on a server: on PostgreSQL, behind a webhook."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from bot.sandbox.people import OFFICIAL_ID
from bot.web import WEBHOOK_PATH
from tests.conftest import administer, with_name
from tests.end_to_end.program import bot_process, free_port, on_sandbox, sandbox_process

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
