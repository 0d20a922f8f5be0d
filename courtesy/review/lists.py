"""Lists of phrases and the rubric: seen, searched, edited, and put in force."""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath

from courtesy.errors import LexiconError, Overtaken, ReviewError
from courtesy.lists import bounds, changing, checking, comparing
from courtesy.lists.entries import Entry, entries_of, kind_of, rules_of, sought, title_of
from courtesy.lists.shelf import RUBRIC_FILE, is_name
from courtesy.messages import Lang, Text
from courtesy.report.writing import write_text
from courtesy.review.access import TheOffice, may
from courtesy.review.answers import language
from courtesy.review.list_requests import (
    Changed,
    Checked,
    Draft,
    Restored,
    Revision,
    Saved,
    Sought,
    Taken,
    Told,
    Written,
)
from courtesy.review.office import Office
from courtesy.review.refusals import Missing
from courtesy.review.rendering import filled
from courtesy.store import drafting
from courtesy.store.accounts import Account
from courtesy.store.drafting import Version

router = APIRouter(prefix="/api/lists", tags=["lists"])
pages = APIRouter(include_in_schema=False)
Sees = Annotated[Account, may("lists")]
Edits = Annotated[Account, may("edit")]
File = Annotated[str, InPath(max_length=100, pattern=r"^[^/\\]+\.toml$")]
_PAGE: Final = 100  # phrases that are listed at once
_PATIENCE: Final = 60.0  # seconds for which somebody waits while another's list is checked


@router.get("")
def overview(account: Sees, office: TheOffice, request: Request) -> dict[str, Any]:
    """Return all lists and the rubric in force, and which of them have a draft."""
    lang = language(request)
    with office.database.reading() as connection:
        drafts = drafting.newest_of_all(connection)
    names = [*office.shelf.files(), *(n for n in sorted(drafts) if n not in office.shelf.files())]
    folder = office.shelf.edited
    return {
        "folder": str(folder) if folder else "",
        "lists": [_line(office, name, drafts.get(name), lang) for name in names],
    }


def _line(office: Office, name: str, last: Version | None, lang: Lang) -> dict[str, Any]:
    there, fault = _readable(office, name)
    file = office.shelf.files().get(name)
    title = title_of(there or "")
    entries = entries_of(name, there or "")
    return {
        "file": name,
        "title": title.say(lang) if title else "",
        "kind": "rubric" if name == RUBRIC_FILE else kind_of(there or ""),
        "own": file is not None and office.shelf.is_own(file),
        "in_force": file is not None,
        "fault": fault.say(lang) if fault else "",
        "phrases": len(entries),
        "draft": last is not None and not fault and _is_draft(last, there),
        "by": last.by if last else "",
        "at": last.at if last else None,
    }


def _readable(office: Office, name: str) -> tuple[str | None, Text | None]:
    """Return the text in force of a file; or why it cannot be read, and the others are shown."""
    try:
        return office.shelf.text(name), None
    except LexiconError as error:
        return None, error.text


def _is_draft(last: Version, there: str | None) -> bool:
    return there is None or last.sha256 != drafting.checksum(there)


@router.get("/phrases")
def phrases(account: Sees, office: TheOffice, asked: Annotated[Sought, Query()]) -> dict[str, Any]:
    """Return the phrases in force in which all words that are asked for stand."""
    found: list[Entry] = []
    for name in office.shelf.files():
        if asked.file in {"", name} and name != RUBRIC_FILE:
            entries = entries_of(name, _readable(office, name)[0] or "")
            found += sought(entries, asked.search, asked.severity)
    shown = found[asked.after : asked.after + _PAGE]
    more = asked.after + _PAGE
    return {
        "phrases": [_phrase(one) for one in shown],
        "count": len(found),
        "next": more if more < len(found) else None,
    }


def _phrase(one: Entry) -> dict[str, Any]:
    return {f.name: getattr(one, f.name) for f in dataclasses.fields(one) if f.init and f.repr}


@router.post("/check")
def check(account: Edits, office: TheOffice, given: Draft, request: Request) -> Checked:
    """Return what `courtesy lexicon check` says of a text, its own examples tried."""
    _known_name(given.file)
    with _alone(office):
        found = checking.checked(office.shelf, given.file, given.text)
    return _checked(found, language(request))


def _checked(found: tuple[bounds.Told, ...], lang: Lang) -> Checked:
    told = [
        Told(line=o.line, level=o.level, entry=o.entry, message=o.text.say(lang), file=o.file)
        for o in found
    ]
    return Checked(passes=checking.passes(found), found=told)


@router.post("/changed")
def changed(account: Edits, given: Changed) -> Written:
    """Return a text with one phrase changed, and nothing else of it; nothing is kept."""
    add = [(given.key, one) for one in given.add] if given.key else []
    drop = [(given.key, one) for one in given.drop] if given.key else []
    change = changing.Change(given.phrase, add, drop, given.severity)
    return Written(text=changing.changed(given.text, change))


@router.get("/files/{file}")
def read(file: File, account: Sees, office: TheOffice, request: Request) -> dict[str, Any]:
    """Return a list's newest text, saved or in force, with its entries."""
    there = office.shelf.text(file)
    with office.database.reading() as connection:
        last = drafting.newest(connection, file)
        draft = last is not None and _is_draft(last, there)
        kept = drafting.text_of(connection, file, last.number) if last and draft else there
        elsewhere = drafting.changed_elsewhere(connection, file, there)
    if kept is None:
        raise _no_list(file)
    lang = language(request)
    rubric = file == RUBRIC_FILE
    rules = rules_of(office.shelf, kept) if rubric and not bounds.broken(kept) else ()
    title = title_of(kept)
    return {
        "file": file,
        "title": title.say(lang) if title else "",
        "kind": "rubric" if rubric else kind_of(kept),
        "text": kept,
        "in_force": there is not None,
        "revision": last.number if last else 0,
        "draft": draft,
        "elsewhere": elsewhere,
        "newest": last,
        "phrases": [] if rubric else [_phrase(one) for one in entries_of(file, kept)],
        "rules": [
            {
                "id": one.id,
                "line": one.line,
                "title": one.title.say(lang),
                "says": [said.say(lang) for said in one.says],
                "sources": one.sources,
            }
            for one in rules
        ],
    }


@router.put("/files/{file}")
def save(file: File, account: Edits, office: TheOffice, given: Saved) -> Version:
    """Keep a text as the newest version of a list; it does not take effect yet."""
    _known_name(file)
    text = given.text.replace("\r\n", "\n").replace("\r", "\n")
    edit = drafting.Edit(text, given.revision, given.why)
    there = office.shelf.text(file)
    with office.database.writing() as connection:
        return drafting.save(connection, account, file, edit, there)


@router.get("/files/{file}/versions")
def versions(file: File, account: Sees, office: TheOffice) -> list[Version]:
    """Return the versions of a list, the newest first."""
    with office.database.reading() as connection:
        return list(drafting.history(connection, file))


@router.get("/files/{file}/versions/{number}")
def version(file: File, number: int, account: Sees, office: TheOffice) -> Written:
    """Return the text of a version."""
    return Written(text=_text_of(office, file, number))


@router.get("/files/{file}/differences")
def differences(
    file: File,
    account: Sees,
    office: TheOffice,
    before: Revision = 0,
    after: Revision = 0,
) -> list[comparing.Line]:
    """Return what differs between two versions; 0 is what is in force."""
    return list(comparing.compared(_text_of(office, file, before), _text_of(office, file, after)))


@router.post("/files/{file}/restored")
def restore(file: File, account: Edits, office: TheOffice, given: Restored) -> Version:
    """Make an earlier version the newest one again; it does not take effect yet."""
    text = _text_of(office, file, given.number)
    edit = drafting.Edit(text, given.revision, given.why, restored=given.number)
    there = office.shelf.text(file)
    with office.database.writing() as connection:
        return drafting.save(connection, account, file, edit, there)


@router.post("/files/{file}/taken-in", status_code=204)
def take_in(file: File, account: Edits, office: TheOffice) -> None:
    """Keep what was changed in the folder itself as the newest version."""
    there = office.shelf.text(file)
    with office.database.writing() as connection:
        if there is None or not drafting.changed_elsewhere(connection, file, there):
            raise Missing(Text("文件没有在别处改过。", "The file was not changed elsewhere."))
        drafting.take_in(connection, account, file, there)


@router.post("/files/{file}/in-force", status_code=204)
def put_in_force(
    file: File, account: Edits, office: TheOffice, given: Taken, request: Request
) -> None:
    """Have the newest version take effect, once the linter has no error in it."""
    _known_name(file)
    folder = office.shelf.edited
    if folder is None:
        raise ReviewError(
            Text(
                "没有自己的词库文件夹，改动不能生效。请用 courtesy review serve --lexicons 文件夹 "
                "启动复核台。",
                "There is no lexicon folder of your own for it to take effect in. Start the desk "
                "with courtesy review serve --lexicons FOLDER.",
            )
        )
    text = _seen(office, file, given.revision)
    with _alone(office):
        found = checking.checked(office.shelf, file, text, whole=True)
    if not checking.passes(found):
        raise _faulty(found)
    there = office.shelf.text(file)
    with office.database.writing() as connection:
        drafting.take(connection, account, file, given.revision, there, given.why)
        # Last, so that nothing is noted that is not so.
        _write(folder / file, text)


def _write(place: Path, text: str) -> None:
    with contextlib.suppress(OSError):  # writing into it says why
        place.parent.mkdir(parents=True, exist_ok=True)
    write_text(place, text)


def _seen(office: Office, file: str, revision: int) -> str:
    with office.database.reading() as connection:
        last = drafting.newest(connection, file)
        text = drafting.text_of(connection, file, revision)
    if text is None or (last and last.number != revision):
        raise Overtaken(
            Text(
                "这不是最新的一版，没有生效。请先看看新的一版。",
                "This is not the newest version, and did not take effect. Look at the new one "
                "first.",
            )
        )
    return text


def _faulty(found: tuple[bounds.Told, ...]) -> ReviewError:
    errors = [one for one in found if one.level == "error"]
    first = errors[0]
    file = f"{first.file} " if first.file else ""
    return ReviewError(
        Text(
            f"有 {len(errors)} 个错误，不能生效。{file}第 {first.line} 行：{first.text.zh}",
            f"It has errors ({len(errors)}) and cannot take effect. {file}line {first.line}: "
            f"{first.text.en}",
        )
    )


def _text_of(office: Office, file: str, number: int) -> str:
    if number == 0:
        text = office.shelf.text(file)
    else:
        with office.database.reading() as connection:
            known = 0 < number < 2**31
            text = drafting.text_of(connection, file, number) if known else None
    if text is None:
        raise Missing(Text("没有这个版本。", "There is no such version."))
    return text


def _known_name(file: str) -> None:
    if not is_name(file):
        raise ReviewError(
            Text(
                f"词库文件不能叫 {file}。请用字母、数字、汉字、- 和 _，以 .toml 结尾。",
                f"A list's file cannot be called {file}. Use letters, digits, - and _, and end "
                "it with .toml.",
            )
        )


def _no_list(file: str) -> Missing:
    return Missing(Text(f"没有词库 {file}。", f"There is no list {file}."))


@contextlib.contextmanager
def _alone(office: Office) -> Iterator[None]:
    """Let one list be checked at a time."""
    if not office.checking.acquire(timeout=_PATIENCE):
        raise ReviewError(
            Text("正在检查别的词库，请稍后再试。", "Another list is being checked; try again soon.")
        )
    try:
        yield
    finally:
        office.checking.release()


@pages.get("/lists")
def shelf_page(request: Request, account: Sees, office: TheOffice) -> Response:
    """Show all lists, and search them."""
    return filled(request, "lists.html.j2", account, files=list(office.shelf.files()))


@pages.get("/lists/{file}")
def list_page(file: str, request: Request, account: Sees, office: TheOffice) -> Response:
    """Show one list; one that is not there yet begins here."""
    if not is_name(file):
        raise _no_list(file)
    folder = office.shelf.edited
    there = file in office.shelf.files()
    return filled(
        request, "list.html.j2", account, file=file, folder=str(folder or ""), there=there
    )
