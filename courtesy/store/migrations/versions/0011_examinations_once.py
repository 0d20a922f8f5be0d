"""An examination is taken once: of two results that were kept the first one stays one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make later results of an examination ordinary practice, and let there be no more of them."""
    op.execute(
        "UPDATE practices SET examination = false WHERE examination AND assignment_id IS NOT NULL "
        "AND id NOT IN (SELECT min(id) FROM practices WHERE examination "
        "AND assignment_id IS NOT NULL GROUP BY person, assignment_id)"
    )
    op.create_index(
        "uq_practices_examination",
        "practices",
        ["person", "assignment_id"],
        unique=True,
        sqlite_where=sa.text("examination"),
        postgresql_where=sa.text("examination"),
    )
