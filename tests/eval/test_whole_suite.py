"""The whole suite as one test: `pytest -m suite`."""

import pytest

from eval.gate import SHIPPED as SHIPPED_GATE
from eval.gate import breaches, read_gate
from eval.sets.cases import SHIPPED, load_cases
from eval.suite import run_suite
from rag.chain import EssayChain


@pytest.mark.suite
@pytest.mark.slow
def test_the_gate_holds_over_all_cases(real_chain: EssayChain) -> None:
    report = run_suite(real_chain, load_cases(SHIPPED, real_chain.corpus), title={})
    assert [
        str(breach) for breach in breaches(report, read_gate(SHIPPED_GATE), partial=False)
    ] == []
