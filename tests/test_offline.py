"""Nothing leaves the machine: single steps with every way to the network barred.

Whole commands are run in `test_cut_off.py`, where the system allows it.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import SAMPLES

ROOT = Path(__file__).resolve().parent.parent

# Local sockets are left alone: they go nowhere.
GUARD = """
import socket, sys

def barred(*args, **kwargs):
    raise SystemExit(f"NETWORK {args!r}")

class Guarded(socket.socket):
    def connect(self, address):
        if self.family != getattr(socket, "AF_UNIX", None):
            barred(address)
        return super().connect(address)

    def connect_ex(self, address):
        return self.connect(address)

    def sendto(self, *args):
        barred(*args)

socket.socket = Guarded
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = barred
socket.gethostbyname_ex = socket.gethostbyaddr = barred
"""


def run_barred(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", GUARD + code], capture_output=True, encoding="utf-8", cwd=ROOT
    )


def score(*arguments: str) -> dict:
    code = (
        f"sys.argv = ['courtesy', 'score', *{list(arguments)!r}]\n"
        "from courtesy.cli import main\nmain()\n"
    )
    done = run_barred(code)
    assert "NETWORK" not in done.stderr
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "attempt",
    [
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
        "import http.client; http.client.HTTPConnection('127.0.0.1', 9).request('GET', '/')",
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(('127.0.0.1', 9))",
        "socket.getaddrinfo('localhost', 80)",
    ],
)
def test_the_bar_holds(attempt: str) -> None:
    """Else the tests below would prove nothing."""
    assert "NETWORK" in run_barred(attempt).stderr


def test_a_transcript_is_scored_without_the_network() -> None:
    found = score(str(SAMPLES / "transcripts" / "shebao-good.txt"), "--json")
    assert found["recordings"][0]["interactions"][0]["score"] == 100


def test_the_counters_page_asks_no_name_server() -> None:
    """As Python's own server does when it takes its port."""
    code = (
        "from live_events import Quiet\nfrom courtesy.live.page import Page\n"
        "with Page(0, Quiet(), 'zh') as page:\n    print(page.url)\n"
    )
    done = run_barred(f"sys.path.insert(0, 'tests')\n{code}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("command", ["import courtesy.cli", "import courtesy.pipeline"])
def test_nothing_is_fetched_when_the_program_starts(command: str) -> None:
    assert run_barred(command).returncode == 0


def test_a_model_that_is_not_there_is_not_fetched(tmp_path: Path) -> None:
    sound = str(SAMPLES / "counter" / "cheguan-mixed.opus")
    code = (
        f"import os; os.environ['COURTESY_MODELS'] = {str(tmp_path)!r}\n"
        f"sys.argv = ['courtesy', '--lang', 'en', 'score', {sound!r}]\n"
        "from courtesy.cli import main\nmain()\n"
    )
    done = run_barred(code)
    assert "NETWORK" not in done.stderr
    assert done.returncode == 1
    assert "courtesy models pull" in done.stderr
    assert "Traceback" not in done.stderr
