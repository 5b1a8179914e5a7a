"""The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`, and updates posted to a webhook.

https://core.telegram.org/bots/api#making-requests: GET with a query string, POST with a form, JSON or multipart.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from aiohttp import BodyPartReader, ClientError, ClientSession, ClientTimeout, MultipartReader, web

from bot.sandbox.api import JSON, Api, ConnectionCut, Reply
from bot.sandbox.errors import ApiError
from bot.sandbox.limits import UPLOAD_BYTES
from bot.sandbox.methods import Upload
from bot.sandbox.updates import Webhook

logger = logging.getLogger(__name__)

Parameters = dict[str, Any]
_WEBHOOK_TIMEOUT = ClientTimeout(total=30)
_LONGEST_PAUSE = 10.0


class BotApi:
    """The HTTP face."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def add_routes(self, application: web.Application) -> None:
        """Serves the Bot API in an application."""
        application.router.add_route("*", "/bot{token}/{method}", self._method)
        application.router.add_get("/file/bot{token}/{path:.+}", self._file)

    async def _method(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._api.telegram.token:
            return _response(Reply(401, ApiError(401, "Unauthorized").body()))
        try:
            parameters, files = await _read(request)
        except ValueError:
            return _response(Reply(400, ApiError(400, "Bad Request: can't parse request").body()))
        try:
            reply = await self._api.call(request.match_info["method"], parameters, files)
        except ConnectionCut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        return _response(reply)

    async def _file(self, request: web.Request) -> web.Response:
        telegram = self._api.telegram
        path = request.match_info["path"]
        file = next((file for file in telegram.files.values() if file.path == path), None)
        if request.match_info["token"] != telegram.token or file is None:
            return _response(Reply(404, ApiError(404, "Not Found").body()))
        return web.Response(body=file.data, content_type="application/octet-stream")


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, text=reply.body, content_type=reply.content_type)


async def _read(request: web.Request) -> tuple[Parameters, dict[str, Upload]]:
    """Parameters and files of a request.  Raises ValueError when it does not parse."""
    parameters: Parameters = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == JSON and request.can_read_body:
        body = await request.json()
        if not isinstance(body, dict):
            raise ValueError("an object is expected")
        parameters |= body
    elif request.content_type == "multipart/form-data":
        fields, files = await _parts(await request.multipart())
        parameters |= fields
    elif request.can_read_body:
        parameters |= {
            name: value for name, value in (await request.post()).items() if isinstance(value, str)
        }
    return parameters, files


async def _parts(reader: MultipartReader) -> tuple[Parameters, dict[str, Upload]]:
    parameters: Parameters = {}
    files: dict[str, Upload] = {}
    async for part in reader:
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        data = bytes(await part.read(decode=True))
        if len(data) > UPLOAD_BYTES + 1:
            raise ValueError("the file is larger than any that is accepted")
        if part.filename is not None:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(part.filename, mime, data)
        else:
            parameters[part.name] = data.decode()
    return parameters, files


class WebhookDelivery:
    """Posts updates to the webhook while one is set, in order, each until it is answered with a 2xx."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to wait for a webhook."""
        self._task = asyncio.create_task(self._run(), name="sandbox webhook delivery")

    async def stop(self) -> None:
        """Ends at once; what was not delivered stays in the queue."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        queue, pause = self._api.telegram.queue, 0.0
        async with ClientSession(timeout=_WEBHOOK_TIMEOUT) as client:
            while True:
                if queue.webhook is None or not queue.pending:
                    await _changed(queue.changed)
                    continue
                update = queue.pending[0]
                if await self._deliver(client, queue.webhook, update):
                    queue.confirm(update["update_id"] + 1)
                    pause = 0.0
                else:
                    pause = min(pause * 2 or 0.2, _LONGEST_PAUSE)
                    await asyncio.sleep(pause)

    async def _deliver(self, client: ClientSession, hook: Webhook, update: Parameters) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with client.post(hook.url, json=update, headers=headers) as response:
                if 200 <= response.status < 300:
                    await self._answer_in_response(response.content_type, await response.read())
                    return True
                hook.last_error_message = (
                    f"Wrong response from the webhook: {response.status} {response.reason}"
                )
        except (ClientError, TimeoutError) as error:
            hook.last_error_message = f"Connection failed: {type(error).__name__}"
        hook.last_error_date = self._api.telegram.now()
        return False

    async def _answer_in_response(self, content_type: str, body: bytes) -> None:
        """A method may be called in the answer to an update: /bots/api#making-requests-when-getting-updates."""
        if content_type != JSON or not body:
            return
        try:
            call = json.loads(body)
        except ValueError:
            return
        if isinstance(call, dict) and call.get("method"):
            await self._api.call(str(call.pop("method")), call, {})


async def _changed(event: asyncio.Event) -> None:
    event.clear()
    try:
        async with asyncio.timeout(0.5):
            await event.wait()
    except TimeoutError:
        return
