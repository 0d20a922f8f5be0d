"""A day at the counter, put together: what hears, what judges, and everybody who is told."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from courtesy import folders
from courtesy.cli.closing import print_closing
from courtesy.cli.common import LANG, T, console, errors, say
from courtesy.cli.keys import pressed
from courtesy.cli.live_screen import Look, Screen
from courtesy.cli.progress import ProgressBar
from courtesy.config import Settings
from courtesy.live.clips import Clips
from courtesy.live.closing import close_day, day_of
from courtesy.live.desk import Desk
from courtesy.live.ear import Ear, Recognition
from courtesy.live.events_file import EventsFile
from courtesy.live.keeper import Keeper, store_opener
from courtesy.live.page import Page
from courtesy.live.receiver import Receiver, read_secret
from courtesy.live.recorder import Recorder
from courtesy.live.session import Listener, happenings, tell, without_alerts
from courtesy.live.sitting import Sitting
from courtesy.live.source import Source
from courtesy.live.webhook import Webhook
from courtesy.messages import Text
from courtesy.pipeline import Pipeline, load_pipeline, whisper
from courtesy.speech.following import BEAM, Following
from courtesy.speech.recognise import WhisperRecogniser
from courtesy.speech.settling import Settling

if TYPE_CHECKING:
    from courtesy.speech.decode import Samples
    from courtesy.store.superseding import Day

_BREAK_KEYS = " b"
_END_KEY = "q"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line asks for.

    Attributes:
        settings: of every stage.
        lexicons: own folders.
        rubric: name or file; None takes the window's.
        database: URL; None is the user's own.
        stored: whether results go into it.
        hall: kept with the results, as the next two.
        window: number or name.
        clerk: number or name.
        events: file, or "-"; None writes none.
        page: port; None shows none.
        webhook: URL; None sends nothing.
        quiet: whether nobody is reminded or alerted.
        supervisor: whether alerts are kept from this screen.
        bell: whether it rings.
        plain: whether it has no colours.
    """

    settings: Settings
    lexicons: list[Path]
    rubric: Path | None
    database: str | None
    stored: bool
    hall: str
    window: str
    clerk: str
    events: str | None
    page: int | None
    webhook: str | None
    quiet: bool
    supervisor: bool
    bell: bool
    plain: bool


def run(source: Source, plan: Plan) -> None:
    """Listen until the source ends, or somebody stops it; then score the day, if it was recorded.

    Raises:
        CourtesyError: it cannot begin, or not go on.
    """
    # What is wrong with the command line is told before the model is loaded.
    receiver = Receiver(plan.webhook, read_secret(os.environ)) if plan.webhook else None
    smaller = _smaller(plan.settings)
    with contextlib.ExitStack() as stack:
        page = stack.enter_context(Page(plan.page, source, LANG)) if plan.page is not None else None
        screen = Screen(source, _look(plan, page))
        told: list[Listener] = [page] if page else []
        if receiver:
            about = {"source": source.name, "hall": plan.hall, "window": plan.window}
            told.append(stack.enter_context(Webhook(receiver, LANG, screen.complain, about=about)))
        if plan.events:
            told.append(stack.enter_context(EventsFile(plan.events, LANG)))
        recogniser = whisper(plan.settings)
        pipeline = _pipeline(plan, recogniser)
        began = datetime.now().replace(microsecond=0)
        sitting = Sitting(source.name, began, source.channels, plan.hall, plan.window, plan.clerk)
        kept = _Kept(plan, sitting, pipeline, screen.complain)
        recognition = Recognition(
            Following(recogniser, BEAM), pipeline.questions, Settling(recogniser), smaller
        )
        with kept.opened() as keeping:
            ear = Ear(source, recognition, plan.settings.speech, kept.take)
            desk = Desk(
                pipeline, plan.settings.live, source.channels, began, source.name, settles=True
            )
            stack.enter_context(screen)
            # The talk is closed here, or its threads would still run when the interpreter is gone.
            with (
                _stopped_by_hand(source),
                pressed(lambda key: _key(key, source)),
                contextlib.closing(happenings(ear, desk, pipeline.voices())) as happening,
            ):
                wanted = without_alerts(happening) if plan.quiet else happening
                tell(wanted, [*told, *keeping, screen])
    kept.close()


def _look(plan: Plan, page: Page | None) -> Look:
    return Look(
        told=not (plan.quiet or plan.supervisor),
        bell=plan.bell,
        plain=plan.plain,
        terminal=sys.stdout.isatty() and plan.events != "-",
        page=page.url if page else "",
    )


class _Kept:
    """What stays of a day: results in the store, and sound where the settings ask for it."""

    def __init__(
        self, plan: Plan, sitting: Sitting, pipeline: Pipeline, complain: Callable[[Text], object]
    ) -> None:
        self._plan, self._sitting, self._pipeline = plan, sitting, pipeline
        self._complain = complain
        self._recorder: Recorder | None = None
        self._clips: Clips | None = None
        self._keeper: Keeper | None = None

    @contextlib.contextmanager
    def opened(self) -> Iterator[list[Listener]]:
        """Open all of it; give who is to be told what happens."""
        if not self._plan.stored:
            yield []
            return
        sound = self._plan.settings.live.keep_sound
        folder = folders.sound_dir(self._plan.settings.live.sound_folder)
        with contextlib.ExitStack() as stack:
            if sound == "day":
                self._recorder = stack.enter_context(
                    Recorder(self._sitting, folder, self._complain)
                )
            if sound != "nothing":
                self._clips = stack.enter_context(Clips(self._sitting, folder, self._complain))
            self._keeper = stack.enter_context(
                Keeper(
                    self._sitting,
                    store_opener(self._plan.database),
                    self._pipeline.made_by,
                    self._complain,
                    self._clips.of if self._clips else (lambda _: ()),
                    self._recorder.file if self._recorder else None,
                )
            )
            # The keeper asks for the clips of what closes, so these are told first.
            yield [*([self._clips] if self._clips else []), self._keeper]

    def take(self, block: "Samples | int") -> None:
        """Take a block of sound, or how many samples of it are lost."""
        if self._recorder:
            self._recorder.keep(block)
        if self._clips:
            self._clips.ring.keep(block)

    def close(self) -> None:
        """Tell what was kept, and score the day's recording, if there is one.

        Raises:
            CourtesyError: it cannot be scored; what was judged live goes on counting.
        """
        if self._keeper and self._keeper.kept:
            count = self._keeper.kept
            told = T(f"已入库 {count} 次接待。", f"Interactions kept in the store: {count}.")
            errors().print(told, highlight=False)
        if self._recorder and self._recorder.whole and self._keeper and self._keeper.kept:
            _close(self._plan, self._pipeline, day_of(self._sitting, self._recorder.file))


def close_left_days(plan: Plan) -> None:
    """Score the recordings of days that were never closed, as after a power cut.

    Raises:
        CourtesyError: the store cannot be used, or a day cannot be scored.
    """
    from courtesy.store.superseding import unclosed

    with store_opener(plan.database)() as database, database.reading() as connection:
        days = unclosed(connection)
    if not days:
        errors().print(T("没有没收尾的录音。", "No day was left unclosed."))
        return
    pipeline = _pipeline(plan, whisper(plan.settings))
    for day in days:
        _close(plan, pipeline, day)


def _close(plan: Plan, pipeline: Pipeline, day: "Day") -> None:
    name = Path(day.path).name
    told = T(f"用全天录音重新评分：{name}", f"Scoring the whole day's recording: {name}")
    errors().print(told, highlight=False, markup=False)
    with store_opener(plan.database)() as database, ProgressBar(1) as bar:
        found = close_day(
            database,
            pipeline,
            day,
            lambda error: errors().print(say(error.text), highlight=False, markup=False),
            bar.of(0, name),
        )
    print_closing(console(), found)


def _pipeline(plan: Plan, recogniser: WhisperRecogniser) -> Pipeline:
    pipeline = load_pipeline(plan.settings, plan.lexicons, plan.rubric, lambda: recogniser)
    pipeline.prepare()
    return pipeline


def _smaller(settings: Settings) -> Callable[[], Following] | None:
    """Return what loads the model that takes over while the machine is too slow.

    Raises:
        ModelError: the settings name one that is not there.
    """
    from courtesy.speech.models import locate

    if not settings.live.smaller_model:
        return None
    other = settings.with_changes(speech={"model": settings.live.smaller_model})
    locate(other.speech.model)  # not first when it is needed
    return lambda: Following(whisper(other), BEAM)


def _key(key: str, source: Source) -> None:
    if key in _BREAK_KEYS:
        (source.resume if source.paused else source.pause)()
    elif key == _END_KEY:
        source.close()


@contextlib.contextmanager
def _stopped_by_hand(source: Source) -> Iterator[None]:
    """Have Ctrl-C end the sound, so that what was said is still judged; a second one ends all."""

    def stop(number: int, frame: FrameType | None) -> None:
        source.close()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
