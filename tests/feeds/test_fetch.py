"""One GET over real HTTP on loopback: conditions, limits, redirects, refusals, and the guard."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import subprocess
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import brotli
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

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
from feeds.fetch import Fetched, Limits, NotModified, Politeness, Request, Web
from tests.feeds.conftest import Partner

_MAKE_CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=partner.example"
Raw = Callable[..., Awaitable[str]]


async def fetched(out: Web, request: Request, now: datetime) -> Fetched:
    answer = await out.fetch(request, now)
    assert isinstance(answer, Fetched)
    return answer


async def test_an_answer_comes_whole_with_what_it_says_of_itself(
    partner: Partner, out: Web, now: datetime
) -> None:
    partner.says("/feed", "привет", ETag='"1"', Last_Modified="Fri, 20 Nov 2026 00:00:00 GMT")
    answer = await fetched(out, Request(f"{partner.url}/feed"), now)
    assert answer.body.decode() == "привет"
    assert (answer.etag, answer.last_modified) == ('"1"', "Fri, 20 Nov 2026 00:00:00 GMT")
    assert (answer.content_type, answer.charset) == ("text/html", "utf-8")
    assert answer.final_url == answer.permanent_url == f"{partner.url}/feed"


async def test_both_validators_are_sent_and_the_newer_of_each_is_kept(
    partner: Partner, out: Web, now: datetime
) -> None:
    partner.says("/feed", status=304, ETag='"2"')
    answer = await out.fetch(Request(f"{partner.url}/feed", etag='"1"', last_modified="yesterday"), now)
    headers = partner.asked[0].headers
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"1"', "yesterday")
    assert isinstance(answer, NotModified)
    assert (answer.etag, answer.last_modified) == ('"2"', "yesterday")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Cache-Control": "public, max-age=600"}, timedelta(minutes=10)),
        ({"Cache-Control": "max-age=99999999"}, timedelta(days=1)),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "max-age=60", "Expires": "Fri, 20 Nov 2026 10:00:00 GMT"}, timedelta(minutes=1)),
        ({"Expires": "Fri, 20 Nov 2026 05:00:00 GMT"}, timedelta(hours=1)),
        ({"Expires": "0"}, None),
        ({}, None),
    ],
)
async def test_how_long_an_answer_stays_good(
    partner: Partner, out: Web, now: datetime, headers: dict[str, str], expected: timedelta | None
) -> None:
    partner.says("/", "x", **headers)
    assert (await fetched(out, Request(f"{partner.url}/"), now)).fresh_for == expected


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Refused),
        (403, Refused),
        (404, NotFound),
        (410, Gone),
        (429, Throttled),
        (500, ServerFailed),
        (502, ServerFailed),
        (503, ServerFailed),
    ],
)
async def test_a_refusal_is_named(
    partner: Partner, out: Web, now: datetime, status: int, error: type[FetchError]
) -> None:
    partner.says("/", "<h1>sorry</h1>", status=status)
    with pytest.raises(error):
        await out.fetch(Request(f"{partner.url}/"), now)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_time_to_come_back_is_respected_in_both_forms(
    partner: Partner, out: Web, now: datetime, status: int
) -> None:
    for value, expected in (
        ("120", timedelta(minutes=2)),
        (format_datetime(now + timedelta(hours=3)), timedelta(hours=3)),
    ):
        partner.says("/", status=status, Retry_After=value)
        with pytest.raises(Throttled) as caught:
            await out.fetch(Request(f"{partner.url}/"), now)
        assert caught.value.retry_after == expected


async def test_only_permanent_redirects_from_the_start_move_the_address(
    partner: Partner, out: Web, now: datetime
) -> None:
    partner.says("/old", status=301, Location="/newer")
    partner.says("/newer", status=308, Location=f"{partner.url}/newest")
    partner.says("/newest", status=302, Location="today")
    partner.says("/today", status=301, Location="/final")
    partner.says("/final", "here")
    answer = await fetched(out, Request(f"{partner.url}/old"), now)
    assert answer.final_url == f"{partner.url}/final"
    assert answer.permanent_url == f"{partner.url}/newest"


async def test_a_circle_of_redirects_ends(partner: Partner, out: Web, now: datetime) -> None:
    partner.says("/", status=302, Location="/")
    with pytest.raises(TooManyRedirects):
        await out.fetch(Request(f"{partner.url}/"), now)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://x", ""])
async def test_a_redirect_out_of_the_web_is_refused(
    partner: Partner, out: Web, now: datetime, target: str
) -> None:
    partner.says("/", status=302, Location=target)
    with pytest.raises(BadAddress):
        await out.fetch(Request(f"{partner.url}/"), now)


@pytest.mark.parametrize(
    "url", ["", "feed", "file:///etc/passwd", "http://", "http://[", "javascript:alert(1)"]
)
async def test_what_is_no_web_address_is_refused(out: Web, now: datetime, url: str) -> None:
    with pytest.raises(BadAddress):
        await out.fetch(Request(url), now)


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", _raw_deflate),
        ("br", partial(brotli.compress, quality=1)),
    ],
)
async def test_packed_bodies_are_unpacked_and_bombs_are_stopped(
    partner: Partner, out: Web, now: datetime, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    partner.says("/", pack(b"hello"), Content_Encoding=encoding)
    assert (await fetched(out, Request(f"{partner.url}/"), now)).body == b"hello"
    partner.says("/bomb", pack(bytes(30_000_000)), Content_Encoding=encoding)
    with pytest.raises(TooLarge):
        await out.fetch(Request(f"{partner.url}/bomb"), now)


async def test_a_bomb_is_stopped_before_it_fills_the_memory(
    partner: Partner, out: Web, now: datetime
) -> None:
    """A hundred megabytes in a few hundred bytes: no more than the limit and a chunk of it is ever unpacked."""
    partner.says("/bomb", brotli.compress(bytes(100_000_000), quality=5), Content_Encoding="br")
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            await out.fetch(Request(f"{partner.url}/bomb"), now)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


async def test_brotli_is_offered_and_a_damaged_body_of_it_is_told_as_such(
    partner: Partner, out: Web, now: datetime
) -> None:
    partner.says(
        "/", brotli.compress("сход жителей ".encode() * 5000)[:40] + b"damaged", Content_Encoding="br"
    )
    with pytest.raises(BrokenBody):
        await out.fetch(Request(f"{partner.url}/"), now)
    assert "br" in partner.asked[0].headers["Accept-Encoding"]


async def test_a_body_that_is_announced_or_found_too_large_is_not_read(
    partner: Partner, out: Web, now: datetime
) -> None:
    partner.says("/", bytes(3000))
    with pytest.raises(TooLarge):
        await out.fetch(Request(f"{partner.url}/", limits=Limits(body_bytes=2000)), now)

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(bytes(100_000))
        except ConnectionError:
            return response

    partner.answers["/endless"] = endless
    with pytest.raises(TooLarge):
        await out.fetch(Request(f"{partner.url}/endless"), now)


async def test_damaged_packing_and_short_bodies_are_broken(
    partner: Partner, out: Web, now: datetime, raw_server: Raw
) -> None:
    partner.says("/", b"not gzip at all", Content_Encoding="gzip")
    with pytest.raises(BrokenBody):
        await out.fetch(Request(f"{partner.url}/"), now)
    short = await raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this")
    with pytest.raises(BrokenBody):
        await out.fetch(Request(short), now)


async def test_what_is_not_http_is_broken(out: Web, now: datetime, raw_server: Raw) -> None:
    with pytest.raises(BrokenBody):
        await out.fetch(Request(await raw_server(b"SSH-2.0-OpenSSH\r\n\r\n")), now)


async def test_a_body_that_drips_is_given_up(out: Web, now: datetime, raw_server: Raw) -> None:
    url = await raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"x\n" * 200, 0.2)
    started = asyncio.get_running_loop().time()
    with pytest.raises(TooSlow):
        await out.fetch(Request(url, limits=Limits(total_seconds=0.6)), now)
    assert asyncio.get_running_loop().time() - started < 3


async def test_nobody_listening_is_unreachable(out: Web, now: datetime) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}"):
        await out.fetch(Request(f"http://127.0.0.1:{port}/"), now)


async def test_a_certificate_nobody_knows_is_said_in_words(now: datetime, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [*_MAKE_CERTIFICATE.split(), "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def closing(_: asyncio.StreamReader, writing: asyncio.StreamWriter) -> None:
        writing.close()

    server = await asyncio.start_server(closing, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with Web(allowed_hosts={"127.0.0.1"}) as out:
        with pytest.raises(TlsFailed, match=r"self.signed certificate"):
            await out.fetch(Request(f"https://127.0.0.1:{port}/"), now)
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "2130706433",
        "0177.0.0.1",
        "[::ffff:7f00:1]",
    ],
)
async def test_this_machine_cannot_be_reached_by_any_of_its_names(
    partner: Partner, now: datetime, host: str
) -> None:
    port = partner.url.rsplit(":", 1)[1]
    async with Web() as out:
        with pytest.raises((ForbiddenAddress, BadAddress)):
            await out.fetch(Request(f"http://{host}:{port}/"), now)
    assert partner.asked == []


class _Inward(AbstractResolver):
    """A name server that leads every name to this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found: dict[str, Any] = {
            "hostname": host,
            "host": "127.0.0.1",
            "port": port,
            "family": socket.AF_INET,
        }
        return [ResolveResult(**found, proto=0, flags=socket.AI_NUMERICHOST)]

    async def close(self) -> None: ...


async def test_a_name_that_leads_inward_is_refused_unless_it_is_allowed(
    partner: Partner, now: datetime
) -> None:
    partner.says("/", "inside")
    url = f"http://partner.example:{partner.url.rsplit(':', 1)[1]}/"
    async with Web(resolver=_Inward()) as out:
        with pytest.raises(ForbiddenAddress):
            await out.fetch(Request(url), now)
    async with Web(resolver=_Inward(), allowed_hosts={"partner.example"}) as out:
        assert (await fetched(out, Request(url), now)).body == b"inside"


async def test_a_redirect_inward_is_refused(partner: Partner, now: datetime) -> None:
    port = partner.url.rsplit(":", 1)[1]
    partner.says("/", status=302, Location=f"http://127.0.0.1:{port}/secret")
    async with Web(resolver=_Inward(), allowed_hosts={"partner.example"}) as out:
        with pytest.raises(ForbiddenAddress):
            await out.fetch(Request(f"http://partner.example:{port}/"), now)
    assert partner.paths() == ["/"]


async def test_one_host_is_asked_a_few_at_a_time_with_a_pause_between(now: datetime) -> None:
    loop = asyncio.get_running_loop()
    politeness = Politeness(at_once=1, pause_seconds=0.1)
    starts: dict[str, list[float]] = {"a": [], "b": []}
    inside = 0

    async def ask(host: str) -> None:
        nonlocal inside
        async with politeness.turn(host):
            starts[host].append(loop.time())
            inside += host == "a"
            assert inside <= 1
            await asyncio.sleep(0.02)
            inside -= host == "a"

    begun = loop.time()
    await asyncio.gather(*(ask(host) for host in "aaab"))
    assert all(start >= begun + number * 0.1 - 0.005 for number, start in enumerate(starts["a"]))
    assert starts["b"][0] < starts["a"][1]


async def test_waiting_for_a_turn_is_not_slowness_of_the_host(partner: Partner, now: datetime) -> None:
    async def slow(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        return web.Response(text="here")

    partner.answers["/"] = slow
    limits = Limits(total_seconds=0.5)
    async with Web(allowed_hosts={"127.0.0.1"}, politeness=Politeness(at_once=1)) as out:
        answers = await asyncio.gather(
            *(fetched(out, Request(f"{partner.url}/", limits=limits), now) for _ in range(4))
        )
    assert [answer.body for answer in answers] == [b"here"] * 4


async def test_strangers_are_given_pauses_and_ones_own_hosts_are_not(partner: Partner, now: datetime) -> None:
    partner.says("/", "here")
    port = partner.url.rsplit(":", 1)[1]
    loop = asyncio.get_running_loop()
    took = {}
    async with Web(
        resolver=_Inward(), allowed_hosts={"127.0.0.1"}, politeness=Politeness(at_once=1, pause_seconds=0.3)
    ) as out:
        for host in ("127.0.0.1", "partner.example"):
            started = loop.time()
            for _ in range(2):
                await fetched(out, Request(f"http://{host}:{port}/"), now)
            took[host] = loop.time() - started
    assert took["partner.example"] >= 0.3 > took["127.0.0.1"]
