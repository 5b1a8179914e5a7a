"""Settings, read from the environment and from `.env`; `.env.example` explains each."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import N_, JarchyError
from storage.languages import Language

_BOTFATHER_FORM = r"^\d{3,}:[\w-]{20,}$"

DEFAULT_DATABASE = "sqlite+aiosqlite:///data/jarchy.db"
SANDBOX_DATABASE = "sqlite+aiosqlite:///data/sandbox.db"
"""What is tried in the sandbox stays apart from what is real."""

_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class BadSettings(JarchyError):
    """A setting is missing or wrong; `problems` says for each what to write."""

    code = "bot.settings"
    sentence = N_("Some settings are wrong. Correct them in the file .env or in the environment:\n{problems}")


class Settings(BaseSettings):
    """What an operator decides.  Names are those of the environment, in lower case."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    bot_token: SecretStr = SecretStr("")
    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()
    database_url: str = DEFAULT_DATABASE
    telegram_api_url: str = "https://api.telegram.org"
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
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

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
    def _webhook_is_whole(self) -> Settings:
        if self.webhook_url and not self.webhook_secret.get_secret_value():
            raise ValueError(
                "WEBHOOK_SECRET: write a long random text; a webhook without it takes anybody's word"
            )
        return self


def load_settings() -> Settings:
    """The settings of this process; raises BadSettings naming each that is wrong and what to write."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(problems="\n".join(_problem(detail) for detail in error.errors())) from error


def _problem(detail: object) -> str:
    assert isinstance(detail, dict)
    place = str(detail["loc"][0]).upper() if detail["loc"] else ""
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"  {place}: {message}" if place else f"  {message}"


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(
            f"write numbers with commas between them, such as 123456,987654; not {text!r}"
        ) from None
