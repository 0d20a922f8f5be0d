"""Filters that people keep, samples that are drawn, assignments that lapse; the queue's indexes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "filters",
        sa.Column("id", _id(), nullable=False),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_filters_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filters")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_filters_account_id_name")),
    )
    op.create_table(
        "plans",
        sa.Column("id", _id(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("share", sa.Float(), server_default="1", nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("seen", _id(), server_default="0", nullable=False),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("closed", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_plans_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("name", name=op.f("uq_plans_name")),
    )
    op.create_table(
        "drawn",
        sa.Column("plan_id", _id(), nullable=False),
        sa.Column("flag_id", _id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["flags.id"], name=op.f("fk_drawn_flag_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_drawn_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "flag_id", name=op.f("pk_drawn")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_drawn_flag_id", "drawn", ["flag_id"])
    op.add_column("flags", sa.Column("assigned_until", sa.DateTime(), nullable=True))
    op.drop_index("ix_flags_clerk_state", "flags")
    for name in ("hall", "window", "clerk", "rule", "phrase_id", "severity", "assigned_id"):
        op.create_index(f"ix_flags_{name}_state_rank", "flags", [name, "state", "rank", "id"])
    op.create_index("ix_flags_state_confidence", "flags", ["state", "confidence"])
    op.create_index("ix_flags_state_began_rank", "flags", ["state", "began", "rank", "id"])


def _id() -> Any:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
