"""The page, its live events, and the control endpoint, over HTTP and for this machine alone.

Requests under a foreign name are refused (a page elsewhere could point its name here), and orders must be JSON, which
a page elsewhere cannot send without being asked first.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.sandbox import view
from bot.sandbox.actions import Actions
from bot.sandbox.errors import Impossible, Json
from bot.sandbox.faults import Faults
from bot.sandbox.files import sniffed
from bot.sandbox.model import Telegram
from bot.sandbox.partners import Partners
from bot.sandbox.records import Chat

PAGE = Path(__file__).parent / "page"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        "media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_HEARTBEAT = 15.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Pages:
    """The handlers over one sandbox."""

    def __init__(self, telegram: Telegram, partners: Partners, actions: Actions, faults: Faults) -> None:
        self._telegram = telegram
        self._partners = partners
        self._actions = actions
        self._faults = faults
        self._closing = asyncio.Event()

    def add_routes(self, application: web.Application) -> None:
        """Serves the page at `/`, and what it needs under `/sandbox/`."""
        routes: dict[str, Handler] = {
            "/": self._static,
            "/sandbox/page/{name}": self._static,
            "/sandbox/state": self._state,
            "/sandbox/events": self._events,
            "/sandbox/files/{id}": self._file,
            "/sandbox/control/chats": self._chats,
            "/sandbox/control/chats/{id}/messages": self._messages,
            "/sandbox/control/counts": self._counts,
            "/sandbox/control/requests": self._requests,
            "/sandbox/control/sources": self._sources,
        }
        for path, handler in routes.items():
            application.router.add_get(path, _local(handler))
        application.router.add_post("/sandbox/control/{action}", _local(self._act))

    def close(self) -> None:
        """Ends the live streams, which would otherwise hold up the server's end."""
        self._closing.set()
        for listener in self._telegram.events.listeners():
            listener.put_nowait({"type": "closing"})

    async def _static(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info.get("name", "index.html")
        file = next((file for file in PAGE.iterdir() if file.name == name and file.suffix in _TYPES), None)
        if file is None:
            raise web.HTTPNotFound
        text = file.read_text(encoding="utf-8")
        return web.Response(text=text, content_type=_TYPES[file.suffix], charset="utf-8", headers=_HEADERS)

    async def _state(self, request: web.Request) -> web.StreamResponse:
        listed = [user for user in self._telegram.users.values() if user.listed]
        wanted = request.query.get("person", "")
        person = next((user for user in listed if str(user.id) == wanted), listed[0])
        return _json(view.state(self._telegram, self._partners, person))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html"""
        response = web.StreamResponse(headers={**_HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        with self._telegram.events.listen() as queue, suppress(ConnectionResetError):  # the tab was closed
            await response.write(b": open\n\n")
            while not self._closing.is_set():
                try:
                    async with asyncio.timeout(_HEARTBEAT):
                        event = await queue.get()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                await response.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
        return response

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A file, shown only if its bytes are a picture: anything else could be a page with scripts."""
        wanted = request.match_info["id"]
        file = next((file for file in self._telegram.files.values() if file.unique_id == wanted), None)
        if file is None:
            raise web.HTTPNotFound
        mime = sniffed(file.data)
        picture = mime in _PICTURES
        disposition = "inline" if picture else f"attachment; filename*=UTF-8''{quote(file.name)}"
        headers = {**_HEADERS, "Content-Disposition": disposition}
        return web.Response(
            body=file.data, headers=headers, content_type=mime if picture else "application/octet-stream"
        )

    async def _act(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            return _json({"error": "application/json is expected"}, 415)
        try:
            order = await request.json()
            if not isinstance(order, dict):
                raise ValueError
        except ValueError:
            return _json({"error": "a JSON object is expected"}, 400)
        try:
            return _json(await self._actions.perform(request.match_info["action"], order))
        except Impossible as error:
            return _json({"error": str(error)}, 400)

    # --- for tests in another process

    async def _chats(self, _request: web.Request) -> web.StreamResponse:
        return _json({"chats": [self._summary(chat) for chat in self._telegram.chats.values()]})

    def _summary(self, chat: Chat) -> Json:
        got = sum(message.sender == self._telegram.bot.id for message in chat.messages.values())
        return {
            "id": chat.id,
            "kind": chat.kind,
            "title": chat.title,
            "bot": chat.bot,
            "migrated_to": chat.migrated_to,
            "from_bot": got,
            "messages": len(chat.messages),
        }

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["id"]
        chat = self._telegram.chats.get(int(number)) if number.lstrip("-").isdigit() else None
        if chat is None:
            raise web.HTTPNotFound
        listed = [
            {**self._telegram.message_json(message), "deleted": message.deleted}
            for message in chat.messages.values()
        ]
        return _json({"messages": listed})

    async def _counts(self, request: web.Request) -> web.StreamResponse:
        """How many messages of the bot each chat got, deleted ones included; `text` narrows to those holding it."""
        wanted, bot = request.query.get("text", ""), self._telegram.bot.id
        counts = {
            str(chat.id): sum(
                message.sender == bot and wanted in message.body for message in chat.messages.values()
            )
            for chat in self._telegram.chats.values()
        }
        return _json({"counts": counts})

    async def _requests(self, _request: web.Request) -> web.StreamResponse:
        telegram = self._telegram
        return _json(
            {
                "calls": telegram.calls,
                "pending_updates": len(telegram.queue.pending),
                "flood_refusals": telegram.limits.refused,
                "faults_met": self._faults.met,
                "faults": self._faults.standing(),
            }
        )

    async def _sources(self, _request: web.Request) -> web.StreamResponse:
        return _json(
            {
                "sources": [
                    {
                        "slug": source.slug,
                        "titles": source.title.as_mapping(),
                        "kind": source.kind,
                        "url": source.url,
                        "language": source.language,
                        "item_pattern": source.item_pattern,
                    }
                    for source in self._partners.sources()
                ]
            }
        )


def _json(answer: Json, status: int = 200) -> web.Response:
    text = json.dumps(answer, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json", headers=_HEADERS)


def _local(handler: Handler) -> Handler:
    """Refuses requests that reached this machine under a name that is not its own."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        host = urlsplit(f"//{request.host}").hostname
        origin = request.headers.get("Origin")
        if host not in LOOPBACK or (origin and urlsplit(origin).hostname not in LOOPBACK):
            raise web.HTTPForbidden(text="The sandbox is for this machine alone.")
        return await handler(request)

    return guarded
