"""Points (coverage, risk) → the risk-coverage curve as SVG."""

from collections.abc import Sequence

WIDTH, HEIGHT = 640, 300  # in units of the curve's own view box
SIDE, TOP, BOTTOM = 44, 20, 30  # margins
GRID = (0, 0.25, 0.5, 0.75, 1)


def risk_curve(points: Sequence[tuple[float, float]]) -> str:
    """Return the drawing: the curve, a grid, and the risk at full coverage as a dashed line."""
    grid = "".join(_grid_line(share) for share in GRID)
    _, chance = points[-1]
    line = " ".join(f"{_x(coverage):.1f},{_y(risk):.1f}" for coverage, risk in points)
    return (
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="risk-coverage curve">{grid}'
        f'<line class="chance" x1="{_x(0)}" x2="{_x(1)}" '
        f'y1="{_y(chance):.1f}" y2="{_y(chance):.1f}"/>'
        f'<polyline class="risk" points="{line}"/></svg>'
    )


def _grid_line(share: float) -> str:
    """Return a line at this risk with its label, and the label of the coverage of this share."""
    return (
        f'<line class="axis" x1="{_x(0)}" x2="{_x(1)}" '
        f'y1="{_y(share):.1f}" y2="{_y(share):.1f}"/>'
        f'<text x="{_x(0) - 8}" y="{_y(share) + 4:.1f}" text-anchor="end">{share:.0%}</text>'
        f'<text x="{_x(share):.1f}" y="{_y(0) + 18}" text-anchor="middle">{share:.0%}</text>'
    )


def _x(coverage: float) -> float:
    return SIDE + coverage * (WIDTH - 2 * SIDE)


def _y(risk: float) -> float:
    return HEIGHT - BOTTOM - risk * (HEIGHT - TOP - BOTTOM)
