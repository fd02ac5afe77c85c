"""Raw text of a language model, as it streams → sentences with the numbers of the passages they cite.

What comes out is plain text: no markers, markup, links or control characters. Half a marker is
never shown: whatever may still become one is held back. The result does not depend on how the
stream was cut into chunks.

A marker after a full stop belongs to the sentence before it, unless its line begins with a marker:
whoever writes like that puts them in front. A number that no passage has is kept as an unknown
marker and cites nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import sentencex

from rag.question.standalone import CONTROL

# [1] [1, 2] [1-3] [[1]] [^1] 【1†source】 ［1］ [passage 1]: brackets with a number in them, and
# nothing that says more.
_IN = r"[\s\d,;:.^&–—-]|passages?|sources?|notes?|refs?|citations?|and|to"
MARKER = rf"[\[【［]{{1,2}}(?=[^\]】］]{{0,60}}\d)(?:{_IN}){{1,60}}(?:†[^\]】］]{{0,60}})?[\]】］]{{1,2}}(?:\([^()\s]*\))?"
_TOKEN = re.compile(
    rf"(?P<marker>\(\s*{MARKER}(?:[\s,;]*{MARKER})*\s*\)|{MARKER})"
    r"|!?\[(?P<label>[^\[\]\n]{0,200})\]\([^()\s]*\)"  # a link or an image: what it is called stays
    r"|`(?P<code>[^`\n]+)`"
    r"|(?P<dropped>\*\*|__|`+[a-z]*|</?[A-Za-z][^<>]{0,200}>|<\|[^<>]{0,40}\|>|\x1b(?:\[[\d;]*[A-Za-z]?)?)"
    r"|(?P<newline>\n)|(?P<space>[^\S\n]+)|(?P<text>[^\s(\[【［`<*_!\x1b]+|.)",
    re.IGNORECASE,
)
# What may still become a marker, a link, code or a tag once more of it is there.
_BRACKET = r"[\[【［]{1,2}[^\[\]【】［］\n]{0,200}"
_HELD = re.compile(
    rf"(?:!?{_BRACKET}(?:[\]】］]{{1,2}}(?:\([^()\s]{{0,500}})?)?"
    rf"|\(\s*(?:{_BRACKET}[\]】］]{{1,2}}[\s,;]*){{0,4}}(?:{_BRACKET})?"
    r"|[!*_]|\x1b(?:\[[\d;]*)?|`+[^`\n]{0,200}|</?(?:[A-Za-z|][^<>]{0,200})?)\Z"
)
_HALF_MARKER = re.compile(rf"\(?\s*[\[【［]{{1,2}}(?:{_IN}|[a-z])*\Z", re.IGNORECASE)
_BULLETS = re.compile(r"(?:[^\S\n]|(?:[-*•>]|#{1,6}|\d{1,2}[.)])(?=[^\S\n]))*")
_HALF_BULLET = re.compile(r"(?:[-•>]|#{1,6}|\d{1,2}[.)]?)")
_IN_CODE = re.compile(rf"(?<![\w\])])(?P<marker>{MARKER})|(?P<text>.)", re.IGNORECASE)
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_OPEN_THOUGHT = re.compile(
    r"<(?:t|th|thi|thin|think|thinki|thinkin|thinking)?$|<think(?:ing)?>.*", re.DOTALL
)
_NUMBERS = re.compile(r"(\d+)(?:\s*(?:-|–|—|to)\s*(\d+))?", re.IGNORECASE)
_AFTER_MARKER = frozenset(
    ".,;:!?)]"
)  # join what is before a marker, with a space between or without
_CLOSES = frozenset("”’\"'»%")  # join it where no space is between
_OPENS = (" “", " ‘", " «", " (", " '", ' "')  # at the end of a sentence these begin the next one
_NEXT = re.compile(
    r".?[.!?…][”’\"')]*\s+(?=[“‘«\"'(]*[A-Z0-9])"
)  # from the character before a marker on
_SAYS = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence as a model wrote it, and the numbers of the passages it cites, each once."""

    text: str
    numbers: tuple[int, ...]


class CitationParser:
    """Parses one reply: `feed` it chunks, then `finish`.

    Both return words to show and whole sentences, as they come.
    """

    def __init__(self, passages: int) -> None:
        """Take how many passages the model was given; they are numbered from 1."""
        self._passages = passages
        self._unread = ""  # raw text that may still turn out to be something else
        self._tail = ""  # plain text of the line that is in no sentence yet
        self._markers: list[
            tuple[int, str]
        ] = []  # where in the tail they stood, and what they said
        self._fresh = self._leading = (
            False  # at the beginning of a line; in a line that puts its markers in front
        )
        self._gap = self._marked = False  # before the next character stood a space, a marker
        self._begun = False
        self._last: Cited | None = None  # a marker of it may still follow
        self._out: list[str | Cited] = []
        self._unknown: dict[str, None] = {}
        self._begin_line()

    @property
    def unknown_markers(self) -> tuple[str, ...]:
        """The markers whose numbers were never given, each once."""
        return tuple(self._unknown)

    def feed(self, chunk: str) -> list[str | Cited]:
        """Return the words that can be shown now and the sentences that are complete."""
        raw = _THOUGHT.sub("", self._unread + chunk)
        open_thought = _OPEN_THOUGHT.search(raw)
        end = open_thought.start() if open_thought else len(raw)
        self._unread = raw[self._read(raw[:end], final=False) :]
        return self._given_out()

    def finish(self) -> list[str | Cited]:
        """Return the rest, less half a marker and a thought without an end."""
        self._read(_HALF_MARKER.sub("", _OPEN_THOUGHT.sub("", self._unread)), final=True)
        self._unread = ""
        self._end_line()
        self._release()
        return self._given_out()

    def _given_out(self) -> list[str | Cited]:
        out, self._out = self._out, []
        return out

    def _read(self, raw: str, *, final: bool) -> int:
        """Read what cannot change any more; return where the rest begins."""
        at = 0
        while at < len(raw):
            if self._fresh:
                at = _BULLETS.match(raw, at).end()  # type: ignore[union-attr]  # it matches the empty string
            if not final and (
                _HELD.match(raw, at) or (self._fresh and _HALF_BULLET.fullmatch(raw, at))
            ):
                break
            token = _TOKEN.match(raw, at)
            if token is None:  # at the end, behind a bullet
                break
            self._take(token)
            at = token.end()
        return at

    def _take(self, token: re.Match[str]) -> None:
        if token["newline"]:
            self._end_line()
        elif token["space"]:
            self._gap = True
            self._end_sentences()
        elif token["marker"]:
            self._mark(token["marker"])
        elif token["code"]:
            for part in _IN_CODE.finditer(token["code"]):
                if part["marker"]:
                    self._mark(part["marker"])
                elif part["text"].isspace():
                    self._gap = True
                else:
                    self._write(part["text"])
        else:
            self._write(token["label"] or token["text"] or "")

    def _mark(self, marker: str) -> None:
        self._leading = self._leading or self._fresh
        self._markers.append((len(self._tail), marker))
        self._fresh, self._marked, self._gap = False, True, False

    def _write(self, text: str) -> None:
        text = CONTROL.sub("", text)
        text = text if self._tail else text.lstrip(":;,.)")
        if not text:
            return
        joins = self._marked and text[0] in (
            _AFTER_MARKER if self._gap else _AFTER_MARKER | _CLOSES
        )
        space = (
            " "
            if self._tail and not joins and (self._gap or (self._marked and text[0].isalnum()))
            else ""
        )
        self._tail += space + text
        self._out.append((" " if self._begun and not self._tail[: -len(text)] else space) + text)
        self._fresh = self._gap = self._marked = False
        self._begun = True
        self._release_behind()

    def _begin_line(self) -> None:
        self._tail, self._markers = "", []
        self._fresh, self._leading, self._gap, self._marked = True, False, False, False

    def _end_line(self) -> None:
        self._close(self._starts(), len(self._tail))
        self._begin_line()

    def _end_sentences(self) -> None:
        """Close the sentences of the line that are followed by a whole word of the next."""
        starts = self._starts()
        if len(starts) > 1 and _SAYS.search(self._tail, starts[-1]):
            self._close(starts[:-1], starts[-1])
            self._tail = self._tail[starts[-1] :]
            self._release_behind()

    def _starts(self) -> list[int]:
        """Return where the sentences of the line begin: also behind a marker at a full stop, whatever the words are."""
        behind = (_NEXT.match(self._tail, max(0, at - 1)) for at, _ in self._markers)
        return sorted({*_starts(self._tail), *(match.end() for match in behind if match)})

    def _close(self, starts: list[int], end: int) -> None:
        """Make sentences of the tail up to `end`.

        What says nothing only brings its markers to the sentence before.
        """
        for start, stop in zip(starts, [*starts[1:], end], strict=True):
            text = self._tail[start:stop].strip()
            numbers = self._numbers(self._taken(start + len(text), last=stop == len(self._tail)))
            if _SAYS.search(text):
                self._release()
                self._last = Cited(text, numbers)
            elif self._last:
                self._last = Cited(
                    self._last.text, tuple(dict.fromkeys(self._last.numbers + numbers))
                )
        self._markers = [(at - end, marker) for at, marker in self._markers]

    def _taken(self, end: int, *, last: bool) -> list[str]:
        """Take the markers of the sentence that ends at `end`.

        One right behind it is the next one's if markers lead.
        """
        own = [
            marker
            for at, marker in self._markers
            if at < end or last or (at == end and not self._leading)
        ]
        self._markers = self._markers[len(own) :]
        return own

    def _numbers(self, markers: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of passages that there are; the others become unknown markers."""
        found: dict[int, None] = {}
        for part in (part for marker in markers for part in _parts(marker)):
            match = _NUMBERS.fullmatch(part)
            low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
            if 1 <= low <= high <= self._passages:
                found.update(dict.fromkeys(range(low, high + 1)))
            else:
                self._unknown[f"[{part}]"] = None
        return tuple(found)

    def _release_behind(self) -> None:
        """Give out the last sentence once the line says more: whatever is marked from here on is not it."""
        if self._last and _SAYS.search(self._tail):
            self._release()

    def _release(self) -> None:
        if self._last:
            self._out.append(self._last)
            self._last = None


def _parts(marker: str) -> list[str]:
    """Return what a marker lists: "(【1†source】, [2-3])" is "1" and "2-3"."""
    inside = re.sub(
        r"†[^\]】］]*|(?<=[\]】］])\([^()\s\[【［]*\)|(?!and\b)\b[a-z]{3,}\.?",
        " ",
        marker,
        flags=re.IGNORECASE,
    )
    parts = (part.strip(" \t^.:") for part in re.split(r"[,;&\[\]【】［］()]|\band\b", inside))
    return [" ".join(part.split()) for part in parts if any(letter.isdigit() for letter in part)]


def _starts(text: str) -> list[int]:
    """Return where the sentences of a line begin."""
    starts, at = [], 0
    for segment in sentencex.segment("en", text):
        starts.append(at)
        at += len(segment.rstrip("“‘«('\"")) if segment.endswith(_OPENS) else len(segment)
    return starts or [0]
