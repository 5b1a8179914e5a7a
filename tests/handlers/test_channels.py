"""A partner's channel: asked about, heard, changed, and no longer heard."""

from __future__ import annotations

import pytest

from bot.sandbox.methods import Upload
from storage.releases import Release, ReleaseFilter
from storage.sources import Source
from tests.handlers.talk import OFFICIAL_ID, STAFF_ID, Talk

TEXT = "Айылда жаңы мектеп ачылды\nБүгүн Мисал айылында жаңы мектеп ачылды, ага элүү окуучу барды."
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)


async def partner_channel(talk: Talk) -> int:
    """A channel that the bot has just come into."""
    await talk.start(who=STAFF_ID)
    channel = talk.people.create_group(OFFICIAL_ID, "Мисал жаңылыктары", kind="channel")
    talk.people.add_bot(OFFICIAL_ID, channel.id)
    await talk.answered()
    await talk.delivered()
    return channel.id


async def heard_channel(talk: Talk) -> int:
    """A channel that staff said yes to."""
    channel = await partner_channel(talk)
    await talk.press("Да, это источник", who=STAFF_ID)
    return channel


async def sources(talk: Talk) -> list[Source]:
    return [source for source in await talk.deps.sources.all() if source.kind == "channel"]


async def releases(talk: Talk) -> list[Release]:
    (source,) = await sources(talk)
    return list(await talk.deps.releases.latest(ReleaseFilter(source=source.slug)))


async def test_staff_are_asked_whether_a_channel_is_a_source(talk: Talk) -> None:
    channel = await partner_channel(talk)
    assert "«Мисал жаңылыктары»" in talk.text(STAFF_ID)
    assert await sources(talk) == []
    await talk.press("Да, это источник", who=STAFF_ID)
    (source,) = await sources(talk)
    assert (source.names.ru, source.rule, source.enabled) == ("Мисал жаңылыктары", {"chat_id": channel}, True)
    acts = [(act.actor_id, act.action) for act in await talk.deps.staff.recent_acts()]
    assert (STAFF_ID, "source.add") in acts
    assert [version.changed_by for version in await talk.deps.sources.rule_versions(source.slug)] == [
        STAFF_ID
    ]


async def test_a_channel_that_staff_refused_is_not_heard(talk: Talk) -> None:
    channel = await partner_channel(talk)
    await talk.press("Не источник", who=STAFF_ID)
    await talk.say(TEXT, chat=channel)
    assert await sources(talk) == []
    assert await talk.deps.releases.count() == 0


async def test_only_staff_decide(talk: Talk) -> None:
    await partner_channel(talk)
    await talk.start()
    message = talk.last()
    assert message.markup is not None
    channel = next(chat for chat in talk.telegram.chats.values() if chat.kind == "channel")
    message.markup["inline_keyboard"].append([{"text": "forged", "callback_data": f"chan:{channel.id}:1"}])
    await talk.press("forged")
    assert await sources(talk) == []


async def test_a_post_becomes_a_release_that_is_told(talk: Talk) -> None:
    channel = await heard_channel(talk)
    await talk.say(TEXT, chat=channel)
    (release,) = await releases(talk)
    assert (release.title, release.silent) == ("Айылда жаңы мектеп ачылды", False)
    assert release.body.startswith("Бүгүн Мисал айылында")
    assert (release.url or "").startswith("https://t.me/")
    (source,) = await sources(talk)
    assert source.last_success_at == talk.clock()


async def test_an_edit_changes_the_release_and_is_not_told_again(talk: Talk) -> None:
    channel = await heard_channel(talk)
    post = talk.people.say(OFFICIAL_ID, TEXT, channel)
    await talk.answered()
    (before,) = await releases(talk)
    talk.people.edit(OFFICIAL_ID, channel, post.id, TEXT.replace("элүү", "алтымыш"))
    await talk.answered()
    (after,) = await releases(talk)
    assert after.id == before.id
    assert "алтымыш" in after.body


def picture(number: int) -> Upload:
    return Upload(f"{number}.png", "image/png", PICTURE)


async def test_an_album_is_one_release_with_all_its_pictures(talk: Talk) -> None:
    channel = await heard_channel(talk)
    sent = talk.people.send_album(OFFICIAL_ID, "photo", [picture(n) for n in range(3)], channel, caption=TEXT)
    await talk.answered()
    (release,) = await releases(talk)
    first, *others = (f"https://t.me/c/{str(channel).removeprefix('-100')}/{one.id}?single" for one in sent)
    assert release.title == "Айылда жаңы мектеп ачылды"
    assert release.image_url == first
    assert [file["url"] for file in await talk.deps.releases.noted(release.id, "enclosures")] == others


async def test_an_edited_caption_changes_its_part_of_the_album_alone(talk: Talk) -> None:
    channel = await heard_channel(talk)
    captions = ("", "Ачылыштан сүрөттөр, экинчи күн", "Мугалимдер менен сүрөттөр")
    sent = [
        talk.people.send_file(OFFICIAL_ID, "photo", picture(n), channel, caption=caption, album="777")
        for n, caption in enumerate(captions)
    ]
    await talk.answered()
    (before,) = await releases(talk)
    assert (before.title, before.body) == (captions[1], captions[2])
    assert (before.image_url or "").endswith(f"/{sent[0].id}?single")
    talk.people.edit(OFFICIAL_ID, channel, sent[1].id, "Ачылыштан сүрөттөр, үчүнчү күн")
    await talk.answered()
    (after,) = await releases(talk)
    assert (after.id, after.title, after.body) == (before.id, "Ачылыштан сүрөттөр, үчүнчү күн", captions[2])
    assert after.image_url == before.image_url


async def test_pictures_alone_are_no_news(talk: Talk) -> None:
    channel = await heard_channel(talk)
    talk.people.send_file(OFFICIAL_ID, "photo", Upload("1.png", "image/png", PICTURE), channel)
    await talk.say("👍", chat=channel)
    assert await releases(talk) == []


async def test_a_channel_that_threw_the_bot_out_is_switched_off_and_staff_are_told(talk: Talk) -> None:
    channel = await heard_channel(talk)
    talk.people.remove_bot(OFFICIAL_ID, channel)
    await talk.answered()
    await talk.delivered()
    assert "больше нет в канале «Мисал жаңылыктары»" in talk.text(STAFF_ID)
    assert [source.enabled for source in await sources(talk)] == [False]

    talk.people.add_bot(OFFICIAL_ID, channel)
    await talk.answered()
    await talk.delivered()
    await talk.press("Да, это источник", who=STAFF_ID)
    assert [source.enabled for source in await sources(talk)] == [True]


@pytest.mark.parametrize("address", ["@no_such_channel", "https://t.me/no_such_channel"])
async def test_a_channel_the_bot_is_not_in_cannot_be_added_by_its_address(talk: Talk, address: str) -> None:
    await talk.start(who=STAFF_ID)
    await talk.say("/sources", who=STAFF_ID)
    await talk.press("+ Добавить источник", who=STAFF_ID)
    await talk.say(address, who=STAFF_ID)
    assert "сначала добавить меня в канал" in talk.text(STAFF_ID)
