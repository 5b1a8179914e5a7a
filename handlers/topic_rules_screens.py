"""The screens of /topic: a topic's rules in words, how right it has been, and what other rules would do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Text, TextLink

from bot.i18n import Translation
from bot.messages.parts import clip, joined, web_address
from bot.messages.release import source_and_date
from bot.topic_report import advice, month_line, summed
from bot.topic_trial import Trial
from handlers.callbacks import RulesAct, RulesWanted
from handlers.dialogues import RULES
from handlers.keyboards import back, button, close
from handlers.screens import Screen
from storage.languages import Names
from storage.registry.topics import RuleData, TopicData
from storage.releases import Release
from storage.tag_corrections import Mistake, Tally

RULES_SHOWN = 24
PHRASES_SHOWN = 3
NAME_LIMIT = 60
PHRASES_LIMIT = 80
TOPIC_NAME_LIMIT = 40
RELEASES_SHOWN = 8
TITLE_LIMIT = 120


def topics_screen(tr: Translation, topics: Sequence[TopicData]) -> Screen:
    """The topics to choose from."""
    rows = [[button(topic.names.in_(tr.language), RulesWanted(topic=topic.slug))] for topic in topics]
    new = [button("+ " + tr.gettext("New topic"), RulesAct(act="new"))]
    return Screen(Text(tr.gettext("Whose rules?")), (*rows, new))


def topic_screen(tr: Translation, topic: TopicData, caught: int) -> Screen:
    """A topic's rules in words: which are enough, which speak for it, which against."""
    shown = topic.rules[-RULES_SHOWN:]
    enough = [rule for rule in shown if rule.weight >= topic.threshold]
    speaking = [rule for rule in shown if 0 < rule.weight < topic.threshold]
    against = [rule for rule in shown if rule.weight <= 0]
    lines: list[Text | str] = [
        Bold(topic.names.in_(tr.language)),
        tr.ngettext("{n} release in the last 30 days", "{n} releases in the last 30 days", caught),
        tr.gettext("The words stand in their basic form; any ending is found."),
    ]
    for head, rules in (
        (tr.gettext("Any one of these is enough:"), enough),
        (tr.gettext("These speak for it; together they are enough from 100 %:"), speaking),
        (tr.gettext("These speak against it:"), against),
    ):
        if rules:
            lines += [Bold(head), *(rule_line(tr, rule, topic) for rule in rules)]
    if len(topic.rules) > RULES_SHOWN:
        lines.append("…")
    if topic.learned:
        lines.append(tr.gettext("All words of a release count too, as learnt from labelled releases."))
    acts = [
        button(tr.gettext("Change"), RulesAct(act="change", topic=topic.slug)),
        button(tr.gettext("Put back"), RulesAct(act="back", topic=topic.slug)),
    ]
    right = [button(tr.gettext("How right it is"), RulesAct(act="report", topic=topic.slug))]
    return Screen(joined(lines), (acts, right, back(tr, RulesWanted())))


def report_screen(
    tr: Translation, topic: TopicData, months: Sequence[Tally], wrong: Sequence[Mistake]
) -> Screen:
    """Precision and recall by month, what they say, and the releases behind them."""
    lines: list[Text | str] = [Bold(topic.names.in_(tr.language))]
    if months:
        whole = summed(months)[topic.slug]
        lines += [month_line(month, tr) for month in months]
        lines += ["", *advice(whole, tr)]
        lines.append(tr.gettext("What nobody corrected counts as right."))
    else:
        lines.append(tr.gettext("No release has had this topic in half a year."))
    for head, missed in ((tr.gettext("Taken off by staff"), False), (tr.gettext("Added by staff"), True)):
        if found := [one for one in wrong if one.missed is missed]:
            lines += ["", Bold(head), *(Text("— ", _linked(one)) for one in found)]
    change = [button(tr.gettext("Change"), RulesAct(act="change", topic=topic.slug))]
    return Screen(joined(lines), (change, back(tr, RulesWanted(topic=topic.slug))))


def _linked(wrong: Mistake) -> Text:
    title, address = clip(wrong.title, TITLE_LIMIT), web_address(wrong.url)
    return TextLink(title, url=address) if address else Text(title)


def rule_line(tr: Translation, rule: RuleData, topic: TopicData) -> str:
    """A rule in a line: what it is called, how much it counts where it is not enough, and some of its words."""
    name = clip(rule.names.in_(tr.language) if rule.names else rule.name, NAME_LIMIT)
    share = round(100 * rule.weight / topic.threshold)
    counts = "" if share >= 100 else f" ({share} %)"
    beside = tr.gettext("beside")
    words = f" {beside} ".join(map(_phrases, rule.words))
    return f"— {name}{counts}: {clip(words, PHRASES_LIMIT)}"


def _phrases(group: Sequence[str]) -> str:
    return ", ".join(f"«{plain_phrase(phrase)}»" for phrase in group[:PHRASES_SHOWN])


def plain_phrase(phrase: str) -> str:
    """A phrase of a rule without the signs of its spelling: `план* развитие|рост` as «план… развитие / рост».  Pure."""
    return phrase.replace("=", "").replace("*", "…").replace("|", " / ").replace(" .. ", " … ")


def name_screen(tr: Translation, *, again: bool = False) -> Screen:
    """What a new topic is called; `again` after something that is no name."""
    lines = [tr.gettext("That is not two short lines.")] if again else []
    lines += [
        tr.gettext("What is the new topic called? Two lines: in Russian, then in Kyrgyz."),
        tr.gettext("Up to {most} letters each, for it stands on a button.", most=TOPIC_NAME_LIMIT),
    ]
    return Screen(joined(lines), (close(tr, RULES),))


def words_screen(tr: Translation, names: Names) -> Screen:
    """What a new topic is about."""
    lines: list[Text | str] = [
        Bold(tr.gettext("New topic: {topic}", topic=names.in_(tr.language))),
        tr.gettext("Send words of which each is enough for the topic, one phrase a line."),
        tr.gettext("In Russian and in Kyrgyz, in their basic form: endings are found by themselves."),
        tr.gettext("Nothing changes until you have seen what they would catch and lose."),
    ]
    return Screen(joined(lines), (close(tr, RULES),))


def saved_screen(tr: Translation, topic: TopicData, found: int, *, is_new: bool) -> Screen:
    """What has changed with the new rules, and what else can be done."""
    lines = [tr.gettext("Saved. The new rules apply from the next release on.")]
    if is_new:
        lines.append(tr.gettext("Readers can choose the new topic now: /topics. Its link is under /links."))
    rows = []
    if found:
        lines.append(tr.gettext("Shall the releases that were found be marked too? Nobody is told of them."))
        rows.append([button(tr.gettext("Mark them too"), RulesAct(act="mark", topic=topic.slug))])
    return Screen(joined(lines), (*rows, back(tr, RulesWanted())))


def ask_screen(tr: Translation) -> Screen:
    """What can be sent."""
    lines = [
        tr.gettext("Send words of which each is enough for the topic, one phrase a line."),
        tr.gettext("Or rules as in topics.toml, as a text or a file: those of the same name are replaced."),
        tr.gettext("Nothing changes until you have seen what they would catch and lose."),
    ]
    return Screen(joined(lines), (close(tr, RULES),))


def trial_screen(
    tr: Translation, topic: TopicData, trial: Trial, timezone: str, now: datetime, *, is_new: bool
) -> Screen:
    """What the rules would catch and lose among the newest releases."""
    name = topic.names.in_(tr.language)
    lines: list[Text | str] = [
        Bold(tr.gettext("New topic: {topic}", topic=name) if is_new else name),
        tr.ngettext("Tried on {n} release.", "Tried on {n} releases.", trial.looked_at),
        *_difference(tr, trial, timezone, now),
        tr.gettext(
            "Keeps {kept}; for staff to decide: {doubtful}.", kept=trial.kept, doubtful=trial.uncertain
        ),
    ]
    acts = [button(tr.gettext("Save"), RulesAct(act="save", topic=topic.slug)), *close(tr, RULES)]
    return Screen(joined(lines), (acts,))


def _difference(tr: Translation, trial: Trial, timezone: str, now: datetime) -> list[Text | str]:
    if not (trial.caught or trial.lost):
        return [Bold(tr.gettext("Nothing would change among them."))]
    return [
        Bold(tr.ngettext("Would catch {n} more", "Would catch {n} more", len(trial.caught))),
        *_listed(tr, trial.caught, timezone, now),
        Bold(tr.ngettext("Would lose {n}", "Would lose {n}", len(trial.lost))),
        *_listed(tr, trial.lost, timezone, now),
    ]


def _listed(tr: Translation, releases: Sequence[Release], timezone: str, now: datetime) -> list[str]:
    shown = [
        f"— {clip(one.title, TITLE_LIMIT)} · {source_and_date(one, tr, now, ZoneInfo(timezone))}"
        for one in releases[:RELEASES_SHOWN]
    ]
    return [*shown, "…"] if len(releases) > RELEASES_SHOWN else shown
