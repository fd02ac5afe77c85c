"""Settings → the chain and the claim checker: the one place where models load.

Everything is put together here, so that a stage can be replaced by whoever reads this page. Which
weights lie where is said in `docs/architecture.md`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ingest.build import open_index
from ingest.claims import ClaimMap
from ingest.embed import load_embeddings
from ingest.neighbours import Neighbours, read_neighbours
from ingest.settings import DEFAULT_EMBEDDING, DEFAULT_RERANKER, Settings
from ingest.sources import read_corpus
from ingest.types import Corpus
from rag.about.answer import About
from rag.about.central import Central
from rag.about.claims import ClaimAnswers
from rag.about.guide import GuideAnswers, read_names
from rag.about.request import read_requests
from rag.about.suggest import read_suggestions
from rag.about.topics import Topics
from rag.chain import EssayChain
from rag.check.claim import ClaimChecker, clean_claim
from rag.check.evidence import RELEVANT
from rag.check.quotes import Verifier
from rag.check.support import load_scorer
from rag.decide.answerable import build_decider
from rag.models.reader import load_reader
from rag.models.rerank import load_reranker
from rag.question.form import read_form
from rag.question.orders import plain_order, read_orders
from rag.question.scope import read_scope
from rag.question.standalone import clean, read_capitals, stand_alone
from rag.quote.engine import QuoteEngine
from rag.search.reading import ReadingStage
from rag.search.retrieve import build_search
from rag.types import Hit

# Scores of another reranker, or of none, are on a scale of their own: then a passage has only to
# lean to relevant.
RELEVANT_ELSEWHERE = 0.0


def load(settings: Settings) -> EssayChain:
    """Read the corpus, open its index and load the models.

    Raises CorpusError, StoreError or ModelError, each naming the thing and the next step.
    """
    corpus = read_corpus(settings.corpus)
    index = open_index(corpus, settings)
    passages = [*index.passages("main"), *index.passages("sources")]
    embeddings = load_embeddings(settings.embedding_model)
    reranker = load_reranker(settings.reranker)
    search = build_search(corpus, index, embeddings, reranker, candidates=settings.candidates)
    neighbours = read_neighbours(corpus, passages)
    read = _reading(corpus, neighbours, settings)
    packaged = settings.embedding_model == DEFAULT_EMBEDDING
    is_order = read_orders(embeddings) if packaged else plain_order
    # How a question is phrased is read with the packaged model, whatever searches.
    phrasing = embeddings if packaged else load_embeddings()
    quote = QuoteEngine(corpus, ClaimMap(corpus, passages), neighbours, read_form(phrasing))
    decide = build_decider(corpus, any_language=not packaged, is_order=is_order)
    chain = EssayChain(
        corpus=corpus,
        clean=lambda question: clean(question, max_chars=settings.max_question_chars),
        standalone=partial(stand_alone, names=read_capitals(corpus)),
        retrieve=search,
        decide=decide,
        write=quote,
        verify=Verifier(corpus),
        about=About(
            read=read_requests(corpus, phrasing, decide.scope.foreign, decide.vocabulary),
            guide=GuideAnswers(quote, Central(corpus, neighbours, embeddings), read_names(corpus)),
            claims=ClaimAnswers(
                quote, lambda question: read(question, search(question)), decide.vocabulary
            ),
            topics=Topics(quote, search),
        ),
        read=read,
        suggest=read_suggestions(corpus),
    )
    if settings.model is None:
        return chain
    # Nothing of this is needed where no model is named.
    from rag.check.sentence import read_check
    from rag.write.chat import load_chat
    from rag.write.engine import WriteEngine
    from rag.write.rewrite import Rewriter

    # The retriever's models serve again where they are the ones that the score was fitted with.
    scorer = load_scorer(
        settings.support,
        embeddings=embeddings if packaged else None,
        reranker=reranker if settings.reranker == DEFAULT_RERANKER else None,
    )
    check = read_check(corpus, scorer, embeddings)
    model = load_chat(settings)
    writer = WriteEngine(
        corpus,
        model,
        quote,
        check,
        candidates=settings.model_candidates,
        timeout_s=settings.model_timeout_s,
        as_data=settings.model_structured,
    )
    rewriter = Rewriter(model, chain.standalone, settings.model_timeout_s)
    return replace(chain, standalone=rewriter, write=writer, verify=Verifier(corpus, check))


def _reading(
    corpus: Corpus, neighbours: Neighbours, settings: Settings
) -> Callable[[str, tuple[Hit, ...]], tuple[Hit, ...]]:
    """Return the stage that reads hits, or one that leaves them as they are."""
    if settings.reader == "none":
        return lambda question, hits: hits
    return ReadingStage(corpus, load_reader(), neighbours)


def load_claim_checker(chain: EssayChain, settings: Settings) -> ClaimChecker:
    """Return the checker of claims over what a chain retrieves; loads the support score.

    Raises ModelError if a model of the score cannot be found.
    """
    other_language = settings.embedding_model != DEFAULT_EMBEDDING
    return ClaimChecker(
        corpus=chain.corpus,
        retrieve=chain.retrieve,
        scorer=load_scorer(),
        clean=lambda claim: clean_claim(claim, settings),
        relevant=RELEVANT if settings.reranker == DEFAULT_RERANKER else RELEVANT_ELSEWHERE,
        foreign=read_scope(chain.corpus, any_language=other_language).foreign,
    )
