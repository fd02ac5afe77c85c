"""Intervals and ranking statistics, seeded or closed: the same values give the same figures."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from eval.types import Rows

Z95 = 1.959963984540054  # the 97.5% point of the normal distribution
RESAMPLES = 1000
SEED = 20161216


def mean(values: Sequence[float]) -> float:
    """Return the mean, exactly rounded whatever the order (`math.fsum`)."""
    return math.fsum(values) / len(values)


def wilson(hits: float, n: int) -> tuple[float, float]:
    """Return the 95% score interval of a proportion of `hits` in `n` (Wilson 1927).

    >>> low, high = wilson(81, 263)
    >>> round(low, 4), round(high, 4)
    (0.2553, 0.3662)
    """
    rate, z2 = hits / n, Z95**2
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z95 / (1 + z2 / n) * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def bootstrap(rows: Rows, statistic: Callable[[Rows], float]) -> tuple[float, float]:
    """Return the 95% percentile interval of a statistic of rows drawn again (Efron 1979)."""
    random = np.random.default_rng(SEED)
    draws = [statistic(rows[random.integers(0, len(rows), len(rows))]) for _ in range(RESAMPLES)]
    return _middle(draws)


def _middle(draws: ArrayLike) -> tuple[float, float]:
    low, high = np.percentile(np.asarray(draws), (2.5, 97.5))
    return float(low), float(high)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95% interval of a mean: Wilson's of values 0 and 1, else by bootstrap."""
    if all(value in (0.0, 1.0) for value in values):
        return wilson(sum(values), len(values))
    random = np.random.default_rng(SEED)
    drawn = random.integers(0, len(values), (RESAMPLES, len(values)))
    return _middle(np.array(values)[drawn].mean(axis=1))


def risk_coverage(rows: Rows) -> Rows:
    """Return the points (coverage, risk) of rows (confidence, error), most confident first.

    Risk at coverage k/n is the mean error of the k most confident (El-Yaniv and Wiener 2010). Rows
    of equal confidence count with the mean of their errors, so that the order of the cases does not
    matter.
    """
    _, group = np.unique(-rows[:, 0], return_inverse=True)
    errors = (np.bincount(group, rows[:, 1]) / np.bincount(group))[np.sort(group)]
    count = np.arange(1, len(rows) + 1)
    return np.column_stack((count / len(rows), np.cumsum(errors) / count))


def area_under_risk_coverage(rows: Rows) -> float:
    """Return the mean risk over all coverages of rows (confidence, error).

    0 is best, the error rate is chance.
    """
    return float(risk_coverage(rows)[:, 1].mean())


def balanced_accuracy(truths: ArrayLike, guesses: ArrayLike) -> float:
    """Return the mean of the shares guessed right among the true and among the false.

    0.5 is chance. A side without a row is left out, which can happen in a small resample.

    >>> balanced_accuracy([True, True, False], [True, False, False])
    0.75
    """
    true, right = np.asarray(truths, dtype=bool), np.equal(truths, guesses)
    return mean([float(right[side].mean()) for side in (true, ~true) if side.any()])


def auroc(truths: ArrayLike, scores: ArrayLike) -> float:
    """Return the probability that a true one scores above a false one (Mann and Whitney 1947).

    Ties count half.
    """
    _, group, sizes = np.unique(np.asarray(scores), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[group]
    true = np.asarray(truths, dtype=bool)
    positives, negatives = int(true.sum()), int((~true).sum())
    return float((ranks[true].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share (0 to 1) of the values lies, interpolated."""
    return float(np.percentile(np.array(values), share * 100))
