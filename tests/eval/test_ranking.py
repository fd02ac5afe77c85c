"""What the retriever found: ranks of the gold within a voice, recall and nDCG."""

from dataclasses import replace
from math import log2

import pytest

from eval.metrics.gold import best_rank
from eval.metrics.ranking import hit_at, ndcg, recall_at
from eval.types import Gold
from tests.eval.made_up import COMPLAIN, CORPUS, COUNTED, GRUDGE, REFUSAL, TRAPPED, gold, hit, seen

# The main text first, then the sources.
HITS = (hit(*GRUDGE), hit(*TRAPPED), hit(*COMPLAIN), hit(*COUNTED))


def test_ranks_are_counted_within_a_voice() -> None:
    assert best_rank(gold(TRAPPED), HITS, CORPUS) == ("main", 2)
    assert best_rank(gold(COMPLAIN), HITS, CORPUS) == ("sources", 1)
    assert best_rank(gold(TRAPPED, COMPLAIN), HITS, CORPUS) == ("sources", 1)
    assert best_rank(gold(("essay", "They know a face")), HITS, CORPUS) == ("main", None)


def test_recall_counts_the_items_found_up_to_a_depth() -> None:
    observed = seen("disagreement", REFUSAL, gold(TRAPPED), gold(COMPLAIN), hits=HITS)
    assert recall_at(1)(observed) == 0.5
    assert recall_at(3)(observed) == 1.0
    assert hit_at(1)(observed) == 1.0
    assert hit_at(1)(seen("answerable", REFUSAL, gold(TRAPPED), hits=HITS)) == 0.0
    assert recall_at(1)(seen("off_topic", REFUSAL, hits=HITS)) is None
    assert recall_at(1)(replace(observed, case=replace(observed.case, kind="map"))) is None


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param((gold(GRUDGE),), 1.0, id="first of its voice"),
        pytest.param((gold(TRAPPED),), 1 / log2(3), id="second of its voice"),
        pytest.param(
            (gold(TRAPPED), gold(COMPLAIN)), (1 / log2(3) + 1) / 2, id="an item in each voice"
        ),
        pytest.param((gold(TRAPPED), gold(GRUDGE)), 1.0, id="two items of a voice in either order"),
        pytest.param((gold(("essay", "They know a face")),), 0.0, id="not found"),
    ],
)
def test_ndcg_is_the_gain_over_the_ideal_in_each_voice(
    items: tuple[Gold, ...], expected: float
) -> None:
    assert ndcg(seen("essay_fact", REFUSAL, *items, hits=HITS)) == pytest.approx(expected)
