"""`courtesy db purge`: what was kept long enough is deleted, and that it is gone is shown."""

import json
import platform
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from courtesy import __version__
from courtesy.cli import options
from courtesy.cli.common import EXIT_FAULTY, T, console, errors, fail, say
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text

if TYPE_CHECKING:
    from courtesy.config import RetentionOptions
    from courtesy.store import Database
    from courtesy.store.clips import Deleted
    from courtesy.store.proof import Searched
    from courtesy.store.purging import Kind, Old, Purged, Step

HELP = T(
    "删除保存够久的内容：某一天以前的，或设置里写的天数以前的。删除的不会再被评分。\n\n"
    "例：courtesy db purge --before 2026-01-01 --keep-scores\n\n"
    "例：courtesy db purge --yes --proof purged.json",
    "Delete what was kept long enough: before a day, or for as long as the settings say. What is "
    "deleted is not scored again.\n\n"
    "Example: courtesy db purge --before 2026-01-01 --keep-scores\n\n"
    "Example: courtesy db purge --yes --proof purged.json",
)


def purge(
    before: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help=T("这一天以前的，如 2026-01-01", "older than this day: 2026-01-01")
        ),
    ] = None,
    keep_scores: Annotated[
        bool,
        typer.Option(
            "--keep-scores", help=T("只删说过的话，保留得分", "delete the words, keep the scores")
        ),
    ] = False,
    only_sound: Annotated[
        bool, typer.Option("--only-sound", help=T("只删窗口录下的声音", "delete only sound"))
    ] = False,
    proof: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=T("把删了什么写成 JSON", "write what is gone as JSON into a file")
        ),
    ] = None,
    yes: options.Yes = False,
    db: options.DatabaseUrl = None,
    config: options.ConfigFile = None,
) -> None:
    """Delete after asking; a refusal deletes nothing."""
    from courtesy.config import load_settings
    from courtesy.store import open_database

    try:
        limits = load_settings(config).retention
        if keep_scores and only_sound:
            raise UsageError(
                Text(
                    "--keep-scores 和 --only-sound 只能写一个。",
                    "--keep-scores and --only-sound exclude each other; give one of them.",
                )
            )
        day = options.day("--before", before)
        steps = _steps(day, limits, keep_scores=keep_scores, only_sound=only_sound)
        if proof and not proof.absolute().parent.is_dir():  # said before anything is deleted
            folder = proof.absolute().parent
            raise UsageError(
                Text(
                    f"没有文件夹 {folder}。请先建好。",
                    f"There is no folder {folder}. Make it first.",
                )
            )
        voices = _old_voices(_ago(limits.voiceprints)) if not day and limits.voiceprints else []
        with open_database(db, make=False) as database:
            told = _purge(database, steps, voices, yes=yes)
        told |= {"voiceprints": _erase(voices)}
        if proof:
            from courtesy.report.writing import write_text

            write_text(proof, json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    except CourtesyError as error:
        fail(error)
    if told.get("stuck"):
        raise typer.Exit(EXIT_FAULTY)


def _steps(
    day: date | None, limits: "RetentionOptions", *, keep_scores: bool, only_sound: bool
) -> "list[Step]":
    """Return what goes, the most of it first.

    Raises:
        UsageError: nothing says what is old.
    """
    from courtesy.store.purging import Step

    if day:
        return [Step("sound" if only_sound else "words" if keep_scores else "scores", day)]
    if keep_scores or only_sound:
        raise UsageError(
            Text(
                "--keep-scores 和 --only-sound 要和 --before 一起用。",
                "--keep-scores and --only-sound go with --before.",
            )
        )
    due: list[tuple[Kind, int]] = [
        ("scores", limits.scores), ("words", limits.words), ("sound", limits.sound),
    ]  # fmt: skip
    if not any(days for _, days in due) and not limits.voiceprints:
        raise UsageError(
            Text(
                "请写 --before 日期，或在设置的 [retention] 里写保存多少天。",
                "Give a day with --before, or say in the settings, under [retention], for how many "
                "days things are kept.",
            )
        )
    steps: list[Step] = []
    for kind, days in due:
        if days:
            # What goes with an earlier step is not counted again.
            steps.append(Step(kind, _ago(days), max((one.before for one in steps), default=None)))
    return steps


def _ago(days: int) -> date:
    return datetime.now(UTC).astimezone().date() - timedelta(days=days)


def _purge(
    database: "Database", steps: "list[Step]", voices: list[str], *, yes: bool
) -> dict[str, Any]:
    """Delete what is old in the database, after asking about all; return what the proof says."""
    from courtesy.store import audit, proof
    from courtesy.store.purging import old
    from courtesy.store.purging import purge as take_out

    with database.reading() as connection:
        found = [(step, old(connection, step)) for step in steps]
        sought = {text for step in steps for text in proof.sentences(connection, step)}
    concerned = [(step, one) for step, one in found if one.recordings]
    for step, one in found:
        _line(_what_goes(one, step) if one.recordings else _nothing(step))
    if voices:
        _line(
            Text(
                f"{len(voices)} 份声纹到期，会删除。",
                f"{len(voices)} voiceprints are as old as that and go.",
            )
        )
    if (concerned or voices) and not yes:
        typer.confirm(T("删除？不能恢复", "Delete it? It cannot be undone"), abort=True)
    taken: list[tuple[Step, Old, Purged]] = []
    with database.writing() as connection:
        for step, _ in concerned:
            one = old(connection, step)  # as it is now that nobody else writes
            gone = take_out(connection, step)
            taken.append((step, one, gone))
            counts = {"recordings": gone.recordings, "files": gone.sound.files}
            audit.note(connection, "", "purge", f"{step.kind} before {step.before}", counts)
    for _, _, gone in taken:
        _line(
            Text(
                f"已删除 {gone.recordings} 个录音的内容。",
                f"Deleted from {gone.recordings} recordings.",
            )
        )
        _tell_of_sound(gone.sound)
    if not taken:
        return _told(database, taken, None, None)
    overwritten = _wipe(database)
    searched = proof.search(database, sought)
    if searched and searched.left:
        _tell_of_left(searched)
    return _told(database, taken, overwritten, searched)


def _told(
    database: "Database",
    taken: "list[tuple[Step, Old, Purged]]",
    overwritten: bool | None,
    searched: "Searched | None",
) -> dict[str, Any]:
    """Return what can be shown to whoever asks what was deleted; none of it names anybody."""
    return {
        "schema": "courtesy-purge/1",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "courtesy": __version__,
        "host": platform.node(),
        "database": database.url,
        "taken": [
            {
                "kind": step.kind,
                "before": step.before.isoformat(),
                "recordings": gone.recordings,
                "first": one.first and one.first.isoformat(timespec="seconds"),
                "last": one.last and one.last.isoformat(timespec="seconds"),
                "hours": round(one.hours, 3),
                "interactions": one.interactions if step.kind == "scores" else 0,
                "files": gone.sound.files,
                "elsewhere": len(gone.sound.elsewhere),
            }
            for step, one, gone in taken
        ],
        "stuck": sum(len(gone.sound.stuck) for _, _, gone in taken),
        "overwritten": overwritten,
        "searched": asdict(searched) if searched else None,
    }


def _old_voices(before: date) -> list[str]:
    """Return whose voiceprints were enrolled before a day."""
    from courtesy.speech.voiceprints import voiceprints

    return [one.clerk for one in voiceprints() if one.enrolled < before.isoformat()]


def _erase(voices: list[str]) -> int:
    """Erase voiceprints; return how many."""
    if voices:
        from courtesy.speech.voiceprints import erase

        for name in voices:
            erase(name)
        _line(Text(f"已删除 {len(voices)} 份声纹。", f"Erased {len(voices)} voiceprints."))
    return len(voices)


def _nothing(step: "Step") -> Text:
    return Text(
        f"没有 {step.before} 以前的录音。", f"There are no recordings before {step.before}."
    )


def _what_goes(found: "Old", step: "Step") -> Text:
    day = step.before
    told = Text(
        f"{day} 以前有 {found.recordings} 个录音（{found.first:%Y-%m-%d} 至 "
        f"{found.last:%Y-%m-%d}，{found.hours:.1f} 小时，{found.interactions} 次接待）。",
        f"Before {day} there are {found.recordings} recordings ({found.first:%Y-%m-%d} to "
        f"{found.last:%Y-%m-%d}, {found.hours:.1f} hours, {found.interactions} interactions).",
    )
    if step.kind == "sound":
        return told + Text(
            f"在窗口录下的 {found.clips} 个声音文件会删除，别的都保留。",
            f"{found.clips} files of sound recorded at the counter go, and nothing else.",
        )
    if found.clips:
        told += Text(
            f"在窗口录下的 {found.clips} 个声音文件也会删除。",
            f"{found.clips} files of sound recorded at the counter go as well.",
        )
    if step.kind == "words":
        return told + Text(
            "说过的话会删除，得分、结果和等次保留；以后不能再重新评分。",
            "What was said goes; scores, verdicts and grades stay. They cannot be scored again.",
        )
    return told + Text(
        f"全部会删除，包括 {found.decisions} 条复核意见。",
        f"All of it goes, {found.decisions} decisions of reviewers included.",
    )


def _tell_of_sound(sound: "Deleted") -> None:
    """Say what became of the sound that was recorded at the counter."""
    if sound.files:
        _line(Text(f"已删除 {sound.files} 个声音文件。", f"Deleted {sound.files} files of sound."))
    for why in sound.why:
        errors().print(say(why), style="red", markup=False, soft_wrap=True)
    for host in dict.fromkeys(host for host, _ in sound.elsewhere):
        files = [path for there, path in sound.elsewhere if there == host]
        _warn(
            Text(
                f"{len(files)} 个声音文件是 {host} 录的，从这里看不到（如 {files[0]}）；"
                "如果还在，请到那台机器上删除。",
                f"{len(files)} files of sound were recorded on {host} and cannot be seen from here "
                f"(such as {files[0]}); delete them there if they are left.",
            )
        )


def _wipe(database: "Database") -> bool:
    """Have what was deleted overwritten, or say why it is not; return whether it is."""
    from courtesy.store.upkeep import wipe

    done = wipe(database)
    left = Text(
        "以前的备份里还有，请一并处理。",
        "Earlier backups still hold it; see to those as well.",
    )
    if not database.on_sqlite:
        left += Text(
            "PostgreSQL 会逐渐覆盖删除的内容；要马上清除，请运行 VACUUM FULL。",
            "PostgreSQL overwrites it in time; to have it gone at once, run VACUUM FULL.",
        )
    elif not done:
        left += Text(
            "另一个程序正在读数据库，文件里可能还有残留；请在它结束后再运行一次。",
            "Another program is reading the database, so that some may be left in its files; "
            "run this again after it has ended.",
        )
    _warn(left)
    return done


def _tell_of_left(searched: "Searched") -> None:
    _warn(
        Text(
            f"找了删掉的 {searched.sentences} 句话，文件里还有 {searched.left} 句："
            "别处也写着它，或另一个程序还在读。",
            f"Of {searched.sentences} sentences that were deleted, {searched.left} are still in "
            "the files: something else holds them, or another program is reading.",
        )
    )


def _line(text: Text) -> None:
    console().print(say(text), markup=False, soft_wrap=True)


def _warn(text: Text) -> None:
    errors().print(say(text), style="yellow", markup=False, soft_wrap=True)
