"""The partner sites as HTTP servers on loopback, one port each, with ETag, Last-Modified and 304."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal

from aiohttp import web

from bot.sandbox.errors import Impossible
from bot.sandbox.limits import Clock
from bot.sandbox.partners import rendering
from bot.sandbox.partners.archive import Archive, Publication, Release, Site, load
from storage.languages import Language, Names

ITEM_PATTERN = r"/(?:ru|ky)/article/full/\d+\.html$"


@dataclass(frozen=True)
class PartnerSource:
    """A partner's site as a source to read.  `item_pattern` finds a listing's articles by their addresses."""

    slug: str
    title: Names
    kind: Literal["feed", "listing"]
    url: str
    language: Language
    item_pattern: str | None = None


class Partners:
    """The sites and what is on them.  Their ports follow `first_port` where those are free."""

    def __init__(self, clock: Clock, archive: Archive | None = None) -> None:
        self._clock = clock
        self.archive = archive or load(clock())
        self.requests = 0
        self._runners: list[web.AppRunner] = []
        self._bases: dict[str, str] = {}

    async def start(self, host: str = "127.0.0.1", first_port: int = 0) -> None:
        """Opens the sites.  With `first_port` their addresses are the same after a restart."""
        for place, site in enumerate(self.archive.sites.values()):
            runner = web.AppRunner(self._application(site), access_log=None)
            await runner.setup()
            self._runners.append(runner)
            port = await _listen(runner, host, first_port + place if first_port else 0)
            self._bases[site.slug] = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Closes them."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    def url(self, site: str) -> str:
        """The address of a site's front page."""
        return f"{self._bases[site]}/"

    def sources(self) -> list[PartnerSource]:
        """The sites as sources: a listing once for each of its languages."""
        found: list[PartnerSource] = []
        for site in self.archive.sites.values():
            base = self._bases[site.slug]
            if site.kind == "feed":
                path = "/feed/" if site.format == "rss" else "/feed.atom"
                found.append(PartnerSource(site.slug, site.title, "feed", base + path, site.languages[0]))
                continue
            for language in site.languages:
                slug = site.slug if language == site.languages[0] else f"{site.slug}-{language}"
                address = f"{base}/{language}/article/all.html"
                found.append(PartnerSource(slug, site.title, "listing", address, language, ITEM_PATTERN))
        return found

    def publish(self, site: str, release: Release | str) -> str:
        """Publishes a release, or a prepared one by its slug, now; gives its address."""
        if isinstance(release, str):
            if release not in self.archive.prepared:
                raise Impossible(reason=f"there is no prepared release {release}")
            release = self.archive.prepared[release]
        publication = self.archive.publish(site, release, self._clock())
        return self.address(publication)

    def address(self, publication: Publication) -> str:
        """Where a publication can be read."""
        site = self.archive.sites[publication.site]
        return self._bases[site.slug] + rendering.path_of(site, publication)

    # --- serving

    def _application(self, site: Site) -> web.Application:
        application = web.Application()

        async def serve(request: web.Request) -> web.Response:
            self.requests += 1
            return self._serve(site, request)

        application.router.add_get("/{path:.*}", serve)
        return application

    def _serve(self, site: Site, request: web.Request) -> web.Response:
        publications = self.archive.on(site.slug)
        path, now = request.path, self._clock()
        if site.kind == "listing" and path == "/":
            raise web.HTTPFound(f"/{site.languages[0]}/article/all.html")
        if path in ("/feed/", "/feed") and site.format == "rss":
            text, kind = rendering.rss(site, publications, self._bases[site.slug]), "application/rss+xml"
        elif path == "/feed.atom" and site.format == "atom":
            text, kind = rendering.atom(site, publications, self._bases[site.slug]), "application/atom+xml"
        elif page := self._page(site, publications, request, now):
            text, kind = page, "text/html"
        else:
            raise web.HTTPNotFound(text="404")
        return _conditional(request, site, publications, text, kind)

    def _page(
        self, site: Site, publications: list[Publication], request: web.Request, now: datetime
    ) -> str | None:
        for publication in publications:
            if request.path_qs == rendering.path_of(site, publication):
                return rendering.article(site, publication, publications, now)
        if site.kind == "feed":
            return rendering.home(site, publications) if request.path_qs == "/" else None
        for language in site.languages:
            if request.path == f"/{language}/article/all.html":
                number = request.query.get("page", "1")
                return rendering.listing(
                    site, publications, language, int(number) if number.isdigit() else 1, now
                )
        return None


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        if not port:
            raise
        await web.TCPSite(runner, host, 0).start()
    return int(runner.addresses[-1][1])


def _conditional(
    request: web.Request, site: Site, publications: list[Publication], text: str, kind: str
) -> web.Response:
    """200 with validators, or 304: RFC 9110, 13."""
    body = text.encode(site.charset, errors="xmlcharrefreplace")
    newest = max((publication.at for publication in publications), default=datetime.now(UTC)).replace(
        microsecond=0
    )
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
        "Last-Modified": format_datetime(newest.astimezone(UTC), usegmt=True),
        "Cache-Control": "no-cache",
    }
    if _unchanged(request, headers["ETag"], newest):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers, content_type=kind, charset=site.charset)


def _unchanged(request: web.Request, etag: str, newest: datetime) -> bool:
    if (known := request.headers.get("If-None-Match")) is not None:
        return etag in (tag.strip() for tag in known.split(","))
    since = request.headers.get("If-Modified-Since")
    try:
        return since is not None and newest <= parsedate_to_datetime(since)
    except ValueError:
        return False
