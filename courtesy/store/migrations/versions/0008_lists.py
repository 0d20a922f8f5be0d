"""The versions of lists of phrases and of the rubric that are edited on the desk."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "list_versions",
        sa.Column("id", _id(), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", _id(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("restored", sa.Integer(), nullable=True),
        sa.Column("taken", sa.DateTime(), nullable=True),
        sa.Column("taken_id", _id(), nullable=True),
        sa.Column("taken_why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_list_versions_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_id"], ["accounts.id"], name=op.f("fk_list_versions_taken_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_versions")),
        sa.UniqueConstraint("file", "number", name=op.f("uq_list_versions_file_number")),
    )


def _id() -> Any:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
