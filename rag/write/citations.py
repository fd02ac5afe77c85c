"""Raw text of a language model, as it streams → sentences with the passages that they cite.

What comes out is plain text: no markers, markup, links or control characters. A number that no
passage has is kept as an unknown marker and cites nothing. The result does not depend on how the
stream was cut into chunks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.write.line import SAYS, Line, Marked
from rag.write.markers import read_markers
from rag.write.scanner import Scanner, Token


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence as a model wrote it, and the numbers of the passages it cites, each once."""

    text: str
    numbers: tuple[int, ...]


class CitationParser:
    """Parses a reply over `passages` passages, numbered from 1: `feed` it chunks, then `finish`.

    Both return words to show and whole sentences, as they come.

    >>> parser = CitationParser(passages=2)
    >>> parser.feed("It rose [1]. It")
    ['It', ' rose', '.', ' It']
    >>> parser.feed(" fell [2].")
    [Cited(text='It rose.', numbers=(1,)), ' fell', '.']
    >>> parser.finish()
    [Cited(text='It fell.', numbers=(2,))]
    """

    def __init__(self, passages: int) -> None:
        self._passages = passages
        self._scanner = Scanner()
        self._line = Line()
        # The last sentence, of which a marker may still follow.
        self._last: Cited | None = None
        self._begun = False
        self._unknown: dict[str, None] = {}

    @property
    def unknown_markers(self) -> tuple[str, ...]:
        """The markers whose numbers were never given, each once."""
        return tuple(self._unknown)

    def feed(self, chunk: str) -> list[str | Cited]:
        """Return the words that can be shown now and the sentences that are complete."""
        return self._read(self._scanner.feed(chunk))

    def finish(self) -> list[str | Cited]:
        """Return the rest."""
        return [*self._read(self._scanner.finish()), *self._release()]

    def _read(self, tokens: Iterable[Token]) -> list[str | Cited]:
        parts: list[str | Cited] = []
        for token in tokens:
            parts.extend(self._take(token))
        return parts

    def _take(self, token: Token) -> Iterator[str | Cited]:
        match token.kind:
            case "words":
                yield self._show(token.text)
                yield from self._release_behind()
            case "marker":
                self._line.add_marker(token.text)
            case "gap":
                self._line.add_space()
            case "space":
                self._line.add_space()
                yield from self._close(self._line.take_complete())
                yield from self._release_behind()
            case "newline":
                yield from self._close(self._line.take_all())
                self._line = Line()

    def _show(self, words: str) -> str:
        """Add words to the line; return them with the space before them."""
        opens_line = self._begun and not self._line.text
        joined = self._line.add_words(words)
        self._begun = True
        return f" {joined}" if opens_line else joined

    def _close(self, sentences: Iterable[Marked]) -> Iterator[Cited]:
        """Yield all sentences but the last, which is kept.

        What says nothing only brings its markers to the sentence before.
        """
        for text, markers in sentences:
            numbers, unknown = read_markers(markers, self._passages)
            self._unknown.update(dict.fromkeys(unknown))
            if SAYS.search(text):
                yield from self._release()
                self._last = Cited(text, numbers)
            elif self._last:
                every = dict.fromkeys(self._last.numbers + numbers)
                self._last = Cited(self._last.text, tuple(every))

    def _release_behind(self) -> Iterator[Cited]:
        """Yield the last sentence once the line says more: no marker from here on is its own."""
        if self._last and self._line.says:
            yield from self._release()

    def _release(self) -> Iterator[Cited]:
        if self._last:
            yield self._last
            self._last = None
