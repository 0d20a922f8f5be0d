"""One batch on many machines, by Ray: each worker loads its own model and takes files by itself.

Ray places the workers, notices when one dies and knows when machines come or go. What is done and
what is left stands in the database alone, so nothing of the work has to go through Ray.
"""

import os
import socket
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from courtesy.config import Settings
from courtesy.errors import ClusterError, CourtesyError, StoreError, UsageError
from courtesy.messages import Text
from courtesy.store import Database, files, open_database
from courtesy.store.patience import patiently

Result = TypeVar("Result")

_LOOK = 2.0  # seconds between two looks at the cluster
# A worker that dies so often without having finished anything has a fault of its own.
_DEATHS = 5
# Seconds for which the head of the cluster may not answer. After 60 Ray ends this process itself.
_HEAD = 20.0
_ANSWER = 10.0  # seconds in which a cluster must answer when it is joined


@dataclass(frozen=True, slots=True)
class Share:
    """What each worker takes of a machine.

    Attributes:
        cpus: processor cores.
        gpus: of a GPU, 0 to 1, or whole ones.
    """

    cpus: float = 2.0
    gpus: float = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to know.

    Attributes:
        url: of the database.
        settings: of every stage.
        lexicons: own folders, reachable under the same path from every machine.
        rubric: file or name; None takes the usual one.
    """

    url: str
    settings: Settings
    lexicons: tuple[Path, ...] = ()
    rubric: Path | None = None


@dataclass(slots=True)
class _Hired:
    actor: Any
    result: Any
    name: str


@dataclass(slots=True)
class Cluster:
    """The workers of one batch on a Ray cluster.

    Attributes:
        database: the store, as this process sees it.
        task: what they do.
        share: what each takes.
        waiting: told why nothing moves while the database cannot be reached.
        look: called now and then, to show how far it is.
        hired: who works.
        deaths: workers that died since a file was last finished.
    """

    database: Database
    task: Task
    share: Share
    waiting: Callable[[StoreError], object] = lambda _error: None
    look: Callable[[], None] = lambda: None
    hired: list[_Hired] = field(default_factory=list)
    deaths: int = 0
    _done: int = 0

    def run(self) -> None:
        """Work until nothing is left; machines may join and go.

        Raises:
            ClusterError: the machine that leads the cluster is lost.
            CourtesyError: a worker cannot go on at all, or they die one after the other.
        """
        ray = _ray()

        head = ray.get_runtime_context().gcs_address
        try:
            while self._is_work() or self.hired:
                _check_head(head)
                self._hire()
                self.look()
                if not self.hired:  # no machine has room
                    time.sleep(_LOOK)
                    continue
                ended, _ = ray.wait([one.result for one in self.hired], timeout=_LOOK)
                for one in [h for h in self.hired if h.result in ended]:
                    self._let_go(one)
        finally:
            for one in self.hired:
                ray.kill(one.actor)
                # Where the database is gone the leases run out by themselves.
                with suppress(StoreError):
                    self._free(one.name)

    def _hire(self) -> None:
        """Start as many workers as the cluster has room for, and work."""
        ray = _ray()

        free = ray.available_resources()
        room = int(free.get("CPU", 0.0) // self.share.cpus)
        if self.share.gpus:
            room = min(room, int(free.get("GPU", 0.0) / self.share.gpus))
        left = self._counts().get("waiting", 0)
        for _ in range(min(room, left)):
            name = f"ray:{uuid.uuid4().hex}"
            actor = (
                ray.remote(_Remote)
                .options(num_cpus=self.share.cpus, num_gpus=self.share.gpus)
                .remote(self.task, name)
            )
            self.hired.append(_Hired(actor, actor.work.remote(), name))

    def _let_go(self, one: _Hired) -> None:
        """Look at how a worker ended; what a dead one held is free again at once."""
        ray = _ray()

        self.hired.remove(one)
        try:
            refusal = ray.get(one.result)
        except ray.exceptions.RayActorError:
            self._stubborn(lambda: self._free(one.name))
            self._count_death()
            return
        ray.kill(one.actor)
        if refusal is not None:
            raise refusal

    def _count_death(self) -> None:
        done = self._counts().get("done", 0)
        self.deaths = self.deaths + 1 if done == self._done else 1
        self._done = done
        if self.deaths >= _DEATHS:
            raise UsageError(
                Text(
                    f"工作进程接连中断了 {self.deaths} 次，什么都没有完成。请看 Ray 的日志，"
                    "或检查各台机器的内存和安装。",
                    f"Workers died {self.deaths} times in a row and finished nothing. Look at "
                    "Ray's logs, and at memory and installation of the machines.",
                )
            )

    def _free(self, name: str) -> None:
        with self.database.writing() as connection:
            files.give_back(connection, name, tried=True)

    def _counts(self) -> dict[str, int]:
        def read() -> dict[str, int]:
            with self.database.reading() as connection:
                return files.counts(connection)

        return self._stubborn(read)

    def _is_work(self) -> bool:
        def look() -> bool:
            with self.database.writing() as connection:
                files.shorten_leases(connection)
                return files.is_work(connection)

        return self._stubborn(look)

    def _stubborn(self, action: Callable[[], Result]) -> Result:
        return patiently(action, self.waiting)


class _Remote:
    """A worker on some machine."""

    def __init__(self, task: Task, name: str) -> None:
        self._task = task
        self._name = name

    def work(self) -> CourtesyError | None:
        """Work until nothing is left; return why it cannot go on, where it cannot."""
        from courtesy.batch.worker import Silent, Worker
        from courtesy.pipeline import load_pipeline

        task = self._task
        try:
            pipeline = load_pipeline(task.settings, list(task.lexicons), task.rubric)
            watcher = Silent()
            database = patiently(lambda: open_database(task.url), watcher.waiting)
            Worker(database, pipeline, watcher, self._name).run()
        except CourtesyError as error:
            return error
        return None


def connect(address: str) -> None:
    """Join a Ray cluster.

    Args:
        address: "auto" finds the one that runs here, or starts one on this machine; else host:port.

    Raises:
        UsageError: Ray is not installed, or there is no cluster at the address.
    """
    try:
        ray = _ray()
    except ModuleNotFoundError as error:
        raise UsageError(
            Text(
                "--ray 需要 Ray：pip install 'courtesy[ray]'，每台机器都要装。",
                "--ray needs Ray: pip install 'courtesy[ray]', on every machine.",
            )
        ) from error
    if address != "auto":
        _check_address(address)
    # Nothing leaves the hall's machines, not even how often Ray is used.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        ray.init(address=address, **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        if address == "auto":
            ray.init(include_dashboard=False, **quiet)
            return
        raise _no_cluster(address, error) from error


def _check_address(address: str) -> None:
    """Check that somebody listens there; Ray itself would try for many minutes.

    Raises:
        UsageError: it is no address, or nobody does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER).close()
    except (OSError, ValueError, OverflowError) as error:
        raise _no_cluster(address, error) from error


def _no_cluster(address: str, error: Exception) -> UsageError:
    return UsageError(
        Text(
            f"连不上 Ray 集群 {address}：{error}。请检查地址（主机:端口），或先运行 "
            "ray start --head。",
            f"The Ray cluster {address} cannot be reached: {error}. Check the address "
            "(host:port), or run ray start --head first.",
        )
    )


def check_store(database: Database, hosts: Sequence[str]) -> None:
    """Check that all machines of a cluster can reach the database.

    Raises:
        UsageError: it is a file, and there are several machines.
    """
    if database.on_sqlite and len(set(hosts)) > 1:
        raise UsageError(
            Text(
                "多台机器要用 PostgreSQL：--db postgresql+psycopg://用户@主机/库名。",
                "Several machines need PostgreSQL: --db postgresql+psycopg://user@host/name.",
            )
        )


def hosts() -> list[str]:
    """Return the machines of the cluster that this process has joined."""
    ray = _ray()
    return [node["NodeManagerHostname"] for node in ray.nodes() if node["Alive"]]


def _check_head(address: str) -> None:
    """Check that the machine that leads the cluster answers.

    Raises:
        ClusterError: it does not, for as long as it may.
    """
    host, _, port = address.rpartition(":")
    until = time.monotonic() + _HEAD
    while True:
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_LOOK).close()
        except OSError as error:
            if time.monotonic() > until:
                raise ClusterError(
                    Text(
                        f"Ray 集群的主节点 {address} 没有回应。评好的都在数据库里；主节点恢复后"
                        "再运行一次，或去掉 --ray 在本机接着做。",
                        f"The head of the Ray cluster, {address}, does not answer. What was scored "
                        "is kept; run it again when the head is back, or without --ray on this "
                        "machine.",
                    )
                ) from error
            time.sleep(_LOOK)
        else:
            return


def leave() -> None:
    """Leave the cluster."""
    _ray().shutdown()


def _ray() -> Any:
    """Return the library; half of it has no types."""
    import ray

    return ray
