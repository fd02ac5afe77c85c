"""A text → passages with exact character spans.

Natural boundaries first: paragraph, then sentence, then size. A passage is a sentence (of a note:
the whole fact), or a piece of one that is longer than `max_chars`. `body[start:end] == text`
always: spans are cut, never searched for.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

import sentencex

from ingest.sources import fold
from ingest.types import Corpus, Passage, Source, Span, Text

# Part of the index's fingerprint: raise the number when spans change.
SPLITTER = "paragraph-sentence-size/2"

# Atomic groups: \r\n is one line end, never two.
BLANK_LINE = re.compile(r"(?>\r\n|\r|\n)[^\S\r\n]*(?>\r\n|\r|\n)\s*")
BREAKS = (re.compile(r"[;:.!?…]\s+"), re.compile(r"[,)\]]\s+|\s+[–—-]\s+"), re.compile(r"\s+"))
# Where a pull quote may differ from the words it repeats.
AROUND_WORDS = " .,;:!?…\"'“”‘’«»„"
SENTENCE_ENDS = ".!?…”\"'’)"
# Categories of Unicode that belong to the character before them: marks, joiners, selectors.
JOINING = frozenset({"Mn", "Me", "Mc", "Cf"})


def split_corpus(corpus: Corpus, *, max_chars: int) -> tuple[Passage, ...]:
    """Return the passages of all texts, in the order of the corpus."""
    passages: list[Passage] = []
    for source, text in zip(corpus.sources, corpus.texts, strict=True):
        passages.extend(split_text(source, text, max_chars=max_chars))
    return tuple(passages)


def split_text(source: Source, text: Text, *, max_chars: int) -> tuple[Passage, ...]:
    """Return the passages of one text: of notes one a fact, else one a sentence.

    None is longer than `max_chars`.
    """
    if source.wording == "note":
        return tuple(_facts(text, max_chars))
    return tuple(_sentences(text, max_chars))


def attributed(passage: Passage, source: Source) -> str:
    """Return the words of a passage as rankings read them: a note behind its attribution."""
    return attribution(source) + fold(passage.text)


def attribution(source: Source) -> str:
    """Return what a note is read behind, "publisher, title: "; nothing for a verbatim text."""
    if source.wording != "note":
        return ""
    return f"{source.publisher or ''}, {source.title}: ".lstrip(", ")


def _facts(text: Text, max_chars: int) -> Iterator[Passage]:
    start = 0
    for number, line in enumerate(text.body.split("\n"), 1):
        fact = trim(text.body, (start, start + len(line)))
        for piece in cut_to_size(text.body, fact, max_chars):
            yield _passage(text, piece, f"fact {number}", fact)
        start += len(line) + 1


def _sentences(text: Text, max_chars: int) -> Iterator[Passage]:
    body = text.body
    paragraphs = {paragraph: sentence_spans(body, paragraph) for paragraph in paragraph_spans(body)}
    repeats = _repeated(body, paragraphs)
    for number, (paragraph, sentences) in enumerate(paragraphs.items(), 1):
        if paragraph in repeats:
            continue
        for sentence in sentences:
            for piece in cut_to_size(body, sentence, max_chars):
                yield _passage(text, piece, f"paragraph {number}", paragraph)


def _passage(text: Text, span: Span, locator: str, context: Span) -> Passage:
    return Passage(text.source_id, *span, text.body[slice(*span)], locator, *context)


def paragraph_spans(body: str) -> list[Span]:
    r"""Return the spans of the paragraphs: what stands between blank lines, trimmed.

    >>> paragraph_spans("One.\n\n Two.")
    [(0, 4), (7, 11)]
    """
    spans = []
    start = 0
    for gap in BLANK_LINE.finditer(body):
        spans.append((start, gap.start()))
        start = gap.end()
    spans.append((start, len(body)))
    return _trimmed(body, spans)


def sentence_spans(body: str, paragraph: Span) -> list[Span]:
    """Return the spans of the sentences of a paragraph, trimmed.

    They are those of sentencex, https://github.com/wikimedia/sentencex.
    """
    offset, end = paragraph
    spans = []
    for boundary in sentencex.get_sentence_boundaries("en", body[offset:end]):
        spans.append((offset + boundary["start_index"], offset + boundary["end_index"]))
    return _trimmed(body, spans)


def _trimmed(body: str, spans: Iterable[Span]) -> list[Span]:
    """Return the spans trimmed, those of white space alone left out."""
    trimmed = [trim(body, span) for span in spans]
    return [(start, end) for start, end in trimmed if start < end]


def trim(body: str, span: Span) -> Span:
    """Return the span without white space (or a byte order mark) at its ends."""
    start, end = span
    while start < end and (body[start].isspace() or body[start] == "\ufeff"):
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    return start, end


def cut_to_size(body: str, span: Span, max_chars: int) -> list[Span]:
    """Return spans of at most `max_chars` that cover the span.

    It is cut after a clause, else after a comma, else after a word, else anywhere.

    >>> cut_to_size("one, two three", (0, 14), 6)
    [(0, 4), (5, 8), (9, 14)]
    """
    pieces = []
    start, end = span
    while end - start > max_chars:
        cut = _best_cut(body, start, start + max_chars)
        pieces.append(trim(body, (start, cut)))
        start = trim(body, (cut, end))[0]
    if start < end:
        pieces.append((start, end))
    return pieces


def _best_cut(body: str, start: int, limit: int) -> int:
    # Only the second half is looked at, so that no piece is a scrap.
    window_start = start + (limit - start) // 2
    for pattern in BREAKS:
        ends = [match.end() for match in pattern.finditer(body, window_start, limit)]
        if ends:
            return ends[-1]
    cut = limit
    while cut > window_start and _joins_on(body[cut]):
        cut -= 1
    return cut


def _joins_on(character: str) -> bool:
    """Say whether a character belongs to the one before it."""
    return unicodedata.combining(character) != 0 or unicodedata.category(character) in JOINING


def _repeated(body: str, paragraphs: Mapping[Span, Sequence[Span]]) -> set[Span]:
    """Return the paragraphs that say again what stands elsewhere, word for word: pull quotes.

    `paragraphs` come with their sentences. A pull quote repeats another paragraph, or a sentence of
    a longer one. Of two equal paragraphs the one that ends as a sentence does is kept, else the
    first.
    """
    kept: set[str] = set()
    repeats: set[Span] = set()
    for paragraph in sorted(paragraphs, key=lambda span: (not _ends_well(body, span), span)):
        words = _words(body, paragraph)
        if words in kept:
            repeats.add(paragraph)
        kept.add(words)
    inner: set[str] = set()
    for paragraph, sentences in paragraphs.items():
        inner |= _inner_sentences(body, paragraph, sentences)
    return repeats | {paragraph for paragraph in paragraphs if _words(body, paragraph) in inner}


def _inner_sentences(body: str, paragraph: Span, sentences: Sequence[Span]) -> set[str]:
    # Not the sentence that is all the words of its paragraph ("Wait. …"): that would say the
    # paragraph repeats itself.
    return {_words(body, sentence) for sentence in sentences} - {_words(body, paragraph)}


def _ends_well(body: str, span: Span) -> bool:
    return body[span[1] - 1] in SENTENCE_ENDS


def _words(body: str, span: Span) -> str:
    text = " ".join(body[slice(*span)].split())
    return text.strip(AROUND_WORDS).casefold() or text
