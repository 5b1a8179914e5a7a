"""Settings are read from the environment, and a wrong one is named with what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, load_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_any_setting_the_bot_is_sandboxed() -> None:
    settings = load_settings()
    assert settings.sandboxed
    assert settings.database_url == "sqlite+aiosqlite:///data/sandbox.db"


def test_with_a_token_the_bot_has_a_database_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "123456789:" + "A" * 35)
    assert load_settings().database_url == "sqlite+aiosqlite:///data/jarchy.db"


def test_the_example_file_names_every_setting_with_its_default(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(example)
    assert load_settings() == Settings(_env_file=None)  # type: ignore[call-arg]
    named = {line.split("=")[0] for line in example.splitlines() if "=" in line and not line.startswith("#")}
    assert named == {name.upper() for name in Settings.model_fields}


def test_administrators_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", " 12, 34 ,")
    assert load_settings().admin_ids == (12, 34)


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("BOT_TOKEN", "secret", "as @BotFather gave it"),
        ("ADMIN_IDS", "12,me", "not 'me'"),
        ("DATABASE_URL", "mysql://x", "postgresql+asyncpg://"),
        ("DATABASE_URL", "sqlite:///x.db", "sqlite+aiosqlite://"),
        ("TIMEZONE", "Mars/Base", "Asia/Bishkek"),
        ("HTTP_PORT", "99999", "65535"),
        ("LANGUAGE", "de", "'ky'"),
        ("WEBHOOK_URL", "https://bot.example", "WEBHOOK_SECRET"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, advice: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as refused:
        load_settings()
    assert advice in str(refused.value)
    assert name in str(refused.value) or name == "WEBHOOK_URL"


def test_a_token_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    token = "123456789:" + "A" * 35
    monkeypatch.setenv("BOT_TOKEN", token)
    settings = load_settings()
    assert not settings.sandboxed
    assert token not in repr(settings)
