"""Places and topics by the names that people use in questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from storage.registry.reading import Fields
from storage.registry.records import Municipality, Place, Topic
from storage.registry.territories import shipped_territories, with_parents

NAMES_FILE = "place_names.toml"


def read_places(data: Mapping[str, Any]) -> tuple[Place, ...]:
    """Places from their file; raises InvalidRecord where one lies in a region that is not there."""
    places = tuple(
        _place(values, f"{NAMES_FILE}, {values.get('slug', f'place {n}')}")
        for n, values in enumerate(data.get("place", []), 1)
    )
    regions = {place.slug for place in places if place.region == place.slug}
    for place in places:
        if place.region not in regions:
            raise Fields({}, f"{NAMES_FILE}, {place.slug}").fail(
                "region", "“{text}” is no region", text=place.region
            )
    return places


def as_places(municipalities: Iterable[Municipality]) -> tuple[Place, ...]:
    """Municipalities as places that one asks about, in the oblast of what they lie in.  Pure."""
    return tuple(Place(one.slug, one.names, _oblast(one.parent), one.aliases) for one in municipalities)


def _oblast(slug: str) -> str:
    return next(iter(with_parents([slug], shipped_territories())), slug)


def read_topics(data: Mapping[str, Any]) -> tuple[Topic, ...]:
    """Topics from their file."""
    return tuple(
        _topic(values, f"{NAMES_FILE}, {values.get('slug', f'topic {n}')}")
        for n, values in enumerate(data.get("topic", []), 1)
    )


def _place(values: Mapping[str, Any], where: str) -> Place:
    fields = Fields(values, where)
    slug = fields.text("slug")
    place = Place(
        slug,
        fields.names("names"),
        fields.text("region", slug),
        fields.texts("aliases"),
        fields.maybe_text("namesake"),
    )
    fields.done()
    return place


def _topic(values: Mapping[str, Any], where: str) -> Topic:
    fields = Fields(values, where)
    topic = Topic(
        fields.text("slug"), fields.names("names"), fields.texts("aliases"), fields.maybe_text("figures")
    )
    fields.done()
    return topic
