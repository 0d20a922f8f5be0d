"""A batch on a Ray cluster: several nodes, one of them killed, and the same result as without."""

import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import IN_CI
from test_batch import Make, Notes, enlist, kept, states, talk_files

from courtesy.batch.cluster import Cluster, Share, Task, check_store, hosts
from courtesy.batch.worker import Worker
from courtesy.config import Settings
from courtesy.errors import UsageError
from courtesy.store import open_database, tables

try:
    import ray
    from ray.cluster_utils import Cluster as RayCluster
except ImportError:
    if IN_CI:
        raise
    pytest.skip("Ray is not installed", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cluster = RayCluster(initialize_head=True, head_node_args={"num_cpus": 0})
        cluster.add_node(num_cpus=1)
        cluster.add_node(num_cpus=1)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        yield cluster
        ray.shutdown()
        cluster.shutdown()


def test_a_node_that_dies_costs_only_the_work_in_hand(
    nodes: Any, make_pipeline: Make, tmp_path: Path
) -> None:
    talk_files(tmp_path / "in", 120)
    quiet = open_database(str(tmp_path / "quiet.sqlite3"))
    enlist(quiet, tmp_path / "in")
    Worker(quiet, make_pipeline(), Notes()).run()
    url = str(tmp_path / "cluster.sqlite3")
    database = open_database(url)
    enlist(database, tmp_path / "in")
    assert len(hosts()) == 3
    batch = Cluster(database, Task(url, Settings()), Share(cpus=1.0))
    killed: list[int] = []

    def kill_one() -> None:
        while (done := states(database).get("done", 0)) < 10:
            time.sleep(0.05)
        nodes.remove_node(sorted(nodes.worker_nodes, key=str)[0], allow_graceful=False)
        killed.append(done)
        nodes.add_node(num_cpus=1)

    murder = threading.Thread(target=kill_one)
    murder.start()
    batch.run()
    murder.join()
    assert killed, "nothing was killed"
    assert killed[0] < 120, "all was done before"
    assert states(database) == {"done": 120}
    assert kept(database) == kept(quiet)
    with database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.results)) == 120


def test_several_machines_need_a_server(tmp_path: Path) -> None:
    database = open_database(str(tmp_path / "x.sqlite3"))
    check_store(database, ["one", "one"])
    with pytest.raises(UsageError, match="PostgreSQL"):
        check_store(database, ["one", "other"])
