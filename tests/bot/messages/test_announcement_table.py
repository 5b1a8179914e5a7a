"""The report of an announcement as a table that people can read."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramNetworkError
from aiogram.methods import SendMessage

from bot.i18n import translation
from bot.messages.announcement_table import REASONS, outcomes_table, reason, utc_offset
from storage.languages import LANGUAGES, Language

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
CALL = SendMessage(chat_id=1, text="Собрание")
OUTCOMES = (
    ("sent", None, NOW),
    (
        "blocked",
        f"TelegramForbiddenError: {TelegramForbiddenError(CALL, 'bot was blocked by the user')}",
        NOW,
    ),
    ("failed", "TelegramBadRequest: Telegram server says - Bad Request: VOICE_MESSAGES_FORBIDDEN", NOW),
    ("held", None, None),
)


def _rows(language: Language, zone: str = "Asia/Bishkek") -> list[list[str]]:
    data = outcomes_table(OUTCOMES, translation(language), ZoneInfo(zone), NOW)
    assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by it"
    separator = "," if language == "en" else ";"
    return list(csv.reader(StringIO(data.decode("utf-8-sig")), delimiter=separator))


def test_a_table_speaks_the_readers_language_and_shows_the_readers_time() -> None:
    assert _rows("ru") == [
        ["Итог", "Время (UTC+6)", "Причина"],
        ["Доставлено", "2026-11-20 10:00:00", ""],
        ["Заблокировали бота", "2026-11-20 10:00:00", "Человек заблокировал бота"],
        [
            "Не доставлено",
            "2026-11-20 10:00:00",
            "Telegram отказался принять сообщение: Bad Request: VOICE_MESSAGES_FORBIDDEN",
        ],
        ["Ещё не отправлено", "", ""],
    ]
    assert _rows("ky", "Europe/Moscow")[:2] == [
        ["Натыйжа", "Убакыт (UTC+3)", "Себеби"],
        ["Жеткирилди", "2026-11-20 07:00:00", ""],
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            TelegramForbiddenError(CALL, "Forbidden: user is deactivated"),
            "Человек удалил свою учётную запись",
        ),
        (
            TelegramForbiddenError(CALL, "Forbidden: bot was kicked from the group chat"),
            "Бота удалили из чата",
        ),
        (TelegramBadRequest(CALL, "Bad Request: chat not found"), "Чата больше нет"),
        (TelegramBadRequest(CALL, "Bad Request: group chat was deactivated"), "Чата больше нет"),
        (
            TelegramBadRequest(CALL, "Bad Request: not enough rights to send text messages to the chat"),
            "Боту нельзя писать в этот чат",
        ),
        (TelegramNetworkError(CALL, "Request timeout error"), "Ответ Telegram потерялся"),
        ("interrupted", "Бот остановился во время отправки"),
        ("inactive", "Чат больше ничего не получает"),
    ],
)
def test_a_reason_is_said_in_words(error: Exception | str, said: str) -> None:
    stored = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    assert reason(stored, translation("ru")) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_reason_is_said_in_every_language(language: Language) -> None:
    tr = translation(language)
    assert all(reason(mark, tr) for mark, _ in REASONS)


@pytest.mark.parametrize(
    ("hours", "said"), [(6, "UTC+6"), (-4, "UTC-4"), (5.5, "UTC+5:30"), (-3.5, "UTC-3:30"), (0, "UTC+0")]
)
def test_a_zone_is_named_by_its_difference(hours: float, said: str) -> None:
    assert utc_offset(NOW.astimezone(timezone(timedelta(hours=hours)))) == said
