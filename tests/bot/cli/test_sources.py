"""A source from its address to its archive, by commands, with a partner's site on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.bot.cli.test_commands import Jarchy, lines, run

__all__ = ["run"]

PER_PAGE = 6


class Site(BaseHTTPRequestHandler):
    """Three pages of news, each item with a page of its own."""

    def do_GET(self) -> None:
        body = self._body()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _body(self) -> bytes:
        path, _, query = self.path.partition("?")
        if path == "/ru/news":
            return self._listing(int(query.removeprefix("page=") or 1)).encode()
        if path.startswith("/ru/news/"):
            number = path.removeprefix("/ru/news/").removesuffix(".html")
            words = " ".join(f"Жители {number} села обсудили {n} вопрос бюджета." for n in range(20))
            return f"<html><h1>Сельский сход номер {number} решил</h1><p>{words}</p></html>".encode()
        return b""

    def _listing(self, page: int) -> str:
        numbers = range((page - 1) * PER_PAGE + 1, page * PER_PAGE + 1)
        items = "".join(
            f"<li><span>{n:02}.10.2026</span> <a href='/ru/news/{n}.html'>Сельский сход номер {n} решил</a></li>"
            for n in numbers
        )
        older = f"<div class='pagination'><a href='?page={page + 1}'>Далее</a></div>" if page < 3 else ""
        return f"<html><title>Новости мисалского айыла</title><ul>{items}</ul>{older}</html>"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("FETCH_ALLOWED_HOSTS", "127.0.0.1")
    yield f"http://127.0.0.1:{server.server_port}/ru/news"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_source_is_shown_added_and_walked_through(run: Jarchy, site: str) -> None:
    shown = run("sources", "add", site, input="0\n")
    assert "1. listing: Новости мисалского айыла" in shown.output
    assert "2026-10-01  Сельский сход номер 1 решил" in shown.output
    assert "The first one begins: Жители 1 села обсудили 0 вопрос бюджета." in shown.output
    assert "Added" not in shown.output

    added = run("sources", "add", site, "--slug", "misal", "--name", "Мисал", "--choose", "1", input="y\n")
    assert "Added as misal" in added.output
    listed = {source["slug"]: source for source in lines(run("sources", "list", "--json"))}
    assert (listed["misal"]["title"], listed["misal"]["kind"]) == ("Мисал", "listing")
    assert "There is a source called “misal” already" in run("sources", "add", site, "--slug", "misal").output

    first, second = lines(run("sources", "backfill", "misal", "--pages", "2", "--json"))
    assert (first["items"], first["new"], second["page"], second["done"]) == (PER_PAGE, PER_PAGE, 2, False)
    told = run("sources", "backfill", "misal").output
    assert "page 3: 6 items, 6 new" in told
    assert "This is the end of the archive." in told
    assert lines(run("sources", "list", "--json"))


def test_a_script_looks_first_and_adds_with_yes(run: Jarchy, site: str) -> None:
    (candidate, *_) = lines(run("sources", "add", site, "--json"))
    assert candidate["rule"] == {"item_pattern": "/ru/news/\\d+\\.html/?$"}
    assert (candidate["items"][0]["title"], candidate["items"][0]["date"]) == (
        "Сельский сход номер 1 решил",
        "2026-10-01",
    )
    *_, added = lines(run("sources", "add", site, "--json", "--yes"))
    assert added["added"] in {source["slug"] for source in lines(run("sources", "list", "--json"))}


def test_a_rule_is_changed_and_its_versions_are_kept(run: Jarchy, site: str) -> None:
    run("sources", "add", site, "--slug", "misal", "--yes")
    run("sources", "rule", "misal", "--set", "drop=aside; .banner", "--set", "body=article")
    newest, first = lines(run("sources", "rule", "misal", "--json"))
    assert newest["rule"] == first["rule"] | {"drop": ["aside", ".banner"], "body": "article"}
    assert "is not a regular expression" in run("sources", "rule", "misal", "--set", "item_pattern=(").output
    assert "needs an item_pattern" in run("sources", "rule", "misal", "--set", "item_pattern=").output
    assert "is not NAME=VALUE" in run("sources", "rule", "misal", "--set", "colour=red").output


def test_where_there_is_nothing_to_read_nothing_is_added(run: Jarchy, site: str) -> None:
    result = run("sources", "add", f"{site}/1.html", "--yes")
    assert result.exit_code == 1
    assert "Neither a feed nor a list of news" in result.output
    missing = run("sources", "add", f"{site}x")
    assert missing.exit_code == 1
    assert "There is no page at this address" in missing.output
