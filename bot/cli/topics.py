"""`jarchy topics`: the rules of topics, tried before they go live, and how right they have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from bot.cli.common import Refused, asynchronous, print_json, settings
from bot.i18n import translation
from bot.ready import ready_database
from bot.topic_report import advice, summed
from bot.topic_trial import LAST, Trial, try_topic
from storage.releases import Release, Releases
from storage.tag_corrections import Mistake, Tally
from storage.topic_rules import Draft, TopicRules

_DAYS_A_MONTH = 31


@click.group("topics")
def command() -> None:
    """Shows topics, tries changed rules on stored releases, and reports how right the topics have been."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@asynchronous
async def list_topics(as_json: bool) -> None:
    """Lists the topics with the number of their rules."""
    async with ready_database(settings()) as database:
        topics = await TopicRules(database).topics()
    for topic in topics:
        if as_json:
            rules = [rule.name for rule in topic.rules]
            print_json({"topic": topic.slug, "names": topic.names.as_mapping(), "rules": rules})
        else:
            click.echo(f"{topic.slug:20} {topic.names.ru:24} {len(topic.rules)} rules")


@command.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--topic", help="The topic that the file changes, where the file does not say.")
@click.option(
    "--last",
    type=click.IntRange(1, 100_000),
    default=LAST,
    show_default=True,
    help="Newest releases to try on.",
)
@click.option("--save", is_flag=True, help="Put the rules in force afterwards.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@asynchronous
async def try_file(file: Path, topic: str | None, last: int, save: bool, as_json: bool) -> None:
    """Tries rules on the newest releases: what would they catch, what would they lose?

    FILE is TOML as in topics.toml: a whole [[topic]], or [[rule]]s that replace those of the same name or come
    besides. A file of phrases, one a line, adds them to the topic that --topic names.

    \b
    jarchy topics try pser.toml --last 500
    """
    text = _read(file)
    async with ready_database(settings()) as database:
        rules = TopicRules(database)
        draft = await rules.draft(text, topic)
        trial = await try_topic(draft, rules, Releases(database), last)
        if save:
            await rules.save(draft, None, datetime.now(UTC))
    if as_json:
        print_json(_as_json(draft, trial, saved=save))
    else:
        _show(draft, trial, saved=save)


@command.command("revert")
@click.argument("topic")
@asynchronous
async def revert(topic: str) -> None:
    """Puts back the rules that TOPIC had before the last change."""
    async with ready_database(settings()) as database:
        if not await TopicRules(database).revert(topic, None, datetime.now(UTC)):
            raise Refused(f"Nobody has changed the rules of “{topic}”: there is nothing to put back.")
    click.echo(f"The rules of {topic} are what they were before.")


@command.command("report")
@click.option(
    "--months", type=click.IntRange(1, 120), default=6, show_default=True, help="How many months back."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@asynchronous
async def report(months: int, as_json: bool) -> None:
    """Reports precision and recall of each topic by month of publication, from what staff corrected, and what to do.

    What nobody corrected counts as right, so both are upper bounds where staff look at little.
    """
    since = datetime.now(UTC) - timedelta(days=_DAYS_A_MONTH * months)
    async with ready_database(settings()) as database:
        tallies = await Releases(database).tallies(since)
        rules = TopicRules(database)
        wrong = {topic: (await rules.standing(topic, since))[1] for topic in summed(tallies)}
    for tally in tallies:
        if as_json:
            print_json({**asdict(tally), "precision": tally.precision, "recall": tally.recall})
    if not as_json:
        _show_tallies(tallies, wrong)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{file} is not UTF-8 text. Save it as UTF-8 and try again.") from None


def _as_json(draft: Draft, trial: Trial, *, saved: bool) -> dict[str, object]:
    return {
        "topic": draft.topic.slug,
        "looked_at": trial.looked_at,
        "catches": [_release(release) for release in trial.caught],
        "loses": [_release(release) for release in trial.lost],
        "keeps": trial.kept,
        "uncertain": trial.uncertain,
        "saved": saved,
    }


def _release(release: Release) -> dict[str, object]:
    return {"id": release.id, "title": release.title, "url": release.url, "date": f"{release.dated:%Y-%m-%d}"}


def _show(draft: Draft, trial: Trial, *, saved: bool) -> None:
    click.secho(f"{draft.topic.slug}: tried on {trial.looked_at} releases", bold=True)
    for sign, releases in (("+", trial.caught), ("-", trial.lost)):
        for release in releases:
            click.echo(f"  {sign} {release.dated:%Y-%m-%d} {release.title}")
    click.echo(
        f"  would catch {len(trial.caught)}, lose {len(trial.lost)}, keep {trial.kept};"
        f" {trial.uncertain} for staff to decide"
    )
    click.echo(
        "  saved: in force from the next release on"
        if saved
        else "  nothing was changed; --save puts it in force"
    )


def _show_tallies(tallies: tuple[Tally, ...], wrong: Mapping[str, Sequence[Mistake]]) -> None:
    if not tallies:
        click.echo("No releases with topics in these months.")
        return
    click.secho(
        "month    topic                given removed added confirmed doubted precision recall", bold=True
    )
    for one in tallies:
        click.echo(
            f"{one.month}  {one.topic:20} {one.given:5} {one.removed:7} {one.added:5} {one.confirmed:9}"
            f" {one.doubted:7} {_share(one.precision):>9} {_share(one.recall):>6}"
        )

    words = translation("en")
    for topic, whole in summed(tallies).items():
        click.secho(f"\n{topic}", bold=True)
        for line in advice(whole, words):
            click.echo(f"  {line}")
        for mistake in wrong[topic]:
            click.echo(f"  {'added' if mistake.missed else 'taken off'}: {mistake.title}")


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.2f}"
