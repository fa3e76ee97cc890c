"""One-to-one assignments where only few pairs are possible."""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from projection.arrays import Float64Array, Int64Array


def assign(rows: Int64Array, columns: Int64Array, scores: Float64Array) -> Int64Array:
    """Pairs of an assignment with the greatest sum of scores.

    Nobody has to be assigned: a pair that isn't listed counts 0. Groups that have nothing to do
    with each other are solved apart; most are a single pair and cost nothing.

    Args:
        rows: (p,) one side of each possible pair.
        columns: (p,) the other side; a pair is listed once.
        scores: (p,) above 0.

    Returns:
        (k,) rising indices into the pairs.
    """
    if rows.size == 0:
        return np.zeros(0, dtype=np.int64)
    row_of, row_count = _numbered(rows)
    column_of, column_count = _numbered(columns)
    alone = (np.bincount(row_of)[row_of] == 1) & (np.bincount(column_of)[column_of] == 1)
    chosen = [np.flatnonzero(alone)]
    contested = np.flatnonzero(~alone)
    if contested.size:
        graph = coo_array(
            (
                np.ones(contested.size, dtype=np.int8),
                (row_of[contested], row_count + column_of[contested]),
            ),
            shape=(row_count + column_count,) * 2,
        )
        groups = connected_components(graph, directed=False)[1][row_of[contested]]
        order = np.argsort(groups, kind="stable")
        bounds = np.flatnonzero(np.diff(groups[order])) + 1
        chosen += [
            _solve(members, row_of, column_of, scores)
            for members in np.split(contested[order], bounds)
        ]
    return np.sort(np.concatenate(chosen))


def _numbered(values: Int64Array) -> tuple[Int64Array, int]:
    unique, inverse = np.unique(values, return_inverse=True)
    return inverse.astype(np.int64), unique.size


def _solve(
    members: Int64Array, row_of: Int64Array, column_of: Int64Array, scores: Float64Array
) -> Int64Array:
    rows, row_count = _numbered(row_of[members])
    columns, column_count = _numbered(column_of[members])
    table = np.zeros((row_count, column_count))
    which = np.full((row_count, column_count), -1, dtype=np.int64)
    table[rows, columns] = scores[members]
    which[rows, columns] = members
    best = linear_sum_assignment(table, maximize=True)
    found: Int64Array = which[best]
    return found[found >= 0]
