"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)

SEARCH_INDEX = {
    "sqlite": [
        "CREATE VIRTUAL TABLE release_index USING fts5(title, body, second, content='', columnsize=0, tokenize='unicode61 remove_diacritics 0')",
        "CREATE TABLE search_words (word TEXT PRIMARY KEY, documents INTEGER NOT NULL) WITHOUT ROWID",
    ],
    "postgresql": [
        "CREATE TABLE release_index (key BIGINT PRIMARY KEY, terms tsvector NOT NULL)",
        "CREATE INDEX ix_release_index_terms ON release_index USING gin (terms) WITH (fastupdate = off)",
        "CREATE TABLE search_words (word TEXT PRIMARY KEY, documents INTEGER NOT NULL)",
    ],
}


def upgrade() -> None:
    op.create_table(
        "aliases",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("folded", sa.String(length=255), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_kind_slug"), "aliases", ["kind", "slug"], unique=False)
    op.create_index("uq_aliases_folded", "aliases", ["folded", "kind", "slug"], unique=True)
    op.create_table(
        "announcements",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("content", JSON_DOCUMENT, nullable=False),
        sa.Column("audience", JSON_DOCUMENT, nullable=False),
        sa.Column("territory", sa.String(length=64), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("scheduled_for", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("progress_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("progress_message_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shown_revision", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(
        op.f("ix_announcements_state_scheduled_for"),
        "announcements",
        ["state", "scheduled_for"],
        unique=False,
    )
    op.create_index(op.f("ix_announcements_territory"), "announcements", ["territory"], unique=False)
    op.create_table(
        "announcement_acts",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("announcement_id", BIG_INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("content", JSON_DOCUMENT, nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("progress_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("progress_message_id", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.id"],
            name=op.f("fk_announcement_acts_announcement_id_announcements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_acts")),
    )
    op.create_index(
        op.f("ix_announcement_acts_announcement_id"), "announcement_acts", ["announcement_id"], unique=False
    )
    op.create_index(op.f("ix_announcement_acts_state"), "announcement_acts", ["state"], unique=False)
    op.create_table(
        "announcement_templates",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("content", JSON_DOCUMENT, nullable=False),
        sa.Column("territory", sa.String(length=64), nullable=True),
        sa.Column("saved_by", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_templates")),
    )
    op.create_table(
        "audit",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("details", JSON_DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_happened_at"), "audit", ["happened_at"], unique=False)
    op.create_table(
        "chat_moves",
        sa.Column("old_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("new_id", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_chat_moves")),
    )
    op.create_index(op.f("ix_chat_moves_new_id"), "chat_moves", ["new_id"], unique=False)
    op.create_table(
        "chats",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("language_chosen", sa.Boolean(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("weekly_day", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("days_off", sa.Integer(), nullable=False),
        sa.Column("reads", sa.String(length=32), nullable=True),
        sa.Column("picture", sa.Boolean(), nullable=False),
        sa.Column("nothing_told_at", MOMENT, nullable=True),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.Column("territory", sa.String(length=64), nullable=True),
        sa.Column("cadence", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
    )
    op.create_index(op.f("ix_chats_state"), "chats", ["state"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=128), nullable=True),
        sa.Column("data", JSON_DOCUMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_conversations")),
    )
    op.create_table(
        "data_versions",
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_data_versions")),
    )
    op.create_table(
        "digest_runs",
        sa.Column("slot", sa.String(length=64), nullable=False),
        sa.Column("owed_at", MOMENT, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("chats", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_digest_runs")),
    )
    op.create_table(
        "questions",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index(op.f("ix_questions_chat_id"), "questions", ["chat_id"], unique=False)
    op.create_index(op.f("ix_questions_state_created_at"), "questions", ["state", "created_at"], unique=False)
    op.create_table(
        "registry_records",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("names", JSON_DOCUMENT, nullable=False),
        sa.Column("data", JSON_DOCUMENT, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("kind", "slug", name=op.f("pk_registry_records")),
    )
    op.create_table(
        "sender_state",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("wait_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_sender_state")),
    )
    op.create_table(
        "sources",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("names", JSON_DOCUMENT, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("rule", JSON_DOCUMENT, nullable=False),
        sa.Column("interval_minutes", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("next_check_at", MOMENT, nullable=True),
        sa.Column("last_checked_at", MOMENT, nullable=True),
        sa.Column("last_success_at", MOMENT, nullable=True),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=32), nullable=True),
        sa.Column("error_text", sa.Text(), nullable=True),
        sa.Column("staff_told", sa.String(length=32), nullable=True),
        sa.Column("backfill", JSON_DOCUMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("slug", name=op.f("uq_sources_slug")),
    )
    op.create_index(
        op.f("ix_sources_enabled_next_check_at"), "sources", ["enabled", "next_check_at"], unique=False
    )
    op.create_table(
        "source_rules",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("source_id", BIG_INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("rule", JSON_DOCUMENT, nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.id"],
            name=op.f("fk_source_rules_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_rules")),
    )
    op.create_index(op.f("ix_source_rules_source_id"), "source_rules", ["source_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("territory", sa.String(length=64), nullable=True),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff")),
    )
    op.create_table(
        "staff_invitations",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("territory", sa.String(length=64), nullable=True),
        sa.Column("invited_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_staff_invitations")),
    )
    op.create_table(
        "territories",
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("names", JSON_DOCUMENT, nullable=False),
        sa.Column("aliases", JSON_DOCUMENT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_territories")),
    )
    op.create_index(op.f("ix_territories_parent"), "territories", ["parent"], unique=False)
    op.create_table(
        "topics",
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("names", JSON_DOCUMENT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rules", JSON_DOCUMENT, nullable=True),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_topics")),
    )
    op.create_table(
        "unanswered",
        sa.Column("folded", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("folded", name=op.f("pk_unanswered")),
    )
    op.create_table(
        "messages",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("parts", JSON_DOCUMENT, nullable=False),
        sa.Column("announcement_id", BIG_INTEGER, nullable=True),
        sa.Column("act_id", BIG_INTEGER, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"], ["announcement_acts.id"], name=op.f("fk_messages_act_id_announcement_acts")
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_messages_announcement_id_announcements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_act_id"), "messages", ["act_id"], unique=False)
    op.create_index(op.f("ix_messages_announcement_id"), "messages", ["announcement_id"], unique=False)
    op.create_table(
        "releases",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("source_id", BIG_INTEGER, nullable=False),
        sa.Column("identity", sa.String(length=512), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("duplicate_of", BIG_INTEGER, nullable=True),
        sa.Column("translation_of", BIG_INTEGER, nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("extra", JSON_DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["releases.id"], name=op.f("fk_releases_duplicate_of_releases")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_releases_source_id_sources")),
        sa.ForeignKeyConstraint(
            ["translation_of"], ["releases.id"], name=op.f("fk_releases_translation_of_releases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("source_id", "identity", name=op.f("uq_releases_source_id_identity")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_releases_canonical_url"), "releases", ["canonical_url"], unique=False)
    op.create_index(
        op.f("ix_releases_duplicate_of"),
        "releases",
        ["duplicate_of"],
        unique=False,
        sqlite_where=sa.text("duplicate_of IS NOT NULL"),
        postgresql_where=sa.text("duplicate_of IS NOT NULL"),
    )
    op.create_index(op.f("ix_releases_published_at"), "releases", ["published_at"], unique=False)
    op.create_index(op.f("ix_releases_translation_of"), "releases", ["translation_of"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=255), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("territory", sa.String(length=64), nullable=True),
        sa.Column("project", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("cadence", sa.String(length=32), nullable=False),
        sa.Column("starts_after", sa.BigInteger(), nullable=False),
        sa.Column("delivered_up_to", sa.BigInteger(), nullable=False),
        sa.Column("looked_back_from", sa.BigInteger(), nullable=True),
        sa.Column("next_due_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["chat_id"],
            ["chats.id"],
            name=op.f("fk_subscriptions_chat_id_chats"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index(op.f("ix_subscriptions_chat_id"), "subscriptions", ["chat_id"], unique=False)
    op.create_index(
        op.f("ix_subscriptions_cadence_next_due_at"),
        "subscriptions",
        ["cadence", "next_due_at"],
        unique=False,
    )
    op.create_index(
        "uq_subscriptions_active",
        "subscriptions",
        ["chat_id", "what", "thread_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("message_id", BIG_INTEGER, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("resends", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("next_part", sa.Integer(), nullable=False),
        sa.Column("telegram_message_ids", JSON_DOCUMENT, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["chat_id"],
            ["chats.id"],
            name=op.f("fk_deliveries_chat_id_chats"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_deliveries_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", "chat_id", name=op.f("uq_deliveries_message_id_chat_id")),
    )
    op.create_index(op.f("ix_deliveries_chat_id_state"), "deliveries", ["chat_id", "state"], unique=False)
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["lane", "not_before", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_sending",
        "deliveries",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_table(
        "message_releases",
        sa.Column("message_id", BIG_INTEGER, nullable=False),
        sa.Column("release_id", BIG_INTEGER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_message_releases_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_message_releases_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", "release_id", name=op.f("pk_message_releases")),
    )
    op.create_index(
        op.f("ix_message_releases_release_id_message_id"),
        "message_releases",
        ["release_id", "message_id"],
        unique=False,
    )
    op.create_table(
        "release_organisations",
        sa.Column("release_id", BIG_INTEGER, nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_organisations_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "organisation", name=op.f("pk_release_organisations")),
    )
    op.create_index(
        op.f("ix_release_organisations_organisation_release_id"),
        "release_organisations",
        ["organisation", "release_id"],
        unique=False,
    )
    op.create_table(
        "release_projects",
        sa.Column("release_id", BIG_INTEGER, nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_projects_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "project", name=op.f("pk_release_projects")),
    )
    op.create_index(
        op.f("ix_release_projects_project_release_id"),
        "release_projects",
        ["project", "release_id"],
        unique=False,
    )
    op.create_table(
        "release_shingles",
        sa.Column("shingle", sa.BigInteger(), nullable=False),
        sa.Column("release_id", BIG_INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_shingles_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shingle", "release_id", name=op.f("pk_release_shingles")),
    )
    op.create_index(op.f("ix_release_shingles_release_id"), "release_shingles", ["release_id"], unique=False)
    op.create_table(
        "release_territories",
        sa.Column("release_id", BIG_INTEGER, nullable=False),
        sa.Column("territory", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_territories_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "territory", name=op.f("pk_release_territories")),
    )
    op.create_index(
        op.f("ix_release_territories_territory_release_id"),
        "release_territories",
        ["territory", "release_id"],
        unique=False,
    )
    op.create_table(
        "release_topics",
        sa.Column("release_id", BIG_INTEGER, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_topics_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "topic", name=op.f("pk_release_topics")),
    )
    op.create_index(
        op.f("ix_release_topics_topic_release_id"), "release_topics", ["topic", "release_id"], unique=False
    )
    op.create_table(
        "release_versions",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("release_id", BIG_INTEGER, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_versions_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_versions")),
    )
    op.create_index(op.f("ix_release_versions_release_id"), "release_versions", ["release_id"], unique=False)
    op.create_table(
        "tag_corrections",
        sa.Column("id", BIG_INTEGER, autoincrement=True, nullable=False),
        sa.Column("release_id", BIG_INTEGER, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("why", JSON_DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_tag_corrections_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_corrections")),
    )
    op.create_index(op.f("ix_tag_corrections_release_id"), "tag_corrections", ["release_id"], unique=False)
    for statement in SEARCH_INDEX[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for table in ("release_index", "search_words"):
        op.drop_table(table)
    op.drop_index(op.f("ix_tag_corrections_release_id"), table_name="tag_corrections")
    op.drop_table("tag_corrections")
    op.drop_index(op.f("ix_release_versions_release_id"), table_name="release_versions")
    op.drop_table("release_versions")
    op.drop_index(op.f("ix_release_topics_topic_release_id"), table_name="release_topics")
    op.drop_table("release_topics")
    op.drop_index(op.f("ix_release_territories_territory_release_id"), table_name="release_territories")
    op.drop_table("release_territories")
    op.drop_index(op.f("ix_release_shingles_release_id"), table_name="release_shingles")
    op.drop_table("release_shingles")
    op.drop_index(op.f("ix_release_projects_project_release_id"), table_name="release_projects")
    op.drop_table("release_projects")
    op.drop_index(
        op.f("ix_release_organisations_organisation_release_id"), table_name="release_organisations"
    )
    op.drop_table("release_organisations")
    op.drop_index(op.f("ix_message_releases_release_id_message_id"), table_name="message_releases")
    op.drop_table("message_releases")
    op.drop_index(
        "ix_deliveries_sending",
        table_name="deliveries",
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.drop_index(
        "ix_deliveries_due",
        table_name="deliveries",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index(op.f("ix_deliveries_chat_id_state"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(
        "uq_subscriptions_active",
        table_name="subscriptions",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_subscriptions_chat_id"), table_name="subscriptions")
    op.drop_index(op.f("ix_subscriptions_cadence_next_due_at"), table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_index(op.f("ix_releases_translation_of"), table_name="releases")
    op.drop_index(op.f("ix_releases_published_at"), table_name="releases")
    op.drop_index(op.f("ix_releases_duplicate_of"), table_name="releases")
    op.drop_index(op.f("ix_releases_canonical_url"), table_name="releases")
    op.drop_table("releases")
    op.drop_index(op.f("ix_messages_announcement_id"), table_name="messages")
    op.drop_index(op.f("ix_messages_act_id"), table_name="messages")
    op.drop_table("messages")
    op.drop_table("unanswered")
    op.drop_table("topics")
    op.drop_index(op.f("ix_territories_parent"), table_name="territories")
    op.drop_table("territories")
    op.drop_table("staff_invitations")
    op.drop_table("announcement_templates")
    op.drop_table("staff")
    op.drop_index(op.f("ix_source_rules_source_id"), table_name="source_rules")
    op.drop_table("source_rules")
    op.drop_index(op.f("ix_sources_enabled_next_check_at"), table_name="sources")
    op.drop_table("sources")
    op.drop_table("sender_state")
    op.drop_table("registry_records")
    op.drop_index(op.f("ix_questions_state_created_at"), table_name="questions")
    op.drop_index(op.f("ix_questions_chat_id"), table_name="questions")
    op.drop_table("questions")
    op.drop_table("digest_runs")
    op.drop_table("data_versions")
    op.drop_table("conversations")
    op.drop_index(op.f("ix_chats_state"), table_name="chats")
    op.drop_table("chats")
    op.drop_index(op.f("ix_chat_moves_new_id"), table_name="chat_moves")
    op.drop_table("chat_moves")
    op.drop_index(op.f("ix_audit_happened_at"), table_name="audit")
    op.drop_table("audit")
    op.drop_index(op.f("ix_announcement_acts_state"), table_name="announcement_acts")
    op.drop_index(op.f("ix_announcement_acts_announcement_id"), table_name="announcement_acts")
    op.drop_table("announcement_acts")
    op.drop_index(op.f("ix_announcements_territory"), table_name="announcements")
    op.drop_index(op.f("ix_announcements_state_scheduled_for"), table_name="announcements")
    op.drop_table("announcements")
    op.drop_index("uq_aliases_folded", table_name="aliases")
    op.drop_index(op.f("ix_aliases_kind_slug"), table_name="aliases")
    op.drop_table("aliases")
