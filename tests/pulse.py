"""A sound server of the tests' own, with a counter whose microphone hears what is played to it.

A null sink is the counter: what `paplay` plays into it, its monitor records, in real time and
through the same PortAudio and ALSA as a microphone's sound. The server knows no hardware, and all
its files are in a folder that goes away with it, so that a user's own is not touched.
"""

import ctypes.util
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

_PROGRAMS = ("pulseaudio", "pactl", "paplay")
_PLUGIN = "alsa-lib/libasound_module_pcm_pulse.so"
# PortAudio finds it as "default".
_ASOUNDRC = "pcm.!default { type pulse }\n"


class Pulse:
    """The server; what it is asked goes to this one and no other."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="courtesy-pa-"))
        (self.folder / ".asoundrc").write_text(_ASOUNDRC, encoding="utf-8")
        (self.folder / "run").mkdir(mode=0o700)
        mine = ("PULSE_", "XDG_", "DBUS_", "DISPLAY", "ALSA_")
        others = {k: v for k, v in os.environ.items() if not k.startswith(mine)}
        # For programs that are to hear it.
        self.environ = others | {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "PULSE_SERVER": f"unix:{self.folder}/socket",
            "PULSE_SOURCE": "counter.monitor",
        }
        self._server: subprocess.Popen[bytes] | None = None
        self._sink = ""
        self._talk: list[subprocess.Popen[bytes]] = []

    @staticmethod
    def missing() -> str:
        """Name what is not installed; empty where nothing is missing."""
        programs = [name for name in _PROGRAMS if not shutil.which(name)]
        if programs:
            return f"{', '.join(programs)} (apt-get install pulseaudio pulseaudio-utils)"
        if not importlib.util.find_spec("sounddevice"):
            return "sounddevice (pip install 'courtesy[live]')"
        if not ctypes.util.find_library("portaudio"):
            return "PortAudio (apt-get install libportaudio2)"
        folders = [*Path("/usr/lib").glob("*"), Path("/usr/lib")]
        if not any((folder / _PLUGIN).exists() for folder in folders):
            return "ALSA's way to PulseAudio (apt-get install libasound2-plugins)"
        return ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start it, again if need be, with the counter."""
        environ = {k: v for k, v in self.environ.items() if not k.startswith("PULSE_")}
        socket = self.folder / "socket"
        socket.unlink(missing_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no",
                    "--exit-idle-time=-1", "--disable-shm=yes", "--realtime=no",
                    "--high-priority=no", "--log-target=stderr",
                    "-L", f"module-native-protocol-unix socket={socket}",
                ],
                env=environ, stdout=log, stderr=log,
            )  # fmt: skip
        until = time.monotonic() + 30
        while self._ask("info").returncode:
            assert self._server.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.05)
        self.plug()

    def kill(self) -> None:
        """End it on the spot, whoever listens."""
        self.hush()
        if self._server:
            self._server.kill()
            self._server.wait()
            self._server = None

    def restart(self) -> None:
        """Begin anew, whatever was done to it."""
        self.kill()
        self.start()

    def plug(self) -> None:
        """Plug the microphone in."""
        name = ("module-null-sink", "sink_name=counter", "rate=48000", "channels=2")
        self._sink = self.ask("load-module", *name).strip()

    def unplug(self) -> None:
        """Pull it out."""
        self.ask("unload-module", self._sink)

    def suspend(self, asleep: bool) -> None:
        """Have the device sleep, or wake it."""
        # A monitor cannot be suspended by itself: it sleeps with its sink.
        self.ask("suspend-sink", "counter", str(int(asleep)))

    def play(self, sound: Path) -> subprocess.Popen[bytes]:
        """Begin to say something at the counter."""
        words = ["paplay", "-d", "counter", str(sound)]
        self._talk.append(subprocess.Popen(words, env=self.environ))
        return self._talk[-1]

    def hush(self) -> None:
        """Have nobody say anything any more."""
        for one in self._talk:
            one.kill()
            one.wait()
        self._talk.clear()

    def ask(self, *words: str) -> str:
        """Have `pactl` do something and return what it says."""
        done = self._ask(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pactl", *words], env=self.environ, capture_output=True, text=True, check=False
        )


def stop(process: subprocess.Popen[str], seconds: float) -> None:
    """Have a process do nothing at all for a while, as in a machine that sleeps."""
    process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    process.send_signal(signal.SIGCONT)
