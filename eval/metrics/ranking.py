"""What the retriever found: measures over the ranks of the gold, each voice ranked apart."""

import math

from eval.metrics.gold import best_rank, share
from eval.types import Gold, Measure, Observed
from ingest.types import VOICES

NDCG_DEPTH = 10
# Answered from what people wrote on the whole, so that nothing need be found.
NOT_SEARCHED = ("summary", "map")


def recall_at(depth: int) -> Measure:
    """Return the measure: share of the items of gold among the first `depth` hits of a voice."""

    def recall(seen: Observed) -> float | None:
        return share([rank is not None and rank <= depth for rank in _ranks(seen)])

    return recall


def hit_at(depth: int) -> Measure:
    """Return the measure: whether some gold is among the first `depth` hits of a voice."""

    def hit(seen: Observed) -> float | None:
        ranks = _ranks(seen)
        return float(any(rank is not None and rank <= depth for rank in ranks)) if ranks else None

    return hit


def _ranks(seen: Observed) -> list[int | None]:
    return [best_rank(item, seen.hits, seen.corpus)[1] for item in _gold(seen)]


def _gold(seen: Observed) -> tuple[Gold, ...]:
    return () if seen.case.kind in NOT_SEARCHED else seen.case.evidence


def ndcg(seen: Observed) -> float | None:
    """Return nDCG at 10 with binary gain (Järvelin and Kekäläinen 2002).

    Each item counts at its best rank within a voice; the ideal ranks are 1, 2, … in each voice.
    """
    if not _gold(seen):
        return None
    placed = [best_rank(item, seen.hits, seen.corpus) for item in _gold(seen)]
    ranks = [rank for _, rank in placed if rank is not None and rank <= NDCG_DEPTH]
    voices = [voice for voice, _ in placed]
    ideal = [rank for voice in VOICES for rank in range(1, voices.count(voice) + 1)]
    return min(1.0, _gain(ranks) / _gain(ideal))


def _gain(ranks: list[int]) -> float:
    return math.fsum(1 / math.log2(rank + 1) for rank in ranks)
