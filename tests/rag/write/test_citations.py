"""A model's reply becomes the same sentences and citations, however it is cut into chunks."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.write.citations import CitationParser, Cited

PASSAGES = 3
ROSE, FELL = "It rose.", "It fell."

FORMS = {
    "nothing": ("", [], []),
    "only white space": (" \n\n ", [], []),
    "only a marker": ("[1]", [], []),
    "before the full stop": ("It rose [1]. It fell [2].", [(ROSE, (1,)), (FELL, (2,))], []),
    "after the full stop": ("It rose. [1] It fell.[2]", [(ROSE, (1,)), (FELL, (2,))], []),
    "in front": ("[1] It rose. [2] It fell.", [(ROSE, (1,)), (FELL, (2,))], []),
    "in front, a line each": ("[1] It rose.\n[2] It fell.", [(ROSE, (1,)), (FELL, (2,))], []),
    "on a line of its own": ("It rose.\n[1]\nIt fell. [2]", [(ROSE, (1,)), (FELL, (2,))], []),
    "two in one": ("It rose [1, 2].", [(ROSE, (1, 2))], []),
    "two in a row": ("It rose [1][3].", [(ROSE, (1, 3))], []),
    "two in words": ("It rose [passage 1 and passage 2].", [(ROSE, (1, 2))], []),
    "the same twice": ("It rose [1] [1].", [(ROSE, (1,))], []),
    "a range": ("It rose [1-3].", [(ROSE, (1, 2, 3))], []),
    "a range with a dash": ("It rose [1–2].", [(ROSE, (1, 2))], []),
    "lenticular": ("It rose 【1】.", [(ROSE, (1,))], []),
    "lenticular with a source": ("It rose【2†source】.", [(ROSE, (2,))], []),
    "full width": ("It rose ［1］.", [(ROSE, (1,))], []),
    "doubled": ("It rose [[1]].", [(ROSE, (1,))], []),
    "a footnote": ("It rose [^1].", [(ROSE, (1,))], []),
    "in parentheses": ("It rose ([1], [2]).", [(ROSE, (1, 2))], []),
    "with a link": ("It rose [1](https://example.org/x).", [(ROSE, (1,))], []),
    "in the middle": ("It rose [1] and fell.", [("It rose and fell.", (1,))], []),
    "without a space": ("It rose[1]and fell.", [("It rose and fell.", (1,))], []),
    "inside a quotation": ("He said “it rose [1].” It fell [2].",
                           [("He said “it rose.”", (1,)), (FELL, (2,))], []),
    "before a quotation": ('It rose [1] "and fell".', [('It rose "and fell".', (1,))], []),
    "inside code": ("`It rose [1].`", [(ROSE, (1,))], []),
    "inside a block of code": ("```text\nIt rose [1].\n```", [(ROSE, (1,))], []),
    "an index is no marker": ("`list[1]` rose [1].", [("list[1] rose.", (1,))], []),
    "never given": ("It rose [9]. It fell [2][7].", [(ROSE, ()), (FELL, (2,))], ["[9]", "[7]"]),
    "a range never given": ("It rose [2-9].", [(ROSE, ())], ["[2-9]"]),
    "zero, negative, broken": ("It rose [0] [-1] [1.5].", [(ROSE, ())], ["[0]", "[-1]", "[1.5]"]),
    "a year": ("It rose [2016].", [(ROSE, ())], ["[2016]"]),
    "very large": ("It rose [99999999999].", [(ROSE, ())], ["[99999999999]"]),
    "half of one at the end": ("It rose [1]. It fell [2", [(ROSE, (1,)), ("It fell", ())], []),
    "words in brackets stay": ("It rose [sic] [1].", [("It rose [sic].", (1,))], []),
    "before a word in single quotes": ("It rose [1]. 'It fell' they said [2].",
                                       [(ROSE, (1,)), ("'It fell' they said.", (2,))], []),
    "no marker": ("It rose. It fell.", [(ROSE, ()), (FELL, ())], []),
    "no full stop": ("It rose [1]", [("It rose", (1,))], []),
    "a list": ("- **It rose.** [1]\n- It fell. [2]\n", [(ROSE, (1,)), (FELL, (2,))], []),
    "a numbered list": ("1. It rose. [1]\n2. It fell. [2]", [(ROSE, (1,)), (FELL, (2,))], []),
    "a heading": ("## Answer\nIt rose [1].", [("Answer", ()), (ROSE, (1,))], []),
    "an abbreviation": ("Mr. Smith of the U.N. rose [1]. It fell [2].",
                        [("Mr. Smith of the U.N. rose.", (1,)), (FELL, (2,))], []),
    "a decimal": ("It rose by 2.5 to 1,234.5 [1].", [("It rose by 2.5 to 1,234.5.", (1,))], []),
    "a quoted sentence next": ("He rose [1]. “It fell.” [2]",
                               [("He rose.", (1,)), ("“It fell.”", (2,))], []),
    "a thought before": ("<think>Is it [3]? Yes.\nSo</think>\nIt rose [1].", [(ROSE, (1,))], []),
    "a thought without an end": ("It rose [1]. <think>and then [2].", [(ROSE, (1,))], []),
    "links and images": ("![It](http://e.org/p.png) [rose](http://e.org) [1].", [(ROSE, (1,))], []),
    "tags": ("<b>It</b> rose<script> [1].", [(ROSE, (1,))], []),
    "a special token": ("It rose [1].<|im_end|>", [(ROSE, (1,))], []),
    "less than": ("It rose < 5 [1].", [("It rose < 5.", (1,))], []),
    "control characters": ("It \x1b[31mrose\x00\u202e [1].", [(ROSE, (1,))], []),
    "another script": ("Оно выросло [1]. Оно упало [2].",
                       [("Оно выросло.", (1,)), ("Оно упало.", (2,))], []),
}  # fmt: skip


def words_of(parts: list[str | Cited]) -> str:
    return "".join(part for part in parts if isinstance(part, str))


def parse(chunks: list[str]) -> tuple[str, list[tuple[str, tuple[int, ...]]], list[str]]:
    """Return the words given out, the sentences, and the unknown markers."""
    parser = CitationParser(PASSAGES)
    parts: list[str | Cited] = []
    for chunk in chunks:
        parts += parser.feed(chunk)
    parts += parser.finish()
    sentences = [(part.text, part.numbers) for part in parts if isinstance(part, Cited)]
    return words_of(parts), sentences, list(parser.unknown_markers)


@pytest.mark.parametrize(("reply", "sentences", "unknown"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("size", [1, 2, 5, 1000], ids=["by letter", "by two", "by five", "at once"])
def test_a_form(
    reply: str, sentences: list[tuple[str, tuple[int, ...]]], unknown: list[str], size: int
) -> None:
    chunks = [reply[at : at + size] for at in range(0, len(reply), size)]
    words, cited, invented = parse(chunks)
    assert cited == sentences
    assert invented == unknown
    assert words == " ".join(text for text, _ in sentences)


PIECES = [
    "It rose", " ", ".", "\n", "[1]", "[2, 3]", "[9]", "【1†s】", "“", "”", "(", ")", "`", "**",
    "[", "]", "1", "- ", "<", "think>", "</think>", "U.S. ", "http://e.org", "](", "!", "é",
    "\x1b[1m", "—", "[passage 1]",
]  # fmt: skip
replies = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(reply=replies, cuts=st.lists(st.integers(0, 200), max_size=8))
def test_chunks_do_not_matter(reply: str, cuts: list[int]) -> None:
    places = sorted({min(cut, len(reply)) for cut in cuts} | {0, len(reply)})
    chunks = [reply[start:end] for start, end in pairwise(places)]
    assert parse(chunks) == parse([reply])


@given(reply=replies, more=replies)
def test_words_once_shown_stay(reply: str, more: str) -> None:
    parser = CitationParser(PASSAGES)
    shown = words_of(parser.feed(reply))
    assert parse([reply + more])[0].startswith(shown)


@pytest.mark.parametrize(
    "marker",
    [
        "[1]",
        "[1, 2]",
        "[12-13]",
        "【1†source】",
        "([1])",
        "[passage 1]",
        "[[1]]",
        "[1](http://e.org)",
    ],
)
def test_half_a_marker_is_never_shown(marker: str) -> None:
    for cut in range(1, len(marker)):
        parser = CitationParser(PASSAGES)
        assert words_of(parser.feed(f"It rose {marker[:cut]}")) == "It rose"
    assert not re.search(r"[\[【(]", parse([f"It rose {marker}."])[0])


def test_a_sentence_is_given_out_as_soon_as_the_next_one_has_a_word() -> None:
    parser = CitationParser(PASSAGES)
    assert Cited(ROSE, (1,)) not in parser.feed("It rose. [1] It")
    assert Cited(ROSE, (1,)) in parser.feed(" fe")


def test_a_million_characters_are_read_in_time() -> None:
    words, sentences, _ = parse(["It rose [1]. " * 80_000])
    assert len(sentences) == 80_000
    assert words.startswith("It rose. It rose.")
