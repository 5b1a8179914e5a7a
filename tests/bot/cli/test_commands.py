"""The commands: what a stranger reads, what a script reads, and what a mistake is answered with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import COMMANDS, jarchy
from bot.settings import Settings

Jarchy = Callable[..., Result]

PRESS_RELEASE = """\
12 марта 2026 года
Бишкек

ПРЕСС-РЕЛИЗ

АЙЫЛНЫЕ АЙМАКИ ОБНОВЛЯЮТ ПСЭР

Депутаты айылных кенешей Мисалского района обсудили с жителями программу социально-экономического развития.
Обсуждение шло два дня, в нём участвовали сто двадцать человек из семи сёл.

Подробности для СМИ: Айгуль Мисалова, специалист по связям: 0555 000-000, misalova@press.example
"""

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Пример</title><link>https://news.example/</link>
<item><title>Жители выбрали местную инициативу</title><link>https://news.example/1</link>
<pubDate>Fri, 20 Nov 2026 10:00:00 +0600</pubDate></item></channel></rss>
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jarchy:
    """Runs a command in a folder of its own, with no settings but the database's place."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def jarchy_command(*arguments: str, input: str | None = None) -> Result:
        return CliRunner().invoke(jarchy, arguments, input=input)

    return jarchy_command


def lines(result: Result) -> list[dict[str, Any]]:
    """The JSON objects a command printed."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_every_command_explains_itself(run: Jarchy, command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.output
    assert len(result.output.splitlines()) > 5


def test_a_command_that_is_not_there_is_named(run: Jarchy) -> None:
    assert "No such command 'fetch'" in run("fetch").output


def test_a_wrong_setting_is_named_without_a_traceback(run: Jarchy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEZONE", "Mars")
    result = run("ask", "что такое ПСЭР")
    assert result.exit_code == 1
    assert "TIMEZONE: write an IANA name" in result.output
    assert "Traceback" not in result.output


def test_an_unknown_revision_is_named_without_a_traceback(run: Jarchy) -> None:
    result = run("db", "downgrade", "nope")
    assert result.exit_code == 1
    assert "There is no revision “nope”. There are: 0001" in result.output


def test_a_downgrade_is_not_done_unasked(run: Jarchy) -> None:
    run("db", "upgrade")
    asked = run("db", "downgrade", "base")
    assert (asked.exit_code, "Add --yes" in asked.output) == (1, True)
    assert run("db", "check").exit_code == 0
    assert "revision base now" in run("db", "downgrade", "base", "--yes").output
    assert run("db", "check").exit_code == 1


def test_a_downgrade_says_what_it_removes_and_takes_a_no(
    run: Jarchy, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("db", "upgrade")
    monkeypatch.setattr("bot.cli.common.at_a_terminal", lambda: True)
    result = run("db", "downgrade", "base", input="n\n")
    assert "sandbox.db is at revision 0001. Remove everything in it for good?" in result.output
    assert "Nothing was changed" in result.output
    assert run("db", "check").exit_code == 0


@pytest.mark.parametrize(
    "command", [("db", "upgrade"), ("db", "check"), ("doctor",), ("ask", "что такое ПСЭР")]
)
@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:///a-file/x.db", "postgresql+asyncpg://u:secret@127.0.0.1:1/x"]
)
def test_a_database_that_cannot_be_had_names_the_setting(
    run: Jarchy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, command: tuple[str, ...]
) -> None:
    (tmp_path / "a-file").touch()
    monkeypatch.setenv("DATABASE_URL", url)
    result = run(*command)
    assert result.exit_code == 1
    assert "DATABASE_URL" in result.output
    assert isinstance(result.exception, SystemExit)
    assert "secret" not in result.output


def test_what_is_no_database_is_not_copied(
    run: Jarchy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///folder")
    result = run("db", "backup", "copy.db")
    assert "Error: folder cannot be copied" in result.output


def test_a_reader_who_has_had_enough_is_no_failure(run: Jarchy, tmp_path: Path) -> None:
    run("db", "upgrade")
    jarchy_itself = subprocess.Popen(
        [sys.executable, "-m", "bot", "doctor", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert jarchy_itself.stdout is not None and jarchy_itself.stderr is not None
    first = jarchy_itself.stdout.readline()
    jarchy_itself.stdout.close()
    said = jarchy_itself.stderr.read()
    jarchy_itself.stderr.close()
    jarchy_itself.wait()
    assert json.loads(first)["check"] == "settings"
    assert said == b""


def test_questions_are_answered_from_a_new_database(run: Jarchy, tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text('кто финансирует Успешный аймак 2\n\n{"query": "погода на завтра"}\n')
    asked, unknown = lines(run("ask", "--json", "--file", "q.txt"))
    assert set(asked) >= {"query", "kind", "entity", "text", "sources", "suggestions"}
    assert (asked["kind"], asked["entity"]) == ("project", "Успешный аймак 2")
    assert "USAID" in asked["text"]
    assert set(asked["sources"][0]) == {"title", "url", "date"}
    assert (unknown["query"], unknown["kind"], unknown["entity"]) == ("погода на завтра", "unknown", None)
    assert (tmp_path / "data" / "sandbox.db").exists()


def test_questions_come_from_standard_input_too(run: Jarchy) -> None:
    (answer,) = lines(run("ask", "--json", "--file", "-", input="что такое ПСЭР\n"))
    assert answer["kind"] == "term"


def test_releases_are_tagged(run: Jarchy) -> None:
    entries = [
        {"title": "Айылные аймаки Нарынской области приняли ПСЭР", "summary": "При поддержке УУМУ."},
        {"title": "Цены на уголь выросли", "summary": ""},
    ]
    tagged, nothing = lines(run("tag", "--json", "--file", "-", input="\n".join(map(json.dumps, entries))))
    assert tagged["topics"] == ["pser"]
    assert tagged["regions"] == ["Нарынская область"]
    assert tagged["projects"] == ["Улучшение услуг на местном уровне"]
    assert nothing == {"topics": [], "regions": [], "projects": [], "organisations": []}
    (explained,) = lines(run("tag", "--json", "--explain", "--title", entries[0]["title"]))
    assert any(piece["tag"] == "pser" for piece in explained["why"])


def test_a_release_dated_far_ahead_is_imported_with_a_warning(run: Jarchy, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PRESS_RELEASE.replace("2026", "2036"), "utf-8")
    (read,) = lines(run("import", "--json", "--dry-run", "a.txt"))
    assert (read["date"], read["warnings"]) == ("2036-03-12", ["date_far_ahead"])
    assert "Is the date right? It is far ahead." in run("import", "--dry-run", "a.txt").output


def test_a_line_ends_where_the_file_says_so_and_is_called_by_its_number(run: Jarchy, tmp_path: Path) -> None:
    file = tmp_path / "releases.jsonl"
    file.write_text('\ufeff{"title": "ПСЭР Нарына\u2028и Ат-Башы"}\r\n\n', "utf-8")
    assert [line["topics"] for line in lines(run("tag", "--json", "--file", str(file)))] == [["pser"]]

    asked = tmp_path / "questions.txt"
    asked.write_text("что такое ПСЭР\u2028?\n", "utf-8")
    assert [line["kind"] for line in lines(run("ask", "--json", "--file", str(asked)))] == ["term"]

    with file.open("a", encoding="utf-8") as more:
        more.write("[]\n")
    result = run("tag", "--json", "--file", str(file))
    assert result.exit_code == 1
    assert "line 3" in result.stderr


def test_a_file_that_is_not_there_is_named_in_words(run: Jarchy) -> None:
    result = run("ask", "--file", "absent.txt")
    assert result.exit_code == 1
    assert result.stderr.strip() == "Error: absent.txt: No such file or directory."


def test_a_line_that_is_not_json_is_named(run: Jarchy) -> None:
    result = run("tag", "--file", "-", input='{"title": "a"}\nnonsense\n')
    assert result.exit_code == 1
    assert "line 2 is not JSON" in result.output


def test_a_wrong_line_does_not_stop_the_others(run: Jarchy) -> None:
    asked = 'что такое ПСЭР\n{"query": \n{"question": "?"}\n{"query": "что такое МСУ"}\n'
    result = run("ask", "--json", "--file", "-", input=asked)
    assert result.exit_code == 1
    assert [json.loads(line)["query"] for line in result.stdout.splitlines()] == [
        "что такое ПСЭР",
        "что такое МСУ",
    ]
    assert "Error: -, line 2 is not JSON" in result.stderr
    assert "Error: -, line 3 is not a JSON object with a query." in result.stderr

    tagged = run("tag", "--json", "--file", "-", input='nonsense\n[]\n{"title": "Новая ПСЭР аймака"}\n')
    assert tagged.exit_code == 1
    assert [json.loads(line)["topics"] for line in tagged.stdout.splitlines()] == [["pser"]]
    assert "line 1 is not JSON" in tagged.stderr and "line 2 is not a JSON object but list" in tagged.stderr


def test_a_press_release_is_imported_once_and_shown_in_the_digest(run: Jarchy, tmp_path: Path) -> None:
    (tmp_path / "release.txt").write_text(PRESS_RELEASE)
    (found,) = lines(run("import", "--json", "--dry-run", "release.txt"))
    assert found["title"] == "АЙЫЛНЫЕ АЙМАКИ ОБНОВЛЯЮТ ПСЭР"
    assert (found["date"], found["language"], found["topics"]) == ("2026-03-12", "ru", ["pser"])
    assert found["contacts"][0]["emails"] == ["misalova@press.example"]
    assert lines(run("digest", "--json", "--topics", "pser", "--since", "500w"))[0]["parts"] == []
    lines(run("import", "--json", "release.txt"))
    lines(run("import", "--json", "release.txt"))
    (shown,) = lines(run("digest", "--json", "--topics", "pser", "--since", "500w", "--language", "ru"))
    assert shown["parts"][0]["text"].count("АЙЫЛНЫЕ АЙМАКИ ОБНОВЛЯЮТ ПСЭР") == 1
    assert any(entity["type"] == "bold" for entity in shown["parts"][0]["entities"])


def test_a_file_that_cannot_be_read_does_not_stop_the_others(run: Jarchy, tmp_path: Path) -> None:
    (tmp_path / "release.txt").write_text(PRESS_RELEASE)
    (tmp_path / "picture.docx").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    result = run("import", "--json", "--dry-run", "missing.txt", "picture.docx", "release.txt")
    assert result.exit_code == 1
    missing, picture, good = (json.loads(line) for line in result.stdout.splitlines())
    assert missing["file"] == "missing.txt"
    assert missing["error"]
    assert picture["error"]
    assert good["title"]


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("digest", "--topics", "football"), "There is no topic “football”. There are: "),
        (("digest", "--topics", "pser", "--since", "soon"), "write 12h, 7d, 4w"),
        (("digest", "--topics", "pser", "--territory", "mars"), "There is no territory “mars”"),
        (("ask",), "Say either QUERY or --file FILE"),
        (("sources", "enable", "nobody"), "There is no source called “nobody”"),
        (("refresh", "nobody"), "There is no source called “nobody”"),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(
    run: Jarchy, arguments: tuple[str, ...], advice: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert advice in result.output


def test_a_feed_file_is_checked_without_storing_it(run: Jarchy, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(FEED)
    (checked,) = lines(run("sources", "check", "--json", "feed.xml"))
    assert (checked["source"], checked["kind"], checked["title"]) == ("feed.xml", "feed", "Пример")
    assert checked["items"][0]["url"] == "https://news.example/1"
    assert checked["items"][0]["date"] == "2026-11-20"
    failed = run("sources", "check", "--json", "missing.xml")
    assert failed.exit_code == 1
    assert json.loads(failed.stdout)["error"]


def test_sources_are_listed_switched_and_carried_over(run: Jarchy, tmp_path: Path) -> None:
    listed = {source["slug"]: source for source in lines(run("sources", "list", "--json"))}
    assert len(listed) > 10
    assert not any(source["enabled"] for slug, source in listed.items() if slug != "desk")
    slug = next(slug for slug in listed if slug != "desk")
    assert run("sources", "enable", slug).exit_code == 0
    assert {s["slug"]: s for s in lines(run("sources", "list", "--json"))}[slug]["enabled"] is True
    assert "no partner: what staff bring in themselves" in run("sources", "list").output
    (tmp_path / "catalogue.toml").write_text(run("sources", "export").stdout)
    assert "0 sources added" in run("sources", "import", "catalogue.toml").output


def test_the_database_is_made_checked_and_copied(run: Jarchy, tmp_path: Path) -> None:
    assert "wants" in run("db", "check").output
    assert run("db", "upgrade").exit_code == 0
    assert "as it should be" in run("db", "check").output
    assert run("db", "backup", "copy.db").exit_code == 0
    assert (tmp_path / "copy.db").stat().st_size > 100_000
    assert "is there already" in run("db", "backup", "copy.db").output


def test_a_server_that_does_not_answer_is_an_error_with_advice(
    run: Jarchy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://bot:hunter2@127.0.0.1:1/jarchy")
    result = run("ask", "что такое ПСЭР")
    assert result.exit_code == 1
    assert "hunter2" not in result.output
    assert "Traceback" not in result.output
    examined = run("doctor", "--json")
    assert examined.exit_code == 1
    states = {finding["check"]: finding for finding in map(json.loads, examined.stdout.splitlines())}
    assert states["database"]["state"] == "error"
    assert states["database"]["advice"]


def test_the_doctor_finds_a_new_installation_well(run: Jarchy) -> None:
    run("db", "upgrade")
    states = {finding["check"]: finding["state"] for finding in lines(run("doctor", "--json"))}
    assert states["database"] == "ok"
    assert states["registry"] == "ok"
    assert "error" not in states.values()


def test_the_registry_is_shown_and_checked(run: Jarchy) -> None:
    assert "Успешный аймак 2" in run("registry", "show", "projects").output
    assert "all as it should be" in run("registry", "check").output
