"""Named features → a probability: logistic regression, in one JSON form for all that are fitted.

```json
{"made_by": "python -m eval.training.NAME", "data": {}, "intercept": 0.1,
 "weights": {"feature": 0.2}, "thresholds": {"refuse": 0.3}}
```
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

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


def read_logistic(form: Mapping[str, Any]) -> Logistic:
    """Return the regression of a JSON form; whatever else it holds is left alone."""
    return Logistic(form["intercept"], form["weights"], form.get("thresholds", {}))


def numbered(vector: Iterable[float]) -> dict[str, float]:
    """Return a vector as features, named "0", "1" and so on."""
    return {str(place): float(value) for place, value in enumerate(vector)}


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")
