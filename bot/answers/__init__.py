"""A question → an answer with its source, out of the registry and the stored releases and out of nothing else."""

from bot.answers.cards import (
    ProjectsPage,
    contact_card,
    organisation_card,
    project_card,
    projects_list,
    term_card,
)
from bot.answers.compose import compose, release_query
from bot.answers.desk import answer
from bot.answers.machine import as_json
from bot.answers.model import (
    Answer,
    Button,
    FoundRelease,
    ReleaseQuery,
    ReleaseSearch,
    SourceLine,
    plain_text,
)
from bot.answers.periods import Period
from bot.answers.understanding import Target, Understanding, understand
from bot.answers.vcard import vcard

__all__ = [
    "Answer",
    "Button",
    "FoundRelease",
    "Period",
    "ProjectsPage",
    "ReleaseQuery",
    "ReleaseSearch",
    "SourceLine",
    "Target",
    "Understanding",
    "answer",
    "as_json",
    "compose",
    "contact_card",
    "organisation_card",
    "plain_text",
    "project_card",
    "projects_list",
    "release_query",
    "term_card",
    "understand",
    "vcard",
]
