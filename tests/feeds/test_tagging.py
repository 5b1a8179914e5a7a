"""What a release is about: measured on labelled releases, and rule by rule."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.rules import canonical_name, tagging_rules
from feeds.tagging import Rules, Tags, load_rules, tag
from feeds.tagging_learned import features
from feeds.tagging_text import read
from storage.analysis.weights import Weights
from storage.registry import RegistrySnapshot
from storage.registry.shipped import load_shipped
from storage.registry.topics import BadTopic, RuleData, TopicData, read_topics, shipped_topics

LABELLED = Path(__file__).parent / "tagging"
HEADLINES = LABELLED / "headlines.txt"
TOPICS = ("women_leaders", "local_initiatives", "pser")
REGIONS = frozenset(
    ["batken", "jalal-abad", "issyk-kul", "naryn", "osh", "talas", "chuy", "bishkek", "osh-city"]
)
RULES = [(topic, rule) for topic in shipped_topics() for rule in topic.rules]


@cache
def registry() -> RegistrySnapshot:
    return RegistrySnapshot(load_shipped())


pytestmark = pytest.mark.xdist_group("tagging")
"""One worker judges the labelled releases, once."""


@pytest.fixture(scope="module")
def rules() -> Rules:
    """The shipped rules by themselves."""
    return tagging_rules(registry(), shipped_topics(), Weights({}, {}))


@pytest.fixture(scope="module")
def tagger() -> Rules:
    """The rules with what was learnt, as the program has them."""
    return tagging_rules(registry())


@dataclass(frozen=True)
class Judged:
    """A labelled release and what the rules say of it."""

    item: dict[str, Any]
    tags: Tags


def items(files: str) -> list[dict[str, Any]]:
    """The labelled releases of the files."""
    lines = (line for file in sorted(LABELLED.glob(files)) for line in file.read_text("utf-8").splitlines())
    return [json.loads(line) for line in lines]


def judged(tagger: Rules, files: str) -> list[Judged]:
    return [Judged(item, tag(item["title"], _text(item), tagger)) for item in items(files)]


@pytest.fixture(scope="module")
def unseen(tagger: Rules) -> list[Judged]:
    """Releases of an ordinary year that neither rules nor weights have learnt from."""
    return judged(tagger, "unseen_[!4]*.jsonl")


@pytest.fixture(scope="module")
def misleading(tagger: Rules) -> list[Judged]:
    """Unseen releases too, positives in none of a topic's usual words and negatives full of them."""
    return judged(tagger, "unseen_4.jsonl")


@pytest.fixture(scope="module")
def labelled(tagger: Rules) -> list[Judged]:
    """Releases that the rules were made from."""
    return judged(tagger, "[sh]*.jsonl")


@pytest.fixture(scope="module")
def headlines(tagger: Rules) -> list[Judged]:
    lines = (line.partition("|") for line in HEADLINES.read_text("utf-8").splitlines())
    pairs = [(topics.split(), title.strip()) for topics, _, title in lines]
    return [Judged({"title": title, "topics": topics}, tag(title, "", tagger)) for topics, title in pairs]


def _text(item: Mapping[str, Any]) -> str:
    return "\n".join(filter(None, (item.get("summary"), item.get("body"))))


@pytest.mark.parametrize(
    ("topic", "rule"), RULES, ids=[f"{topic.slug}: {rule.name}" for topic, rule in RULES]
)
def test_the_examples_beside_a_rule_hold(topic: TopicData, rule: RuleData, rules: Rules) -> None:
    for example in rule.matches:
        found = tag(example, "", rules)
        assert topic.slug in found.topics, example
        assert any(piece.rule == rule.name for piece in found.why), f"{example}: another rule"
    for example in rule.not_matches:
        assert topic.slug not in tag(example, "", rules).topics, example


def test_there_are_enough_labelled_releases_and_a_third_is_kyrgyz() -> None:
    labelled = items("*.jsonl")
    kyrgyz = [item for item in labelled if set("өүң") & set((item["title"] + item["summary"]).lower())]
    assert len(labelled) >= 8_000
    assert len(kyrgyz) >= len(labelled) / 3
    assert len({(item["title"], item["summary"]) for item in labelled}) == len(labelled)


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_are_precise_and_hardly_missed(topic: str, labelled: list[Judged]) -> None:
    precision, recall, wrong = measured(topic, labelled)
    assert precision >= 0.97, wrong
    assert recall >= 0.97, wrong


@pytest.mark.parametrize("topic", TOPICS)
def test_releases_never_learnt_from_are_judged_nearly_as_well(topic: str, unseen: list[Judged]) -> None:
    precision, recall, wrong = measured(topic, unseen)
    assert precision >= 0.96, wrong
    assert recall >= 0.92, wrong


@pytest.mark.parametrize("topic", TOPICS)
def test_releases_written_to_mislead_do_so_seldom(topic: str, misleading: list[Judged]) -> None:
    precision, recall, wrong = measured(topic, misleading)
    assert precision >= 0.85, wrong
    assert recall >= 0.85, wrong


@pytest.mark.parametrize("topic", TOPICS)
def test_headlines_alone_are_judged_as_well(topic: str, headlines: list[Judged]) -> None:
    precision, recall, wrong = measured(topic, headlines)
    assert precision >= 0.97, wrong
    assert recall >= 0.93, wrong


def measured(topic: str, judged: Iterable[Judged]) -> tuple[float, float, list[str]]:
    """Precision, recall and the titles that came out wrong."""
    pairs = [(each, topic in each.tags.topics, topic in each.item["topics"]) for each in judged]
    wrong = [each.item["title"] for each, given, meant in pairs if given != meant]
    right = sum(given and meant for _, given, meant in pairs)
    return (
        right / sum(given for _, given, _ in pairs),
        right / sum(meant for _, _, meant in pairs),
        wrong,
    )


@pytest.mark.parametrize(("field", "least"), [("regions", 0.99), ("projects", 0.97), ("organisations", 0.98)])
def test_places_projects_and_bodies_are_found_and_hardly_anything_else(
    field: str, least: float, labelled: list[Judged]
) -> None:
    right = given = meant = 0
    wrong = []
    for judged in labelled:
        if field not in judged.item:
            continue
        found, labels = _found(field, judged.tags), set(judged.item[field])
        right += len(found & labels)
        given += len(found)
        meant += len(labels)
        if found != labels:
            wrong.append((judged.item["title"], found ^ labels))
    assert right / given >= least, wrong
    assert right / meant >= least, wrong


def _found(field: str, tags: Tags) -> set[str]:
    if field == "regions":
        return set(REGIONS.intersection(tags.territories))
    kind = field.removesuffix("s")
    return {canonical_name(registry(), kind, slug) for slug in getattr(tags, field)}


def test_it_says_which_words_decided(rules: Rules) -> None:
    found = tag("Депутаты обсудили ПСЭР района", "", rules)
    assert [(piece.tag, piece.rule, piece.words) for piece in found.why] == [
        ("pser", "abbreviation", ("ПСЭР",))
    ]


def test_a_doubtful_release_is_for_staff_and_not_for_people(rules: Rules) -> None:
    found = tag("Гендерные вопросы в айыл окмоту", "", rules)
    assert found.topics == ()
    assert found.uncertain == ("women_leaders",)


def test_related_items_are_not_what_a_release_is_about(rules: Rules) -> None:
    text = "Подписан договор о вывозе мусора.\nПохожие материалы:\n- Муниципальные ПСЭР в шести районах\n"
    assert tag("Договор", text, rules) == Tags(scores=dict.fromkeys(TOPICS, 0))


@pytest.mark.parametrize(
    "about",
    [
        "\nО нас. Мы помогаем разрабатывать ПСЭР.",
        "\nAbout us: we help municipalities with PSED.",
        " Биз жөнүндө: биз СЭӨП боюнча окутабыз.",
        "\nО проекте\nПроект помогает писать ПСЭР в Нарынской области.",
    ],
)
def test_what_a_sender_says_of_itself_is_not_what_a_release_is_about(about: str, rules: Rules) -> None:
    news = "Офис переехал в новое здание на соседней улице. Телефоны и почта остались прежними, "
    news += "часы работы тоже, просим всех это учесть."
    found = tag("Переезд", news + about, rules)
    assert (found.topics, found.territories) == ((), ())
    assert tag("О проекте", "О проекте: муниципалитеты пишут ПСЭР.", rules).topics == ("pser",)


@pytest.mark.parametrize(
    "heading",
    [
        "О программе развития района",
        "Справка о местах выдаётся тут",
        "Программа жөнүндө",
        "О проекте бюджета",
    ],
)
def test_a_heading_within_the_news_does_not_end_it(heading: str, rules: Rules) -> None:
    news = "Депутаты собрались в пятницу вечером и говорили три часа о том, что район может успеть к лету и осени."
    assert tag("Сессия", f"{news}\n{heading}\nВ ПСЭР внесли две поправки.", rules).topics == ("pser",)


def test_words_in_the_text_count_as_in_the_title(rules: Rules) -> None:
    assert tag("Итоги недели", "Айыл окмоту обновляют ПСЭР.", rules).topics == ("pser",)


@pytest.mark.parametrize("title", ["", " ", "«»", "№", "\u200b", "1234567890"])
def test_a_release_without_words_has_no_tags(title: str, rules: Rules) -> None:
    found = tag(title, "", rules)
    assert (found.topics, found.territories, found.why) == ((), (), ())


@pytest.mark.parametrize(
    "written",
    [
        "П С Э Р обновят",
        "П.С.Э.Р. обновят",
        "ПСЭР-2030",
        "псэр",
        "«ПСЭР»",
        "ПСЭРы",
        "СЭӨПтү",
        "СЭОПтун",
        "ПС\u00adЭР",
    ],
)
def test_an_abbreviation_is_known_however_it_is_written(written: str, rules: Rules) -> None:
    assert tag(written, "", rules).topics == ("pser",)


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Жергиликтуу демилгелер сынагы", "local_initiatives"),
        ("Айыл кенешинин депутат айымдары", "women_leaders"),
        ("Айыл аймагынын социалдык-экономикалык онуктуруу программасы", "pser"),
        ("ЖЕРГИЛИКТҮҮ ДЕМИЛГЕЛЕР СЫНАГЫ", "local_initiatives"),
        ("Mестные инициативы", "local_initiatives"),  # with a Latin M
    ],
)
def test_keyboards_without_kyrgyz_letters_do_not_matter(title: str, topic: str, rules: Rules) -> None:
    assert tag(title, "", rules).topics == (topic,)


def a_topic(**rule: object) -> dict[str, object]:
    return {"topic": [{"slug": "t", "names": {"ru": "Тема"}, "rule": [{"name": "r", **rule}]}]}


def of(data: dict[str, object]) -> Rules:
    return Rules(read_topics(data), ())


def test_groups_must_stand_within_the_window_of_one_sentence() -> None:
    rules = of(a_topic(words=[["вода"], ["тариф"]], window=3))
    assert tag("Тариф на воду", "", rules).topics == ("t",)
    assert tag("Вода в каждом доме и новый тариф", "", rules).topics == ()
    assert tag("Вода. Тариф", "", rules).topics == ()


def test_a_rule_can_look_beyond_the_sentence() -> None:
    rules = of(a_topic(words=[["вода"], ["тариф"]], whole_text=True))
    assert tag("Вода", "Новый тариф.", rules).topics == ("t",)


def test_one_word_does_not_stand_for_two_groups() -> None:
    rules = of(a_topic(words=[["местный|районный кенеш"], ["кенеш"]]))
    assert tag("Местный кенеш", "", rules).topics == ()
    assert tag("Местный кенеш и районный кенеш", "", rules).topics == ("t",)


def test_a_word_beside_can_speak_against() -> None:
    rules = of(a_topic(words=[["инициатива"]], unless=["законодательный"], unless_window=2))
    assert tag("Законодательная инициатива", "", rules).topics == ()
    assert tag("Законодательное собрание рассмотрело много предложений и инициатив", "", rules).topics == (
        "t",
    )


def test_a_rule_for_the_whole_text_is_undone_from_another_sentence_too() -> None:
    rules = of(a_topic(words=[["вода"], ["тариф"]], whole_text=True, unless=["авария"], unless_window=3))
    assert tag("Авария. Вода ушла", "Тариф прежний.", rules).topics == ()
    assert tag("Авария была давно и далеко. Вода пришла", "Тариф прежний.", rules).topics == ("t",)


def test_weights_add_up_and_can_take_away() -> None:
    data = a_topic(words=[["вода"]], weight=0.7)
    topic: Any = data["topic"]
    topic[0]["rule"] += [
        {"name": "more", "words": [["труба"]], "weight": 0.4},
        {"name": "less", "words": [["авария"]], "weight": -0.5},
    ]
    rules = of(data)
    assert tag("Вода", "", rules).uncertain == ("t",)
    assert tag("Вода и трубы", "", rules).topics == ("t",)
    assert tag("Вода и трубы: авария", "", rules).uncertain == ("t",)
    assert tag("Авария", "", rules).why == ()


def test_what_all_words_do_not_bear_out_is_a_doubt_whatever_the_rules_weigh() -> None:
    text = " ".join(["вода", "труба", "тариф", *(letter * 5 for letter in "абвгдежзиклмнопрстуфхцчшщэюя")])
    against = Weights({"t": -9.0}, {name: {"t": -1.0} for name in features(read("", text).proper, {}, False)})
    rules = [{"name": "r", "words": [["вода"]], "weight": 7.6}]
    topic = {"slug": "t", "names": {"ru": "Тема"}, "learned": True, "rule": rules}
    data = read_topics({"topic": [topic]})
    assert tag("", text, Rules(data, (), weights=against)).uncertain == ("t",)
    assert tag("", text, Rules(data, (), weights=Weights({}, {}))).topics == ("t",)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("демилге*", "Демилгелердин сынагы", True),
        ("=манас", "Манаса", False),
        ("=манас", "МАНАС", True),
        ("кенеш|совет", "на совете", True),
        ("айыл .. кенеш", "айылдык жана шаардык кеңеш", True),
        ("айыл .. кенеш", "айыл один два три четыре кенеш", False),
        ("айыл кенеш", "айыл. Кенеш", False),
        ("долбоор", "долбоорлорубузда", True),
        ("китеп", "китебинде", True),
        ("woman", "women", True),
    ],
)
def test_how_phrases_are_written(pattern: str, text: str, found: bool) -> None:
    assert (tag(text, "", of(a_topic(words=[[pattern]]))).topics == ("t",)) is found


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({}, "no words"),
        ({"words": [[]]}, "no words"),
        ({"words": [["@nowhere"]]}, "no group @nowhere"),
        ({"words": [["a"]], "wieght": 1}, "unknown field wieght"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(rule: dict[str, object], problem: str) -> None:
    with pytest.raises(BadTopic, match=problem):
        read_topics(a_topic(**rule))


@given(st.text(max_size=60), st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_tagged_and_the_evidence_stands_in_it(title: str, text: str) -> None:
    found = tag(title, text, load_rules())
    assert set(found.topics) <= set(TOPICS)
    whole = f"{title}\n{text}"
    assert all(words in whole for piece in found.why for words in piece.words)
