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
        ("WEBHOOK_URL", "foo", "https://bot.example.kg"),
        ("WEBHOOK_URL", "http://bot.example", "start it with https://"),
        ("WEBHOOK_SECRET", "bad secret!", "Latin letters, digits"),
        ("WEBHOOK_SECRET", "a" * 257, "1 to 256"),
        ("TELEGRAM_API_URL", "foo", "https://api.telegram.org"),
        ("TELEGRAM_API_URL", "ftp://x.example", "https://api.telegram.org"),
        ("FETCH_ALLOWED_HOSTS", "a b", "not 'a b'"),
        ("FETCH_ALLOWED_HOSTS", "http://a", "not 'http://a'"),
        ("DATABASE_URL", "sqlite+aiosqlite://", "name a file"),
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FETCH_ALLOWED_HOSTS", "127.0.0.1, intranet.example,::1"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081"),
        ("WEBHOOK_SECRET", "A-long_secret-42"),
    ],
)
def test_a_right_setting_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    load_settings()


def test_a_server_of_ones_own_may_call_an_address_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081")
    monkeypatch.setenv("WEBHOOK_URL", "http://127.0.0.1:8080")
    monkeypatch.setenv("WEBHOOK_SECRET", "secret")
    assert load_settings().webhook_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("BOT_TOKN=123", ".env, line 2: BOT_TOKN is no setting; write BOT_TOKEN"),
        ("admin_id=1", ".env, line 2: admin_id is no setting; write ADMIN_IDS"),
        ("BOT_TOKEN", ".env, line 2: BOT_TOKEN has no “=” behind it; write BOT_TOKEN=…"),
        ("BOT_TOKEN: 123", ".env, line 2: this cannot be read; write NAME=value"),
    ],
)
def test_a_slip_in_the_file_is_pointed_out(tmp_path: Path, line: str, advice: str) -> None:
    (tmp_path / ".env").write_text(f"# settings\n{line}\n", "utf-8")
    with pytest.raises(BadSettings) as refused:
        load_settings()
    assert advice in str(refused.value)


def test_what_other_programs_keep_in_the_file_is_their_own(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COMPOSE_PROJECT_NAME=x\nexport TOKEN=y\nHTTP_PROXY=z\n", "utf-8")
    load_settings()


def test_a_file_saved_with_a_mark_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ADMIN_IDS=12\n", "utf-8-sig")
    assert load_settings().admin_ids == (12,)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1251"])
def test_a_file_in_another_encoding_is_refused_in_words(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_text("LANGUAGE=ru\n# настройки\n", encoding)
    with pytest.raises(BadSettings, match="is not saved as UTF-8; save it anew as UTF-8"):
        load_settings()


def test_a_token_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    token = "123456789:" + "A" * 35
    monkeypatch.setenv("BOT_TOKEN", token)
    settings = load_settings()
    assert not settings.sandboxed
    assert token not in repr(settings)
