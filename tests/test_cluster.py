"""A batch on a Ray cluster: several nodes, one of them killed, and the same result as without."""

import itertools
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from conftest import IN_CI
from databases import PostgreSQL
from test_batch import Make, Notes, assert_as_undisturbed, enlist, states, talk_files

from courtesy.batch import cluster
from courtesy.batch.cluster import Cluster, Share, Task, check_store, connect, hosts
from courtesy.batch.worker import Worker
from courtesy.config import Settings
from courtesy.errors import ClusterError, UsageError
from courtesy.messages import LANGUAGES
from courtesy.store import open_database

try:
    import ray
    from ray.cluster_utils import Cluster as RayCluster
except ImportError:
    if IN_CI:
        raise
    pytest.skip("Ray is not installed", allow_module_level=True)

COUNT = 240

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = RayCluster(initialize_head=True, head_node_args={"num_cpus": 0})
        started.add_node(num_cpus=1)
        started.add_node(num_cpus=1)
        ray.init(address=started.address, log_to_driver=False, logging_level="ERROR")
        yield started
        ray.shutdown()
        started.shutdown()


def test_a_node_that_dies_costs_only_the_work_in_hand(
    nodes: Any, make_pipeline: Make, tmp_path: Path
) -> None:
    talk_files(tmp_path / "in", COUNT)
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
    assert killed[0] < COUNT, "all was done before"
    assert_as_undisturbed(database, make_pipeline, tmp_path / "in")


def test_a_head_that_is_lost_ends_the_run_with_one_sentence_and_the_next_one_goes_on(
    nodes: Any,
    make_pipeline: Make,
    postgresql: PostgreSQL,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "_HEAD", 1.0)
    monkeypatch.setattr(cluster, "_LOOK", 0.1)
    talk_files(tmp_path / "in", COUNT)
    url = postgresql.new_database("head")
    with open_database(url) as database:
        enlist(database, tmp_path / "in")

        lost: list[object] = []

        def look() -> None:
            if states(database).get("done", 0) >= 10 and not lost:
                # Who is left would go on for a minute, and have done all: the workers, children of
                # their nodes' processes, go first.
                for node in (*nodes.worker_nodes, nodes.head_node):
                    lost.append(node)
                    for process in itertools.chain(*node.all_processes.values()):
                        for child in psutil.Process(process.process.pid).children(recursive=True):
                            with suppress(psutil.NoSuchProcess):
                                child.kill()
                        process.process.kill()

        batch = Cluster(database, Task(url, Settings()), Share(cpus=1.0), look=look)
        with pytest.raises(ClusterError, match="head of the Ray cluster") as refused:
            batch.run()
        assert "主节点" in refused.value.say("zh")
        assert 10 <= states(database)["done"] < COUNT
        Worker(database, make_pipeline(), Notes()).run()
        assert_as_undisturbed(database, make_pipeline, tmp_path / "in")


def test_several_machines_need_a_server(tmp_path: Path) -> None:
    database = open_database(str(tmp_path / "x.sqlite3"))
    check_store(database, ["one", "one"])
    with pytest.raises(UsageError, match="PostgreSQL"):
        check_store(database, ["one", "other"])


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1", "nowhere:port", "127.0.0.1:70000"])
def test_an_address_without_a_cluster_is_refused_at_once(address: str) -> None:
    with pytest.raises(UsageError, match=address) as refused:
        connect(address)
    for lang in LANGUAGES:
        assert "ray start --head" in refused.value.say(lang)
