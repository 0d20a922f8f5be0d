"""How much likelier each character is in people's names than in other words, by jieba's dictionary.

python tests/corpus/fit_names.py > courtesy/text/names.toml

Names are the dictionary's entries of kind `nr` that begin with one of our surnames and have two or
three characters; other words count as often as the dictionary has seen them. What is written is the
natural logarithm of the ratio, with one added to every count.
"""

import math
from collections import Counter

from courtesy.text.names import SINGLE
from courtesy.text.tokens import dictionary

LEAST = -6.0  # of a character that no name has


def main() -> None:
    surnames, given, other = Counter[str](), Counter[str](), Counter[str]()
    with dictionary().get_dict_file() as file:
        for line in file:
            word, count, kind = line.decode("utf-8").split()
            if kind == "nr" and len(word) in {2, 3} and word[0] in SINGLE:
                surnames[word[0]] += 1
                given.update(word[1:])
            elif kind != "nr":
                for char in word:
                    other[char] += int(count)
    total = other.total()
    print("# Made by tests/corpus/fit_names.py from jieba's dictionary; see there.")
    print("schema = 1")
    for name, counts in (("surnames", surnames), ("given", given)):
        print(f"[{name}]")
        chars = sorted(SINGLE) if name == "surnames" else sorted(counts)
        for char in dict.fromkeys(chars):
            inside = (counts[char] + 1) / (counts.total() + len(counts))
            outside = (other[char] + 1) / (total + len(other))
            ratio = math.log(inside / outside)
            if ratio > LEAST and "一" <= char <= "鿋":
                print(f'"{char}" = {ratio:.2f}')


if __name__ == "__main__":
    main()
