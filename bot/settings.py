"""Settings, read from the environment and from `.env`; `.env.example` explains each."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.env_file import ENCODING, ENV_FILE, decoded, problems_in
from storage.errors import N_, JarchyError
from storage.languages import Language

logging.getLogger("dotenv").setLevel(logging.ERROR)
"""What it warns of is said here, with what to write."""

_BOTFATHER_FORM = r"^\d{3,}:[\w-]{20,}$"

DEFAULT_DATABASE = "sqlite+aiosqlite:///data/jarchy.db"
SANDBOX_DATABASE = "sqlite+aiosqlite:///data/sandbox.db"
"""What is tried in the sandbox stays apart from what is real."""

TELEGRAM_API = "https://api.telegram.org"
_HEADER_SAFE = r"[A-Za-z0-9_-]{1,256}"
"""What Telegram takes as a secret (https://core.telegram.org/bots/api#setwebhook)."""
_HOST = r"[\w-]+(?:\.[\w-]+)*|[0-9A-Fa-f:]*:[0-9A-Fa-f:]+"
"""The name of a host, or its address: no port, no path."""
_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class BadSettings(JarchyError):
    """A setting is missing or wrong; `problems` says for each what to write."""

    code = "bot.settings"
    sentence = N_("Some settings are wrong. Correct them in the file .env or in the environment:\n{problems}")


class Settings(BaseSettings):
    """What an operator decides.  Names are those of the environment, in lower case."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, env_file_encoding=ENCODING, extra="ignore")

    bot_token: SecretStr = SecretStr("")
    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()
    database_url: str = DEFAULT_DATABASE
    telegram_api_url: str = TELEGRAM_API
    timezone: str = "Asia/Bishkek"
    language: Language = "ky"
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    sends_per_second: float = Field(default=25, gt=0, le=1000)
    allow_paid_broadcast: bool = False
    audience: Literal["everyone", "staff"] = "everyone"
    announce_approval: Literal["one", "two"] = "one"
    staff_chat_id: int | None = None
    fetch_allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @property
    def sandboxed(self) -> bool:
        """Whether the bot runs on the local sandbox: it does where there is no token for Telegram."""
        return not self.bot_token.get_secret_value()

    @property
    def parsed_database_url(self) -> URL:
        """Where everything is kept, in parts."""
        return make_url(self.database_url)

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(_whole_number(part) for part in value.replace(";", ",").split(",") if part.strip())
        return value

    @field_validator("fetch_allowed_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(_host(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator("telegram_api_url")
    @classmethod
    def _server_address(cls, url: str) -> str:
        if not _is_address(url, ("http", "https")):
            raise ValueError(f"write an address such as {TELEGRAM_API} or http://127.0.0.1:8081")
        return url

    @field_validator("webhook_url")
    @classmethod
    def _public_address(cls, url: str) -> str:
        if url and not _is_address(url, ("http", "https")):
            raise ValueError("write the public address, such as https://bot.example.kg, or leave it empty")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _secret_telegram_takes(cls, secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        if text and not re.fullmatch(_HEADER_SAFE, text):
            raise ValueError("write 1 to 256 Latin letters, digits, “_” and “-” only, without spaces")
        return secret

    @field_validator("staff_chat_id", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("bot_token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr) -> SecretStr:
        text = token.get_secret_value().strip()
        if text and not re.match(_BOTFATHER_FORM, text):
            raise ValueError(
                "write the token as @BotFather gave it, such as 123456789:AA…, or leave it empty"
            )
        return SecretStr(text)

    @field_validator("database_url")
    @classmethod
    def _supported_database(cls, url: str) -> str:
        try:
            driver = make_url(url).drivername
        except ArgumentError:
            driver = ""
        if driver not in _DRIVERS:
            raise ValueError(f"start it with one of {', '.join(f'{name}://' for name in _DRIVERS)}")
        if driver == _DRIVERS[0] and make_url(url).database in (None, "", ":memory:"):
            raise ValueError(f"name a file in it, such as {DEFAULT_DATABASE}")
        return url

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("write an IANA name such as Asia/Bishkek") from None
        return name

    @model_validator(mode="after")
    def _sandbox_has_its_own_database(self) -> Settings:
        if self.sandboxed and self.database_url == DEFAULT_DATABASE:
            self.database_url = SANDBOX_DATABASE
        return self

    @model_validator(mode="after")
    def _webhook_is_secure(self) -> Settings:
        if self.webhook_url.startswith("http:") and self.telegram_api_url.rstrip("/") == TELEGRAM_API:
            raise ValueError("WEBHOOK_URL: Telegram calls https addresses only; start it with https://")
        return self

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Settings:
        if self.webhook_url and not self.webhook_secret.get_secret_value():
            raise ValueError(
                "WEBHOOK_SECRET: write a long random text; a webhook without it takes anybody's word"
            )
        return self


def load_settings() -> Settings:
    """The settings of this process; raises BadSettings naming each that is wrong and what to write."""
    problems = list(_problems_in_file(Path(ENV_FILE)))
    try:
        settings = Settings()
    except ValidationError as error:
        problems += [_problem(detail) for detail in error.errors()]
    except UnicodeDecodeError:  # said already
        pass
    if problems:
        raise BadSettings(problems="\n".join(f"  {problem}" for problem in problems))
    return settings


def _problems_in_file(file: Path) -> Iterator[str]:
    if not file.is_file():
        return
    text = decoded(file.read_bytes())
    if text is None:
        yield f"the file {file} is not saved as UTF-8; save it anew as UTF-8"
        return
    yield from problems_in(text, [name.upper() for name in Settings.model_fields])


def _problem(detail: object) -> str:
    assert isinstance(detail, dict)
    place = str(detail["loc"][0]).upper() if detail["loc"] else ""
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _host(text: str) -> str:
    if not re.fullmatch(_HOST, text):
        raise ValueError(
            f"write names of hosts with commas between them, such as intranet.example,10.0.0.5; not {text!r}"
        )
    return text


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and " " not in url
    except ValueError:
        return False


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(
            f"write numbers with commas between them, such as 123456,987654; not {text!r}"
        ) from None
