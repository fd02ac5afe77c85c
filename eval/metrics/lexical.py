"""Words and numbers that a claim shares with its evidence: the trivial measure of support."""

import re

NUMBER = re.compile(r"\d[\d,.]*\d|\d")
WORD = re.compile(r"[^\W\d_]{2,}")
# The words that English sentences share whatever they say; what is left over carries the content.
_STOP_WORDS = """
    a about after all also an and any are as at be because been before but by can could did do does
    for from had has have he her his how i if in into is it its may more most no not of on one or
    our out over said she so some such than that the their them then there these they this to under
    up was we were what when which while who will with would you"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
LEXICAL_THRESHOLD = 0.5  # the best one over three public sets of pairs taken together


def overlap(evidence: str, claim: str) -> float:
    """Return the share of the claim's content words and numbers that the evidence holds.

    >>> overlap("The council trapped 48 crows.", "The council trapped 84 crows")
    0.75
    """
    claimed = _content(claim)
    held = _content(evidence)
    return len(claimed & held) / len(claimed) if claimed else 1.0


def lexical_support(evidence: str, claim: str) -> float:
    """Return the same, but 0 if one of the claim's numbers is not in the evidence."""
    if not _numbers(claim) <= _numbers(evidence):
        return 0.0
    return overlap(evidence, claim)


def _content(text: str) -> frozenset[str]:
    """Return the content words of a text, folded, and its numbers without separators."""
    words = frozenset(WORD.findall(text.casefold())) - STOP_WORDS
    return words | _numbers(text)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(number.replace(",", "") for number in NUMBER.findall(text))
