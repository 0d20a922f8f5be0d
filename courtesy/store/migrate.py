"""Which version the tables are of, and bringing them up to date, step by step.

Each step is one transaction together with the note that it was taken, so one that is interrupted
has not happened. Where there are no tables yet, all steps are one transaction: who opens the
database meanwhile must not find it half made and take it for an old one.
"""

from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

# Alembic's own table, which is there a moment before the others.
VERSIONS: Final = "alembic_version"
_HERE = Path(__file__).resolve().parent / "migrations"
_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


def newest() -> str:
    """Return the revision that this program needs.

    Migrations are numbered by their files' names; Alembic would take longer to load than many a
    command takes to run.
    """
    return max(file.name.partition("_")[0] for file in (_HERE / "versions").glob("[0-9]*_*.py"))


def revisions() -> tuple[str, ...]:
    """Return every revision that this program knows, the newest first."""
    return tuple(script.revision for script in _scripts().walk_revisions())


def current(connection: sa.Connection) -> str | None:
    """Return the revision of the tables; None where there are none."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(sa.select(_VERSION.c.version_num))


def upgrade(connection: sa.Connection) -> tuple[str | None, str]:
    """Bring the tables up to date; return the revision before and after."""
    from alembic import command

    before = current(connection)
    connection.rollback()
    config = _config()
    config.attributes["connection"] = connection
    config.attributes["step_by_step"] = before is not None
    command.upgrade(config, "head")
    return before, newest()


def _scripts() -> Any:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config())


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return config
