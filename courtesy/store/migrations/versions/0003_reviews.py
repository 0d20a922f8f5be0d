"""What people make of findings: flags, what is decided about them, and who may."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make their tables."""
    op.add_column("versions", sa.Column("scale", sa.JSON(), nullable=True))
    op.create_table(
        "accounts",
        sa.Column("id", _id(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(length=15), nullable=False),
        sa.Column("clerk", sa.Text(), server_default="", nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("closed", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", _id(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("ix_attempts_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_attempts_name_at", ["name", "at"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", _id(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("own", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("before", name=op.f("uq_audit_before")),
    )
    op.create_table(
        "corrections",
        sa.Column("id", _id(), nullable=False),
        sa.Column("recording_id", _id(), nullable=False),
        sa.Column("utterance", sa.Integer(), nullable=False),
        sa.Column("heard", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=True),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_corrections_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_corrections_recording_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.create_index("ix_corrections_recording_id", ["recording_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("began", sa.Float(), nullable=False),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_sessions")),
    )
    op.create_table(
        "tallies",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("good", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bad", sa.Integer(), server_default="0", nullable=False),
        sa.Column("doubt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Float(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "hall", "window", "clerk", "hour", "kind", "name", name=op.f("pk_tallies")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "flagged",
        sa.Column("recording_id", _id(), nullable=False),
        sa.Column("result_id", _id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_flagged_recording_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_flagged")),
    )
    op.create_table(
        "flags",
        sa.Column("id", _id(), nullable=False),
        sa.Column("recording_id", _id(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("phrase_id", sa.Text(), server_default="", nullable=False),
        sa.Column("utterance", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), server_default="0", nullable=False),
        sa.Column("result_id", _id(), nullable=True),
        sa.Column("interaction", sa.Integer(), nullable=True),
        sa.Column("finding", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("severity", sa.String(length=10), server_default="", nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("hall", sa.Text(), server_default="", nullable=False),
        sa.Column("window", sa.Text(), server_default="", nullable=False),
        sa.Column("clerk", sa.Text(), server_default="", nullable=False),
        sa.Column("began", sa.DateTime(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rank", sa.Float(), nullable=False),
        sa.Column("twice", sa.Boolean(), nullable=False),
        sa.Column("assigned_id", _id(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'second', 'disputed', 'confirmed', 'rejected', 'unsure', "
            "'appealed', 'gone')",
            name=op.f("ck_flags_state"),
        ),
        sa.ForeignKeyConstraint(
            ["assigned_id"], ["accounts.id"], name=op.f("fk_flags_assigned_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_flags_recording_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_flags_result_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint(
            "recording_id",
            "rule",
            "phrase_id",
            "utterance",
            "nth",
            name=op.f("uq_flags_recording_id_rule_phrase_id_utterance_nth"),
        ),
    )
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.create_index("ix_flags_began", ["began"], unique=False)
        batch_op.create_index("ix_flags_clerk_state", ["clerk", "state"], unique=False)
        batch_op.create_index(
            "ix_flags_result_id_interaction", ["result_id", "interaction"], unique=False
        )
        batch_op.create_index("ix_flags_state_rank", ["state", "rank", "id"], unique=False)

    op.create_table(
        "amended",
        sa.Column("result_id", _id(), nullable=False),
        sa.Column("interaction", sa.Integer(), nullable=False),
        sa.Column("verdicts", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("grade_zh", sa.Text(), nullable=True),
        sa.Column("grade_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["result_id", "interaction"],
            ["interactions.result_id", "interactions.number"],
            name=op.f("fk_amended_result_id_interaction"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("result_id", "interaction", name=op.f("pk_amended")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "appeals",
        sa.Column("id", _id(), nullable=False),
        sa.Column("flag_id", _id(), nullable=False),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("judge_id", _id(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("judged", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_appeals_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["flags.id"], name=op.f("fk_appeals_flag_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["judge_id"], ["accounts.id"], name=op.f("fk_appeals_judge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("flag_id", name=op.f("uq_appeals_flag_id")),
    )
    op.create_table(
        "comments",
        sa.Column("id", _id(), nullable=False),
        sa.Column("flag_id", _id(), nullable=False),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_comments_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["flags.id"], name=op.f("fk_comments_flag_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index("ix_comments_flag_id", ["flag_id"], unique=False)

    # No release wrote any decisions yet.
    op.drop_table("decisions")
    op.create_table(
        "decisions",
        sa.Column("id", _id(), nullable=False),
        sa.Column("flag_id", _id(), nullable=False),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("why", sa.String(length=10), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_decisions_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["flags.id"], name=op.f("fk_decisions_flag_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index("ix_decisions_account_id_at", ["account_id", "at"], unique=False)
        batch_op.create_index("ix_decisions_flag_id", ["flag_id"], unique=False)


def _id() -> Any:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
