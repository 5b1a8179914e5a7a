"""What buttons carry: ids only, since at most 64 bytes fit (https://core.telegram.org/bots/api#inlinekeyboardbutton)."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData


class OffTopic(CallbackData, prefix="off"):
    """Under an alert: this release does not belong to the topics it was sent for."""

    release: int


class LessOften(CallbackData, prefix="less"):
    """Under an alert: tell me less often."""

    release: int


class SameRelease(CallbackData, prefix="same"):
    """Under two releases that resemble each other: whether they are the same."""

    release: int
    same: bool


class ShowMore(CallbackData, prefix="more"):
    """Under a digest: its releases from number `after` on."""

    message: int
    after: int


class PauseAnnouncement(CallbackData, prefix="anp"):
    """Under the progress of an announcement."""

    announcement: int


class ResumeAnnouncement(CallbackData, prefix="anr"):
    """Under the progress of a paused announcement."""

    announcement: int


class CancelAnnouncement(CallbackData, prefix="anc"):
    """Under the progress of an announcement: send to nobody else."""

    announcement: int


class ResendAnnouncement(CallbackData, prefix="ans"):
    """Under a report: send again to those of whom `outcome` is true (`unknown` or `failed`)."""

    announcement: int
    outcome: str


class CorrectAnnouncement(CallbackData, prefix="ane"):
    """Under a report: replace the text for everyone who got it."""

    announcement: int


class WithdrawAnnouncement(CallbackData, prefix="and"):
    """Under a report: delete it for everyone who got it."""

    announcement: int


class ReportAnnouncement(CallbackData, prefix="anq"):
    """Under a report: the outcomes as a file."""

    announcement: int
