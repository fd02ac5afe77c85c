"""Altered sentences of the corpus → how many the check of written sentences notices.

    python -m eval.altered

The sentences are those that hold gold of the development half, each citing itself; the check is the
product's. The first row repeats them word for word: what it withholds there it withholds wrongly.
The entailment model behind it was trained on alterations like those of `alterations`, in other
texts, and on none of those of `untrained`.
"""

import random
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from eval.metrics.gold import meets, place_of
from eval.sets.alterations import Alteration, alterations, untrained
from eval.sets.cases import SHIPPED, load_cases
from eval.types import Gold
from ingest.embed import load_embeddings
from ingest.passages import split_corpus
from ingest.sources import read_corpus
from ingest.types import Corpus, Passage
from rag.check.sentence import read_check
from rag.check.support import load_scorer
from rag.language.words import names
from rag.types import WITHHELD, Quote

SEED = 0
MAX_CHARS = 600  # of a passage

# A question, a written sentence that answers it, and the passage that it cites.
Trial = tuple[str, str, Passage]


def main() -> None:
    """Print the table."""
    corpus = read_corpus()
    embeddings = load_embeddings()
    check = read_check(corpus, load_scorer(embeddings=embeddings), embeddings)
    table = Table("altered", "withheld", "of")
    for label, trials in trials_by_label(list(questions_and_passages(corpus))).items():
        verdicts = [
            check(question, sentence, (Quote.whole(cited),)).verdict
            for question, sentence, cited in trials
        ]
        withheld = sum(verdict in WITHHELD for verdict in verdicts)
        table.add_row(label, str(withheld), str(len(verdicts)))
    Console().print(table)


def trials_by_label(asked: Sequence[tuple[str, Passage]]) -> dict[str, list[Trial]]:
    """Return what is checked, by the label of its row."""
    others = sorted({name for _, passage in asked for name in names(passage.text)})
    trials = {"nothing": [(question, passage.text, passage) for question, passage in asked]}
    for label, alter in {**alterations(others), **untrained()}.items():
        trials[label] = list(_altered(asked, alter))
    return {**trials, "another passage cited": list(_moved(asked))}


def _altered(asked: Sequence[tuple[str, Passage]], alter: Alteration) -> Iterator[Trial]:
    rng = random.Random(SEED)
    for question, passage in asked:
        sentence = alter(passage.text, rng)
        if sentence and sentence != passage.text:
            yield question, sentence, passage


def _moved(asked: Sequence[tuple[str, Passage]]) -> Iterator[Trial]:
    """Yield the sentences as they stand, each citing a passage of another source."""
    half = len(asked) // 2
    others = [*asked[half:], *asked[:half]]
    for (question, passage), (_, other) in zip(asked, others, strict=True):
        if passage.source_id != other.source_id:
            yield question, passage.text, other


def questions_and_passages(corpus: Corpus) -> Iterator[tuple[str, Passage]]:
    """Yield the passages with gold words of the development half, each with its question, once."""
    passages = split_corpus(corpus, max_chars=MAX_CHARS)
    seen: set[Passage] = set()
    for case in load_cases(SHIPPED, corpus, halves=("dev",)):
        for item in case.evidence:
            passage = _holding(item, passages)
            if passage and passage not in seen:
                seen.add(passage)
                yield case.standalone or case.question, passage


def _holding(item: Gold, passages: Sequence[Passage]) -> Passage | None:
    return next((one for one in passages if meets((place_of(one),), item)), None)


if __name__ == "__main__":
    main()
