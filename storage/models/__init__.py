"""The tables, one file an aggregate.  Rows never leave `storage`."""

from storage.models.announcement import AnnouncementActRow, AnnouncementRow, AnnouncementTemplateRow
from storage.models.base import Base, UtcDateTime
from storage.models.chat import ChatMoveRow, ChatRow, SubscriptionRow
from storage.models.delivery import DeliveryRow, DigestRunRow, MessageReleaseRow, MessageRow, SenderStateRow
from storage.models.question import QuestionRow, UnansweredRow
from storage.models.registry import AliasRow, DataVersionRow, RegistryRecordRow, TerritoryRow, TopicRow
from storage.models.release import (
    ReleaseOrganisationRow,
    ReleaseProjectRow,
    ReleaseRow,
    ReleaseShingleRow,
    ReleaseTerritoryRow,
    ReleaseTopicRow,
    ReleaseVersionRow,
    TagCorrectionRow,
)
from storage.models.source import SourceRow, SourceRuleRow
from storage.models.staff import AuditRow, ConversationRow, StaffInvitationRow, StaffRow

__all__ = [
    "AliasRow",
    "AnnouncementActRow",
    "AnnouncementRow",
    "AnnouncementTemplateRow",
    "AuditRow",
    "Base",
    "ChatMoveRow",
    "ChatRow",
    "ConversationRow",
    "DataVersionRow",
    "DeliveryRow",
    "DigestRunRow",
    "MessageReleaseRow",
    "MessageRow",
    "QuestionRow",
    "RegistryRecordRow",
    "ReleaseOrganisationRow",
    "ReleaseProjectRow",
    "ReleaseRow",
    "ReleaseShingleRow",
    "ReleaseTerritoryRow",
    "ReleaseTopicRow",
    "ReleaseVersionRow",
    "SenderStateRow",
    "SourceRow",
    "SourceRuleRow",
    "StaffInvitationRow",
    "StaffRow",
    "SubscriptionRow",
    "TagCorrectionRow",
    "TerritoryRow",
    "TopicRow",
    "UnansweredRow",
    "UtcDateTime",
]
