"""Polynomials of lenses: where they stop rising, and their inverse up to there."""

from collections.abc import Callable, Sequence

import numpy as np

from projection.arrays import Float64Array

_MAX_STEPS = 100


def smallest_positive_root(coefficients: Sequence[float]) -> float:
    """The least x > 0 where a polynomial is zero, infinity if there is none.

    Args:
        coefficients: From the constant term upwards.
    """
    ascending = np.trim_zeros(np.trim_zeros(np.asarray(coefficients, dtype=np.float64), "f"), "b")
    if ascending.size < 2:
        return float("inf")
    with np.errstate(over="ignore", divide="ignore"):
        # The roots of the polynomial turned round are one over its own: there the constant term
        # comes first, so that all others may be as small as they like.
        if np.isfinite(ascending / ascending[0]).all():
            roots = np.roots(ascending)
            # A companion matrix is real: a real simple root has no imaginary part at all.
            real = 1.0 / roots[roots.imag == 0.0].real
        else:
            roots = np.roots(ascending[::-1])
            real = roots[roots.imag == 0.0].real
    positive = np.sort(real[(real > 0.0) & np.isfinite(real)])
    return _polished(ascending[::-1], float(positive[0])) if positive.size else float("inf")


def _polished(descending: Float64Array, root: float) -> float:
    slope = np.polyder(descending)
    # Far out, powers leave float64's range: then the root stays as it was found.
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(4):
            steepness = float(np.polyval(slope, root))
            if steepness == 0.0:
                break
            step = float(np.polyval(descending, root)) / steepness
            if not abs(step) < 1e-3 * root:
                break
            root -= step
    return root


def derivative(coefficients: Sequence[float]) -> tuple[float, ...]:
    """Coefficients of the slope, from the constant term upwards."""
    return tuple(power * value for power, value in enumerate(coefficients))[1:]


def evaluate(coefficients: Sequence[float], x: Float64Array) -> Float64Array:
    """Horner's rule; coefficients from the constant term upwards."""
    total = np.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total


def invert_rising(
    function: Callable[[Float64Array], tuple[Float64Array, Float64Array]],
    target: Float64Array,
    limit: float,
) -> tuple[Float64Array, Float64Array]:
    """Solve ``function(x) = target`` on [0, limit] by Newton's method, held in a bracket.

    Args:
        function: (n,) -> value and slope, (n,) each; rising on [0, limit).
        target: (n,) values.
        limit: Where the function stops rising; may be infinite.

    Returns:
        x (n,) and the residual (n,) that is left: large where there is no solution.
    """
    low = np.zeros_like(target)
    high = _upper_bracket(function, target, limit)
    origin, rate = function(np.zeros(1))
    x = (target - origin) / rate
    # Never at the limit itself: where that is a pole, rounding may lie beyond it.
    x = np.where(x < limit, np.clip(x, low, high), 0.5 * high)
    for _ in range(_MAX_STEPS):
        value, slope = function(x)
        residual = value - target
        low = np.where(residual < 0.0, x, low)
        high = np.where(residual < 0.0, high, x)
        step = residual / slope
        moved = x - step
        inside = (moved >= low) & (moved <= high) & (moved < limit)
        moved = np.where(inside, moved, 0.5 * (low + high))
        settled = (np.abs(moved - x) <= 2e-16 * np.abs(x)) | ~np.isfinite(target)
        x = moved
        if settled.all():
            break
    return x, function(x)[0] - target


def _upper_bracket(
    function: Callable[[Float64Array], tuple[Float64Array, Float64Array]],
    target: Float64Array,
    limit: float,
) -> Float64Array:
    if np.isfinite(limit):
        return np.full_like(target, limit)
    high = np.ones_like(target)
    for _ in range(60):
        short = function(high)[0] < target
        if not short.any():
            break
        high = np.where(short, 2.0 * high, high)
    return high
