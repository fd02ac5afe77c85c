"""What the retriever found: measures over the ranks of the gold, each voice ranked apart."""

import math

from eval.metrics.gold import best_rank, share
from eval.types import Measure, Observed
from ingest.types import VOICES

NDCG_DEPTH = 10


def recall_at(depth: int) -> Measure:
    """Return the measure: share of the items of gold among the first `depth` hits of a voice."""

    def recall(seen: Observed) -> float | None:
        ranks = [best_rank(item, seen.hits, seen.corpus)[1] for item in seen.case.evidence]
        return share([rank is not None and rank <= depth for rank in ranks])

    return recall


def hit_at(depth: int) -> Measure:
    """Return the measure: whether some gold is among the first `depth` hits of a voice."""

    def found(seen: Observed) -> float | None:
        ranks = [best_rank(item, seen.hits, seen.corpus)[1] for item in seen.case.evidence]
        return float(any(rank is not None and rank <= depth for rank in ranks)) if ranks else None

    return found


def ndcg(seen: Observed) -> float | None:
    """Return nDCG at 10, binary gain: each item counts at its best rank within a voice, the ideal is 1, 2, … in each voice."""
    if not seen.case.evidence:
        return None
    found = [best_rank(item, seen.hits, seen.corpus) for item in seen.case.evidence]
    gain = math.fsum(
        _discount(rank) for _, rank in found if rank is not None and rank <= NDCG_DEPTH
    )
    voices = [voice for voice, _ in found]
    ideal = math.fsum(_discount(n) for voice in VOICES for n in range(1, voices.count(voice) + 1))
    return min(1.0, gain / ideal)


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)
