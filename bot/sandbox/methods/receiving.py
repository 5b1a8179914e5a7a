"""Methods by which a bot receives updates."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.sandbox.errors import Json, bad_request
from bot.sandbox.limits import UPDATES_AT_ONCE
from bot.sandbox.methods.call import Call, Method
from bot.sandbox.updates import Webhook

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


async def get_updates(call: Call) -> list[Json]:
    """https://core.telegram.org/bots/api#getupdates"""
    queue = call.telegram.queue
    queue.allow(_allowed(call))
    limit = min(max(call.integer("limit", UPDATES_AT_ONCE) or UPDATES_AT_ONCE, 1), UPDATES_AT_ONCE)
    seconds = min(max(call.integer("timeout", 0) or 0, 0), 50)
    return await queue.poll(call.integer("offset", 0) or 0, limit, seconds)


def set_webhook(call: Call) -> bool:
    """https://core.telegram.org/bots/api#setwebhook.  Plain HTTP is taken on loopback, where there is no TLS."""
    url = call.string("url")
    queue = call.telegram.queue
    if call.flag("drop_pending_updates"):
        queue.drop()
    if not url:
        queue.webhook = None
        queue.changed.set()
        return True
    _check_address(url)
    secret = call.string("secret_token")
    if secret and re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret) is None:
        raise bad_request("secret token contains unallowed characters")
    queue.allow(_allowed(call))
    queue.webhook = Webhook(url, secret, max_connections=call.integer("max_connections", 40) or 40)
    queue.changed.set()
    return True


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


def _allowed(call: Call) -> list[str] | None:
    allowed = call.object("allowed_updates")
    return allowed if isinstance(allowed, list) else None


def delete_webhook(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletewebhook"""
    if call.flag("drop_pending_updates"):
        call.telegram.queue.drop()
    call.telegram.queue.webhook = None
    return True


def webhook_info(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getwebhookinfo"""
    return call.telegram.queue.info()


def close(_call: Call) -> bool:
    """https://core.telegram.org/bots/api#close and #logout: nothing to close here."""
    return True


METHODS: dict[str, Method] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
    "close": close,
    "logOut": close,
}
