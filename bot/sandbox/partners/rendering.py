"""Feeds and pages as partners' sites print them, traps included.  Pure: publications in, text out."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.sandbox.partners.archive import Publication, Site
from storage.languages import Language

BISHKEK = ZoneInfo("Asia/Bishkek")
PER_PAGE = 20
_MONTHS = (
    "Января", "Февраля", "Марта", "Апреля", "Мая", "Июня",
    "Июля", "Августа", "Сентября", "Октября", "Ноября", "Декабря",
)  # fmt: skip
_SIMILAR = {"ru": "Похожие материалы", "ky": "Окшош материалдар", "en": "Related"}
_STYLE = (
    "body{font:16px/1.5 Georgia,serif;max-width:46rem;margin:0 auto;padding:1.5rem;color:#222}"
    "a{color:#0b5ca8}.date,.issue{color:#666;font-size:.9em}.news-item{margin:1.2em 0}"
    "nav{border-bottom:2px solid #0b5ca8;padding-bottom:.5em}"
)


def path_of(site: Site, publication: Publication) -> str:
    """The address of an article within its site."""
    language, number = publication.release.language, publication.id
    if site.kind == "listing":
        return f"/{language}/article/full/{number}.html"
    return f"/?p={number}" if site.format == "rss" else f"/{language}/press/full/{number}.html"


def rss(site: Site, publications: list[Publication], base: str) -> str:
    """RSS 2.0 with a full text in `content:encoded`: https://www.rssboard.org/rss-specification"""
    items = "".join(_rss_item(site, publication, base) for publication in publications[:PER_PAGE])
    return (
        f'<?xml version="1.0" encoding="{site.charset}"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel>'
        f"<title>{escape(site.title.in_(site.languages[0]))}</title><link>{base}/</link>"
        f"<description>{escape(site.title.ru)}</description><language>{site.languages[0]}</language>"
        f"{items}\n</channel></rss>\n"
    )


def _rss_item(site: Site, publication: Publication, base: str) -> str:
    release = publication.release
    address = escape(base + path_of(site, publication))
    return (
        f"\n<item><title>{escape(release.title)}</title><link>{address}</link>"
        f'<guid isPermaLink="false">{site.slug}-{publication.id}</guid>'
        f"<pubDate>{format_datetime(publication.at.astimezone(BISHKEK))}</pubDate>"
        f"<description>{escape(release.lead)}</description>"
        f"<content:encoded>{escape(_paragraphs(publication))}</content:encoded></item>"
    )


def atom(site: Site, publications: list[Publication], base: str) -> str:
    """Atom: RFC 4287."""
    newest = max((publication.at for publication in publications), default=None)
    updated = f"<updated>{newest.isoformat()}</updated>" if newest else ""
    entries = "".join(_atom_entry(site, publication, base) for publication in publications[:PER_PAGE])
    return (
        f'<?xml version="1.0" encoding="{site.charset}"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>tag:{site.slug}.example,2020:feed</id><title>{escape(site.title.ru)}</title>"
        f'<link href="{base}/"/><link rel="self" href="{base}/feed.atom"/>{updated}{entries}\n</feed>\n'
    )


def _atom_entry(site: Site, publication: Publication, base: str) -> str:
    release = publication.release
    stamp = publication.at.astimezone(BISHKEK).isoformat(timespec="seconds")
    return (
        f'\n<entry xml:lang="{release.language}"><id>tag:{site.slug}.example,2020:{publication.id}</id>'
        f'<title>{escape(release.title)}</title><link href="{escape(base + path_of(site, publication))}"/>'
        f"<published>{stamp}</published><updated>{stamp}</updated><author><name>{escape(site.title.ru)}</name></author>"
        f'<summary>{escape(release.lead)}</summary><content type="html">{escape(_paragraphs(publication))}</content>'
        "</entry>"
    )


def listing(
    site: Site, publications: list[Publication], language: Language, page: int, today: datetime
) -> str:
    """A page of links to articles.  The line on top tells of the current issue, not of any article."""
    own = [publication for publication in publications if publication.release.language == language]
    shown = own[(page - 1) * PER_PAGE : page * PER_PAGE]
    items = "".join(_listed(site, publication) for publication in shown)
    older = (
        f'<a href="/{language}/article/all.html?page={page + 1}">→</a>' if len(own) > page * PER_PAGE else ""
    )
    return _page(
        site,
        site.title.in_(language),
        language,
        f"{_issue(today)}<h1>{_heading(site, language)}</h1>{items}{older}",
    )


def _listed(site: Site, publication: Publication) -> str:
    release = publication.release
    return (
        f'<div class="news-item"><div class="date">{_dated(publication)}</div>'
        f'<a href="{path_of(site, publication)}">{escape(release.title)}</a><p>{escape(release.lead)}</p></div>'
    )


def article(site: Site, publication: Publication, others: list[Publication], today: datetime) -> str:
    """The page of one article, with related ones below it."""
    release = publication.release
    related = [
        other for other in others if other.release.language == release.language and other != publication
    ][:3]
    links = "".join(
        f'<li><a href="{path_of(site, other)}">№6 (164) / {other.at.astimezone(BISHKEK):%Y-%m-%d} '
        f"{escape(other.release.title)}</a></li>"
        for other in related
    )
    content = (
        f'{_issue(today)}<article><h1>{escape(release.title)}</h1><div class="date">{_dated(publication)}</div>'
        f'<p class="lead"><b>{escape(release.lead)}</b></p><div class="text">{_paragraphs(publication)}</div></article>'
        f'<div class="related"><h3>{_SIMILAR[release.language]}</h3><ul>{links}</ul></div>'
    )
    return _page(site, release.title, release.language, content)


def home(site: Site, publications: list[Publication]) -> str:
    """The front page of a site that has a feed."""
    kind = "application/rss+xml" if site.format == "rss" else "application/atom+xml"
    path = "/feed/" if site.format == "rss" else "/feed.atom"
    links = "".join(
        f'<li><a href="{escape(path_of(site, publication))}">{escape(publication.release.title)}</a></li>'
        for publication in publications[:PER_PAGE]
    )
    head = f'<link rel="alternate" type="{kind}" href="{path}">'
    return _page(
        site, site.title.ru, site.languages[0], f"<h1>{escape(site.title.ru)}</h1><ul>{links}</ul>", head
    )


def _paragraphs(publication: Publication) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in publication.release.paragraphs)


def _dated(publication: Publication) -> str:
    day = f"{publication.at.astimezone(BISHKEK):%Y-%m-%d}"
    return f"{day} / {escape(publication.release.rubric)}" if publication.release.rubric else day


def _issue(today: datetime) -> str:
    day = today.astimezone(BISHKEK)
    return f'<div class="issue">{day.month} ({100 + day.month}) {day.day} {_MONTHS[day.month - 1]} {day.year}</div>'


def _heading(site: Site, language: Language) -> str:
    return escape(site.title.in_(language))


def _page(site: Site, title: str, language: Language, content: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="{site.charset}"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>{head}</head>\n<body>'
        f'<nav><a href="/">{escape(site.title.in_(language))}</a></nav>\n{content}\n</body></html>\n'
    )
