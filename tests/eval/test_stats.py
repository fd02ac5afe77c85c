"""Statistics against worked examples."""

import numpy as np
import pytest

from eval.metrics.stats import (
    area_under_risk_coverage,
    auroc,
    balanced_accuracy,
    bootstrap,
    interval,
    percentile,
    risk_coverage,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # Newcombe (1998), table I, method 3
        pytest.param(81, 263, 0.2553, 0.3662, id="81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15 of 148"),
        pytest.param(0, 20, 0.0, 0.1611, id="0 of 20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1 of 29"),
    ],
)
def test_wilson_is_the_published_interval(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_shares_of_cases_get_wilson_and_other_means_the_bootstrap() -> None:
    assert interval([1.0, 0.0, 1.0]) == wilson(2, 3)
    low, high = interval([1.0, 0.5, 0.5, 0.0] * 10)
    assert 0.35 < low < 0.42
    assert 0.58 < high < 0.65


def test_the_bootstrap_gives_the_same_interval_twice() -> None:
    rows = np.arange(30.0)
    assert bootstrap(rows, lambda drawn: float(drawn.mean())) == bootstrap(
        rows, lambda drawn: float(drawn.mean())
    )


def test_risk_falls_where_the_confident_are_right() -> None:
    rows = np.array([(0.2, 1.0), (0.9, 0.0), (0.5, 0.0), (0.1, 1.0)])
    assert risk_coverage(rows).tolist() == [
        [0.25, 0],
        [0.5, 0],
        [0.75, pytest.approx(1 / 3)],
        [1, 0.5],
    ]
    assert area_under_risk_coverage(rows) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_equal_confidence_is_chance_whatever_the_order() -> None:
    rows = np.array([(0.7, 1.0), (0.7, 0.0), (0.7, 0.0), (0.7, 0.0)])
    assert area_under_risk_coverage(rows) == pytest.approx(0.25)
    assert area_under_risk_coverage(rows[::-1]) == pytest.approx(0.25)


def test_auroc_counts_ties_half() -> None:
    # pairs (true, false): .9>.5, .9>.1, .5=.5, .5>.1: 3.5 of 4
    assert auroc([True, True, False, False], [0.9, 0.5, 0.5, 0.1]) == pytest.approx(3.5 / 4)
    assert auroc([True, False], [0.1, 0.9]) == 0.0


def test_balanced_accuracy_weighs_both_sides_alike() -> None:
    # 1 of 1 true and 2 of 4 false guessed right
    assert balanced_accuracy(
        [True, False, False, False, False], [True, False, False, True, True]
    ) == pytest.approx(0.75)
    assert balanced_accuracy([True, True], [True, False]) == pytest.approx(0.5)


def test_percentile_interpolates() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == pytest.approx(2.5)
