"""Appeals that are withdrawn; what the pages about appeals and agreement look for."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make room for it."""
    op.add_column("appeals", sa.Column("withdrawn", sa.DateTime(), nullable=True))
    op.create_index("ix_appeals_judged_until", "appeals", ["judged", "until"])
    op.create_index("ix_appeals_account_id", "appeals", ["account_id"])
    op.create_index("ix_decisions_part_at", "decisions", ["part", "at"])
