"""What overviews count stands side by side, and more of it; recordings are found by whose they are.

What was counted before is counted anew: all flags are brought up to date once more, which changes
none of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table of counts anew."""
    op.drop_table("tallies")
    op.create_table(
        "tallies",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("good", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bad", sa.Integer(), server_default="0", nullable=False),
        sa.Column("doubt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Float(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(
            "kind", "day", "hall", "window", "clerk", "hour", "name", name=op.f("pk_tallies")
        ),
        sqlite_with_rowid=False,
    )
    op.execute("DELETE FROM flagged")
    for name in ("hall", "window", "clerk"):
        op.create_index(f"ix_recordings_{name}_began", "recordings", [name, "began"])
    op.create_index(
        "ix_interactions_unscored",
        "interactions",
        ["began"],
        sqlite_where=sa.text("score IS NULL"),
        postgresql_where=sa.text("score IS NULL"),
    )
