"""Staff change the rules of topics, see what that would do, and can take it back."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.topic_trial import try_topic
from feeds.rules import RegistryTagger
from storage.database import Database
from storage.labels import fill_labels, labels
from storage.languages import Names
from storage.registry import Registry
from storage.registry.offered import OfferedTopics
from storage.registry.topics import BadTopic, shipped_rule_names, shipped_topics
from storage.releases import NewRelease, Releases
from storage.sources import SourceDefinition, Sources
from storage.topic_rules import TopicExists, TopicRules, UnknownTopic, UnreadableRules

NEW_RULE = """
slug = "pser"
[[rule]]
name = "water plans"
words = [["план водоснабжения"]]
"""
NEW_TOPIC = """
[[topic]]
slug = "water"
names = { ru = "Вода", ky = "Суу", en = "Water" }
[[topic.rule]]
name = "water"
words = [["вода", "суу"], ["@village"]]
"""


@pytest.fixture
async def rules(database: Database) -> TopicRules:
    await fill_labels(database)
    return TopicRules(database)


async def test_rules_that_nobody_changed_are_the_shipped_ones(rules: TopicRules) -> None:
    topics = await rules.topics()
    assert [topic.slug for topic in topics] == ["women_leaders", "local_initiatives", "pser"]
    assert await rules.topics() is topics


async def test_a_rule_is_added_and_the_others_stay(rules: TopicRules, now: datetime) -> None:
    before = next(topic for topic in await rules.topics() if topic.slug == "pser")
    await rules.save(await rules.draft(NEW_RULE), 7, now)
    after = next(topic for topic in await rules.topics() if topic.slug == "pser")
    assert [rule.name for rule in after.rules] == [*(rule.name for rule in before.rules), "water plans"]


async def test_the_tagger_uses_what_staff_saved_and_what_they_put_back(
    database: Database, rules: TopicRules, now: datetime
) -> None:
    tagger = RegistryTagger(Registry(database), TopicRules(database))
    await tagger.renew()
    assert tagger("Принят план водоснабжения", "").topics == ()
    await rules.save(await rules.draft(NEW_RULE), 7, now)
    await tagger.renew()
    assert tagger("Принят план водоснабжения", "").topics == ("pser",)
    assert await rules.revert("pser", 7, now)
    await tagger.renew()
    assert tagger("Принят план водоснабжения", "").topics == ()
    assert not await rules.revert("pser", 7, now)


async def test_reverting_goes_back_a_change_at_a_time(rules: TopicRules, now: datetime) -> None:
    for phrase in ("первая фраза", "вторая фраза"):
        await rules.save(await rules.draft(phrase, "pser"), 7, now)
    words = [
        rule.words[0]
        for topic in await rules.topics()
        for rule in topic.rules
        if rule.name == "words of staff"
    ]
    assert words == [("первая фраза", "вторая фраза")]
    await rules.revert("pser", 7, now)
    words = [
        rule.words[0]
        for topic in await rules.topics()
        for rule in topic.rules
        if rule.name == "words of staff"
    ]
    assert words == [("первая фраза",)]


async def test_a_new_topic_may_use_the_shared_groups(
    database: Database, rules: TopicRules, now: datetime
) -> None:
    draft = await rules.draft(NEW_TOPIC)
    assert draft.new
    await rules.save(draft, 7, now)
    tagger = RegistryTagger(Registry(database), rules)
    await tagger.renew()
    assert tagger("В село пришла вода", "").topics == ("water",)


async def test_a_trial_says_what_would_be_caught_and_lost(
    database: Database, rules: TopicRules, now: datetime
) -> None:
    definition = SourceDefinition("partner", Names("Партнёр"), "feed", "https://partner.example/feed")
    source = await Sources(database).put(definition, now)
    titles = ("Принят план водоснабжения", "Районы обновляют ПСЭР", "Новости спорта")
    stored = [NewRelease(title, title, "ru", title, published_at=now) for title in titles]
    await Releases(database).store(source.id, stored, now)
    text = NEW_RULE.replace('slug = "pser"', 'slug = "pser"\nlearned = false\nremove = ["abbreviation"]')
    trial = await try_topic(await rules.draft(text), rules, Releases(database))
    assert [release.title for release in trial.caught] == ["Принят план водоснабжения"]
    assert [release.title for release in trial.lost] == ["Районы обновляют ПСЭР"]
    assert (trial.looked_at, trial.kept) == (3, 0)
    assert [topic.slug for topic in await rules.topics() if topic.slug == "pser"] == ["pser"]


@pytest.mark.parametrize(
    ("text", "slug", "error"),
    [
        ("[[rule]", "pser", UnreadableRules),
        ("просто слова", None, UnreadableRules),
        ('slug = "nothing"\n[[rule]]\nname = "a"\nwords = [["b"]]', None, UnknownTopic),
        ('[[rule]]\nname = "a"\nwords = [["@nobody"]]', "pser", BadTopic),
        ('[[rule]]\nname = "a"\nword = [["b"]]', "pser", BadTopic),
        ("rule = 5", "pser", UnreadableRules),
        ("topic = []", "pser", BadTopic),
        ('[[topic]]\nslug = "a"', "pser", UnreadableRules),
        ('[[topic]]\nslug = "Вода и дороги"\nnames = { ru = "В" }\nrule = []', None, BadTopic),
    ],
)
async def test_mistakes_are_named(
    rules: TopicRules, text: str, slug: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await rules.draft(text, slug)


async def test_a_topic_of_staff_is_offered_at_once_and_no_longer_once_it_is_put_back(
    database: Database, rules: TopicRules, now: datetime
) -> None:
    offered, registry = OfferedTopics(database), Registry(database)
    assert "dorogi" not in await offered.names()
    await rules.save(
        await rules.draft_new(Names(ru="Дороги", ky="Жолдор"), "ремонт дороги\nжол оңдоо"), 7, now
    )
    names = await offered.names()
    assert names["dorogi"].ky == "Жолдор"
    assert list(names)[-1] == "dorogi"
    assert (await registry.snapshot()).topics["dorogi"].names.ru == "Дороги"
    assert (await labels(database)).name("topic", "dorogi", "ky") == "Жолдор"
    assert await offered.names() is names
    assert await rules.revert("dorogi", 7, now)
    assert "dorogi" not in await offered.names()
    assert "dorogi" not in (await registry.snapshot()).topics
    again = await rules.draft_new(Names(ru="Дороги", ky="Жолдор"), "мост")
    assert again.topic.slug == "dorogi"


async def test_a_shipped_topic_is_renamed_and_gets_its_name_back(
    database: Database, rules: TopicRules, now: datetime
) -> None:
    offered = OfferedTopics(database)
    text = NEW_TOPIC.replace('"water"', '"pser"', 1).replace("Вода", "Планы сёл")
    await rules.save(await rules.draft(text), 7, now)
    assert (await offered.names())["pser"].ru == "Планы сёл"
    await rules.revert("pser", 7, now)
    assert (await offered.names())["pser"].ru == "ПСЭР"


async def test_a_second_topic_of_the_same_name_is_refused(rules: TopicRules) -> None:
    with pytest.raises(TopicExists):
        await rules.draft_new(Names(ru="псэр"), "план")


async def test_topics_whose_names_begin_alike_are_told_apart(rules: TopicRules, now: datetime) -> None:
    first = await rules.draft_new(Names(ru="Развитие сельских дорог"), "дорога")
    await rules.save(first, 7, now)
    second = await rules.draft_new(Names(ru="Развитие сельских дорожек"), "дорожка")
    assert first.topic.slug != second.topic.slug


async def test_stored_releases_are_marked_except_where_staff_decided_one_by_one(
    database: Database, rules: TopicRules, now: datetime
) -> None:
    definition = SourceDefinition("partner", Names("Партнёр"), "feed", "https://partner.example/feed")
    source, releases = await Sources(database).put(definition, now), Releases(database)
    titles = ("Отмечают", "Сотрудник снял", "Снимают", "Сотрудник отметил")
    ids = await releases.store(
        source.id, [NewRelease(title, title, "ru", title, published_at=now) for title in titles], now
    )
    await releases.set_topics(ids[1], ["pser"], 7, now)
    await releases.set_topics(ids[1], [], 7, now)
    await rules.mark("pser", [ids[2]], [], 7, now)
    await releases.set_topics(ids[3], ["pser"], 7, now)
    assert await rules.mark("pser", ids[:2], ids[2:], 7, now) == (1, 1)
    has = [release.id for each in ids if (release := await releases.get(each)) and release.tags.topics]
    assert has == [ids[0], ids[3]]


def test_every_shipped_rule_has_a_name_for_people() -> None:
    """A new rule of topics.toml wants its names in rule_names.toml."""
    known = shipped_rule_names()
    rules = [rule for topic in shipped_topics() for rule in topic.rules]
    assert not [rule.name for rule in rules if rule.names is None or not rule.names.ky]
    assert set(known) == {rule.name for rule in rules} | {"words of staff"}
