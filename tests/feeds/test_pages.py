"""Pages of partners: lists of articles, and articles."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from feeds.article import read_article
from feeds.errors import NoArticle, NoItems
from feeds.items import Rule
from feeds.listing import learn_listing, read_listing

URL = "https://journal.example/ru/article/full/99.html"
PROSE = "".join(
    f"<p>Абзац {number}: жители и органы местного самоуправления обсудили на собрании программу развития.</p>"
    for number in range(1, 7)
)


def day(at: datetime | None) -> date | None:
    return at.date() if at else None


def journal(
    title: str = "Шесть районов обновляют программы развития", dated: str = "2024-08-26 / Новости"
) -> str:
    """A page in the form of the journal: the current issue in the frame, neighbours with dates under the text."""
    return f"""<html lang="ru"><head><title>{title} | Журнал</title></head><body>
    <div class="top">2 (148) 31 Января 2024</div>
    <ul class="menu"><li><a href="/ru/">Главная страница</a><li><a href="/ru/about">О журнале</a></ul>
    <div class="text"><h1>{title}</h1><span>{dated}</span>{PROSE}</div>
    <div><h4>Похожие материалы:</h4><ul>
    <li>№6 (164) / 2025-07-14 <a href="/ru/article/full/77.html">Стартовал второй поток программы</a></li>
    <li>№5 (163) / 2025-06-10 <a href="/ru/article/full/78.html">Органы МСУ проведут конкурсы инициатив</a></li></ul>
    </div><div class="footer">© Журнал</div></body></html>"""


def test_an_article_of_the_journal_has_its_own_date_and_its_neighbours_apart(now: datetime) -> None:
    article = read_article(journal(), URL, now)
    assert article.title == "Шесть районов обновляют программы развития"
    assert article.published_at == datetime(2024, 8, 25, 18, tzinfo=UTC)
    assert article.body.startswith("Абзац 1") and article.body.endswith("программу развития.")
    assert "Января" not in article.body and "Стартовал" not in article.body
    assert [(one.title, one.url, one.date) for one in article.related] == [
        (
            "Стартовал второй поток программы",
            "https://journal.example/ru/article/full/77.html",
            date(2025, 7, 14),
        ),
        (
            "Органы МСУ проведут конкурсы инициатив",
            "https://journal.example/ru/article/full/78.html",
            date(2025, 6, 10),
        ),
    ]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("16.12.2021 17:42", datetime(2021, 12, 16, 11, 42, tzinfo=UTC)),
        ("Опубликовано: 08 Сентября 2023 г.", datetime(2023, 9, 7, 18, tzinfo=UTC)),
        ("20-Апрель, 2024-жыл", datetime(2024, 4, 19, 18, tzinfo=UTC)),
        ("31. May 2021", datetime(2021, 5, 30, 18, tzinfo=UTC)),
        ("05.07.2016 13:05 — 05.08.2016 13:05", datetime(2016, 7, 5, 7, 5, tzinfo=UTC)),
        ("Рубрика без даты", None),
    ],
)
def test_the_date_beside_the_title_is_the_date(
    now: datetime, printed: str, expected: datetime | None
) -> None:
    assert read_article(journal(dated=printed), URL, now).published_at == expected


def test_a_date_for_machines_comes_before_a_printed_one(now: datetime) -> None:
    page = journal().replace(
        "<head>", '<head><meta property="article:published_time" content="2024-08-01T10:00:00+06:00">'
    )
    assert read_article(page, URL, now).published_at == datetime(2024, 8, 1, 4, tzinfo=UTC)


def test_json_ld_names_date_and_headline(now: datetime) -> None:
    data = '{"@graph": [{"@type": "NewsArticle", "headline": "Заголовок из данных", "datePublished": "2024-08-02"}]}'
    page = f'<html><head><script type="application/ld+json">{data}</script></head><body><div>{PROSE}</div></body>'
    article = read_article(page, URL, now)
    assert (article.title, article.published_at) == (
        "Заголовок из данных",
        datetime(2024, 8, 1, 18, tzinfo=UTC),
    )


def test_a_title_that_stands_twice_is_not_the_first_line_of_the_body(now: datetime) -> None:
    title = "Двадцать муниципалитетов выбрали инициативы"
    page = f"<title>ИПР</title><body><h1>{title}</h1><div><h2>{title}</h2><i>16.12.2021 17:42</i>{PROSE}</div></body>"
    article = read_article(page, URL, now)
    assert article.title == title
    assert article.body.startswith("Абзац 1")


def test_a_rule_comes_first(now: datetime) -> None:
    page = "<html><h1>Сайт</h1><b id=t>Настоящий заголовок новости</b><i class=d>1.2.2024</i>"
    page += f"<div id=b>{PROSE}<p class=ad>Реклама</p></div>"
    rule = Rule(title="#t", date=".d", body="#b", drop=(".ad",))
    article = read_article(page, URL, now, rule)
    assert article.title == "Настоящий заголовок новости"
    assert article.published_at == datetime(2024, 1, 31, 18, tzinfo=UTC)
    assert "Реклама" not in article.body and article.body.count("\n") == 5


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html><h1>404</h1>" + PROSE,
        "<html><title>Страница не найдена</title>" + PROSE,
        "<html><h1>Заголовок</h1><p>Коротко.</p>",
        "<html><h1>Новости</h1>" + "<a href=/1>Ссылка</a>" * 50,
    ],
)
def test_an_error_page_or_an_empty_one_is_no_article(now: datetime, page: str) -> None:
    with pytest.raises(NoArticle):
        read_article(page, URL, now)


def test_a_canonical_address_of_another_site_is_not_believed(now: datetime) -> None:
    page = journal().replace("<head>", '<head><link rel="canonical" href="https://evil.example/x">')
    assert read_article(page, URL, now).url == URL
    page = journal().replace("<head>", '<head><link rel="canonical" href="https://journal.example/">')
    assert read_article(page, URL, now).url == URL


def listing() -> str:
    items = "".join(
        f"""<div class="item"><a href="/ru/article/full/{number}.html"><img src="p.jpg"></a>
        <span>{number}.08.2024</span>
        <h3><a href="/ru/article/full/{number}.html?utm_source=x">Новость номер {number} о делах жителей села</a></h3>
        <p>Коротко о том, что решили жители на собрании в школе.</p>
        <a href="/ru/article/full/{number}.html">Подробнее</a></div>"""
        for number in range(10, 20)
    )
    menu = "".join(
        f'<li><a href="/ru/section/{name}">{name}</a>' for name in ("Главная", "Контакты", "Архив", "Ссылки")
    )
    pages = "".join(f'<a href="/ru/page/{number}">{number}</a>' for number in range(2, 9))
    return f"<html><head><title>Новости</title></head><body><ul>{menu}</ul>{items}<div>{pages}</div></body></html>"


def test_a_listing_gives_each_article_once_with_its_own_date(now: datetime) -> None:
    rule = Rule(item_pattern=r"/article/full/\d+\.html")
    found = read_listing(listing(), "https://journal.example/ru/", now, rule)
    assert [item.title for item in found.items] == [
        f"Новость номер {n} о делах жителей села" for n in range(10, 20)
    ]
    assert found.items[0].url == "https://journal.example/ru/article/full/10.html"
    assert found.items[0].published_at == datetime(2024, 8, 9, 18, tzinfo=UTC)
    assert found.items[0].summary == "Коротко о том, что решили жители на собрании в школе."


def test_a_listing_without_items_is_an_error(now: datetime) -> None:
    with pytest.raises(NoItems):
        read_listing(listing(), "https://journal.example/ru/", now, Rule(item_pattern=r"/nothing/\d+"))


def test_neighbours_of_the_issue_have_the_date_of_their_issue(now: datetime) -> None:
    page = "<ul><li>№6 (164) / 2025-07-14 <a href=/a/1.html>Стартовал второй поток программы</a></li></ul>"
    found = read_listing(page, "https://journal.example/", now, Rule(item_pattern=r"/a/\d+"))
    assert found.items[0].title == "Стартовал второй поток программы"
    assert found.items[0].published_at == datetime(2025, 7, 13, 18, tzinfo=UTC)


def test_the_links_that_are_news_are_learnt_from_the_page(now: datetime) -> None:
    best = learn_listing(listing(), "https://journal.example/ru/", now)[0]
    assert len(best.items) == 10
    again = read_listing(listing(), "https://journal.example/ru/", now, Rule(item_pattern=best.item_pattern))
    assert [item.id for item in again.items] == [item.id for item in best.items]


@pytest.mark.parametrize(
    "form",
    [
        "/ru/novosti/{n}-{slug}",
        "/?p={n}",
        "/ru/blog/{n}-{slug}.html",
        "/news/{slug}-{n}/",
        "/2024/08/{n}/{slug}",
    ],
)
def test_addresses_of_many_forms_are_learnt(now: datetime, form: str) -> None:
    addresses = [form.format(n=400 + n, slug=f"zhiteli-sela-{letter}") for n, letter in enumerate("abcdefgh")]
    links = "".join(
        f'<li><a href="{address}">Жители села номер {n} выбрали старосту</a> 0{n}.09.2024'
        for n, address in enumerate(addresses, 1)
    )
    page = f'<nav><a href="/about">О нас</a></nav><ul>{links}</ul><a href="/contacts">Контакты</a>'
    best = learn_listing(page, "https://site.example/", now)[0]
    assert len(best.items) == 8
    assert day(best.items[0].published_at) == date(2024, 8, 31)


def test_a_page_without_a_list_teaches_nothing(now: datetime) -> None:
    assert learn_listing(journal(), URL, now) == ()
    assert learn_listing("", URL, now) == ()
