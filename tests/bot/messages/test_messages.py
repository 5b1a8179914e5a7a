"""What is said fits, reads well, and survives whatever a partner published."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Message, MessageEntity
from aiogram.utils.formatting import Bold, Code, Text
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import translation
from bot.messages.announcement_changes import NothingToCorrect, NoWords, edits
from bot.messages.callbacks import LessOften, OffTopic, ResendAnnouncement, ShowMore
from bot.messages.digest import Entry, Heading, Occasion, digest, more
from bot.messages.parts import TEXT_LIMIT, clip, fits, packed, pieces, web_address
from bot.messages.release import Unrenderable, alert
from bot.messages.written import CannotAnnounce, PollOfNoChannel, parts_of
from storage.languages import LANGUAGES, Language, Names
from storage.parts import Part
from storage.releases import Release
from tests.bot.messages.herald import BISHKEK, NOW, UNDER, reader, release


def check(part: Part) -> None:
    """What Telegram checks: lengths in UTF-16 units, entities within the text, buttons of at most 64 bytes."""
    text, entities = part.params["text"], part.params.get("entities", [])
    units = len(text.encode("utf-16-le")) // 2
    assert 0 < units <= TEXT_LIMIT
    assert text.strip()
    assert len(entities) <= 100
    assert all(entity["offset"] + entity["length"] <= units for entity in entities)
    for row in part.params.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]:
        for button in row:
            assert button["text"]
            assert len(button.get("callback_data", "").encode()) <= 64


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)
releases = st.builds(
    lambda number, title, lead, url, source, copies: release(
        number, title=title, lead=lead, url=url, source_names=Names(source), copies=copies
    ),
    st.integers(1, 2**40),
    words,
    words,
    st.one_of(
        st.none(), st.sampled_from(["https://herald.example/1", "javascript:alert(1)", "http://"]), words
    ),
    words,
    st.integers(0, 30),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(releases, st.sampled_from(UNDER)), max_size=40), st.sampled_from(LANGUAGES))
def test_any_digest_is_within_the_limits(drawn: list[tuple[Release, Heading]], language: Language) -> None:
    entries = [Entry(each, under) for each, under in drawn]
    for page in (
        digest(entries, Occasion("daily", was_due=NOW), reader(language), NOW, 2**40),
        more(entries, 8, reader(language), NOW, 2**40),
    ):
        for part in page:
            check(part)


@given(releases, st.sampled_from(LANGUAGES))
def test_any_alert_is_within_the_limits(drawn: Release, language: Language) -> None:
    try:
        (part,) = alert(drawn, ["ПСЭР, Нарын"], translation(language), NOW, BISHKEK)
    except Unrenderable:
        assert not drawn.title.split()
    else:
        check(part)


@given(words, st.integers(2, 300))
def test_a_clipped_line_is_no_longer_than_asked(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(clipped.encode("utf-16-le")) // 2 <= limit
    assert "\n" not in clipped
    if len(" ".join(text.split()).encode("utf-16-le")) // 2 <= limit:
        assert clipped == " ".join(text.split())


@given(st.lists(st.text("абв🙂", min_size=1, max_size=900), max_size=30))
def test_blocks_are_packed_whole_in_order(blocks: list[str]) -> None:
    texts = list(packed([Bold(block) for block in blocks]))
    assert all(fits(text) for text in texts)
    assert "\n\n".join(text.render()[0] for text in texts) == "\n\n".join(blocks)


def test_a_message_has_at_most_a_hundred_entities() -> None:
    texts = list(packed([Text(Bold("а"), " ", Bold("б")) for _ in range(120)]))
    assert [len(text.render()[1]) for text in texts] == [100, 100, 40]


def test_an_alert_reads_well_as_plain_text() -> None:
    (part,) = alert(release(copies=2), ["ПСЭР"], translation("ru"), NOW, BISHKEK)
    assert part.params["text"] == (
        "Выпуск 1\n"
        "Сход жителей решил строить мост.\n"
        "Вестник Тестового, 19 ноября · +2 источника\n\n"
        "https://herald.example/1\n\n"
        "Подписка: ПСЭР · /settings"
    )
    rows = part.params["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [["Читать"], ["Не по теме", "Реже"]]


def test_a_digest_reads_well_as_plain_text() -> None:
    entries = [
        Entry(release(1), UNDER[0]),
        Entry(release(2, lead="", url=None), UNDER[1]),
        Entry(release(3, lead=""), UNDER[0]),
    ]
    (part,) = digest(entries, Occasion("daily", 9), reader("ky"), NOW, 5)
    assert part.params["text"] == (
        "Жергиликтүү өз алдынча башкаруу, 20-ноябрь\n\n"
        "Лидер аялдар\n"
        "— Выпуск 2 · Сыноо жарчысы, 19-ноябрь\n\n"
        "СЭӨП\n"
        "— Выпуск 1 · Сыноо жарчысы, 19-ноябрь\n"
        "Сход жителей решил строить мост.\n\n"
        "— Выпуск 3 · Сыноо жарчысы, 19-ноябрь\n\n"
        "Күн сайын саат 09:00 · /settings"
    )
    links = [entity["url"] for entity in part.params["entities"] if entity["type"] == "text_link"]
    assert links == ["https://herald.example/1", "https://herald.example/3"]


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://dpi.example/a?b=c", True),
        ("http://127.0.0.1:8001/ru/1", True),
        ("javascript:alert(1)", False),
        ("tg://user?id=1", False),
        ("https://", False),
        ("https://a.example/ b", False),
        ("https://[half", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, taken: bool) -> None:
    assert (web_address(url) is not None) is taken


@pytest.mark.parametrize(
    "data",
    [
        OffTopic(release=2**62),
        LessOften(release=2**62),
        ShowMore(message=2**62, after=10**6),
        ResendAnnouncement(announcement=2**62, outcome="unknown"),
    ],
)
def test_callback_data_fits_whatever_the_number(data: Any) -> None:
    assert len(data.pack().encode()) <= 64


def written(**fields: Any) -> Message:
    return Message.model_validate(
        {"message_id": 1, "date": NOW, "chat": {"id": 1, "type": "private"}, **fields}
    )


def test_what_staff_wrote_is_sent_on_as_it_looks() -> None:
    bold = MessageEntity(type="bold", offset=0, length=4)
    (part,) = parts_of(written(text="Сход в субботу", entities=[bold]))
    assert part == Part(
        "sendMessage",
        {"text": "Сход в субботу", "entities": [{"type": "bold", "offset": 0, "length": 4}]},
    )


def test_a_photo_goes_in_its_largest_size_with_its_caption() -> None:
    sizes = [
        {"file_id": name, "file_unique_id": name, "width": 1, "height": 1} for name in ("small", "large")
    ]
    (part,) = parts_of(written(photo=sizes, caption="Мост"))
    assert part == Part("sendPhoto", {"photo": "large", "caption": "Мост"})


def test_a_die_that_would_fall_otherwise_in_each_chat_cannot_be_announced() -> None:
    with pytest.raises(CannotAnnounce):
        parts_of(written(dice={"emoji": "🎲", "value": 6}))


FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 1}
PLACE = {"latitude": 42.87, "longitude": 74.59}
POLL = {
    "id": "1",
    "question": "Нужна ли вода?",
    "options": [],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


@pytest.mark.parametrize(
    ("content", "method", "params"),
    [
        ({"location": PLACE}, "sendLocation", PLACE),
        (
            {"location": PLACE, "venue": {"location": PLACE, "title": "Клуб", "address": "Ленина, 1"}},
            "sendVenue",
            {**PLACE, "title": "Клуб", "address": "Ленина, 1"},
        ),
        (
            {"contact": {"phone_number": "+996700000000", "first_name": "Айгуль"}},
            "sendContact",
            {"phone_number": "+996700000000", "first_name": "Айгуль"},
        ),
        (
            {"video_note": {**FILE, "length": 360, "duration": 5}},
            "sendVideoNote",
            {"video_note": "f"},
        ),
        (
            {
                "sticker": {
                    **FILE,
                    "type": "regular",
                    "width": 512,
                    "height": 512,
                    "is_animated": False,
                    "is_video": False,
                }
            },
            "sendSticker",
            {"sticker": "f"},
        ),
        (
            {
                "animation": {**FILE, "width": 1, "height": 1, "duration": 1},
                "document": FILE,
                "caption": "Танец",
            },
            "sendAnimation",
            {"animation": "f", "caption": "Танец"},
        ),
        (
            {
                "photo": [{**FILE, "width": 1, "height": 1}],
                "caption": "Мост",
                "show_caption_above_media": True,
                "has_media_spoiler": True,
            },
            "sendPhoto",
            {"photo": "f", "caption": "Мост", "show_caption_above_media": True, "has_spoiler": True},
        ),
    ],
)
def test_what_telegram_can_send_is_sent_on_as_it_looks(
    content: dict[str, Any], method: str, params: dict[str, Any]
) -> None:
    (part,) = parts_of(written(**content))
    assert part == Part(method, params)


def test_a_poll_of_a_channel_is_forwarded_and_any_other_is_refused_with_the_reason() -> None:
    channel = {"id": -100, "type": "channel", "title": "Айыл"}
    origin = {"type": "channel", "date": 0, "chat": channel, "message_id": 5}
    poll = written(poll=POLL, forward_origin=origin)
    here = {"from_chat_id": poll.chat.id, "message_id": poll.message_id}
    assert parts_of(poll) == (Part("forwardMessage", here),)
    with pytest.raises(PollOfNoChannel):
        parts_of(written(poll=POLL))


def test_words_above_a_photo_stay_above_it_when_they_are_corrected() -> None:
    original = (Part("sendPhoto", {"photo": "f", "caption": "Мост", "show_caption_above_media": True}),)
    (call,) = edits(original, parts_of(written(text="Мост открыт")), 7)
    assert call.params["show_caption_above_media"] is True


def test_what_has_no_words_cannot_be_corrected_and_no_words_correct_nothing() -> None:
    text = parts_of(written(text="Собрание"))
    with pytest.raises(NothingToCorrect):
        edits((Part("sendSticker", {"sticker": "f"}),), text, 7)
    with pytest.raises(NoWords):
        edits(text, (Part("sendSticker", {"sticker": "f"}),), 7)


def test_a_correction_of_a_photo_changes_its_caption() -> None:
    original = (Part("sendPhoto", {"photo": "file", "caption": "Мост"}),)
    (part,) = edits(original, (Part("sendMessage", {"text": "Новый мост"}),), 7)
    assert part == Part("editMessageCaption", {"message_id": {"sent": [7, 0]}, "caption": "Новый мост"})


def test_a_burst_is_one_line_a_source_with_what_the_reader_asked_for() -> None:
    counts = {"": 190, "topic:pser": 3, "topic:women_leaders": 2}
    loud = [release(number, and_more=counts) for number in (1, 2, 3)]
    entries = [Entry(loud[0], UNDER[0]), Entry(loud[1], UNDER[0]), Entry(loud[2], UNDER[1])]
    (part,) = digest(entries, Occasion("instant"), reader(), NOW, 1)
    assert part.params["text"].count("см. /search") == 1
    assert "Вестник Тестового: ещё 5 публикаций, см. /search" in part.params["text"]
    check(part)


def test_a_lone_release_of_a_burst_says_that_there_is_more() -> None:
    (part,) = alert(release(), ("ПСЭР",), translation("ky"), NOW, BISHKEK, 21)
    assert "Сыноо жарчысы: дагы 21 материал" in part.params["text"]
    (quiet,) = alert(release(), ("ПСЭР",), translation("ky"), NOW, BISHKEK)
    assert "дагы" not in quiet.params["text"]


def test_a_text_too_long_for_a_message_is_cut_at_lines_with_its_entities() -> None:
    content = Text(Bold("Заголовок"), "\n", "слово " * 600, "\n", Code("0312 976530"), "\n", "😀" * 30)
    cut = list(pieces(content, limit=1000))
    assert all(fits(piece, 1000) for piece in cut)
    rendered = [piece.render() for piece in cut]
    assert " ".join(text for text, _ in rendered).split() == content.render()[0].split()
    assert {entity.type for _, entities in rendered for entity in entities} == {"bold", "code"}
    assert [piece.render() for piece in pieces(Text("коротко"))] == [("коротко", [])]


def test_a_word_longer_than_a_message_is_cut_too() -> None:
    assert [piece.render()[0] for piece in pieces(Text("а" * 2500), limit=1000)] == [
        "а" * 1000,
        "а" * 1000,
        "а" * 500,
    ]
