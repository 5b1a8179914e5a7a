"""A record of the registry from a plain mapping, as TOML files and the database hold it.

Strict: a field that is missing, of another kind, or unknown is an InvalidRecord that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, get_args

from storage.errors import N_
from storage.languages import Names
from storage.registry.errors import InvalidRecord
from storage.registry.records import (
    Ambiguity,
    Contact,
    Event,
    Fact,
    Faq,
    Money,
    Municipality,
    Organisation,
    PartialDate,
    Phase,
    Project,
    ProjectState,
    Source,
    Term,
)
from storage.registry.spellings import is_address, is_email, is_name, is_number

FACT_KINDS = frozenset(
    {
        "donor", "implementer", "partner", "period", "where", "municipalities", "budget", "state", "result",
        "contribution", "event", "initiative", "note", "head", "contact", "number", "method", "law", "page",
    }
)  # fmt: skip

TERRITORY_SLUG = 20
"""Characters of a territory's slug that fit behind a button."""
NAME_LIMIT = 255
TEXT_LIMIT = 2_000
FACT_LIMIT = 1_000
QUESTION_LIMIT = 1_500
ANSWER_LIMIT = 3_700
"""Characters of a name or another item of a list, of what a record is, of a fact, of a question and its answer: so that
a message holds the whole card (`card_sizes` looks at all of it together)."""

NO_NAME = N_("“{text}” is too short or too common a word for a name")
_CURRENCY = re.compile("[A-Z]{3}")
"""ISO 4217."""

T = TypeVar("T")


def units(text: str) -> int:
    """The length of a text as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Fields:
    """The fields of one record, each of which may be read once; what is left at the end is unknown."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._left = dict(values)
        self.where = where

    def fail(self, field: str, problem: str, **words: Any) -> InvalidRecord:
        """The error to raise about a field; `problem` is a message id, filled from `words`."""
        return InvalidRecord(f"{self.where}, {field}", problem, **words)

    def text(self, field: str, default: str | None = None, most: int = NAME_LIMIT) -> str:
        """A text that is there, or the default; at most so many characters."""
        value = self._left.pop(field, default)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(field, N_("a text is expected"))
        if units(value) > most:
            raise self.fail(field, N_("at most {most} characters fit"), most=most)
        return value

    def maybe_text(self, field: str, most: int = NAME_LIMIT) -> str | None:
        """A text, or None where it is missing."""
        return self.text(field, most=most) if field in self._left else None

    def texts(self, field: str, most: int = NAME_LIMIT) -> tuple[str, ...]:
        """A list of texts; empty where it is missing."""
        values = self._left.pop(field, [])
        if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
            raise self.fail(field, N_("a list of texts is expected"))
        for value in values:
            if units(value) > NAME_LIMIT:
                raise self.fail(
                    field,
                    N_("“{text}”: at most {most} characters fit"),
                    text=value[:40] + "…",
                    most=NAME_LIMIT,
                )
        return tuple(values)

    def called(self, field: str) -> tuple[str, ...]:
        """Other names; each has to be one by which people can mean one thing."""
        names = self.texts(field)
        for wrong in (name for name in names if not is_name(name)):
            raise self.fail(field, NO_NAME, text=wrong)
        return names

    def address(self, field: str) -> str:
        """The address of a page."""
        text = self.text(field, most=TEXT_LIMIT)
        if not text.startswith(("http://", "https://")):
            raise self.fail(field, N_("an address that starts with http is expected"))
        if not is_address(text):
            raise self.fail(
                field, N_("“{text}” is no address of a page such as https://dpi.kg"), text=text[:NAME_LIMIT]
            )
        return text

    def maybe_address(self, field: str) -> str | None:
        """The address of a page, or None where it is missing."""
        return self.address(field) if field in self._left else None

    def maybe_number(self, field: str) -> int | None:
        """A whole number, or None where it is missing."""
        value = self._left.pop(field, None)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.fail(field, N_("a whole number is expected"))
        return value

    def flag(self, field: str) -> bool:
        """True or false; false where it is missing."""
        value = self._left.pop(field, False)
        if not isinstance(value, bool):
            raise self.fail(field, N_("true or false is expected"))
        return value

    def date(self, field: str) -> PartialDate:
        """A year, a month or a day."""
        return self._date(field, self.text(field))

    def maybe_date(self, field: str) -> PartialDate | None:
        """A year, a month or a day, or None where it is missing."""
        return self.date(field) if field in self._left else None

    def dates(self, field: str) -> tuple[PartialDate, ...]:
        """A list of them."""
        return tuple(self._date(field, text) for text in self.texts(field))

    def _date(self, field: str, text: str) -> PartialDate:
        try:
            return PartialDate.parse(text)
        except ValueError as error:
            raise self.fail(
                field, N_("“{text}” is no date such as 2016, 2016-10 or 2016-10-01"), text=text
            ) from error

    def table(self, field: str) -> Fields:
        """A table of fields."""
        value = self._left.pop(field, None)
        if not isinstance(value, dict):
            raise self.fail(field, N_("a table is expected"))
        return Fields(value, f"{self.where}, {field}")

    def tables(self, field: str) -> Iterable[Fields]:
        """A list of tables; empty where it is missing."""
        values = self._left.pop(field, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.fail(field, N_("a list of tables is expected"))
        return [Fields(value, f"{self.where}, {field} {n}") for n, value in enumerate(values, 1)]

    def names(self, field: str, most: int = NAME_LIMIT) -> Names:
        """Names in three languages, the Russian one at least."""
        return self.table(field).as_names(most)

    def maybe_names(self, field: str) -> Names | None:
        """Names, or None where they are missing."""
        return self.names(field) if field in self._left else None

    def as_names(self, most: int) -> Names:
        """These fields themselves as names."""
        ru = self.text("ru", most=most)
        ky, en = self.maybe_text("ky", most) or "", self.maybe_text("en", most) or ""
        self.done()
        return Names(ru=ru, ky=ky, en=en)

    def source(self) -> Source:
        """Where the record is from; an address is always given."""
        fields = self.table("source")
        source = Source(title=fields.text("title"), url=fields.address("url"))
        fields.done()
        return source

    def has(self, field: str) -> bool:
        """Whether a field was given and not read yet."""
        return field in self._left

    def done(self) -> None:
        """Raises where something was given that nobody reads."""
        if self._left:
            raise self.fail(sorted(self._left)[0], N_("this field is not known"))


def _fact(fields: Fields, as_of: PartialDate, source: Source) -> Fact:
    kind = fields.text("kind")
    if kind not in FACT_KINDS:
        raise fields.fail(
            "kind", N_("“{text}” is none of: {known}"), text=kind, known=", ".join(sorted(FACT_KINDS))
        )
    own_date = fields.maybe_date("as_of")
    own_source = fields.source() if fields.has("source") else source
    unconfirmed = fields.flag("unconfirmed")
    return Fact(kind, fields.as_names(FACT_LIMIT), own_date or as_of, own_source, unconfirmed)


def _money(fields: Fields) -> Money | None:
    amount = fields.maybe_number("amount")
    if amount is None:
        return None
    currency = fields.text("currency")
    if not _CURRENCY.fullmatch(currency):
        raise fields.fail("currency", N_("“{text}” is no currency such as USD"), text=currency)
    return Money(amount, currency)


def _phase(fields: Fields) -> Phase:
    phase = Phase(
        names=fields.maybe_names("names"),
        start=fields.maybe_date("start"),
        ends=fields.dates("ends"),
        planned=fields.flag("planned"),
        budget=_money(fields),
        municipalities=fields.maybe_number("municipalities"),
        territories=fields.texts("territories"),
    )
    fields.done()
    return phase


def _budget(fields: Fields) -> Money:
    money = _money(fields)
    if money is None:
        raise fields.fail("amount", N_("a whole number is expected"))
    fields.done()
    return money


def _ambiguity(fields: Fields) -> Ambiguity:
    ambiguity = Ambiguity(fields.text("alias"), fields.texts("with"))
    fields.done()
    return ambiguity


def _common(fields: Fields) -> dict[str, Any]:
    as_of, source = fields.date("as_of"), fields.source()
    return {
        "slug": fields.text("slug"),
        "names": fields.names("names"),
        "as_of": as_of,
        "source": source,
        "aliases": fields.called("aliases"),
        "short": fields.maybe_names("short"),
        "full": fields.maybe_names("full"),
        "facts": tuple(_fact(fact, as_of, source) for fact in fields.tables("facts")),
    }


def read_project(values: Mapping[str, Any], where: str) -> Project:
    """A project from its fields."""
    fields = Fields(values, where)
    state = fields.text("state", "active")
    if state not in get_args(ProjectState):
        raise fields.fail(
            "state", N_("“{text}” is none of: {known}"), text=state, known=", ".join(get_args(ProjectState))
        )
    project = Project(
        **_common(fields),
        summary=fields.names("summary", TEXT_LIMIT),
        state=state,  # type: ignore[arg-type]  # checked above
        donors=fields.texts("donors"),
        implementers=fields.texts("implementers"),
        partners=fields.texts("partners"),
        territories=fields.texts("territories"),
        phases=tuple(map(_phase, fields.tables("phases"))),
        budgets=tuple(map(_budget, fields.tables("budgets"))),
        numbers=fields.texts("numbers"),
        site=fields.maybe_address("site"),
        ambiguous=tuple(map(_ambiguity, fields.tables("ambiguous"))),
        not_aliases=fields.texts("not_aliases"),
    )
    fields.done()
    return project


def read_organisation(values: Mapping[str, Any], where: str) -> Organisation:
    """A body from its fields."""
    fields = Fields(values, where)
    organisation = Organisation(
        **_common(fields),
        about=fields.names("about", TEXT_LIMIT),
        kind=fields.text("kind", "partner"),
        site=fields.maybe_address("site"),
        closed=fields.maybe_date("closed"),
        successor=fields.maybe_text("successor"),
    )
    fields.done()
    return organisation


def read_contact(values: Mapping[str, Any], where: str) -> Contact:
    """A contact from its fields."""
    fields = Fields(values, where)
    of = fields.table("of")
    project, organisation = of.maybe_text("project"), of.maybe_text("organisation")
    if (project is None) == (organisation is None):
        raise fields.fail("of", N_("either a project or an organisation is expected"))
    contact = Contact(
        slug=fields.text("slug"),
        of_kind="project" if project else "organisation",
        of=project or organisation or "",
        as_of=fields.date("as_of"),
        source=fields.source(),
        role=fields.names("role"),
        person=fields.maybe_names("person"),
        phones=fields.texts("phones"),
        fax=fields.texts("fax"),
        emails=fields.texts("emails"),
    )
    if not (contact.phones or contact.emails):
        raise fields.fail("phones", N_("a phone or an e-mail is expected"))
    for name, numbers in (("phones", contact.phones), ("fax", contact.fax)):
        for wrong in (number for number in numbers if not is_number(number)):
            raise fields.fail(name, N_("“{text}” is no telephone number such as +996312976530"), text=wrong)
    for wrong in (address for address in contact.emails if not is_email(address)):
        raise fields.fail("emails", N_("“{text}” is no e-mail address such as info@dpi.kg"), text=wrong)
    fields.done()
    return contact


def read_term(values: Mapping[str, Any], where: str) -> Term:
    """A term from its fields."""
    fields = Fields(values, where)
    term = Term(
        **_common(fields), definition=fields.names("definition", TEXT_LIMIT), topic=fields.maybe_text("topic")
    )
    fields.done()
    return term


def read_event(values: Mapping[str, Any], where: str) -> Event:
    """An event from its fields."""
    fields = Fields(values, where)
    event = Event(
        **_common(fields),
        about=fields.names("about", TEXT_LIMIT),
        on=fields.date("on"),
        projects=fields.texts("projects"),
        organisations=fields.texts("organisations"),
    )
    fields.done()
    return event


def _in_any_language(fields: Fields) -> Names:
    """A text in one language at least; what is missing in Russian is said in the language that is there."""
    ky, ru, en = (fields.maybe_text(language, ANSWER_LIMIT) or "" for language in ("ky", "ru", "en"))
    if not (ky or ru or en):
        raise fields.fail("ru", N_("a text is expected"))
    fields.done()
    return Names(ru=ru or ky or en, ky=ky, en=en)


def read_faq(values: Mapping[str, Any], where: str) -> Faq:
    """A question that people ask, with its answer, from its fields."""
    fields = Fields(values, where)
    faq = Faq(
        slug=fields.text("slug"),
        questions=fields.texts("questions", QUESTION_LIMIT),
        answer=_in_any_language(fields.table("answer")),
        as_of=fields.date("as_of"),
        source=fields.source() if fields.has("source") else None,
    )
    if not faq.questions:
        raise fields.fail("questions", N_("at least one question is expected"))
    fields.done()
    return faq


def read_municipality(values: Mapping[str, Any], where: str) -> Municipality:
    """A municipality from its fields; its slug stands behind a button beside a topic's and a chat's."""
    fields = Fields(values, where)
    slug = fields.text("slug")
    if len(slug) > TERRITORY_SLUG:
        raise fields.fail("slug", N_("at most {most} characters fit"), most=TERRITORY_SLUG)
    municipality = Municipality(
        slug=slug,
        names=fields.names("names"),
        parent=fields.text("parent"),
        aliases=fields.called("aliases"),
    )
    fields.done()
    return municipality


READERS: dict[str, Callable[[Mapping[str, Any], str], Any]] = {
    "project": read_project,
    "organisation": read_organisation,
    "contact": read_contact,
    "term": read_term,
    "event": read_event,
    "faq": read_faq,
    "municipality": read_municipality,
}
"""How each kind of record is read."""
