"""A line as it is written → its sentences, each with the markers that belong to it.

A marker after a full stop belongs to the sentence before it, unless its line begins with a marker:
whoever writes like that puts them in front.
"""

import re

import sentencex

# A sentence or a line says something if it holds a letter or a digit.
SAYS = re.compile(r"\w")
# Signs that join what is before a marker, even over a space.
_AFTER_MARKER = frozenset(".,;:!?)]")
# At the end of a sentence these begin the next one.
_OPENS = (" “", " ‘", " «", " (", " '", ' "')
# The end of a sentence, from the character before a marker on.
_NEXT = re.compile(r".?[.!?…][”’\"')]*\s+(?=[“‘«\"'(]*[A-Z0-9])")

Marked = tuple[str, list[str]]  # a sentence and its markers


class Line:
    """The words of a line that are in no sentence yet, and the markers among them."""

    def __init__(self) -> None:
        self.text = ""
        # Where in the text they stood, and what they said.
        self._markers: list[tuple[int, str]] = []
        # Whether the line puts its markers in front of its sentences.
        self._leading = False
        # What stands before the next words.
        self._after_space = self._after_marker = False

    @property
    def says(self) -> bool:
        """Whether the line says something that is in no sentence yet."""
        return SAYS.search(self.text) is not None

    def add_space(self) -> None:
        """Note that there is white space before the next words."""
        self._after_space = True

    def add_marker(self, marker: str) -> None:
        """Add a marker behind the words that there are."""
        if not self.text and not self._markers:
            self._leading = True
        self._markers.append((len(self.text), marker))
        self._after_marker, self._after_space = True, False

    def add_words(self, words: str) -> str:
        """Add words; return them with the space that they are joined by, if any."""
        joined = f" {words}" if self._needs_space(words[0]) else words
        self.text += joined
        self._after_space = self._after_marker = False
        return joined

    def _needs_space(self, sign: str) -> bool:
        """Tell whether a space goes before this sign, once the marker before it is left out."""
        if not self.text:
            return False
        if self._after_marker and not self._after_space:
            return sign.isalnum()
        joins = self._after_marker and sign in _AFTER_MARKER
        return self._after_space and not joins

    def take_complete(self) -> list[Marked]:
        """Take out the sentences that are followed by a whole word of the next one."""
        *starts, next_start = self._starts()
        if not starts or not SAYS.search(self.text, next_start):
            return []
        return self._take(starts, next_start)

    def take_all(self) -> list[Marked]:
        """Take out all sentences, as the line has ended."""
        return self._take(self._starts(), len(self.text))

    def _starts(self) -> list[int]:
        """Return where the sentences begin.

        Behind a marker at a full stop one does, whatever its words are.
        """
        starts = set(sentence_starts(self.text))
        for at, _ in self._markers:
            if match := _NEXT.match(self.text, max(0, at - 1)):
                starts.add(match.end())
        return sorted(starts)

    def _take(self, starts: list[int], end: int) -> list[Marked]:
        """Take out the sentences that begin there, the last of which ends at `end`."""
        sentences: list[Marked] = []
        for start, stop in zip(starts, [*starts[1:], end], strict=True):
            sentence = self.text[start:stop].strip()
            last = stop == len(self.text)
            sentences.append((sentence, self._take_markers(start + len(sentence), last=last)))
        self.text = self.text[end:]
        self._markers = [(at - end, marker) for at, marker in self._markers]
        return sentences

    def _take_markers(self, end: int, *, last: bool) -> list[str]:
        """Take out the markers of the sentence that ends at `end`: all the rest if it is the last.

        One right behind it is the next one's if markers lead.
        """
        taken = []
        for at, marker in self._markers:
            if at < end or last or (at == end and not self._leading):
                taken.append(marker)
        self._markers = self._markers[len(taken) :]
        return taken


def sentence_starts(text: str) -> list[int]:
    """Return where the sentences of a line begin.

    >>> sentence_starts("He rose. “It fell.”")
    [0, 9]
    """
    starts, at = [], 0
    for segment in sentencex.segment("en", text):
        starts.append(at)
        sentence = segment.rstrip("“‘«('\"") if segment.endswith(_OPENS) else segment
        at += len(sentence)
    return starts or [0]
