"""The list of sources: the shipped one, the same form in and out of a file, and OPML."""

from __future__ import annotations

import json
import re
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final, cast

from feeds.addresses import absolute, canonical, host_of
from feeds.decode import decode
from feeds.errors import BadCatalogue
from feeds.items import Rule
from storage.languages import LANGUAGES, Names
from storage.sources import Source, SourceDefinition, SourceKind

_KINDS: Final = ("feed", "listing", "channel")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_RULE: Final = "jarchyRule"
_NOT_FOR_SLUGS = re.compile(r"[^a-z0-9]+")


def shipped_sources() -> tuple[SourceDefinition, ...]:
    """The partners that come with the program."""
    return read_catalogue((files("storage.registry") / "sources.toml").read_text(encoding="utf-8"))


def read_catalogue(text: str) -> tuple[SourceDefinition, ...]:
    """Sources from a file in the form of the shipped one.

    Raises `BadCatalogue`, which names the source and what is wrong with it.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadCatalogue(reason=str(error)) from error
    rows = data.get("source", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadCatalogue(reason="[[source]]")
    found = tuple(_definition(row) for row in rows)
    slugs = [definition.slug for definition in found]
    if twice := next((slug for slug in slugs if slugs.count(slug) > 1), None):
        raise BadCatalogue(reason=f"{twice}: slug")
    return found


def write_catalogue(sources: Iterable[SourceDefinition | Source]) -> str:
    """The whole list as a file that `read_catalogue` reads; the desk has no address and is left out."""
    return "\n".join(_written(source) for source in sources if source.kind in _KINDS)


def write_opml(sources: Iterable[SourceDefinition | Source]) -> str:
    """OPML 2.0 (http://opml.org/spec2.opml) for other readers; a listing has its rule in an attribute of ours."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "Jarchy"
    body = ET.SubElement(root, "body")
    for source in sources:
        if source.kind in ("feed", "listing"):
            ET.SubElement(body, "outline", _outline(source))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def read_opml(data: bytes, taken: Iterable[str] = ()) -> tuple[SourceDefinition, ...]:
    """Sources from another reader's list, each address once; slugs are made from addresses and differ from `taken`.

    Raises `BadCatalogue` for what is no OPML.
    """
    root = _xml(data)
    if root.tag.lower() != "opml":
        raise BadCatalogue(reason="OPML")
    used = set(taken)
    seen: set[str] = set()
    found: list[SourceDefinition] = []
    for outline in root.iter("outline"):
        definition = _from_outline(outline, used)
        if definition and canonical(definition.url) not in seen:
            seen.add(canonical(definition.url))
            used.add(definition.slug)
            found.append(definition)
    return tuple(found)


def slug_for(url: str, taken: Iterable[str]) -> str:
    """A short name for a source, from its address: `https://www.dpi.kg/ru/news` → `dpi-kg-ru-news`."""
    host, path = host_of(url).removeprefix("www."), url.partition("://")[2].partition("/")[2]
    base = (
        _NOT_FOR_SLUGS.sub("-", f"{host} {path.partition('?')[0]}".lower()).strip("-")[:48].strip("-")
        or "source"
    )
    used = set(taken)
    numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, len(used) + 2))
    return next(slug for slug in numbered if slug not in used)


def _definition(row: Mapping[str, Any]) -> SourceDefinition:
    slug = str(row.get("slug", ""))
    names, url, kind = row.get("names"), str(row.get("url", "")), row.get("kind")
    rule = row.get("rule") or {}
    language = row.get("language")
    interval = row.get("interval_minutes", 60)
    _require(bool(_SLUG.fullmatch(slug)), slug, "slug")
    _require(kind in _KINDS, slug, "kind")
    _require(isinstance(names, dict) and bool(names.get("ru")), slug, "names.ru")
    _require(kind == "channel" or bool(absolute(url)), slug, "url")
    _require(language is None or language in LANGUAGES, slug, "language")
    _require(isinstance(interval, int) and 5 <= interval <= 10_080, slug, "interval_minutes")
    _require(isinstance(rule, dict) and _good_rule(rule), slug, "rule")
    _require(kind != "listing" or bool(rule.get("item_pattern")), slug, "rule.item_pattern")
    return SourceDefinition(
        slug=slug,
        names=Names.from_mapping(cast(dict[str, str], names)),
        kind=cast(SourceKind, kind),
        url=url,
        organisation=row.get("organisation"),
        language=language,
        rule=Rule.from_mapping(rule).as_mapping(),
        interval_minutes=interval,
        enabled=bool(row.get("enabled", True)),
    )


def _require(right: bool, slug: str, field: str) -> None:
    if not right:
        raise BadCatalogue(reason=f"{slug or '?'}: {field}")


def _good_rule(rule: Mapping[str, Any]) -> bool:
    try:
        re.compile(str(rule.get("item_pattern", "")))
    except re.error:
        return False
    return True


def _written(source: SourceDefinition | Source) -> str:
    fields: list[tuple[str, Any]] = [
        ("slug", source.slug),
        ("names", source.names.as_mapping()),
        ("kind", source.kind),
        ("url", source.url),
        ("organisation", source.organisation),
        ("language", source.language),
        ("interval_minutes", source.interval_minutes),
        ("enabled", source.enabled),
        ("rule", dict(source.rule) or None),
    ]
    lines = [f"{name} = {_toml(value)}" for name, value in fields if value is not None]
    return "\n".join(["[[source]]", *lines, ""])


def _toml(value: Any) -> str:
    """A value as TOML; its basic strings are JSON's (https://toml.io/en/v1.0.0#string)."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _outline(source: SourceDefinition | Source) -> dict[str, str]:
    title = source.names.in_("ru")
    attributes = {"text": title, "title": title}
    if source.kind == "feed":
        attributes |= {"type": "rss", "xmlUrl": source.url}
    else:
        attributes |= {
            "type": "link",
            "url": source.url,
            _RULE: json.dumps(dict(source.rule), ensure_ascii=False),
        }
    return attributes | ({"language": source.language} if source.language else {})


def _xml(data: bytes) -> ET.Element:
    """The tree of an XML file that declares no entities of its own."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(data).text)
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.I):
        raise BadCatalogue(reason="DOCTYPE")
    try:
        return ET.fromstring(text)  # noqa: S314  (no DOCTYPE, so no entities)
    except ET.ParseError as error:
        raise BadCatalogue(reason=str(error)) from error


def _from_outline(outline: ET.Element, taken: Iterable[str]) -> SourceDefinition | None:
    attributes = {name.lower(): value for name, value in outline.attrib.items()}
    feed, page = absolute(attributes.get("xmlurl", "")), absolute(attributes.get("url", ""))
    rule = next(_rules(attributes.get(_RULE.lower(), "")), Rule())
    if not feed and not (page and rule.item_pattern):
        return None
    url = feed or page
    title = attributes.get("title") or attributes.get("text") or host_of(url)
    language = attributes.get("language", "")[:2]
    return SourceDefinition(
        slug=slug_for(url, taken),
        names=Names(ru=title),
        kind="feed" if feed else "listing",
        url=url,
        language=language if language in LANGUAGES else None,
        rule=rule.as_mapping() if not feed else {},
    )


def _rules(text: str) -> Iterator[Rule]:
    try:
        data = json.loads(text)
    except ValueError:
        return
    if isinstance(data, dict) and _good_rule(data):
        yield Rule.from_mapping(data)
