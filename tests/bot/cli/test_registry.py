"""`jarchy registry`: out as a file, in with a look at the difference, and back again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import jarchy
from bot.settings import Settings

Jarchy = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jarchy:
    """Runs a command in a folder of its own, with no settings but the database's place."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return lambda *arguments: CliRunner().invoke(jarchy, ["registry", *arguments])


def done(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_file_is_looked_at_imported_and_reverted(run: Jarchy, tmp_path: Path) -> None:
    done(run("export", "registry.xlsx"))
    file = tmp_path / "projects.csv"
    file.write_text("slug,state\neged,active\n", "utf-8")

    assert "~ project eged\n    state: completed → active\n" in done(
        run("import", "projects.csv", "--dry-run")
    )
    assert done(run("history")) == ""
    assert run("import", "projects.csv").exit_code == 1
    assert done(run("history")) == ""

    done(run("import", "projects.csv", "--yes"))
    (made,) = (json.loads(line) for line in done(run("history", "project", "eged", "--json")).splitlines())
    assert made["cells"] == [{"column": "state", "old": "completed", "new": "active"}]
    assert "state: active → completed" in done(run("import", "registry.xlsx", "--dry-run"))
    done(run("revert", str(made["id"])))
    assert "says the same already" in run("import", "registry.xlsx", "--dry-run").stderr


def test_mistakes_are_named_on_standard_error_and_nothing_is_imported(run: Jarchy, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("slug,state,donors\neged,running,\npsi,active,nobody\n", "utf-8")
    result = run("import", "a.csv", "--kind", "projects", "--yes")
    assert result.exit_code == 1
    assert "Sheet “projects”, row 2, column “state”: “running” is none of" in result.stderr
    assert done(run("history")) == ""


def test_a_change_that_is_not_there_cannot_be_reverted(run: Jarchy) -> None:
    result = run("revert", "999")
    assert (result.exit_code, result.stderr) == (1, "Error: There is no change 999 of the registry.\n")


def test_a_csv_says_what_it_holds(run: Jarchy) -> None:
    assert "projects.csv" in run("export", "table.csv").stderr
    assert done(run("export", "table.csv", "--kind", "terms")) == ""


def test_what_iati_has_no_room_for_is_said(run: Jarchy, tmp_path: Path) -> None:
    assert "Left out: 100-women-leaders. IATI wants" in run("export", "registry.xml").stderr
    assert "Left out" not in run("export", "registry.xlsx").stderr


@pytest.mark.parametrize("word", ["faq", "faqs"])
def test_every_command_takes_the_same_words_for_a_kind(run: Jarchy, tmp_path: Path, word: str) -> None:
    row = "slug,questions,answer_ru,as_of\nbridge,Когда мост?,В мае.,2026\n"
    (tmp_path / "a.csv").write_text(row, "utf-8")
    done(run("import", "a.csv", "--kind", word, "--yes"))
    assert "Когда мост?" in done(run("show", word))
    done(run("export", "b.csv", "--kind", word))
    assert "bridge" in (tmp_path / "b.csv").read_text("utf-8-sig")
    assert "bridge" in done(run("history", word, "bridge"))


def test_names_that_staff_added_are_shown(run: Jarchy, tmp_path: Path) -> None:
    (tmp_path / "aliases.csv").write_text("kind,slug,text\nproject,eged,зелёная экономика\n", "utf-8")
    done(run("import", "aliases.csv", "--yes"))
    assert "зелёная экономика" in done(run("show", "aliases"))


def test_contacts_come_as_cards(run: Jarchy) -> None:
    card = done(run("vcard", "dpi-press", "--language", "ky"))
    assert card.split()[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    assert "EMAIL;TYPE=INTERNET:njamankulova@dpi.kg" in card
    assert run("vcard", "nobody").exit_code == 1
