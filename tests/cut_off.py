"""Every mode of the program, on a machine without any way out: `unshare -n python cut_off.py`.

    python tests/cut_off.py FOLDER MODELS

Runs in a network namespace of its own, in which there is nothing but loopback. Writes what each
command did into FOLDER/told.json, and FOLDER/guard.txt has what was asked of sockets.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
ELSEWHERE = ("192.0.2.1", 80)  # an address that is kept free for examples, RFC 5737
_UP, _GET_FLAGS, _SET_FLAGS = 1, 0x8913, 0x8914
_STARTED = 60.0  # seconds


def bring_up_loopback() -> None:
    with socket.socket() as any_socket:
        wanted = struct.pack("16sh", b"lo", 0)
        _, flags = struct.unpack("16sh", fcntl.ioctl(any_socket, _GET_FLAGS, wanted))
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", flags | _UP))


def without_route() -> int:
    """Return how often this namespace was asked to send somewhere it cannot."""
    names, values = (
        line.split()
        for line in Path("/proc/net/snmp").read_text("ascii").splitlines()
        if line.startswith("Ip:")
    )
    newer = Path("/proc/net/snmp6").read_text("ascii").split()
    sixth = int(newer[newer.index("Ip6OutNoRoutes") + 1])
    return int(values[names.index("OutNoRoutes")]) + sixth


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def run(*arguments: object, answer: str = "") -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "courtesy", "--lang", "en", *map(str, arguments)],
        input=answer, capture_output=True, encoding="utf-8", cwd=ROOT, timeout=300,
    )  # fmt: skip
    return {
        "code": done.returncode,
        "said": (done.stdout + done.stderr)[-2000:],
        "tried": without_route(),
    }


def serve(page: str, *arguments: object) -> dict[str, object]:
    """Run a command that serves a page, open the page, and end it as Ctrl-C does."""
    port = free_port()
    command = [sys.executable, "-m", "courtesy", "--lang", "en", *map(str, arguments), str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", cwd=ROOT
    ) as child:
        last = time.monotonic() + _STARTED
        found = None
        while found is None and time.monotonic() < last and child.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=5) as answer:
                    found = answer.status
            except OSError:
                time.sleep(0.2)
        child.send_signal(signal.SIGINT)
        said, _ = child.communicate(timeout=60)
    return {"code": 0 if found == 200 else child.returncode or 1, "said": said[-2000:]}


def every_mode(folder: Path) -> dict[str, dict[str, object]]:
    """Run each of them on a sample or two."""
    sound = SAMPLES / "counter" / "cheguan-mixed.opus"
    talk = SAMPLES / "transcripts" / "shebao-good.txt"
    db = ("--db", folder / "courtesy.sqlite3")
    recordings, gold, own = folder / "recordings", folder / "gold", folder / "own"
    for made in (recordings, gold, own):
        made.mkdir()
    for ending in (".opus", ".toml"):
        shutil.copy(sound.with_suffix(ending), gold)
    shutil.copy(sound, recordings)
    shutil.copy(talk, recordings)
    return {
        "score": run("score", sound, talk, "--out", folder / "out"),
        "batch run": run("batch", "run", recordings, *db),
        "batch failures": run("batch", "failures", *db),
        "report": run("report", *db, "--html", folder / "report.html"),
        "rescore": run("rescore", "--rubric", "strict", *db),
        "eval": run("eval", gold, "--html", folder / "eval.html"),
        "live": run("live", "--source", sound, "--pace", 0, *db),
        "live --page": serve("/", "live", "--source", sound, "--pace", 2, *db, "--page"),
        "drill": run("drill", "--typed", "--person", "Li", "--scenario", "shebao-queue", *db,
                     answer="您好，请坐。\n:q\n"),
        "drill export": run("drill", "export", folder / "booklet.html"),
        "drill check": run("drill", "check"),
        "review users add": run("review", "users", "add", "zhao", "--role", "administrator", *db,
                                answer="correct horse battery\n"),
        "review serve": serve("/sign-in", "review", "serve", *db, "--port"),
        "review gold": run("review", "gold", folder / "reviewed", *db),
        "review audit verify": run("review", "audit", "verify", *db),
        "db status": run("db", "status", *db),
        "db export": run("db", "export", "--out", folder / "all.xlsx", *db),
        "db backup": run("db", "backup", folder / "copy.sqlite3", *db),
        "lexicon check": run("lexicon", "check"),
        "lexicon explain": run("lexicon", "explain", "你问我，我问谁"),
        "rubric explain": run("rubric", "explain", "window"),
        "models list": run("models", "list"),
        "models verify": run("models", "verify"),
        "voice enrol": run("voice", "enrol", "Li", sound),
        "voice list": run("voice", "list"),
        "doctor": run("doctor", *db),
        "db purge": run("db", "purge", "--before", "2999-01-01", "--yes", *db),
    }  # fmt: skip


def main() -> None:
    folder, models = Path(sys.argv[1]), sys.argv[2]
    bring_up_loopback()
    os.environ.pop("CI", None)  # some libraries hold back where they think they are tested
    os.environ |= {
        "COURTESY_MODELS": models,
        "GUARD": str(folder / "control.txt"),
        "PYTHONPATH": f"{ROOT / 'tests' / 'guard'}{os.pathsep}{ROOT}",
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    before = without_route()
    tries = f"import socket; socket.create_connection({ELSEWHERE!r}, 1)"
    control = subprocess.run([sys.executable, "-c", tries], capture_output=True, check=False)
    after = without_route()
    os.environ["GUARD"] = str(folder / "guard.txt")
    modes = every_mode(folder)
    told = {
        "reached": control.returncode == 0,
        "noticed": after - before,
        "tried": without_route() - after,
        "modes": modes,
    }
    (folder / "told.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
