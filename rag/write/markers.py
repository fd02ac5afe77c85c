"""A citation marker → the numbers of the passages that it names.

Models write markers in many forms: [1] [1, 2] [1-3] [[1]] [^1] 【1†source】 ［1］ [passage 1]. A
marker is brackets with a number in them, and nothing that says more.
"""

import re
from collections.abc import Iterable

# What may stand in the brackets.
LISTING = r"[\s\d,;:.^&–—-]|passages?|sources?|notes?|refs?|citations?|and|to"
MARKER = (
    r"[\[【［]{1,2}(?=[^\]】］]{0,60}\d)"
    rf"(?:{LISTING}){{1,60}}"
    r"(?:†[^\]】］]{0,60})?"
    r"[\]】］]{1,2}"
    r"(?:\([^()\s]*\))?"  # a link
)
# What names no passage: a "†source", a link, words other than "and".
_ASIDE = re.compile(
    r"†[^\]】］]*|(?<=[\]】］])\([^()\s\[【［]*\)|(?!and\b)\b[a-z]{3,}\.?", re.IGNORECASE
)
_BETWEEN = re.compile(r"[,;&\[\]【】［］()]|\band\b")
_NUMBERS = re.compile(r"(\d+)(?:\s*(?:-|–|—|to)\s*(\d+))?", re.IGNORECASE)


def read_markers(markers: Iterable[str], passages: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the numbers that markers name, and the markers of passages that there are not.

    Each comes once, in the order of the text. Passages are numbered from 1.

    >>> read_markers(["[1-2]", "(【3†source】, [9])"], passages=3)
    ((1, 2, 3), ('[9]',))
    """
    numbers: dict[int, None] = {}
    unknown: dict[str, None] = {}
    for marker in markers:
        for part in _parts(marker):
            match = _NUMBERS.fullmatch(part)
            first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
            if 1 <= first <= last <= passages:
                numbers.update(dict.fromkeys(range(first, last + 1)))
            else:
                unknown[f"[{part}]"] = None
    return tuple(numbers), tuple(unknown)


def _parts(marker: str) -> list[str]:
    """Return what a marker lists: "(【1†source】, [2-3])" is "1" and "2-3"."""
    listed = _BETWEEN.split(_ASIDE.sub(" ", marker))
    parts = [" ".join(part.strip(" \t^.:").split()) for part in listed]
    return [part for part in parts if any(sign.isdigit() for sign in part)]
