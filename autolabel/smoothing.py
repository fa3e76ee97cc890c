"""Smoothing measured paths: a body has inertia, a measurement has noise."""

import numpy as np

from projection.arrays import Float64Array


def smoothed(
    seconds: Float64Array, values: Float64Array, sigmas: Float64Array, jerkiness: float
) -> Float64Array:
    """Return the likeliest values (n,) of something that keeps its rate.

    A Kalman filter forward and the smoother of Rauch, Tung and Striebel back.

    Args:
        seconds: (n,) rising.
        values: (n,) measured.
        sigmas: (n,) standard deviations of the measurements.
        jerkiness: How much the rate changes: per second and root second.
    """
    count = len(values)
    if count < 3:
        return values.copy()
    states, covariances = np.zeros((count, 2)), np.zeros((count, 2, 2))
    ahead, ahead_covariances = np.zeros((count, 2)), np.zeros((count, 2, 2))
    # It begins with the rate of the first few.
    first = min(4, count) - 1
    rate = (values[first] - values[0]) / (seconds[first] - seconds[0])
    ahead[0], ahead_covariances[0] = [values[0], rate], np.diag([sigmas[0] ** 2, 25.0])
    for k in range(count):
        if k:
            f = _transition(seconds[k] - seconds[k - 1])
            ahead[k] = f @ states[k - 1]
            noise = _noise(seconds[k] - seconds[k - 1], jerkiness)
            ahead_covariances[k] = f @ covariances[k - 1] @ f.T + noise
        gain = ahead_covariances[k][:, 0] / (ahead_covariances[k][0, 0] + sigmas[k] ** 2)
        states[k] = ahead[k] + gain * (values[k] - ahead[k][0])
        covariances[k] = ahead_covariances[k] - np.outer(gain, ahead_covariances[k][0])
    for k in range(count - 2, -1, -1):
        f = _transition(seconds[k + 1] - seconds[k])
        back = covariances[k] @ f.T @ np.linalg.inv(ahead_covariances[k + 1])
        states[k] += back @ (states[k + 1] - ahead[k + 1])
    return states[:, 0].copy()


def _transition(step_s: float) -> Float64Array:
    return np.array([[1.0, step_s], [0.0, 1.0]])


def _noise(step_s: float, jerkiness: float) -> Float64Array:
    t = step_s
    shape = np.array([[t**3 / 3.0, t**2 / 2.0], [t**2 / 2.0, t]])
    return np.asarray(jerkiness**2 * shape)
