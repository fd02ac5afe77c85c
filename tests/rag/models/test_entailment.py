"""The packaged checker: its weights, and what it makes of claims that share all their words with the evidence."""

import pytest

from rag.models.entailment import AdaptedChecker, load_checker

EVIDENCE = "Israel sold ten drones to Russia in 2009. The deal was worth 53 million dollars."


@pytest.fixture(scope="module")
def checker() -> AdaptedChecker:
    """Return the checker that ships, loaded once."""
    return load_checker()


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
    checker: AdaptedChecker, true: str, false: str
) -> None:
    assert checker.check(EVIDENCE, true) > checker.check(EVIDENCE, false)


@pytest.mark.slow
def test_what_a_claim_gives_does_not_depend_on_what_was_read_before(
    checker: AdaptedChecker,
) -> None:
    first = checker.check(EVIDENCE, "Israel sold drones.")
    checker.check("Something else.", "Else.")
    assert checker.check(EVIDENCE, "Israel sold drones.") == first
