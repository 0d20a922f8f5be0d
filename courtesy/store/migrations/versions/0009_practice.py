"""Cards that come back when they are due, and drills that came to their end."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "cards",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.Column("breaches", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("person", "item", name=op.f("pk_cards")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cards_person_due", "cards", ["person", "due"])
    op.create_table(
        "practices",
        sa.Column("id", _id(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("turns", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
    )
    op.create_index("ix_practices_person_at", "practices", ["person", "at"])


def _id() -> Any:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
