"""The week in numbers: counted, said in words, drawn once, and sent beside the digest."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage, SendPhoto, TelegramMethod
from aiogram.types import BufferedInputFile, Chat, Message, PhotoSize
from PIL import Image

from bot.digests import plan_due
from bot.i18n import translation
from bot.messages.parts import CAPTION_LIMIT
from bot.messages.week_picture import WeekPicture, drawn, week_part
from bot.pictures import DrawnWhenSent
from storage.database import Database
from storage.labels import Labels
from storage.languages import LANGUAGES, Language
from storage.models import TerritoryRow
from storage.planning import planning
from storage.registry.territories import shipped_territories
from storage.registry.topics import shipped_topics
from storage.week_numbers import WeekNumbers
from tests.bot.delivery.town import PSER, founded

DAY = timedelta(days=1)
LABELS = Labels(
    {topic.slug: topic.names for topic in shipped_topics()},
    {place.slug: place.names for place in shipped_territories()},
)
NUMBERS = WeekNumbers(42, 9, 5, (("pser", 14), ("local_initiatives", 11)), (("naryn", 9), ("osh-city", 1)))
FIRST, LAST = date(2026, 11, 13), date(2026, 11, 19)


def said(language: Language, numbers: WeekNumbers = NUMBERS) -> dict[str, Any]:
    part = week_part(numbers, FIRST, LAST, LABELS, translation(language))
    assert part is not None
    return dict(part.params)


def test_the_caption_says_what_is_on_the_picture() -> None:
    assert said("ru")["caption"].split("\n") == [
        "Неделя в цифрах, 13 ноября – 19 ноября",
        "42 публикации из 9 источников, упомянуто 5 проектов.",
        "ПСЭР — 14; Местные инициативы — 11",
        "Не нужна картинка? /settings",
    ]
    assert "9 булактан 42 материал" in said("ky")["caption"]


def test_a_week_without_publications_has_no_picture() -> None:
    assert week_part(WeekNumbers(0, 0, 0), FIRST, LAST, LABELS, translation("ru")) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_is_light_and_wide_enough_for_a_phone(language: Language) -> None:
    everything = WeekNumbers(
        12_345,
        120,
        70,
        tuple((slug, 10**number) for number, slug in enumerate(LABELS.topic)),
        tuple((slug, number + 1) for number, slug in enumerate(LABELS.territory)),
    )
    params = said(language, everything)
    png = drawn(params["photo"])
    picture = Image.open(BytesIO(png))
    assert picture.width == 1080
    assert picture.height < 2_000
    assert len(png) < 80_000
    assert len(params["caption"]) < CAPTION_LIMIT


def test_what_is_kept_is_read_back() -> None:
    text = said("ky")["photo"]
    assert WeekPicture.from_text(text).as_text() == text


async def test_copies_and_translations_count_once_and_other_weeks_not_at_all(
    database: Database, now: datetime
) -> None:
    town = await founded(database, now)
    first = await town.publish(now, "pser", territories=("naryn", "kochkor"))
    await town.publish(now, "pser", duplicate_of=first)
    await town.publish(now, "pser", language="ky", translation_of=first)
    await town.publish(now, "pser", "women_leaders", silent=True)
    await town.publish(now, "pser", published_at=now - 8 * DAY)
    async with database.write() as session:
        session.add_all(
            TerritoryRow(slug=slug, parent=parent, kind="oblast", names={"ru": slug}, position=0)
            for slug, parent in (("naryn", None), ("kochkor", "naryn"))
        )
    async with planning(database, now) as step:
        numbers = await step.week(now - 7 * DAY, now + DAY)
    assert numbers == WeekNumbers(2, 1, 0, (("pser", 2), ("women_leaders", 1)), (("naryn", 1),))


async def test_the_picture_comes_with_the_weekly_digest_of_those_who_want_it(
    database: Database, now: datetime
) -> None:
    town = await founded(database, now)
    for chat_id, cadence, language in (
        (1, "weekly", "ru"),
        (2, "weekly", "ru"),
        (3, "daily", "ru"),
        (4, "weekly", "ky"),
    ):
        await town.settle(chat_id, now, PSER, cadence=cast(Any, cadence), language=cast(Language, language))
        await town.subscribers.choose_picture(chat_id, chat_id != 2)
    release = await town.publish(now, "pser")

    await plan_due(database, now + 3 * DAY, batch=2)

    pictures = {row.id: row for row in await town.messages() if row.parts[0]["method"] == "sendPhoto"}
    got = {
        row.chat_id: pictures[row.message_id].language
        for row in await town.deliveries()
        if row.message_id in pictures
    }
    assert got == {1: "ru", 4: "ky"}
    assert len(pictures) == 2
    assert await town.told() == {chat: [release] for chat in (1, 2, 3, 4)}
    assert min(pictures) > min(row.message_id for row in await town.deliveries()), "the text goes first"


class Telegram:
    """Takes calls as the session would, and gives files ids."""

    def __init__(self) -> None:
        self.calls: list[TelegramMethod[Any]] = []
        self.down = False

    async def __call__(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        self.calls.append(method)
        if self.down:
            raise TelegramNetworkError(method=method, message="cut")
        photo = [PhotoSize(file_id=f"file-{len(self.calls)}", file_unique_id="1", width=1, height=1)]
        return Message(
            message_id=1, date=datetime(2026, 11, 20), chat=Chat(id=1, type="private"), photo=photo
        )


async def test_a_picture_is_uploaded_once_and_then_named() -> None:
    telegram, drawing, bot = Telegram(), DrawnWhenSent(), cast(Bot, None)
    russian, kyrgyz = said("ru")["photo"], said("ky")["photo"]

    for chat_id, text in ((1, russian), (2, russian), (3, kyrgyz)):
        await drawing(telegram, bot, SendPhoto(chat_id=chat_id, photo=text))

    first, second, third = (cast(SendPhoto, call).photo for call in telegram.calls)
    assert isinstance(first, BufferedInputFile)
    assert second == "file-1"
    assert isinstance(third, BufferedInputFile)
    assert [cast(SendPhoto, call).chat_id for call in telegram.calls] == [1, 2, 3]


async def test_a_failed_upload_is_made_again_by_the_next() -> None:
    telegram, drawing, bot = Telegram(), DrawnWhenSent(), cast(Bot, None)
    call = SendPhoto(chat_id=1, photo=said("ru")["photo"])
    telegram.down = True
    with pytest.raises(TelegramNetworkError):
        await drawing(telegram, bot, call)
    telegram.down = False
    await drawing(telegram, bot, call)
    assert isinstance(cast(SendPhoto, telegram.calls[-1]).photo, BufferedInputFile)


async def test_other_calls_pass_as_they_are() -> None:
    telegram, drawing = Telegram(), DrawnWhenSent()
    calls = [SendMessage(chat_id=1, text="Сход"), SendPhoto(chat_id=1, photo="AgACAgIAAxkB")]
    for call in calls:
        await drawing(telegram, cast(Bot, None), call)
    assert telegram.calls == calls
