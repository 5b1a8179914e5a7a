"""Short questions that go on from what was spoken of just before."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.answers import Target
from bot.answers.understanding import understand
from storage.registry import RegistrySnapshot

PROJECT = Target("project", "psi")
BODY = Target("organisation", "dpi")
PLACE = Target("place", "naryn")


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("а бюджет?", "budget"),
        ("кто финансирует?", "donor"),
        ("когда закончится?", "end"),
        ("а сроки?", "when"),
        ("а кто исполнитель?", "implementer"),
        ("и кто партнёры?", "partner"),
        ("а где?", "where"),
        ("сколько муниципалитетов?", "municipality"),
        ("расскажи подробнее", "about"),
        ("ким каржылайт?", "donor"),
        ("качан бүтөт?", "end"),
        ("донору ким?", "donor"),
        ("анын аткаруучусу ким", "implementer"),
        ("кайсы облустарда?", "where"),
    ],
)
def test_a_fact_is_asked_of_the_project_before(
    question: str, fact: str, snapshot: RegistrySnapshot, now: datetime
) -> None:
    understood = understand(question, snapshot, now=now, last_subject=PROJECT)
    assert (understood.kind, understood.targets) == ("project", (PROJECT,))
    assert fact in understood.facts


@pytest.mark.parametrize(
    ("question", "subject", "kind", "target"),
    [
        ("а контакты?", PROJECT, "project_contact", PROJECT),
        ("байланыштары?", PROJECT, "project_contact", PROJECT),
        ("а новости?", PROJECT, "releases", PROJECT),
        ("что нового?", PROJECT, "releases", PROJECT),
        ("жаңылыктары?", PROJECT, "releases", PROJECT),
        ("а телефон?", BODY, "organisation_contact", BODY),
        ("а какие проекты?", BODY, "projects_by_organisation", BODY),
        ("а Талас?", PLACE, "projects_by_region", Target("place", "talas")),
        ("а в Оше?", PLACE, "projects_by_region", Target("place", "osh-city")),
        ("а новости?", Target("term", "pser"), "releases", Target("term", "pser")),
    ],
)
def test_what_else_can_be_asked_of_what_was_before(
    question: str, subject: Target, kind: str, target: Target, snapshot: RegistrySnapshot, now: datetime
) -> None:
    understood = understand(question, snapshot, now=now, last_subject=subject)
    assert (understood.kind, understood.targets) == (kind, (target,))


@pytest.mark.parametrize("question", ["а погода?", "где купить корову?", "кто такой Пушкин"])
def test_other_matters_are_not_about_what_was_before(
    question: str, snapshot: RegistrySnapshot, now: datetime
) -> None:
    assert understand(question, snapshot, now=now, last_subject=PROJECT).kind == "unknown"
