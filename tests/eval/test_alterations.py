"""Sentences altered by one thing."""

import random

import pytest

from eval.sets.alterations import OPPOSITES, alterations, read_opposites, untrained

ALTERATIONS = {**alterations(["Haftar", "Israel", "Russia"]), **untrained()}


@pytest.mark.parametrize(
    ("label", "sentence", "altered"),
    [
        pytest.param("“not” put in", "The mill was sold.", "The mill was not sold.", id="not"),
        pytest.param(
            "another name", "The mill of Assad closed.", "The mill of Israel closed.", id="name"
        ),
        pytest.param(
            "two names exchanged",
            "Israel sold Russia the mill.",
            "Russia sold Israel the mill.",
            id="names",
        ),
        pytest.param("a denial left out", "It was not sold.", "It was sold.", id="denial"),
        pytest.param("an opposite", "The old mill.", "The new mill.", id="opposite"),
        pytest.param("a doubt made sure", "It may close.", "It will close.", id="doubt"),
    ],
)
def test_one_thing_is_altered(label: str, sentence: str, altered: str) -> None:
    assert ALTERATIONS[label](sentence, random.Random(0)) == altered


@pytest.mark.parametrize("label", [label for label in ALTERATIONS if label != "a detail put in"])
def test_what_cannot_be_altered_so_is_left_out(label: str) -> None:
    assert ALTERATIONS[label]("Crows hold grudges.", random.Random(0)) is None


def test_every_word_of_the_list_has_one_opposite() -> None:
    words = OPPOSITES.read_text(encoding="utf-8").split()
    assert sorted(read_opposites()) == sorted(words)
