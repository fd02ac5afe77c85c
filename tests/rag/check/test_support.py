"""The support score: features that a person can read, weighed by coefficients that ship."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from ingest.errors import ModelError
from rag.check.support import (
    MAX_CHARS,
    MAX_SENTENCES,
    SUPPORTED,
    Scorer,
    SupportScorer,
    closest,
    fact_features,
    load_scorer,
    longest_common,
    nearest_by_words,
    read_weights,
    word_features,
)
from rag.language.words import split, stems
from rag.models.logistic import Logistic

ESSAY = "Russian airstrikes killed 2,704 civilians, including 746 children."


class LetterEmbeddings(Embeddings):
    """Vectors that count the letters a to z."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector of 26 counts for each text."""
        return [[float(text.lower().count(chr(97 + i))) for i in range(26)] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of one text."""
        return self.embed_documents([text])[0]


class RecordingReranker:
    """Scores a pair by the length of its second text, and remembers the pairs."""

    def __init__(self) -> None:
        """Start with nothing asked."""
        self.asked: list[tuple[str, str]] = []

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return a length for each pair."""
        self.asked += pairs
        return [float(len(second)) for _, second in pairs]


class RecordingEntailment:
    """Says of a claim how long its evidence is, and remembers the evidence."""

    def __init__(self) -> None:
        """Start with nothing asked."""
        self.asked: list[str] = []

    def logit(self, evidence: str, claim: str) -> float:
        """Return the length."""
        self.asked.append(evidence)
        return float(len(evidence))


class FixedEntailment:
    """Says the same of every claim."""

    def __init__(self, logit: float) -> None:
        """Take the logit."""
        self._logit = logit

    def logit(self, evidence: str, claim: str) -> float:
        """Return it."""
        return self._logit


def _scorer(
    reranker: RecordingReranker,
    weights: dict[str, float] | None = None,
    entailment: RecordingEntailment | None = None,
) -> SupportScorer:
    return SupportScorer(
        LetterEmbeddings(),
        reranker,
        entailment or RecordingEntailment(),
        Logistic(0.0, weights or {}),
    )


def test_a_probability_is_the_logistic_of_weighed_features() -> None:
    weights = Logistic(1.0, {"x": 0.75, "y": 0.5})
    assert weights.probability({"x": 0.0, "y": -2.0, "unused": 9.0}) == 0.5
    assert weights.probability({"x": 4.0, "y": -2.0}) == pytest.approx(0.952574)
    assert weights.probability({"x": 1e6}) == pytest.approx(1)


def test_the_reranker_reads_the_nearest_sentence_and_a_window_in_the_order_of_the_text() -> None:
    reranker = RecordingReranker()
    evidence = "aa. zz. aaab. yy. aaaaaabb."
    features = _scorer(reranker).features(evidence, "Aaaa.")
    assert reranker.asked == [("Aaaa.", "aaaaaabb."), ("Aaaa.", "aa. aaab. aaaaaabb.")]
    assert (features["reranker_sentence"], features["reranker_window"]) == (9.0, 19.0)


def test_the_entailment_model_reads_what_shares_most_words_in_the_order_of_the_text() -> None:
    entailment = RecordingEntailment()
    filler = [f"Filler number {i} says nothing of any of this." for i in range(60)]
    evidence = ["Homs fell first.", *filler[:30], "Doctors fled Aleppo by night.", *filler[30:]]
    features = _scorer(RecordingReranker(), entailment=entailment).features(
        "\n".join(evidence), "Doctors fled Homs."
    )
    (read,) = entailment.asked
    assert read.index("Homs fell first.") < read.index("Doctors fled Aleppo by night.")
    assert features["entailment"] == len(read) <= MAX_CHARS


def test_short_evidence_is_read_whole_and_of_a_long_sentence_alone_nothing_is_cut() -> None:
    assert (
        closest(["Homs fell.", "Aleppo did not."], "Doctors fled") == "Homs fell. Aleppo did not."
    )
    assert closest(["word " * MAX_CHARS, "Aleppo did not."], "word") == "word " * MAX_CHARS


def test_features_are_means_over_the_sentences_of_the_claim() -> None:
    one, two = "Aleppo fell.", "Bombs came down on Homs today."
    scorer = _scorer(RecordingReranker())
    apart = [scorer.features("Aleppo fell.", claim)["words_in_evidence"] for claim in (one, two)]
    assert scorer.features("Aleppo fell.", f"{one} {two}")["words_in_evidence"] == pytest.approx(
        sum(apart) / 2
    )
    assert apart[0] > apart[1]


@pytest.mark.parametrize(
    ("evidence", "claim"), [("", "Aleppo fell."), ("…", "Aleppo fell."), ("Aleppo fell.", " — ")]
)
def test_a_pair_without_words_on_one_side_is_not_supported(evidence: str, claim: str) -> None:
    assert _scorer(RecordingReranker()).score([evidence], [claim]) == [0.0]


@pytest.mark.parametrize(
    ("logit", "claim", "denied"),
    [(-1.0, ESSAY, True), (1.0, ESSAY, False), (-1.0, "Doctors fled", False)],
)
def test_a_claim_that_repeats_its_evidence_is_denied_by_the_entailment_model_alone(
    logit: float, claim: str, denied: bool
) -> None:
    scorer = SupportScorer(
        LetterEmbeddings(), RecordingReranker(), FixedEntailment(logit), Logistic(3.0, {})
    )
    (score,) = scorer.score([ESSAY], [claim])
    assert (score < SUPPORTED) is denied


def test_every_pair_gets_a_score_in_order() -> None:
    scorer = _scorer(RecordingReranker(), {"words_in_evidence": 8.0, "missing_words": -1.0})
    high, low = scorer.score(
        [ESSAY, ESSAY], ["Russian airstrikes killed civilians", "Obama went home"]
    )
    assert high > SUPPORTED > low


def test_words_are_found_in_the_evidence_the_window_and_one_sentence() -> None:
    sentences = ["Russia struck hospitals.", "Doctors fled Aleppo."]
    features = word_features(
        "Doctors fled struck hospitals", " ".join(sentences), sentences, sentences[1]
    )
    assert features == {
        "words_in_evidence": 1.0,
        "words_in_window": 0.5,
        "words_in_best_sentence": 0.5,
        "neighbours_in_one_sentence": pytest.approx(2 / 3),
        "words_in_order": 0.5,
        "novel_bigrams": pytest.approx(1 / 3),
        "missing_words": 0.0,
    }


def test_facts_are_counted_by_kind_and_by_what_the_evidence_says_of_them() -> None:
    features = fact_features(
        ESSAY, "Russian airstrikes killed 2,740 civilians and 51 medics in Homs"
    )
    assert features == {
        "number_mismatches": 2,
        "name_mismatches": 1,
        "date_mismatches": 0,
        "quotation_mismatches": 0,
        "negation_mismatches": 0,
        "opposite_mismatches": 0,
    }


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [("abcde", "ace", 3), ("abc", "", 0), ("abc", "xyz", 0), ("aab", "ab", 2)],
)
def test_the_longest_common_subsequence_keeps_the_order(one: str, other: str, length: int) -> None:
    assert longest_common(one, other) == length


def test_sentences_are_split_line_by_line() -> None:
    assert split("A heading\nMr. Putin came. He left.\n\n") == [
        "A heading",
        "Mr. Putin came.",
        "He left.",
    ]


def test_long_evidence_keeps_its_nearest_sentences_in_their_order() -> None:
    sentences = [f"Filler number {i}." for i in range(2 * MAX_SENTENCES)]
    sentences[7], sentences[-1] = "Aleppo fell to the regime.", "The regime took Aleppo."
    kept = nearest_by_words(sentences, "Aleppo fell to the regime")
    assert len(kept) == MAX_SENTENCES
    assert kept.index("Aleppo fell to the regime.") < kept.index("The regime took Aleppo.")


def test_content_words_are_stems_without_function_words() -> None:
    assert stems("The militias did comply with it") == ["militia", "compli"]


def test_the_coefficients_that_ship_name_features_that_exist() -> None:
    features = _scorer(RecordingReranker()).features(ESSAY, ESSAY)
    assert read_weights().weights.keys() <= features.keys()


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """Return the scorer that ships, loaded once."""
    return load_scorer()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        pytest.param("Russian airstrikes killed 2,704 civilians.", True, id="said"),
        pytest.param("746 children were killed by Russian airstrikes.", True, id="passive"),
        pytest.param("Assad studied in London.", False, id="something-else"),
        pytest.param("The Gulf states back factions of the rebels.", False, id="another-claim"),
    ],
)
def test_the_scorer_that_ships_knows_a_supported_claim(
    scorer: Scorer, claim: str, supported: bool
) -> None:
    (score,) = scorer.score([ESSAY], [claim])
    assert 0 <= score <= 1
    assert (score >= SUPPORTED) == supported


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param("Russian airstrikes killed 2,740 civilians.", id="digits-swapped"),
        pytest.param("Turkish airstrikes killed 2,704 civilians.", id="name"),
        pytest.param("Russian airstrikes killed 2,704 soldiers.", id="word"),
        pytest.param("Russian airstrikes did not kill civilians.", id="denied"),
    ],
)
def test_a_fact_changed_lowers_the_score(scorer: Scorer, changed: str) -> None:
    true, false = scorer.score(
        [ESSAY, ESSAY], ["Russian airstrikes killed 2,704 civilians.", changed]
    )
    assert true > false


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a sequence classifier of two labels with random weights, as a folder."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "Aleppo", "fell"]
    tokenizer = Tokenizer(
        models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder = tmp_path_factory.mktemp("checker")
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        id2label={0: "not_entailment", 1: "entailment"},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_a_checker_named_by_its_folder_scores_the_label_that_means_supported(checker: Path) -> None:
    (score,) = load_scorer(str(checker)).score(["Aleppo fell"], ["Aleppo fell"])
    config = json.loads((checker / "config.json").read_text(encoding="utf-8"))
    config["id2label"] = {"0": "entailment", "1": "not_entailment"}
    (checker / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (turned,) = load_scorer(str(checker)).score(["Aleppo fell"], ["Aleppo fell"])
    assert score + turned == pytest.approx(1)
    assert score != turned


def test_a_checker_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"classifier '.*' cannot be loaded .*name a folder or a hub model"
    ):
        load_scorer(str(tmp_path))
