"""The packaged model tells claims apart that share all their words with the evidence."""

import pytest

from rag.models.entailment import AdaptedEntailment, load_entailment

EVIDENCE = "Israel sold ten drones to Russia in 2009. The deal was worth 53 million dollars."


@pytest.fixture(scope="module")
def model() -> AdaptedEntailment:
    """Return the model that ships, loaded once."""
    return load_entailment()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("Israel sold ten drones to Russia in 2009.", "Israel sold ten drones to Russia in 2015."),
        ("Israel sold drones to Russia.", "Israel did not sell drones to Russia."),
        ("The deal was worth 53 million dollars.", "The deal was worth 58 million dollars."),
    ],
)
def test_a_claim_that_the_evidence_bears_out_scores_higher_than_its_look_alike(
    model: AdaptedEntailment, true: str, false: str
) -> None:
    assert model.logit(EVIDENCE, true) > model.logit(EVIDENCE, false)


@pytest.mark.slow
def test_what_a_claim_gives_does_not_depend_on_what_was_read_before(
    model: AdaptedEntailment,
) -> None:
    first = model.logit(EVIDENCE, "Israel sold drones.")
    model.logit("Something else.", "Else.")
    assert model.logit(EVIDENCE, "Israel sold drones.") == first
