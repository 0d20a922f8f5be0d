"""`courtesy live`: listening at the counter while people talk."""

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import options
from courtesy.cli.common import LANG, T, console, fail
from courtesy.errors import CourtesyError

if TYPE_CHECKING:
    from courtesy.config import Settings
    from courtesy.live.session import Listener
    from courtesy.live.source import Source
    from courtesy.pipeline import Pipeline
    from courtesy.speech.following import Following
    from courtesy.speech.recognise import WhisperRecogniser

HELP = T(
    """守在窗口边听边提醒：该问好没问好、说了忌语，当时就知道。

    例：courtesy live

    例：courtesy live --source 录音.wav --pace 1 --events -""",
    """Listen at the counter and help at once: what is missing, what must not be said.

    Example: courtesy live

    Example: courtesy live --source recording.wav --pace 1 --events -""",
)


def live(  # noqa: D103 - its help is HELP, in the language of the run
    list_devices: Annotated[
        bool, typer.Option("--devices", help=T("列出麦克风", "list the microphones"))
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=T("麦克风的名称或一部分", "the microphone, by name")),
    ] = None,
    channels: Annotated[
        int | None,
        typer.Option(help=T("几个声道", "channels of the microphone"), min=1, max=2),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=T("播放录音，当作麦克风", "play a recording as if it were the microphone"),
        ),
    ] = None,
    pace: Annotated[
        float,
        typer.Option(
            help=T("几倍速播放；0 为尽快", "how many times as fast; 0 is as fast as it goes"),
            min=0.0,
        ),
    ] = 1.0,
    events: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-",
            help=T("每件事一行 JSON", "write what happens as JSON, a line each"),
        ),
    ] = None,
    clerk: options.Clerk = None,
    clerk_voice: options.ClerkVoice = None,
    mode: options.ModeOption = None,
    model: options.ModelOption = None,
    lexicons: options.OwnLexicons = None,
    rubric: options.RubricFile = None,
    config: options.ConfigFile = None,
) -> None:
    from courtesy.config import load_settings
    from courtesy.live.events_file import EventsFile
    from courtesy.pipeline import load_pipeline, whisper

    try:
        if list_devices:
            _list_devices()
            return
        settings = load_settings(config).with_changes(
            dialogue={"clerk": clerk, "clerk_voice": clerk_voice, "mode": mode},
            # One utterance is heard at a time, and on all cores.
            speech={"model": model, "workers": 1, "batch_size": 1},
        )
        heard = _source(source, pace, device, channels)
        recogniser = whisper(settings)
        pipeline = load_pipeline(settings, lexicons or [], rubric, lambda: recogniser)
        pipeline.prepare()
        with contextlib.ExitStack() as stack:
            listeners = [stack.enter_context(EventsFile(events, LANG))] if events else []
            _listen(heard, pipeline, recogniser, settings, listeners)
    except CourtesyError as error:
        fail(error)


def _source(file: Path | None, pace: float, device: str | None, channels: int | None) -> "Source":
    from courtesy.live.microphone import Microphone
    from courtesy.live.source import FileSource

    return FileSource(file, pace) if file else Microphone(device, channels)


def _listen(
    source: "Source",
    pipeline: "Pipeline",
    recogniser: "WhisperRecogniser",
    settings: "Settings",
    listeners: "Sequence[Listener]",
) -> None:
    """Listen until the source ends, or somebody stops it."""
    from courtesy.cli.live_screen import Screen
    from courtesy.live.desk import Desk
    from courtesy.live.ear import Ear, Recognition
    from courtesy.live.session import happenings, tell
    from courtesy.speech.following import Following
    from courtesy.speech.settling import Settling

    recognition = Recognition(
        Following(recogniser), pipeline.questions, Settling(recogniser), _smaller(settings)
    )
    ear = Ear(source, recognition, settings.speech)
    began = datetime.now().replace(microsecond=0)
    desk = Desk(pipeline, settings.live, source.channels, began, source.name, settles=True)
    with Screen(source.name) as screen, _stopped_by_hand(source):
        tell(happenings(ear, desk, pipeline.voices()), [*listeners, screen])


def _smaller(settings: "Settings") -> "Callable[[], Following] | None":
    """Return what loads the model that takes over while the machine is too slow.

    Raises:
        ModelError: the settings name one that is not there.
    """
    from courtesy.pipeline import whisper
    from courtesy.speech.following import Following
    from courtesy.speech.models import locate

    if not settings.live.smaller_model:
        return None
    other = settings.with_changes(speech={"model": settings.live.smaller_model})
    locate(other.speech.model)  # not first when it is needed
    return lambda: Following(whisper(other))


@contextlib.contextmanager
def _stopped_by_hand(source: "Source") -> Iterator[None]:
    """Have Ctrl-C end the sound, so that what was said is still judged; a second one ends all."""

    def stop(number: int, frame: FrameType | None) -> None:
        source.close()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _list_devices() -> None:
    from rich.table import Table

    from courtesy.live.microphone import devices

    found = devices()
    if not found:
        typer.echo(T("没有。", "None."))
        return
    table = Table(box=None, pad_edge=False)
    for head in (T("麦克风", "Microphone"), T("接口", "Interface"), T("声道", "Channels")):
        table.add_column(head, overflow="fold")
    for one in found:
        mark = T("（默认）", " (default)") if one.usual else ""
        table.add_row(f"{one.name}{mark}", one.interface, str(one.channels))
    console().print(table)
