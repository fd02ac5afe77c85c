"""The evaluation suite: cases, metrics, reports and the gate."""
