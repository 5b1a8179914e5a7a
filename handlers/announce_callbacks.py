"""What the buttons of announcements carry back: ids and slugs only, for Telegram allows 64 bytes."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData


class AudienceChosen(CallbackData, prefix="aud"):
    """Who an announcement is for: `by` is `everyone`, `topic`, `territory` or `language`."""

    by: str
    value: str = ""


class AnnouncementStep(CallbackData, prefix="ann"):
    """A step of an announcement that is being written.

    `begin`, `anew` or `continue`; `audience`, `preview`, `test`, `group`, `schedule`, `urgent`, `language`, `send`,
    `sure` or `edit`.
    """

    step: str


class PlacesWanted(CallbackData, prefix="annp"):
    """Show a page of the territories an announcement can be for: those within one, by its code, or the oblasts."""

    within: str = ""
    page: int = 0


class VersionWanted(CallbackData, prefix="annl"):
    """Write the version of an announcement in one more language."""

    language: str


class ScheduleChosen(CallbackData, prefix="annt"):
    """Send the announcement at a time, in Unix seconds; `sure` after being asked whether it is urgent."""

    at: int
    sure: bool = False


class TemplateAct(CallbackData, prefix="anm"):
    """Act on a template: `list` a page of them, `use`, `drop`, `save` the draft as one, or `none`."""

    act: str
    template: int = 0
    page: int = 0


class ApprovalGiven(CallbackData, prefix="anok"):
    """A second person's yes or no to an announcement; `sure` after being told that its time has passed."""

    announcement: int
    yes: bool
    sure: bool = False


class WithdrawSure(CallbackData, prefix="andy"):
    """A yes to deleting an announcement for everyone."""

    announcement: int


class PastWanted(CallbackData, prefix="anpast"):
    """Show an announcement that was sent, stopped or waits, by its number; 0 is a page of the list, newest first."""

    announcement: int = 0
    page: int = 0


class ActApproved(CallbackData, prefix="anoa"):
    """A second person's yes or no to what is to be done with an announcement that was sent."""

    act: int
    yes: bool


class CorrectionOf(CallbackData, prefix="anel"):
    """Write the correction of one version of an announcement."""

    announcement: int
    language: str


class CorrectionSure(CallbackData, prefix="anes"):
    """A yes to putting the corrected text in place of the old one."""

    announcement: int
