"""The program as it really runs, in processes of its own, on a sandbox that outlives it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.settings import Settings

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def until(condition: Callable[[], Any], seconds: float = 20, what: str = "") -> Any:
    """Waits for a condition (or coroutine function) to hold and returns what it gave; TimeoutError names it."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                found = condition()
                if asyncio.iscoroutine(found):
                    found = await found
                if found:
                    return found
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TimeoutError(f"{what or condition} did not happen within {seconds} s") from None


@dataclass
class Town:
    """The people of a sandbox, played through its control endpoint."""

    base: str
    http: aiohttp.ClientSession
    ready: Mapping[str, Any] = field(default_factory=dict)

    async def get(self, path: str, **query: str) -> Any:
        async with self.http.get(f"{self.base}/sandbox/{path}", params=query) as response:
            response.raise_for_status()
            return await response.json()

    async def order(self, action: str, **values: Any) -> Any:
        async with self.http.post(f"{self.base}/sandbox/control/{action}", json=values) as response:
            body = await response.json()
            assert response.status == 200, body
            return body

    async def say(self, person: int, text: str) -> Any:
        return await self.order("say", person=person, text=text)

    async def messages(self, chat: int) -> list[dict[str, Any]]:
        return list((await self.get(f"control/chats/{chat}/messages"))["messages"])

    async def from_bot(self, chat: int) -> list[dict[str, Any]]:
        return [message for message in await self.messages(chat) if message.get("from", {}).get("is_bot")]

    async def last_with(self, chat: int, text: str) -> dict[str, Any] | None:
        """The newest message of the bot in a chat that holds a text."""
        found = [message for message in await self.from_bot(chat) if text in body(message)]
        return found[-1] if found else None

    async def wait_for(self, chat: int, text: str, seconds: float = 20) -> dict[str, Any]:
        found: dict[str, Any] = await until(
            lambda: self.last_with(chat, text), seconds, f"a message with “{text}” in chat {chat}"
        )
        return found

    async def press(self, person: int, message: Mapping[str, Any], button: str) -> None:
        """Presses the button whose text begins so."""
        texts = inline_buttons(message)
        text = next((text for text in texts if button in text), None)
        assert text, f"no button “{button}” among {texts}"
        await self.order(
            "press", person=person, chat=message["chat"]["id"], message=message["message_id"], text=text
        )

    async def press_when_there(self, person: int, button: str, seconds: float = 20) -> None:
        """Presses a button as soon as the newest message with buttons has it."""

        async def pressed() -> bool:
            shown = [message for message in await self.from_bot(person) if inline_buttons(message)]
            if not shown or not any(button in text for text in inline_buttons(shown[-1])):
                return False
            await self.press(person, shown[-1], button)
            return True

        await until(pressed, seconds, f"a button “{button}” for {person}")


def inline_buttons(message: Mapping[str, Any]) -> list[str]:
    """The texts of the buttons under a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def body(message: Mapping[str, Any]) -> str:
    """The text or caption of a message."""
    return str(message.get("text") or message.get("caption") or "")


@asynccontextmanager
async def sandbox_process(*arguments: str) -> AsyncIterator[Town]:
    """A sandbox in a process of its own, on any free port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.sandbox",
        "--port",
        "0",
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        line = await process.stdout.readline()
    ready = json.loads(line)
    async with aiohttp.ClientSession() as http:
        try:
            yield Town(ready["api_url"], http, ready)
        finally:
            await end(process)


@dataclass
class Bot:
    """`jarchy run` in a process of its own, which may be killed and started again."""

    environment: dict[str, str]
    folder: Path
    process: asyncio.subprocess.Process | None = None
    logs: list[Path] = field(default_factory=list)

    async def start(self) -> None:
        """Starts it and waits until it is healthy."""
        log = self.folder / f"bot-{len(self.logs)}.log"
        self.logs.append(log)
        with log.open("wb") as output:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        await until(self.is_healthy, 90, f"a healthy bot (log: {log})")

    async def is_healthy(self) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, self.log()
        url = f"http://127.0.0.1:{self.environment['HTTP_PORT']}/healthz"
        try:
            async with aiohttp.ClientSession() as http, http.get(url) as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    def log(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in self.logs)[-6000:]

    async def kill(self) -> None:
        """SIGKILL: nothing can be tidied up."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM, as a service manager does."""
        assert self.process is not None
        return await end(self.process)

    async def jarchy(self, *arguments: str) -> str:
        """Runs a command on the same settings and gives its output; fails where the command does."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, cwd=self.folder, env=self.environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()


@asynccontextmanager
async def bot_process(folder: Path, **settings: str) -> AsyncIterator[Bot]:
    """The bot with these settings; not started yet, ended at the end."""
    ours = {name.upper() for name in Settings.model_fields}
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ours},
        "PYTHONPATH": str(ROOT),
        "HTTP_PORT": str(free_port()),
        **settings,
    }
    bot = Bot(environment, folder)
    try:
        yield bot
    finally:
        if bot.process is not None:
            await end(bot.process)


@asynccontextmanager
async def sandboxed_bot(folder: Path, **settings: str) -> AsyncIterator[tuple[Bot, Town]]:
    """The bot as a newcomer starts it, without a token: with the sandbox inside it.  It is running."""
    async with bot_process(folder, **settings) as bot, aiohttp.ClientSession() as http:
        await bot.start()
        yield bot, Town(f"http://127.0.0.1:{bot.environment['HTTP_PORT']}", http)


def on_sandbox(town: Town, folder: Path) -> dict[str, str]:
    """The settings of a bot that takes a sandbox process for Telegram."""
    return {
        "BOT_TOKEN": str(town.ready["token"]),
        "TELEGRAM_API_URL": town.base,
        "ADMIN_IDS": str(town.ready["staff_id"]),
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'jarchy.db'}",
        "FETCH_ALLOWED_HOSTS": "127.0.0.1",
    }


async def end(process: asyncio.subprocess.Process) -> int:
    """Asks a process to end, and makes it where it does not."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(15):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
    return process.returncode or 0
