"""Sites as partners really make them: tables, frames, cards, pictures, scripts.  What would a person choose to read?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from feeds.check import check
from feeds.dates import local_day
from feeds.discover import discover
from feeds.errors import DocumentError, NoArticle
from feeds.fetch import Web
from feeds.items import Page
from feeds.listing import learn_listing
from feeds.reading import Job, read
from feeds.worker import Reader
from tests.feeds.conftest import Partner
from tests.feeds.document_files import docx_file
from tests.feeds.house import House, house

__all__ = ["house"]

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
URL = "https://aimak.example/"
TITLES = (
    "Жители Мисала выбрали инициативы на 2027 год",
    "В айылном аймаке открыли новый детский сад",
    "Муниципалитеты обновляют программы развития вместе",
    "Женщины-депутаты местных кенешей собрались на съезд",
    "Айылдык кеңештин кезексиз сессиясы болуп өттү",
)
LEAD = "Краткое описание новости, в котором достаточно слов для первого абзаца."
MENU = '<a href="/">Главная</a><a href="/about.html">О нашем прекрасном районе</a><a href="/contacts.html">Контакты</a>'


def each(row: str) -> str:
    """The row for every title: `{n}` counts from 1, `{d}` from 01, and `{lead}` are its first words."""
    rows = (
        row.replace("{n}", str(n)).replace("{d}", f"{n:02}").replace("{t}", title).replace("{lead}", LEAD)
        for n, title in enumerate(TITLES, 1)
    )
    return "".join(rows)


def script_only() -> str:
    listed = [
        {"@type": "NewsArticle", "headline": title, "url": f"/n/{n}", "datePublished": f"2026-11-{n:02}"}
        for n, title in enumerate(TITLES, 1)
    ]
    items = [{"@type": "ListItem", "position": n, "item": one} for n, one in enumerate(listed, 1)]
    data = json.dumps({"@type": "ItemList", "itemListElement": items})
    return f'<script type="application/ld+json">{data}</script><div id="app">Загрузка…</div>'


PAGES: dict[str, tuple[str, str]] = {
    "a table with the words in a row of their own": (
        f"<table><tr><td>{MENU}</table><table>"
        + each(
            "<tr><td>{n}.11.2026<td><a href='news.php?id=10{n}'><font>{t}</font></a>"
            "<tr><td colspan=2><font>{lead}</font>"
        )
        + "</table>",
        "news.php?id=101",
    ),
    "no boxes at all, the date over each": (
        f"<div>{MENU}</div>" + each("<b>{n} ноября 2026</b><br><a href=/a/{n}>{t}</a><p>{lead}</p>"),
        "a/1",
    ),
    "no boxes at all, the date under each": (
        f"<div>{MENU}</div>" + each("<h3><a href=/a/{n}>{t}</a></h3><p>{lead}</p><p>{n} ноября 2026</p>"),
        "a/1",
    ),
    "cards that are links whole": (
        each(
            "<a href=/blog/{n}-o-sele><div>{n}.11.26</div><div>Новости</div><div>{t}</div><div>{lead}</div></a>"
        )
        + "<footer><a href=/blog/9-usloviya>Условия использования этого сайта</a></footer>",
        "blog/1-o-sele",
    ),
    "pictures with words": (
        each("<div><a href=/post/50{n}><img src=/i/{n}.jpg alt='{t}'></a><span>{n} ноября 2026</span></div>"),
        "post/501",
    ),
    "the date in the address alone": (each("<li><a href=/2026/11/{d}/selo-{n}/>{t}</a>"), "2026/11/01/selo-1/"),
    "drawn by a script": (script_only(), "n/1"),
    "rows that a script makes links": (
        each("<div data-href=/k/{n}><b>{t}</b><i>{n}.11.2026</i></div>"),
        "k/1",
    ),
    "shared elsewhere": (
        each(
            "<article><h2><a href=/p/{n}>{t}</a></h2><time datetime=2026-11-{d}>{n} ноя</time>"
            "<a href='https://social.example/share?u=https://aimak.example/p/{n}'>Поделиться этой записью</a></article>"
        ),
        "p/1",
    ),
    "a base elsewhere": (
        "<base href=https://aimak.example/ru/site/>" + each("<li><a href=article/{n}.html>{t}</a> {n}.11.2026"),
        "ru/site/article/1.html",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_what_a_person_would_choose_is_read(name: str) -> None:
    body, first = PAGES[name]
    page = f"<html><head><title>Айыл аймагы</title></head><body>{body}</body></html>"
    heard = read(Job("anything", Page(page.encode(), URL), NOW))
    assert heard.kind == "listing"
    assert [item.title for item in heard.items] == list(TITLES)
    assert heard.items[0].url == URL + first
    assert [local_day(item.published_at) for item in heard.items] == [date(2026, 11, n) for n in range(1, 6)]
    if LEAD in body:
        assert {item.summary for item in heard.items} == {LEAD}


def test_a_day_s_heading_dates_everything_under_it() -> None:
    body = "".join(
        f"<h4>{day} ноября 2026</h4>"
        + "".join(f"<p><i>1{n}:30</i> <a href=/lenta/{day}{n}>{TITLES[n]}</a></p>" for n in range(2))
        for day in (15, 14, 13)
    )
    (learnt,) = learn_listing(f"<html><body><h1>Лента</h1>{body}</body></html>", URL, NOW)
    assert [day.day for item in learnt.items if (day := local_day(item.published_at))] == [
        15,
        15,
        14,
        14,
        13,
        13,
    ]


def test_news_comes_before_announcements() -> None:
    tenders = "".join(f"<li><a href=/ads/{n}>Объявлен тендер на ремонт {n}</a>" for n in range(4))
    news_below = each("<div><i>{n}-ноябрь, 2026-жыл</i><h3><a href=/news/{n}>{t}</a></h3><p>{lead}</p></div>")
    body = f"<h2>Объявления</h2><ul>{tenders}</ul><h2>Новости</h2>{news_below}"
    news, announcements = learn_listing(f"<html><body>{body}</body></html>", URL, NOW)
    assert news.items[0].title == TITLES[0]
    assert announcements.items[0].title == "Объявлен тендер на ремонт 0"


def test_an_article_that_only_a_script_shows_is_read_from_what_it_says_to_machines() -> None:
    text = " ".join([LEAD] * 4)
    data = {"@type": "NewsArticle", "headline": TITLES[0], "datePublished": "2026-11-03", "articleBody": text}
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    page = f"<html><title>Портал</title>{script}<div id=app></div>"
    heard = read(Job("anything", Page(page.encode(), URL + "n/1"), NOW))
    (item,) = heard.items
    assert (heard.kind, item.title, item.body) == ("article", TITLES[0], text)


def test_an_article_in_a_table_with_its_headline_in_large_letters() -> None:
    text = "<br><br>".join([LEAD * 3, LEAD * 2])
    page = (
        "<html><head><title>Районная администрация :: Новости</title></head><body bgcolor=#ffffff>"
        f"<table><tr><td>{MENU}</td></tr></table><table><tr><td><font size=4><b>{TITLES[1]}</b></font><br>"
        f"<font size=1>09.10.2026 | Просмотров: 120</font><br><br>{text}</td></tr></table>"
        "<table><tr><td><b>Другие новости</b><br><a href=/n/1>Субботник прошел в двадцати селах района</a></table>"
    )
    heard = read(Job("anything", Page(page.encode("cp1251"), URL + "n/7"), NOW))
    (item,) = heard.items
    assert (item.title, local_day(item.published_at)) == (TITLES[1], date(2026, 10, 9))
    assert item.body == f"{LEAD * 3}\n{LEAD * 2}"


async def test_a_list_of_files_gives_the_releases_in_them(house: House, now: datetime) -> None:
    for n, title in enumerate(TITLES, 1):
        file = docx_file(f"Пресс-релиз № {n}", f"{n} ноября 2026 года", title, f"{title}. {LEAD * 2}")
        house.partner.says(f"/a/{n}.html", file, Content_Type="application/octet-stream")
    house.partner.says("/a/6.html", b"%PDF-1.4 broken", Content_Type="application/pdf")
    links = each("<li><a href=/a/{n}.html>{t} (docx)</a>") + "<li><a href=/a/6.html>Скан без текста</a>"
    house.partner.says("/list", f"<html><ul>{links}</ul></html>")
    await house.add(kind="listing", path="/list")
    await house.refresh(now)
    stored = {release.title: release for release in await house.releases.latest()}
    assert set(stored) == {*TITLES, "Скан без текста"}
    assert stored[TITLES[0]].body == f"{TITLES[0]}. {LEAD * 2}"
    assert local_day(stored[TITLES[0]].published_at) == date(2026, 11, 1)


async def test_a_link_to_a_file_is_shown_as_what_it_is(partner: Partner, out: Web, reader: Reader) -> None:
    partner.says("/letter", docx_file(TITLES[0], LEAD * 3), Content_Type="application/octet-stream")
    partner.says("/scan", b"%PDF-1.4 broken")
    heard = await check(f"{partner.url}/letter", web=out, reader=reader, now=NOW)
    assert (heard.kind, [item.title for item in heard.items]) == ("article", [TITLES[0]])
    with pytest.raises(DocumentError):
        await check(f"{partner.url}/scan", web=out, reader=reader, now=NOW)


FRAMED: dict[str, str] = {
    "a set of frames": "<frameset cols=20%,80%><frame src=menu.html><frame src=main.html></frameset>",
    "a page in a page": "<body><p>Добро пожаловать</p><iframe src=/main.html></iframe></body>",
    "handed on": '<meta http-equiv="Refresh" content="0; URL=main.html">',
}


@pytest.mark.parametrize("front", FRAMED.values(), ids=FRAMED)
@pytest.mark.parametrize("way", [check, discover])
async def test_a_page_made_of_others_is_read_where_the_news_is(
    partner: Partner, out: Web, reader: Reader, front: str, way: Callable[..., object]
) -> None:
    partner.says("/", f"<html><head><title>Айыл</title></head>{front}</html>")
    partner.says("/menu.html", MENU)
    partner.says("/main.html", "<html><body>" + each("<li>{n}.11.2026 <a href=/a/{n}.html>{t}</a>"))
    if way is check:
        heard = await check(f"{partner.url}/", web=out, reader=reader, now=NOW)
        assert (heard.kind, len(heard.items)) == ("listing", 5)
        assert heard.warnings[0] == f"framed: read {partner.url}/main.html"
    else:
        (proposal, *_) = await discover(f"{partner.url}/", web=out, reader=reader, now=NOW)
        assert (proposal.url, len(proposal.items)) == (f"{partner.url}/main.html", 5)


SAID = (
    "Жители айылного аймака обсудили на сходе бюджет будущего года и решили, на что потратить деньги.",
    "По словам главы айыл окмоту, на ремонт дорог направят два миллиона сомов, а на водопровод ещё четыре.",
    "«Мы впервые решали это вместе», — рассказала учительница, которая участвовала в обсуждении.",
)
HEADLINE = "Сход решил, на что потратить бюджет"
DIVS = "".join(f"<div>{line}</div>" for line in SAID)
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in SAID)
CONSENT = (
    "Мы используем файлы cookie, чтобы сайт работал лучше. Продолжая им пользоваться, вы соглашаетесь с этим."
)

ARTICLES: dict[str, str] = {
    "boxes alone": (
        "<div>Телефон доверия 0312 00 00 00</div>"
        f"<div><div><div>{HEADLINE}</div><div>12/11/2026</div>{DIVS}</div></div>"
    ),
    "consent over the headline": f"<div>{CONSENT}</div><h1>{HEADLINE}</h1><p>12.11.2026</p>{PARAGRAPHS}",
    "today over it and a footer under it": (
        f"<div>Сегодня 20 ноября 2026, пятница</div><h1>{HEADLINE}</h1><div>12-ноября 2026 | Просмотры: 88</div>"
        f"{PARAGRAPHS}<div>© 2012-2026</div>"
    ),
    "an old table": (
        f"<table><tr><td class=contentheading>{HEADLINE}</table><table><tr><td>12.11.2026 09:15<tr><td>"
        + "<br><br>".join(SAID)
        + "</table><h3>Последние новости</h3><ul><li><a href=/1>Другая новость о районе и его жителях</a></ul>"
    ),
}


@pytest.mark.parametrize("body", ARTICLES.values(), ids=ARTICLES)
def test_an_article_is_its_text_alone(body: str) -> None:
    page = f"<html><head><title>{HEADLINE} | Район</title></head><body>{body}</body></html>"
    item = read(Job("article", Page(page.encode(), URL + "n/7"), NOW))
    assert (item.title, local_day(item.published_at)) == (HEADLINE, date(2026, 11, 12))
    assert item.body.split("\n") == list(SAID)


def test_a_page_that_asks_who_is_there_is_no_article() -> None:
    asking = "Для доступа к этому материалу нужно войти под своей учётной записью на нашем портале."
    page = f"<html><h1>Вход на сайт</h1><p>{asking}</p>"
    with pytest.raises(NoArticle):
        read(Job("article", Page(page.encode(), URL + "n/7"), NOW))
