"""A web page to the one article on it: title, date, text, language, picture, neighbours.

The source's own rule comes first; then what the page says of itself; then where things stand: a date beside
the title, the largest text.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import trafilatura
from selectolax.lexbor import LexborNode
from trafilatura.meta import reset_caches

from feeds.addresses import canonical, site_of
from feeds.dates import EARLIEST, Found, date_in_address, find_dates, read_date, sensible
from feeds.errors import NoArticle
from feeds.html_page import HtmlPage
from feeds.items import Item, Related, Rule
from feeds.language import language_of
from feeds.press import related_item
from feeds.press_lines import FOOTER, RELATED, is_date_line
from feeds.text import one_line, paragraphs, plain, visible_text

_FRAME: Final = (
    "script, style, noscript, template, iframe, form, nav, aside, [role=navigation], [aria-hidden=true], [hidden], "
    ".breadcrumb, .breadcrumbs, .share, .social, .comments, #comments, .pagination, .menu, .sidebar"
)
_HEADINGS = "h1, h2, h3, h4, h5, h6, strong, b, p, div, span, dt, legend"
_SEPARATORS = re.compile(r"\s+[|–—•·»:-]+\s+|\s*[|»]\s*")
_ERROR_PAGE = re.compile(
    r"(?i)^\W*(?:(?:ошибка|error|ката)\W*)?(?:404|403|500|502|503)\b|страница не найдена|page not found|"
    r"not found$|барак табылган жок|"
    r"^\W*(?:вход(?:\s+(?:на\s+сайт|в\s+систему))?|авторизация|войти|кирүү|log\s?in|sign\s?in)\W*$|"
    r"доступ запрещ[её]н|access denied|технические работы|just a moment"
)
_CONSENT = re.compile(r"(?i)\bcookies?\b|\bкуки\b")
_SHORTEST = 80
_FRAME_LINES = 6
_FRAME_TEXT = 400
for _noisy in ("trafilatura", "htmldate", "courlan", "justext"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)
NO_RULE: Final = Rule()
_MOST_BODY = 60_000
_MOST_EXTRACTED = 500_000
"""Characters of a page beyond which its densest text is taken: the extractor needs seconds for it."""


def read_article(text: str, url: str, now: datetime, rule: Rule = NO_RULE) -> Item:
    """The article of a page; raises `NoArticle` for an error page or one without a text of its own."""
    page = HtmlPage(text, url)
    address = _own_address(page)
    published = _stated_date(page, rule, now)
    page.drop(rule.drop)
    image, alternates = page.link(page.meta("og:image", "twitter:image")), page.editions(address)
    title = _title(page, rule)
    if not title or _ERROR_PAGE.search(title):
        raise NoArticle(url=url)
    related = _cut_related(page)
    printed = _printed_date(page, title, now)
    body = _without_title(_body(page, rule, title), title)
    if not rule.title and (headline := _unmarked_headline(page, body, title)):
        title, body = headline, _without_title(body, headline)
        printed = _printed_date(page, title, now) or printed
    if not (rule.body and body) and (len(body) < _SHORTEST or _is_links(page, body)):
        raise NoArticle(url=url)
    return Item(
        id=address,
        title=title,
        url=address,
        published_at=sensible(published or printed or date_in_address(address), now),
        updated_at=sensible(read_date(page.meta("article:modified_time", "og:updated_time"), now), now),
        summary=one_line(page.meta("og:description", "description"))[:2000] or body.split("\n", 1)[0],
        body=body[:_MOST_BODY],
        language=language_of(f"{title}\n{body}"),
        image=image,
        related=related,
        alternates=alternates,
    )


def _own_address(page: HtmlPage) -> str:
    """The canonical address, unless it is another site's or the front page (a common mistake of templates)."""
    own = page.canonical
    if not own or (page.url and site_of(own) != site_of(page.url)):
        return page.url
    return own if "/" in canonical(own).rstrip("/") or not page.url else page.url


def _stated_date(page: HtmlPage, rule: Rule, now: datetime) -> datetime | None:
    """The date where the rule says that it stands, or where the page states it for machines."""
    if rule.date and (node := page.first(rule.date)):
        found = read_date(node.attributes.get("datetime") or visible_text(node), now)
        if found:
            return found
    stated = (
        str(page.described().get("datePublished") or ""),
        page.meta(
            "article:published_time",
            "datepublished",
            "date",
            "dc.date",
            "dc.date.issued",
            "pubdate",
            "publish_date",
        ),
        *(
            node.attributes.get("datetime") or ""
            for node in page.all("article time[datetime], h1 ~ time[datetime]")[:1]
        ),
        *(
            node.attributes.get("datetime") or node.attributes.get("content") or ""
            for node in page.all("[itemprop=datePublished]")[:1]
        ),
    )
    dates = (read_date(value, now) for value in stated if value)
    return next((at for at in dates if at and at >= EARLIEST), None)


def _title(page: HtmlPage, rule: Rule) -> str:
    if rule.title and (node := page.first(rule.title)):
        return one_line(visible_text(node))
    stated = page.meta("og:title", "twitter:title") or str(page.described().get("headline") or "")
    wanted = _key(f"{stated} {page.title}")
    headings = [
        text
        for node in page.all("h1, h2, h3, .title, .article-title")[:40]
        if 8 <= len(text := one_line(visible_text(node))) <= 400
    ]
    named = [text for text in headings if _key(text) in wanted]
    if named:
        return max(named, key=len)
    first = next(
        (one_line(visible_text(node)) for node in page.all("h1")[:3] if one_line(visible_text(node))), ""
    )
    if first and not (stated and len(first.split()) <= 3):
        return first
    return one_line(_without_site(stated or page.title, page))


def _unmarked_headline(page: HtmlPage, body: str, title: str) -> str:
    """The headline of a page that marks none: the first line of its text, in bold or large letters.

    Only where all else there is to go by is the name of the site or of its section.
    """
    if page.first("h1, h2, h3") or page.meta("og:title", "twitter:title") or page.described().get("headline"):
        return ""
    first = body.split("\n", 1)[0]
    if (
        not 12 <= len(first) <= 200
        or len(first.split()) < 3
        or first[-1] in ".:;"
        or _key(first) in _key(title)
    ):
        return ""
    marked = (one_line(visible_text(node)) for node in page.all("b, strong, font, big, u")[:200])
    return first if any(text == first for text in marked) else ""


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def _without_site(title: str, page: HtmlPage) -> str:
    """A <title> without the name of the site before or after it: the longest part."""
    parts = [part for part in _SEPARATORS.split(title) if part]
    site = page.meta("og:site_name")
    parts = [part for part in parts if part != site] or parts
    longest = max(parts, key=len, default=title)
    return longest if len(longest) * 2 >= len(title) else title


def _cut_related(page: HtmlPage) -> tuple[Related, ...]:
    """Takes «Похожие материалы» and its links out of the page, and returns them."""
    found: dict[str, Related] = {}
    for heading in page.all(_HEADINGS):
        text = one_line(heading.text(deep=True)) if len(heading.text(deep=True)) < 80 else ""
        if not text or not RELATED.match(text):
            continue
        for block in list(_following(heading)):
            for link in block.css("a[href]") or ():
                item = related_item(_link_text(link), page.link(link.attributes.get("href")))
                if item.url and len(item.title) >= 12:
                    found.setdefault(item.url, item)
            block.decompose()
        heading.decompose()
    return tuple(found.values())[:40]


def _following(heading: LexborNode) -> Iterable[LexborNode]:
    """What belongs under a heading: its later siblings, or those of the box it stands alone in."""
    node = heading
    for _ in range(3):
        siblings: list[LexborNode] = []
        sibling = node.next
        while sibling is not None and not (sibling.tag in {"h1", "h2"} and siblings):
            if sibling.tag and not sibling.tag.startswith("-"):
                siblings.append(sibling)
            sibling = sibling.next
        if any(one.css_first("a[href]") or one.tag == "a" for one in siblings):
            return siblings
        if node.parent is None or node.parent.tag in {"body", "html"}:
            return siblings
        node = node.parent
    return ()


def _link_text(link: LexborNode) -> str:
    """A link's words, with the number of the issue that may stand before it in the same box."""
    own = one_line(visible_text(link))
    parent = link.parent
    around = one_line(visible_text(parent)) if parent is not None and len(parent.css("a[href]")) == 1 else ""
    return around if own and own in around and len(around) <= len(own) + 40 else own


def _printed_date(page: HtmlPage, title: str, now: datetime) -> datetime | None:
    """The date printed beside the title: on a line of its own, the nearest one, not the date of an issue."""
    lines = visible_text(page.tree.body).split("\n")[:600]
    key = _key(title)
    places = [
        at
        for at, line in enumerate(lines)
        if key and (_key(line) == key or (len(key) > 20 and key in _key(line)))
    ]
    candidates: list[tuple[float, datetime]] = []
    for at, line in enumerate(lines):
        if not is_date_line(line) and at not in places:
            continue
        for found in find_dates(line, now):
            if found.of_issue or (at in places and _inside_title(found, line, title)):
                continue
            distance = min((abs(at - place) + (0.5 if at < place else 0) for place in places), default=at)
            candidates.append((distance, found.at))
            break
    near = [(distance, at) for distance, at in candidates if distance <= 6 or not places]
    return min(near, default=(0.0, None), key=lambda pair: pair[0])[1]


def _inside_title(found: Found, line: str, title: str) -> bool:
    return line[found.start : found.end] in title


def _body(page: HtmlPage, rule: Rule, title: str) -> str:
    if rule.body:
        chosen = [visible_text(node) for node in page.all(rule.body)]
        if any(chosen):
            return paragraphs("\n".join(chosen))
    told = page.described().get("articleBody")
    page.drop((_FRAME,))
    extracted = _extracted(page.tree.html or "")
    densest = _densest(page)
    longer = len(_without_title(densest, title)) > 1.3 * len(_without_title(extracted, title))
    preferred = longer or len(extracted) < _SHORTEST or _is_laid_out(extracted)
    found = densest if preferred and (densest or not extracted) else extracted
    return plain(told) if len(found) < _SHORTEST and isinstance(told, str) else found


def _is_laid_out(extracted: str) -> bool:
    """Whether most of a text came out as rows of a table: the table is the frame of the page, not data in it."""
    rows = sum(len(line) for line in extracted.split("\n") if line.startswith("|"))
    return rows > len(extracted) / 2


def _is_links(page: HtmlPage, body: str) -> bool:
    """Whether most of a text is the words of links: a menu or a list, not an article."""
    linked = sum(
        len(text) for link in page.all("a[href]")[:300] if (text := one_line(link.text())) and text in body
    )
    return linked > len(body) * 0.6


def _extracted(markup: str) -> str:
    if len(markup) > _MOST_EXTRACTED:
        return ""
    try:
        found = (
            trafilatura.extract(markup, include_comments=False, include_tables=True, favor_recall=True) or ""
        )
    finally:
        reset_caches()
    return paragraphs(found)


def _densest(page: HtmlPage) -> str:
    """The box with the most prose of its own: text in paragraphs, less the text of links."""
    best: tuple[float, LexborNode | None] = (0.0, None)
    scores: dict[int, tuple[float, LexborNode]] = {}
    for node in page.all("p, div, td, section, article")[:4000]:
        own = _own_prose(node)
        if own <= 0:
            continue
        home, share = (node.parent, 1.0) if node.tag == "p" else (node, 1.0)
        for step in range(2):
            if home is None or home.tag in {"html", "-document"} or (home.tag == "body" and step):
                break
            before = scores.get(home.mem_id, (0.0, home))[0]
            scores[home.mem_id] = (before + own * share, home)
            home, share = home.parent, share * 0.6
    for score, node in scores.values():
        if score > best[0]:
            best = (score, node)
    return visible_text(best[1]) if best[1] is not None else ""


def _own_prose(node: LexborNode) -> int:
    """Characters of sentences directly in a node, links not counted."""
    if node.tag == "p":
        linked = sum(len(link.text()) for link in node.css("a"))
        length = len(node.text()) - linked
    else:
        length = len(one_line(node.text(deep=False)))
    return length if length >= 40 else 0


def _is_issue(line: str) -> bool:
    """«2 (148) 31 Января 2024»: the current issue of the journal, in the frame of every page."""
    return len(line) < 60 and any(found.of_issue for found in find_dates(line))


def _without_title(body: str, title: str) -> str:
    """A body that does not begin with its own title, date or section, nor end with the page's footer.

    A little of the page's frame may stand before the title.
    """
    lines = body.split("\n")
    at = next((at for at, line in enumerate(lines[:_FRAME_LINES]) if _key(line) == _key(title)), 0)
    if sum(len(line) for line in lines[:at]) < _FRAME_TEXT:
        lines = lines[at:]
    while lines and FOOTER.match(lines[-1]):
        lines.pop()
    if lines and _CONSENT.search(lines[0]):
        lines = lines[1:]
    while lines and (_key(lines[0]) in {"", _key(title)} or is_date_line(lines[0]) or _is_issue(lines[0])):
        lines = lines[1:]
    return "\n".join(lines)
