"""One conditional, bounded, guarded HTTP GET.

Measured limits of what is accepted: a body of 5 MB after it is unpacked, 30 seconds in all, 10 to connect, 8
redirects.  Addresses inside the operator's network are refused (see `feeds.guard`).
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from feeds.addresses import absolute, host_of
from feeds.errors import (
    BadAddress,
    BrokenBody,
    FetchError,
    ForbiddenAddress,
    Gone,
    NotFound,
    Refused,
    ServerFailed,
    Throttled,
    TlsFailed,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from feeds.freshness import fresh_for, retry_after
from feeds.guard import Blocked, guarded_sockets, wanted_host

USER_AGENT: Final = "Jarchy/0.1 (news of local self-government; reads feeds politely)"
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "text/html;q=0.9, application/xml;q=0.9, */*;q=0.5"
)
_MOVED = frozenset({301, 302, 303, 307, 308})
_MOVED_FOR_GOOD = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may cost: bytes after unpacking, seconds in all, seconds to connect, redirects."""

    body_bytes: int = 5_000_000
    total_seconds: float = 30.0
    connect_seconds: float = 10.0
    redirects: int = 8


@dataclass(frozen=True, slots=True)
class Request:
    """An address and what is remembered of its last answer."""

    url: str
    etag: str = ""
    last_modified: str = ""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: nothing new.  Validators are the newest ones known; either can change alone."""

    final_url: str
    permanent_url: str
    etag: str
    last_modified: str
    fresh_for: timedelta | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer.  `permanent_url` is where the source has moved for good, or the address asked for."""

    final_url: str
    permanent_url: str
    etag: str
    last_modified: str
    fresh_for: timedelta | None
    content_type: str
    charset: str
    body: bytes

    @property
    def body_hash(self) -> str:
        """SHA-256 of the body: a body that did not change is not parsed again."""
        return hashlib.sha256(self.body).hexdigest()


class Politeness:
    """At most `at_once` requests to one host, and `pause_seconds` between the starts of two."""

    def __init__(self, at_once: int = 1, pause_seconds: float = 1.0) -> None:
        self._at_once = at_once
        self._pause = pause_seconds
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._next: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str, pausing: bool = True) -> AsyncIterator[None]:
        """Waits until the host may be asked again, and keeps one of its places while in the block.

        Without `pausing` it only waits for a place: the next hop of a redirect, or a host of one's own.
        """
        async with self._slots.setdefault(host, asyncio.Semaphore(self._at_once)):
            clock = asyncio.get_running_loop().time
            start = max(clock(), self._next.get(host, 0.0)) if pausing else clock()
            self._next[host] = start + self._pause
            if (wait := start - clock()) > 0:
                await asyncio.sleep(wait)
            yield


class Web:
    """The way out: a session with guarded sockets.  Use as an async context manager."""

    def __init__(
        self,
        *,
        allowed_hosts: Collection[str] = (),
        politeness: Politeness | None = None,
        resolver: aiohttp.abc.AbstractResolver | None = None,
        connections: int = 40,
    ) -> None:
        self.politeness = politeness or Politeness()
        self._allowed_hosts = allowed_hosts
        self._resolver = resolver
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Web:
        connector = aiohttp.TCPConnector(
            limit=self._connections,
            socket_factory=guarded_sockets(self._allowed_hosts),
            resolver=self._resolver,
            ttl_dns_cache=300,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT, "Accept": _ACCEPT},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def fetch(self, request: Request, now: datetime) -> Fetched | NotModified:
        """Gets an address, following redirects; raises a `FetchError` for all that is not an answer."""
        if self._session is None:
            raise RuntimeError("Web is used inside `async with`")
        return await self._follow(self._session, request, now)

    async def _follow(
        self, session: aiohttp.ClientSession, request: Request, now: datetime
    ) -> Fetched | NotModified:
        """Hop after hop.  The time allowed is that of the answers: waiting for one's turn does not count."""
        url = permanent = _checked(request.url)
        moving_for_good = True
        clock, left = asyncio.get_running_loop().time, request.limits.total_seconds
        for hop in range(request.limits.redirects + 1):
            async with self.politeness.turn(host_of(url), pausing=hop == 0 and not self._is_allowed(url)):
                started = clock()
                async with _in_time(left, request), _translated(url), _get(session, url, request) as response:
                    if response.status not in _MOVED:
                        return await _answer(response, request, url, permanent, now)
                    status, target = response.status, response.headers.get("Location", "")
                left -= clock() - started
            url = _checked(absolute(target, url), target)
            moving_for_good = moving_for_good and status in _MOVED_FOR_GOOD
            permanent = url if moving_for_good else permanent
        raise TooManyRedirects(host=host_of(request.url))

    def _is_allowed(self, url: str) -> bool:
        """Whether a host is one that the operator named: such need no pauses."""
        return (urlsplit(url).hostname or "") in self._allowed_hosts


@asynccontextmanager
async def _in_time(seconds: float, request: Request) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(max(seconds, 0.0)):
            yield
    except TimeoutError as error:
        raise TooSlow(host=host_of(request.url), seconds=round(request.limits.total_seconds)) from error


@asynccontextmanager
async def _get(
    session: aiohttp.ClientSession, url: str, request: Request
) -> AsyncIterator[aiohttp.ClientResponse]:
    limits = request.limits
    timeout = aiohttp.ClientTimeout(total=limits.total_seconds, connect=limits.connect_seconds)
    mark = wanted_host.set(urlsplit(url).hostname or "")
    try:
        async with session.get(
            URL(url, encoded=True), headers=_conditions(request), allow_redirects=False, timeout=timeout
        ) as response:
            yield response
    finally:
        wanted_host.reset(mark)


def _conditions(request: Request) -> dict[str, str]:
    headers = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in headers.items() if value}


async def _answer(
    response: aiohttp.ClientResponse, request: Request, url: str, permanent: str, now: datetime
) -> Fetched | NotModified:
    headers = response.headers
    etag, last_modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
    if response.status == 304:
        return NotModified(
            url,
            permanent,
            etag or request.etag,
            last_modified or request.last_modified,
            fresh_for(headers, now),
        )
    _refuse(response.status, host_of(url), headers, now)
    return Fetched(
        final_url=url,
        permanent_url=permanent,
        etag=etag,
        last_modified=last_modified,
        fresh_for=fresh_for(headers, now),
        content_type=headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        charset=response.charset or "",
        body=await _body(response, request.limits),
    )


def _refuse(status: int, host: str, headers: Mapping[str, str], now: datetime) -> None:
    if 200 <= status < 300:
        return
    wait = retry_after(headers, now)
    if status == 429 or (status == 503 and wait):
        raise Throttled(host=host, retry_after=wait)
    if status == 410:
        raise Gone(host=host)
    if status == 404:
        raise NotFound(host=host)
    if status >= 500:
        raise ServerFailed(host=host, status=status, retry_after=wait)
    raise Refused(host=host, status=status)


async def _body(response: aiohttp.ClientResponse, limits: Limits) -> bytes:
    megabytes = max(1, limits.body_bytes // 1_000_000)
    if (response.content_length or 0) > limits.body_bytes:
        raise TooLarge(megabytes=megabytes)
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limits.body_bytes:
            raise TooLarge(megabytes=megabytes)
    return bytes(body)


def _checked(url: str, shown: str = "") -> str:
    if not absolute(url):
        raise BadAddress(url=shown or url)
    return absolute(url)


@asynccontextmanager
async def _translated(url: str) -> AsyncIterator[None]:
    """Turns the client's errors into ours, once."""
    host = host_of(url)
    try:
        yield
    except FetchError:
        raise
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError, ssl.SSLError) as error:
        raise TlsFailed(host=host, reason=_tls_reason(error)) from error
    except TimeoutError as error:  # aiohttp's own, of connecting
        raise TooSlow(host=host, seconds=round(Limits().connect_seconds)) from error
    except (
        aiohttp.ClientPayloadError,
        aiohttp.http_exceptions.BadHttpMessage,
        aiohttp.ClientResponseError,
    ) as error:
        raise BrokenBody(host=host) from error
    except (aiohttp.InvalidURL, UnicodeError, ValueError) as error:
        raise BadAddress(url=url) from error
    except (aiohttp.ClientError, OSError) as error:
        if _was_blocked(error):
            raise ForbiddenAddress(host=host) from error
        raise Unreachable(host=host) from error


def _was_blocked(error: BaseException | None) -> bool:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, Blocked) or "is not a public address" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _tls_reason(error: Exception) -> str:
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    message = getattr(inner, "verify_message", "") or getattr(inner, "reason", "") or str(inner)
    return str(message).replace("_", " ").lower()
