"""Scenario files read into `Scenario`s; every flaw names its file and line."""

import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from courtesy.drill.scenarios import END, SITUATIONS, Better, Scenario, Step
from courtesy.errors import LexiconError, UsageError, reason
from courtesy.folders import PACKAGE, REPOSITORY, lexicon_dir
from courtesy.messages import Text

_HEADER = re.compile(r"^\s*\[\[\s*(scenario(?:\.step)?)\s*\]\]")
_TOML_LINE = re.compile(r"at line (\d+)")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SCENARIO: Final = {"id", "name", "window", "situation", "mode", "sources", "step"}
_STEP: Final = {"id", "customer", "require", "tempt", "better", "model", "next"}


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a scenario file.

    Attributes:
        file: where.
        line: from 1.
        text: what is wrong and the remedy, one sentence without a full stop.
    """

    file: Path
    line: int
    text: Text

    @property
    def sentence(self) -> Text:
        """The flaw with its place."""
        where = f"{self.file}:{self.line}"
        return Text(f"{where}：{self.text.zh}。", f"{where}: {self.text.en}.")


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of some files, and what could not.

    Attributes:
        scenarios: in the order of the files and in them.
        flaws: likewise.
    """

    scenarios: tuple[Scenario, ...]
    flaws: tuple[Flaw, ...]


def drills_dir() -> Path:
    """Return the folder of the scenarios that ship with the program.

    Lexicons of one's own (`COURTESY_LEXICONS`) need not hold scenarios: the built-in ones are
    there all the same.

    Raises:
        UsageError: the installation lacks it.
    """
    for home in (lexicon_dir(), PACKAGE / "lexicons", REPOSITORY / "lexicons"):
        if (home / "drills").is_dir():
            return home / "drills"
    raise UsageError(
        Text(
            "找不到 lexicons/drills 文件夹，请重新安装 courtesy。",
            "Cannot find the folder lexicons/drills. Install courtesy again.",
        )
    )


def load_scenarios(paths: Sequence[Path] = ()) -> tuple[Scenario, ...]:
    """Return the built-in scenarios, then those of more files and folders.

    Raises:
        LexiconError: one breaks the format; the first flaw is named.
        UsageError: a path holds no scenarios.
    """
    reading = read_scenarios([drills_dir(), *paths])
    if reading.flaws:
        raise LexiconError(reading.flaws[0].sentence)
    return reading.scenarios


def read_scenarios(paths: Sequence[Path]) -> Reading:
    """Read files, and every `*.toml` of folders, past every flaw.

    Raises:
        UsageError: a path is missing, or a folder holds no TOML file.
    """
    scenarios: dict[str, Scenario] = {}
    flaws: list[Flaw] = []
    for file in itertools.chain.from_iterable(map(_files, paths)):
        for item in _read(file):
            if isinstance(item, Flaw):
                flaws.append(item)
            elif item.id in scenarios:
                other = scenarios[item.id]
                flaws.append(
                    Flaw(
                        file,
                        item.line,
                        Text(
                            f"情景 {item.id} 已在 {other.file.name} 第 {other.line} 行，请改名",
                            f"scenario {item.id} stands in {other.file.name} line {other.line} "
                            "already; choose another id",
                        ),
                    )
                )
            else:
                scenarios[item.id] = item
    return Reading(tuple(scenarios.values()), tuple(flaws))


def _files(path: Path) -> list[Path]:
    found = sorted(path.glob("*.toml")) if path.is_dir() else [path] if path.is_file() else []
    if not found:
        raise UsageError(
            Text(
                f"{path} 不存在，或没有 .toml 文件。请检查路径。",
                f"{path} is missing or holds no .toml file. Check the path.",
            )
        )
    return found


def _read(file: Path) -> Iterator[Scenario | Flaw]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except OSError as error:
        why = reason(error)
        yield Flaw(file, 1, Text(f"读不了（{why.zh}）", f"cannot be read ({why.en})"))
        return
    except UnicodeDecodeError:
        yield Flaw(file, 1, Text("不是 UTF-8，请另存", "not UTF-8; save it as UTF-8"))
        return
    except tomllib.TOMLDecodeError as error:
        hit = _TOML_LINE.search(str(error))
        line = int(hit.group(1)) if hit else 1
        yield Flaw(file, line, Text(f"不是正确的 TOML（{error}）", f"not valid TOML ({error})"))
        return
    lines = _header_lines(text)
    entries = table.get("scenario")
    extra = sorted(set(table) - {"schema", "scenario"})
    if extra or table.get("schema") != 1:
        named = extra[0] if extra else "schema"
        yield Flaw(
            file,
            1,
            Text(
                f"顶层只写 schema = 1 和 [[scenario]]，请改正 {named}",
                f"the top level holds schema = 1 and [[scenario]] only; correct {named}",
            ),
        )
        return
    if not _is_tables(entries) or not entries or len(entries) != len(lines):
        yield Flaw(
            file,
            1,
            Text(
                "每个情景以单独一行 [[scenario]] 开头，每一步以 [[scenario.step]] 开头",
                "start every scenario with [[scenario]] and every step with [[scenario.step]], "
                "each on a line of its own",
            ),
        )
        return
    for entry, (line, step_lines) in zip(entries, lines, strict=True):
        yield from _scenario(entry, file, line, step_lines)


def _header_lines(text: str) -> list[tuple[int, list[int]]]:
    """Return the line of every scenario, and of every step in it; TOML keeps no positions."""
    found: list[tuple[int, list[int]]] = []
    for number, row in enumerate(text.splitlines(), 1):
        hit = _HEADER.match(row)
        if hit and hit.group(1) == "scenario":
            found.append((number, []))
        elif hit and found:
            found[-1][1].append(number)
    return found


def _scenario(
    entry: dict[str, Any], file: Path, line: int, step_lines: Sequence[int]
) -> Iterator[Scenario | Flaw]:
    flaws = [Flaw(file, line, text) for text in _scenario_flaws(entry)]
    steps = entry.get("step")
    if not isinstance(steps, list) or not _is_tables(steps) or len(steps) != len(step_lines):
        flaws.append(
            Flaw(file, line, Text("情景没有 [[scenario.step]]", "it has no [[scenario.step]]"))
        )
        yield from flaws
        return
    seen: set[str] = set()
    for step, at in zip(steps, step_lines, strict=True):
        flaws += [Flaw(file, at, text) for text in _step_flaws(step, seen)]
        seen.add(str(step.get("id")))
    if flaws:
        yield from flaws
        return
    follows = [step["id"] for step in steps[1:]] + [END]
    yield Scenario(
        id=entry["id"],
        name=Text(**entry["name"]),
        window=Text(**entry["window"]),
        situation=entry["situation"],
        mode=entry.get("mode", "counter"),
        sources=tuple(entry["sources"]),
        steps=tuple(map(_step, steps, follows, step_lines)),
        file=file,
        line=line,
    )


def _step(step: Mapping[str, Any], follows: str, line: int) -> Step:
    return Step(
        id=step["id"],
        customer=step["customer"],
        require=tuple(step.get("require", [])),
        tempt=tuple(step.get("tempt", [])),
        better=tuple(Better(**one) for one in step.get("better", [])),
        model=step["model"],
        next=step.get("next", {}),
        follows=follows,
        line=line,
    )


def _scenario_flaws(entry: Mapping[str, Any]) -> Iterator[Text]:
    yield from _unknown(entry, _SCENARIO)
    yield from _bad_id(entry)
    for key in ("name", "window"):
        if not _is_words(entry.get(key), {"zh", "en"}):
            yield Text(
                f'{key} 要写成 {{zh = "…", en = "…"}}', f'write {key} = {{zh = "…", en = "…"}}'
            )
    if not isinstance(entry.get("situation"), str) or entry["situation"] not in SITUATIONS:
        known = ", ".join(SITUATIONS)
        yield Text(f"situation 可选：{known}", f"situation is one of {known}")
    if entry.get("mode", "counter") not in ("counter", "phone"):
        yield Text("mode 可选 counter 或 phone", "mode is counter or phone")
    if not _is_strings(entry.get("sources")) or not entry["sources"]:
        yield Text("sources 要写明出处条款", "name the clauses it rests on in sources")


def _step_flaws(step: Mapping[str, Any], seen: set[str]) -> Iterator[Text]:
    yield from _unknown(step, _STEP)
    yield from _bad_id(step)
    if step.get("id") == END or step.get("id") in seen:
        yield Text(
            f"这一步的 id {step['id']} 已被占用，请改名",
            f"the step's id {step['id']} is taken; choose another",
        )
    for key in ("customer", "model"):
        if not isinstance(step.get(key), str) or not step[key].strip():
            yield Text(f"{key} 要写一句话", f"write a sentence for {key}")
    for key in ("require", "tempt"):
        if not _is_strings(step.get(key, [])):
            yield Text(f"{key} 要写成字符串的列表", f"{key} is a list of strings")
    better = step.get("better", [])
    if not _is_tables(better) or not all(_is_words(one, {"said", "say"}) for one in better):
        yield Text(
            'better 要写成 [{said = "…", say = "…"}]', 'write better = [{said = "…", say = "…"}]'
        )
    following = step.get("next", {})
    if not isinstance(following, dict) or not _is_strings(list(following.values())):
        yield Text('next 要写成 {otherwise = "…"}', 'write next = {otherwise = "…"}')


def _unknown(table: Mapping[str, Any], known: set[str]) -> Iterator[Text]:
    for key in sorted(set(table) - known):
        allowed = ", ".join(sorted(known))
        yield Text(f"不认识 {key}，可以写：{allowed}", f"{key} is unknown; there are {allowed}")


def _bad_id(table: Mapping[str, Any]) -> Iterator[Text]:
    if not isinstance(table.get("id"), str) or not _NAME.fullmatch(table["id"]):
        yield Text(
            "id 用小写字母、数字和连字符", "write an id of small letters, digits and hyphens"
        )


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)


def _is_words(value: object, keys: set[str]) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == keys
        and all(isinstance(one, str) and one.strip() for one in value.values())
    )
