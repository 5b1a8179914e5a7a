"""Staff change the rules of topics, see what that would do, and can take it back."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.topic_trial import try_topic
from feeds.rules import RegistryTagger
from storage.database import Database
from storage.labels import fill_labels
from storage.languages import Names
from storage.registry import Registry
from storage.registry.topics import BadTopic
from storage.releases import NewRelease, Releases
from storage.sources import SourceDefinition, Sources
from storage.topic_rules import TopicRules, UnknownTopic, UnreadableRules

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
    text = NEW_RULE.replace('slug = "pser"', 'slug = "pser"\nremove = ["abbreviation"]')
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
        ("topic = []", "pser", UnreadableRules),
        ('[[topic]]\nslug = "a"', "pser", UnreadableRules),
    ],
)
async def test_mistakes_are_named(
    rules: TopicRules, text: str, slug: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await rules.draft(text, slug)
