"""`ask --explain`: the tables of the rankings and of the decision."""

import pytest
from rich.console import Console

from ingest.types import Passage, Source
from rag.chain import Explanation
from rag.decide.answerable import read_regressions
from rag.types import Answer, Decision, Hit
from ui.explain import explained

MAIN = Source("essay", "A text", None, None, None, None, None, "main", "verbatim")
NOTE = Source("count", "A count", None, None, None, None, None, "sources", "note")
PARTS = {"dense": 0.51, "bm25": 1.25, "fused": 0.97, "sentence": 3.75, "paragraph": -2.5}


def hit(source: Source, words: str, **parts: float) -> Hit:
    return Hit(
        Passage(source.id, 0, len(words), words, "paragraph 1", 0, len(words)),
        source,
        7.25,
        PARTS | parts,
    )


def tables(decision: Decision, *hits: Hit) -> str:
    """Return what `--explain` prints of a decision over these hits."""
    answer = Answer(
        "Why?", "Why?", decision.status, (), (), decision.reason, (), "quote", "sha256:0"
    )
    console = Console(width=150)
    with console.capture() as printed:
        console.print(*explained(Explanation(hits, decision, answer)), sep="\n")
    return printed.get()


def cells(text: str, opening: str) -> list[str]:
    [line] = [line for line in text.splitlines() if line.strip().startswith(opening)]
    return line.split()


def test_every_ranking_and_score_of_a_hit_stands_in_its_row() -> None:
    main_text, sources = tables(
        Decision("answered"), hit(MAIN, "Some words."), hit(NOTE, "[Other] words.")
    ).split("Sources")
    assert cells(main_text, "1 ")[:8] == [
        "1",
        "7.25",
        "0.51",
        "1.25",
        "0.97",
        "3.75",
        "-2.50",
        "essay,",
    ]
    assert "count, paragraph 1: [Other] words." in sources


def test_without_a_reranker_its_scores_are_left_empty() -> None:
    bare = Hit(
        hit(MAIN, "Some words.").passage, MAIN, 1.5, {"dense": 0.5, "bm25": 1.0, "fused": 0.9}
    )
    assert cells(tables(Decision("answered"), bare), "1 ")[:6] == [
        "1",
        "1.50",
        "0.50",
        "1.00",
        "0.90",
        "essay,",
    ]


def test_what_each_feature_adds_is_its_value_times_its_weight() -> None:
    model = read_regressions().unread
    features = dict.fromkeys(model.weights, 2.0) | {"unweighed": 3.0}
    text = tables(Decision("partly", "No [year] is given.", model.probability(features), features))
    assert cells(text, "intercept") == ["intercept", f"{model.intercept:.2f}"]
    for name, weight in model.weights.items():
        assert cells(text, name) == [name, "2.00", f"{weight:.2f}", f"{2 * weight:.2f}"]
    assert cells(text, "unweighed") == ["unweighed", "3.00"]
    assert f"refused below {model.thresholds['refuse']:.3f}" in text
    assert "No [year] is given." in text
    assert "taken for" not in text


def test_a_confidence_that_is_not_the_sum_is_said_to_be_another() -> None:
    assert "taken for 0.000" in tables(Decision("not_in_corpus", "No.", 0.0, {"dense": 0.1}))


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (Decision("answered", None, 1.0), "the question is about the corpus itself"),
        (Decision("not_in_corpus", "This looks like German.", 0.0), "This looks like German."),
    ],
    ids=["about the corpus", "out of scope"],
)
def test_where_nothing_was_estimated_it_says_why(decision: Decision, words: str) -> None:
    assert words in tables(decision)
