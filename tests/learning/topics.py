"""Learns what words weigh for the topics from the labelled releases, and writes the table that the tagger reads.

Releases in `unseen_*.jsonl` are never learnt from: they are what the result is measured on, here and in the tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from feeds.rules import tagging_rules
from feeds.tagging import Rules, tag
from feeds.tagging_learned import WEIGHTS_FILE, features, groups_in
from feeds.tagging_text import read
from storage.analysis.weights import Weights, written_weights
from storage.registry import RegistrySnapshot, load_shipped
from storage.registry.topics import shipped_topics
from tests.learning.regression import Fit, several

ROOT: Final = Path(__file__).parents[2]
LABELLED: Final = ROOT / "tests" / "feeds" / "tagging"
UNSEEN: Final = "unseen_"
TABLE: Final = ROOT / "storage" / "registry" / WEIGHTS_FILE
FIT: Final = Fit(seen_in=4, strength=100.0, lightest=0.5)
NOTHING: Final = Weights({}, {})


@dataclass(frozen=True)
class Labelled:
    """A release and its topics."""

    title: str
    text: str
    topics: frozenset[str]


def taught() -> list[Path]:
    """The files that are learnt from."""
    files = [file for file in LABELLED.glob("*.jsonl") if not file.name.startswith(UNSEEN)]
    return [*sorted(files), LABELLED / "headlines.txt"]


def labelled(files: Sequence[Path]) -> Iterator[Labelled]:
    """The releases of files of JSON lines, and of `headlines.txt`."""
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            if file.suffix == ".txt":
                topics, _, title = line.partition("|")
                yield Labelled(title.strip(), "", frozenset(topics.split()))
            elif line:
                yield _labelled(json.loads(line))


def _labelled(item: dict[str, Any]) -> Labelled:
    text = "\n".join(filter(None, (item.get("summary"), item.get("body"))))
    return Labelled(item["title"], text, frozenset(item["topics"]))


def learn(releases: Sequence[Labelled], rules: Rules) -> Weights:
    """The weights for each topic that is learnt."""
    topics = [topic.slug for topic in shipped_topics() if topic.learned]
    texts = [_features(release, rules) for release in releases]
    return several(texts, [release.topics for release in releases], topics, FIT)


def _features(release: Labelled, rules: Rules) -> dict[str, float]:
    reading = read(release.title, release.text).proper
    groups = groups_in(rules.groups, rules.phrases.find(reading), reading)
    return features(reading, groups, bool(rules.places.find(reading)[0]))


def measured(releases: Sequence[Labelled], rules: Rules) -> dict[str, tuple[float, float]]:
    """Per topic, precision and recall of rules and weights together."""
    found = [(release.topics, tag(release.title, release.text, rules).topics) for release in releases]
    result = {}
    for topic in sorted({topic for topics, _ in found for topic in topics}):
        right = sum(topic in given and topic in meant for meant, given in found)
        given_at_all = sum(topic in given for _, given in found)
        meant_at_all = sum(topic in meant for meant, _ in found)
        result[topic] = right / max(given_at_all, 1), right / max(meant_at_all, 1)
    return result


def main() -> None:
    registry = RegistrySnapshot(load_shipped())
    by_rules = tagging_rules(registry, shipped_topics(), NOTHING)
    releases = list(labelled(taught()))
    weights = learn(releases, by_rules)
    TABLE.write_text(written_weights(weights), "utf-8")
    print(f"topics: {len(releases)} releases, {len(weights.of)} features, {TABLE.stat().st_size // 1024} KiB")
    together = tagging_rules(registry, shipped_topics(), weights)
    for file in sorted(LABELLED.glob(f"{UNSEEN}*.jsonl")):
        unseen = list(labelled([file]))
        for name, rules in (("rules alone", by_rules), ("with weights", together)):
            said = ", ".join(
                f"{topic} {p:.3f} / {r:.3f}" for topic, (p, r) in measured(unseen, rules).items()
            )
            print(f"  {file.name}, {len(unseen)} never learnt from, precision / recall, {name}: {said}")


if __name__ == "__main__":
    main()
