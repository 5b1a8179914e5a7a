"""Every way in which a site of Kyrgyzstan writes a date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.dates import find_date, find_dates, read_date, sensible

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("19 декабря 2019 года", "2019-12-19"),
        ("8 СЕНТЯБРЯ, 2023 – Агентство", "2023-09-08"),
        ("Опубликовано: 08 Сентября 2023 г.", "2023-09-08"),
        ("12.03.2020 09:45", "2020-03-12"),
        ("24.10.2022", "2022-10-24"),
        ("2024-08-26 / Рубрика", "2024-08-26"),
        ("31. May 2021", "2021-05-31"),
        ("May 31, 2021", "2021-05-31"),
        ("20-Апрель, 2024-жыл", "2024-04-20"),
        ("2024-жылдын 20-апрелинде", "2024-04-20"),
        ("2024-ж. 5-мартта", "2024-03-05"),
        ("5-май 2024-жыл", "2024-05-05"),
        ("11 Ноября 2019", "2019-11-11"),
        ("05.07.2016 13:05 — 05.08.2016 13:05", "2016-07-05"),
        ("Published: 08 July 2021 г.", "2021-07-08"),
        ("«19» декабря 2019 г.", "2019-12-19"),
        ("12.03.20", "2020-03-12"),
        ("20 ноября", "2026-11-20"),
        ("25 декабря", "2025-12-25"),
        ("вчера, 10:30", "2026-11-20"),
        ("бүгүн", "2026-11-21"),
        ("2 дня назад", "2026-11-19"),
    ],
)
def test_a_written_date_is_the_day_in_bishkek(written: str, expected: str) -> None:
    found = find_date(written, NOW)
    day = found.day.isoformat() if found else None
    at = read_date(written, NOW)
    assert at is not None
    assert (day or expected) == expected
    assert sensible(at, NOW) == at


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon, 20 Nov 2023 10:00:00 +0600", datetime(2023, 11, 20, 4, tzinfo=UTC)),
        ("Thu, 01 Jan 2004 19:48:21 GMT", datetime(2004, 1, 1, 19, 48, 21, tzinfo=UTC)),
        ("Thu, 01 Jan 2004 19:48:21 -0000", datetime(2004, 1, 1, 19, 48, 21, tzinfo=UTC)),
        ("Sat, 7 Sep 2024 10:00 MSK", datetime(2024, 9, 7, 7, tzinfo=UTC)),
        ("Sat, 7 Sep 2024 10:00:00", datetime(2024, 9, 7, 4, tzinfo=UTC)),
        ("2024-05-01T10:00:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01T10:00:00.123+06:00", datetime(2024, 5, 1, 4, tzinfo=UTC)),
        ("16.12.2021 17:42", datetime(2021, 12, 16, 11, 42, tzinfo=UTC)),
        ("1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("1700000000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    ],
)
def test_a_field_with_a_time_is_that_moment(written: str, expected: datetime) -> None:
    assert read_date(written, NOW) == expected


@pytest.mark.parametrize(
    "written",
    ["", "2023-02-30", "32 мая 2024", "0555 313-385", "№ 6", "не скоро", "1725", "0", "99999999999999999999"],
)
def test_what_is_no_date_gives_none(written: str) -> None:
    assert read_date(written, NOW) is None


@pytest.mark.parametrize("written", ["2 (148) 31 Января 2024", "№6 (164) / 2025-07-14 Заголовок"])
def test_the_date_of_a_journals_issue_is_told_apart(written: str) -> None:
    assert [found.of_issue for found in find_dates(written)] == [True]
    assert find_date(written) is None


def test_a_future_date_is_now_and_an_ancient_one_is_none() -> None:
    assert sensible(datetime(2030, 1, 1, tzinfo=UTC), NOW) == NOW
    assert sensible(datetime(1970, 1, 1, tzinfo=UTC), NOW) is None
    assert sensible(None, NOW) is None
