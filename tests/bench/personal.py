"""How much personal data is hidden, and how much else: `python -m tests.bench.personal [--report]`.

Invented talk at counters, written by people who had not seen the patterns; the misses of `seen.txt`
were looked at, those of `report.txt` were not. `--show` prints what was missed and what was hidden
for nothing.
"""

import argparse
import re
from collections import Counter
from pathlib import Path

from courtesy.text.personal import find_personal

DATA = Path(__file__).resolve().parents[1] / "data" / "personal"
_ITEM = re.compile(r"⟦(\w+)\|([^⟧]*)⟧")
# Marks and what only says how the digits go (嗯) need not be hidden.
_TELLS = re.compile(r"[0-9a-zA-Z一-鿋〇]")


def dialogues(file: Path) -> list[list[tuple[str, list[tuple[int, int, str]]]]]:
    """Return for each dialogue its lines: the text, and its items: from, to, kind."""
    found: list[list[tuple[str, list[tuple[int, int, str]]]]] = [[]]
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if not line.strip():
            found.append([])
            continue
        said = line.split("：", 1)[1]
        text, items, at = "", [], 0
        for hit in _ITEM.finditer(said):
            text += said[at : hit.start()]
            items.append((len(text), len(text) + len(hit[2]), hit[1]))
            text += hit[2]
            at = hit.end()
        found[-1].append((text + said[at:], items))
    return [one for one in found if one]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    all_of, hidden_of = Counter[str](), Counter[str]()
    other = touched = 0
    for talk in dialogues(DATA / ("report.txt" if given.report else "seen.txt")):
        for (text, items), found in zip(talk, find_personal([t for t, _ in talk]), strict=True):
            own = {i for start, end, _ in items for i in range(start, end)}
            took = {i for one in found for i in range(one.span.start, one.span.end)}
            for start, end, kind in items:
                tells = [i for i in range(start, end) if _TELLS.match(text[i])]
                # Where something of it is left, it is not hidden.
                whole = all(i in took for i in tells)
                all_of[kind] += 1
                hidden_of[kind] += whole
                if given.show and not whole:
                    print(f"missed {kind} {text[start:end]}: {text}")
            beside = [i for i in range(len(text)) if i not in own and _TELLS.match(text[i])]
            wrong = [i for i in beside if i in took]
            other += len(beside)
            touched += len(wrong)
            if given.show and wrong:
                print(f"hid {''.join(text[i] for i in wrong)}: {text}")
    for kind, count in sorted(all_of.items()):
        print(f"{kind:10} {hidden_of[kind]}/{count}")
    print(f"hidden {hidden_of.total()}/{all_of.total()} ({hidden_of.total() / all_of.total():.2%})")
    print(f"other text hidden {touched}/{other} ({touched / other:.2%})")


if __name__ == "__main__":
    main()
