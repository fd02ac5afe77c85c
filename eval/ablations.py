"""The chain with one of its parts taken out, to see what each is worth.

Shown where else the baselines stand.
"""

from dataclasses import replace

from eval.types import Answering
from ingest.claims import ClaimMap
from ingest.errors import SettingsError
from rag.chain import EssayChain
from rag.quote.engine import QuoteEngine
from rag.search.retrieve import PassageSearch
from rag.types import Decision


def ablations(chain: EssayChain, remembered: EssayChain) -> dict[str, Answering]:
    """Return the chain without each of its parts, by name.

    `remembered` is the same chain with a memory of its hits.

    Raises SettingsError for a chain that has no such parts: one that writes.
    """
    search, engine = chain.retrieve, chain.write
    if not isinstance(search, PassageSearch) or not isinstance(engine, QuoteEngine):
        raise SettingsError(
            "--ablations take the quote engine apart; leave out --model, or give --engine quote"
        )
    nothing = replace(chain.corpus, sources=(), texts=())
    return {
        "no_reader": replace(remembered, read=lambda question, hits: hits),
        "no_reranker": replace(chain, retrieve=replace(search, reranker=None)),
        "no_bm25": replace(chain, retrieve=replace(search, dense_share=1.0)),
        "no_calibration": replace(remembered, decide=lambda question, hits: Decision("answered")),
        "no_claim_map": replace(remembered, write=replace(engine, claims=ClaimMap(nothing, ()))),
    }
