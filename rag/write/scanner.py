"""Raw text of a language model, as it streams → tokens: words, spaces, markers, ends of lines.

Markup, bullets, links, control characters and thoughts (<think>…</think>) are left out. Half a
marker is never let through: whatever may still become one is held back until more of it is there,
so that the tokens do not depend on how the stream was cut into chunks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.question.standalone import CONTROL
from rag.write.markers import LISTING, MARKER

_TOKEN = re.compile(
    rf"(?P<marker>\(\s*{MARKER}(?:[\s,;]*{MARKER})*\s*\)|{MARKER})"
    r"|!?\[(?P<label>[^\[\]\n]{0,200})\]\([^()\s]*\)"  # a link or an image: what it is called stays
    r"|`(?P<code>[^`\n]+)`"
    r"|(?P<markup>\*\*|__|`+[a-z]*|</?[A-Za-z][^<>]{0,200}>|<\|[^<>]{0,40}\|>"
    r"|\x1b(?:\[[\d;]*[A-Za-z]?)?)"
    r"|(?P<newline>\n)|(?P<space>[^\S\n]+)|(?P<words>[^\s(\[【［`<*_!\x1b]+|.)",
    re.IGNORECASE,
)
# What may still become a marker, a link, code or a tag once more of it is there.
_BRACKET = r"[\[【［]{1,2}[^\[\]【】［］\n]{0,200}"
_HELD = re.compile(
    rf"(?:!?{_BRACKET}(?:[\]】］]{{1,2}}(?:\([^()\s]{{0,500}})?)?"
    rf"|\(\s*(?:{_BRACKET}[\]】］]{{1,2}}[\s,;]*){{0,4}}(?:{_BRACKET})?"
    r"|[!*_]|\x1b(?:\[[\d;]*)?|`+[^`\n]{0,200}|</?(?:[A-Za-z|][^<>]{0,200})?)\Z"
)
_HALF_MARKER = re.compile(rf"\(?\s*[\[【［]{{1,2}}(?:{LISTING}|[a-z])*\Z", re.IGNORECASE)
_BULLETS = re.compile(r"(?:[^\S\n]|(?:[-*•>]|#{1,6}|\d{1,2}[.)])(?=[^\S\n]))*")
_HALF_BULLET = re.compile(r"(?:[-•>]|#{1,6}|\d{1,2}[.)]?)")
# In code an index is no marker: `list[1]`.
_IN_CODE = re.compile(rf"(?<![\w\])])(?P<marker>{MARKER})|(?P<letter>.)", re.IGNORECASE)
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_OPEN_THOUGHT = re.compile(
    r"<(?:t|th|thi|thin|think|thinki|thinkin|thinking)?$|<think(?:ing)?>.*", re.DOTALL
)
# What a line does not begin with, once a marker in front of it is gone.
_LEFT_BEHIND = ":;,.)"


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a reply. A "gap" is white space inside code, where no sentence ends."""

    kind: Literal["words", "marker", "space", "gap", "newline"]
    text: str = ""


class Scanner:
    """Reads one reply: `feed` it chunks, then `finish`."""

    def __init__(self) -> None:
        # Raw text that may still turn out to be something else.
        self._unread = ""
        # What the line holds so far.
        self._has_marker = self._has_words = False

    def feed(self, chunk: str) -> list[Token]:
        """Return the tokens that nothing to come can change."""
        raw = _THOUGHT.sub("", self._unread + chunk)
        open_thought = _OPEN_THOUGHT.search(raw)
        readable = raw[: open_thought.start()] if open_thought else raw
        tokens, end = self._read(readable, final=False)
        self._unread = raw[end:]
        return tokens

    def finish(self) -> list[Token]:
        """Return the rest, less half a marker and a thought without an end, and the line's end."""
        rest = _HALF_MARKER.sub("", _OPEN_THOUGHT.sub("", self._unread))
        self._unread = ""
        tokens, _ = self._read(rest, final=True)
        return [*tokens, self._newline()]

    def _read(self, raw: str, *, final: bool) -> tuple[list[Token], int]:
        """Return the tokens, and where what is held back begins."""
        tokens: list[Token] = []
        at = 0
        while at < len(raw):
            if self._at_line_start and (bullets := _BULLETS.match(raw, at)):
                at = bullets.end()
            if not final and self._is_held(raw, at):
                break
            match = _TOKEN.match(raw, at)
            if match is None:  # nothing is left behind a bullet
                break
            tokens.extend(self._tokens(match))
            at = match.end()
        return tokens, at

    @property
    def _at_line_start(self) -> bool:
        return not (self._has_marker or self._has_words)

    def _is_held(self, raw: str, at: int) -> bool:
        half_bullet = self._at_line_start and _HALF_BULLET.fullmatch(raw, at)
        return bool(half_bullet or _HELD.match(raw, at))

    def _tokens(self, match: re.Match[str]) -> Iterator[Token]:
        if match["newline"]:
            yield self._newline()
        elif match["space"]:
            yield Token("space")
        elif match["marker"]:
            yield self._marker(match["marker"])
        elif match["code"]:
            yield from self._in_code(match["code"])
        else:
            yield from self._words(match["label"] or match["words"] or "")

    def _in_code(self, code: str) -> Iterator[Token]:
        for part in _IN_CODE.finditer(code):
            if part["marker"]:
                yield self._marker(part["marker"])
            elif part["letter"].isspace():
                yield Token("gap")
            else:
                yield from self._words(part["letter"])

    def _newline(self) -> Token:
        self._has_marker = self._has_words = False
        return Token("newline")

    def _marker(self, marker: str) -> Token:
        self._has_marker = True
        return Token("marker", marker)

    def _words(self, raw: str) -> Iterator[Token]:
        """Yield the words, if there are any without control characters."""
        words = CONTROL.sub("", raw)
        if not self._has_words:
            words = words.lstrip(_LEFT_BEHIND)
        if words:
            self._has_words = True
            yield Token("words", words)
