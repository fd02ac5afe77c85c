"""Is what is shown true: measures of an answer against the texts that it quotes and cites.

Pure functions of what was observed → a number, or None where the metric does not apply. None of
them asks the verifier that checks answers at run time.
"""

import re
from collections import Counter

from eval.metrics.gold import cited_by, cited_words, places_of, refused, share, words_at
from eval.metrics.lexical import LEXICAL_THRESHOLD, lexical_support
from eval.types import Observed
from ingest.types import Corpus
from rag.types import Citation, Sentence

RELATIONS = ("supports", "qualifies", "contradicts")
ELLIPSIS = re.compile(r"\s*(?:\[…\]|\[\.\.\.\]|…|\.\.\.)\s*")


def completed(seen: Observed) -> float:
    """Return 0 for a case that raised."""
    return float(seen.error is None)


def says_right(seen: Observed) -> float | None:
    """Return whether the spoken words match every `says`, and what is shown no `never_says`."""
    case, answer = seen.case, seen.answer
    if not (case.says or case.never_says):
        return None
    spoken = "" if refused(seen) else " ".join(f"{s.intro}{s.text}" for s in answer.sentences)
    told = all(re.search(pattern, spoken, re.IGNORECASE) for pattern in case.says)
    wrong = any(re.search(pattern, answer.text, re.IGNORECASE) for pattern in case.never_says)
    return float(told and not wrong)


def quotes_exact(seen: Observed) -> float | None:
    """Return the share of quotes that equal the text at their offsets, nearest ones included."""
    return share([words_at(c, seen) == c.quote for c in _all_citations(seen)])


def quotes_whole(seen: Observed) -> float | None:
    """Return the share of quotes that begin and end between words, not inside one."""
    return share([_whole(c, seen) for c in _all_citations(seen)])


def voices_true(seen: Observed) -> float | None:
    """Return the share of quotes and quoted sentences that are shown as what they are.

    A citation carries its source as the corpus has it (a note is a note); a quoted sentence is the
    essay's own voice if it cites the essay, and never otherwise.
    """
    sources = {source.id: source for source in seen.corpus.sources}
    quotes = [sources.get(c.source.id) == c.source for c in _all_citations(seen)]
    quoted = [s for s in seen.answer.sentences if s.verdict == "quoted" and s.citations]
    return share([*quotes, *(_in_its_voice(sentence, seen) for sentence in quoted)])


def _in_its_voice(sentence: Sentence, seen: Observed) -> bool:
    cited = {citation.source.id for citation in cited_by(sentence, seen.answer)}
    sources = [source for source in seen.corpus.sources if source.id in cited]
    return any((source.voice == "main") == (sentence.relation == "essay") for source in sources)


def relation_true(seen: Observed) -> float | None:
    """Return the share of sentences shown in a relation whose fact the claim map gives it.

    Counted from the corpus itself: the number of the fact is that of the citation's place.
    """
    bearing = [s for s in seen.answer.sentences if s.relation in RELATIONS]
    return share([_carried(sentence, seen) for sentence in bearing])


def _carried(sentence: Sentence, seen: Observed) -> bool:
    for citation in cited_by(sentence, seen.answer):
        unit, _, number = citation.locator.partition(" ")
        for bearing in seen.corpus.source(citation.source.id).bears:
            same = (bearing.relation, bearing.because) == (sentence.relation, sentence.because)
            if unit == "fact" and same and int(number) in bearing.facts:
                return True
    return False


def sentences_held(seen: Observed) -> float | None:
    """Return the share of the sentences that are held by what they cite."""
    return share([held(s, seen) for s in seen.answer.sentences])


def held(sentence: Sentence, seen: Observed) -> bool:
    """Say whether a sentence is held by what it cites.

    Quoted words must stand there letter for letter; of a written sentence every number and half of
    the content words. A sentence about the corpus cites nothing: its data hold it. One that a
    person wrote is held if the guide has it, resting on these words, or the claim map, of this
    fact.
    """
    if sentence.verdict == "metadata":
        return _supported(_data(seen.corpus, seen.case.question), sentence.text)
    if sentence.verdict == "curated":
        return _in_guide(sentence, seen) or (
            sentence.text.rstrip(".") == (sentence.because or "").rstrip(".")
            and _carried(sentence, seen)
        )
    if not sentence.citations:
        return False
    cited = cited_words(sentence, seen)
    if sentence.verdict == "quoted":
        return _repeated(sentence.text, cited)
    return _supported(cited, sentence.text)


def _in_guide(sentence: Sentence, seen: Observed) -> bool:
    places = {*places_of(cited_by(sentence, seen.answer))}
    return any(
        (statement.says, {*statement.rests_on}) == (sentence.text, places)
        for statement in seen.corpus.guide.statements
    )


def _supported(evidence: str, claim: str) -> bool:
    return lexical_support(evidence, claim) >= LEXICAL_THRESHOLD


def _repeated(text: str, cited: str) -> bool:
    folded = " ".join(cited.split())
    return all(" ".join(piece.split()) in folded for piece in ELLIPSIS.split(text))


def _all_citations(seen: Observed) -> tuple[Citation, ...]:
    return (*seen.answer.citations, *seen.answer.nearest)


def _whole(citation: Citation, seen: Observed) -> bool:
    if words_at(citation, seen) is None:
        return False
    body = seen.corpus.body(citation.source.id)
    return not (_inside_a_word(body, citation.start) or _inside_a_word(body, citation.end))


def _inside_a_word(body: str, at: int) -> bool:
    return 0 < at < len(body) and body[at - 1].isalnum() and body[at].isalnum()


def _data(corpus: Corpus, question: str) -> str:
    """Return all that a sentence about the corpus may say.

    Fields of its sources, how many there are, and the topic asked for.
    """
    fields: list[str | None] = []
    for source in corpus.sources:
        fields += (source.title, source.author, source.publisher, source.date)
    counts = Counter(source.voice == "main" for source in corpus.sources)
    known = [field for field in fields if field]
    return " ".join([*known, *map(str, counts.values()), question, "texts notes sources mention"])
