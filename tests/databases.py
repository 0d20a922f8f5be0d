"""A PostgreSQL server of the tests' own, in a folder that goes away with it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self


class PostgreSQL:
    """A cluster that listens on a socket in its own folder, and not on the network."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="courtesy-pg-"))
        # PostgreSQL refuses to run as root; Debian's package brings a user for it.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self._folder, self._user)

    @staticmethod
    def installed() -> bool:
        """Tell whether there are PostgreSQL's own programs, and the driver."""
        try:
            import psycopg  # noqa: F401
        except ImportError:
            return False
        return bool(_programs())

    def __enter__(self) -> Self:
        data = self._folder / "data"
        self._run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        """Start it, again if need be, and wait until it takes connections."""
        # Nothing here has to outlast a power cut.
        options = f"-F -k {self._folder} -c listen_addresses='' -c full_page_writes=off"
        data, log = self._folder / "data", self._folder / "log"
        self._run("pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it on the spot, whoever is connected."""
        self._run("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "stop")

    def new_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name).replace("postgresql:", "postgresql+psycopg:")

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: object) -> None:
        # Its children keep no pipe open: pg_ctl would never seem to end.
        with (self._folder / f"{program}.out").open("ab") as out:
            done = subprocess.run(
                [str(_programs() / program), *map(str, arguments)],
                stdout=out, stderr=out, cwd=self._folder, user=self._user, check=False,
            )  # fmt: skip
        assert done.returncode == 0, (self._folder / f"{program}.out").read_text()


def _programs() -> Path | None:
    """Return the folder of the newest version's programs; None where none is installed."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(folders, key=lambda file: int(file.parent.parent.name))
    return newest[-1].parent if newest else None
