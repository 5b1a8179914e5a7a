"""`jarchy topics`: rules are tried before they are in force."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import jarchy
from bot.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(jarchy, arguments)


def test_rules_are_tried_saved_and_put_back(folder: Path) -> None:
    (folder / "release.txt").write_text(
        "ПРИНЯТ ПЛАН ВОДОСНАБЖЕНИЯ\n\nЖители Мисалского района обсудили, где брать воду. " * 3
    )
    assert run("import", "release.txt").exit_code == 0
    (folder / "water.txt").write_text("план водоснабжения\n")
    tried = run("topics", "try", "water.txt", "--topic", "pser", "--json")
    found = json.loads(tried.stdout)
    assert [release["title"].lower() for release in found["catches"]] == ["принят план водоснабжения"]
    assert (found["loses"], found["saved"]) == ([], False)
    assert "words of staff" not in run("topics", "list", "--json").stdout
    assert run("topics", "try", "water.txt", "--topic", "pser", "--save").exit_code == 0
    assert "words of staff" in run("topics", "list", "--json").stdout
    assert '"pser"' in run("tag", "--json", "--title", "Принят план водоснабжения").stdout
    assert run("topics", "revert", "pser").exit_code == 0
    assert "words of staff" not in run("topics", "list", "--json").stdout
    again = run("topics", "revert", "pser")
    assert again.exit_code == 1
    assert "nothing to put back" in again.output


def test_a_report_counts_what_was_given(folder: Path) -> None:
    (folder / "release.txt").write_text(
        "РАЙОНЫ ОБНОВЛЯЮТ ПСЭР\n\nЖители Мисалского района обсудили ПСЭР на сходе. " * 3
    )
    assert run("import", "release.txt").exit_code == 0
    (row,) = [json.loads(line) for line in run("topics", "report", "--json").stdout.splitlines()]
    assert (row["topic"], row["given"], row["precision"], row["recall"]) == ("pser", 1, 1.0, 1.0)
    said = run("topics", "report").stdout
    assert "pser" in said
    assert "Staff have not decided on a single release yet: look through /queue." in said


def test_mistakes_in_rules_are_named(folder: Path) -> None:
    (folder / "bad.toml").write_text("[[rule")
    result = run("topics", "try", "bad.toml", "--topic", "pser")
    assert result.exit_code == 1
    assert "cannot read these rules" in result.output
