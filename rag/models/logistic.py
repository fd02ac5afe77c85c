"""Named features → a probability: logistic regression, in one JSON form for all that are fitted.

```json
{"made_by": "python -m eval.training.NAME", "data": {}, "intercept": 0.1,
 "weights": {"feature": 0.2}, "thresholds": {"refuse": 0.3}}
```

Of several classes, a vector instead of each number: `"classes": ["a", "b"], "intercept": [0.1, 0]`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_LOGIT = 30.0  # beyond this a probability is 0 or 1 for every purpose


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression: `weights` by feature, on its natural scale.

    `thresholds` are probabilities, in [0, 1], by the name of what happens there.
    """

    intercept: float
    weights: Mapping[str, float]
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability, in [0, 1]; a feature without a weight counts nothing.

        >>> Logistic(0.0, {"seen": 2.0}).probability({"unseen": 5.0})
        0.5
        """
        known = (weight * features.get(name, 0.0) for name, weight in self.weights.items())
        logit = self.intercept + sum(known)
        return 1 / (1 + math.exp(-max(-MAX_LOGIT, min(MAX_LOGIT, logit))))

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form, five significant digits a number."""
        return {
            "intercept": _rounded(self.intercept),
            "weights": {name: _rounded(weight) for name, weight in self.weights.items()},
            "thresholds": {name: _rounded(value) for name, value in self.thresholds.items()},
        }


@dataclass(frozen=True, slots=True)
class Multinomial:
    """A multinomial logistic regression: weights by feature, one for each of the classes."""

    classes: tuple[str, ...]
    intercept: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def probabilities(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each class, in [0, 1]; the sum is 1.

        >>> Multinomial(("a", "b"), (0.0, 0.0), {}).probabilities({"unseen": 5.0})
        {'a': 0.5, 'b': 0.5}
        """
        logits = np.array(self.intercept)
        for name, value in features.items():
            if name in self.weights:
                logits = logits + value * np.array(self.weights[name])
        odds = np.exp(logits - logits.max())
        return {name: float(p) for name, p in zip(self.classes, odds / odds.sum(), strict=True)}

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form, two decimals a number."""
        return {
            "classes": self.classes,
            "intercept": [round(value, 2) for value in self.intercept],
            "weights": {
                name: [round(value, 2) for value in values] for name, values in self.weights.items()
            },
        }


def read_multinomial(form: Mapping[str, Any]) -> Multinomial:
    """Return the regression of several classes of a JSON form."""
    weights = {name: tuple(values) for name, values in form["weights"].items()}
    return Multinomial(tuple(form["classes"]), tuple(form["intercept"]), weights)


def read_logistic(form: Mapping[str, Any]) -> Logistic:
    """Return the regression of a JSON form; whatever else it holds is left alone."""
    return Logistic(form["intercept"], form["weights"], form.get("thresholds", {}))


def numbered(vector: Iterable[float]) -> dict[str, float]:
    """Return a vector as features, named "0", "1" and so on."""
    return {str(place): float(value) for place, value in enumerate(vector)}


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")
