# ruff: noqa: PLR0917 (arguments of kernels are arrays, not objects)
"""The local solver of the anisotropic eikonal equation and the order in which voxels are visited.

Voxels are numbered 0 .. n-1 in a list; `neighbours[voxel, 9 (dz + 1) + 3 (dy + 1) + dx + 1]` is the number of
a neighbour or n where there is none, and `times[n]` is `NEVER`. A metric is (xx, yy, zz, xy, xz, yz) of the inverse
squared velocity.

Each voxel's neighbourhood is cut into 48 triangles (face, edge and corner neighbour). On each, the time is linear and
the travel to the centre straight, so that the least arrival has a closed form (Hopf-Lax); see Bornemann and Rasch,
doi:10.1007/s00791-006-0016-y. Only arrivals later than the values they are made from are accepted, so that times
depend on earlier times alone, whatever the anisotropy.
"""

from math import sqrt

import numpy as np
import numpy.typing as npt

from marey.core.jit import fast_jit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

NEVER = 1e12
CENTRE = 13


@fast_jit
def _product(metric: Floats, i: int, j: int) -> float:
    """Entry (i, j) of a metric."""
    entry: float = metric[i if i == j else i + j + 2]
    return entry


@fast_jit
def _keep(how: Floats, p: int, q: int, r: int, weight_q: float, weight_r: float) -> None:
    how[0], how[1], how[2] = p, q, r
    how[3], how[4], how[5] = 1.0 - weight_q - weight_r, weight_q, weight_r


@fast_jit
def _from_point(near: Floats, metric: Floats, h: float, best: float, how: Floats) -> float:
    """Earliest arrival straight from one of the 26 neighbours."""
    for p in range(27):
        if p == CENTRE or near[p] >= best:
            continue
        x, y, z = p % 3 - 1, p // 3 % 3 - 1, p // 9 - 1
        square = metric[0] * x * x + metric[1] * y * y + metric[2] * z * z
        square += 2 * (metric[3] * x * y + metric[4] * x * z + metric[5] * y * z)
        time = near[p] + h * sqrt(square)
        if time < best:
            best = time
            _keep(how, p, p, p, 0.0, 0.0)
    return best


@fast_jit
def _from_line(
    near: Floats, p: int, q: int, start: float, slope: float, along: float, h: float, best: float, how: Floats
) -> float:
    """Earliest arrival from inside the line p to q.

    Squared travel from the point p + a (q - p) is start + 2 a slope + a^2 along.
    """
    rise = (near[q] - near[p]) / h
    rest = 1.0 - rise * rise / along
    if rest <= 0.0:
        return best
    travel = sqrt(max(start - slope * slope / along, 0.0) / rest)
    a = -(slope + travel * rise) / along
    if a <= 0.0 or a >= 1.0:
        return best
    time: float = near[p] + h * (a * rise + travel)
    if time < best and time > max(near[p], near[q]):
        _keep(how, p, q, q, a, 0.0)
        return time
    return best


@fast_jit
def _from_triangle(
    near: Floats, p: int, q: int, r: int, plane: tuple[float, float, float, float, float, float], h: float, best: float,
    how: Floats,
) -> float:  # fmt: skip
    """Earliest arrival from inside the triangle p, q, r.

    The point is p + a (q - p) + b (r - q) with 0 < b < a < 1; plane holds the inverse metric of (a, b), the foot of the
    perpendicular from the centre and its square.
    """
    i11, i12, i22, a, b, least = plane
    rise_a, rise_b = (near[q] - near[p]) / h, (near[r] - near[q]) / h
    turn_a, turn_b = i11 * rise_a + i12 * rise_b, i12 * rise_a + i22 * rise_b
    rest = 1.0 - (rise_a * turn_a + rise_b * turn_b)
    if rest <= 0.0:
        return best
    travel = sqrt(least / rest)
    a, b = a - travel * turn_a, b - travel * turn_b
    if b <= 0.0 or a <= b or a >= 1.0:
        return best
    time: float = near[p] + h * (a * rise_a + b * rise_b + travel)
    if time < best and time > max(near[p], near[q], near[r]):
        _keep(how, p, q, r, a - b, b)
        return time
    return best


@fast_jit
def _from_axis(near: Floats, metric: Floats, h: float, axis: int, best: float, how: Floats) -> float:
    """Earliest arrival through the triangles of the two faces across an axis."""
    b, c = (axis + 1) % 3, (axis + 2) % 3
    step_b, step_c = 3**b, 3**c
    aa, bb, cc = _product(metric, axis, axis), _product(metric, b, b), _product(metric, c, c)
    ab, ac, bc = _product(metric, axis, b), _product(metric, axis, c), _product(metric, b, c)
    det = bb * cc - bc * bc
    foot_b, foot_c = -(cc * ab - bc * ac) / det, -(bb * ac - bc * ab) / det
    height = max(aa + ab * foot_b + ac * foot_c, 0.0)
    least = h * sqrt(height)
    for s in (-1, 1):
        p = CENTRE + s * 3**axis
        for t in (-1, 1):
            best = _from_line(near, p, p + t * step_b, aa, s * t * ab, bb, h, best, how)
            best = _from_line(near, p, p + t * step_c, aa, s * t * ac, cc, h, best, how)
            for w in (-1, 1):
                q_b, q_c = p + t * step_b, p + w * step_c
                r = q_b + w * step_c
                if min(near[p], near[q_b], near[q_c], near[r]) + least >= best:
                    continue
                skew, via_b, via_c = t * w * bc / det, s * t * foot_b, s * w * foot_c
                best = _from_triangle(near, p, q_b, r, (cc / det, -skew, bb / det, via_b, via_c, height), h, best, how)
                best = _from_triangle(near, p, q_c, r, (bb / det, -skew, cc / det, via_c, via_b, height), h, best, how)
                best = _from_line(near, p, r, aa, s * (t * ab + w * ac), bb + cc + 2 * t * w * bc, h, best, how)
                if axis < b:
                    start = aa + bb + 2 * s * t * ab
                    best = _from_line(near, q_b, r, start, w * (s * ac + t * bc), cc, h, best, how)
                if axis < c:
                    start = aa + cc + 2 * s * w * ac
                    best = _from_line(near, q_c, r, start, t * (s * ab + w * bc), bb, h, best, how)
    return best


@fast_jit
def _arrival(near: Floats, metric: Floats, h: float, best: float, how: Floats) -> float:
    """Earliest arrival at a voxel.

    Args:
        near: (27,) times around it, ms.
        metric: (6,) ms2/mm2.
        h: spacing, mm.
        best: what has to be beaten, ms.
        how: (6,) written where it is beaten: positions of up to three neighbours in `near`, and their weights.
    """
    best = _from_point(near, metric, h, best, how)
    for axis in range(3):
        best = _from_axis(near, metric, h, axis, best, how)
    return best


@fast_jit
def march(
    times: Floats, neighbours: Ints, metric: Floats, h: float, sources: Ints, window: float, tolerance: float
) -> tuple[Ints, Floats]:
    """Correct `times`, (n + 1,), in place until no voxel can be reached earlier.

    Voxels wait in one list with the least value that made them wait; those inside a moving window of time are solved.

    Returns:
        From where each voxel is activated: positions (n, 3) of neighbours in the 27, the centre where the given time
        holds or none comes, and their weights (n, 3), 0 there.
    """
    n = len(times) - 1
    positions, weights = np.full((n, 3), CENTRE, np.int32), np.zeros((n, 3))
    waiting, later = np.empty(n, np.int32), np.empty(n, np.int32)
    due = np.full(n, NEVER)
    near, how = np.empty(27), np.empty(6)
    count = _wake(sources, times, neighbours, due, waiting)
    limit = times[sources].min()
    while count > 0:
        left, done = 0, 0
        for i in range(count):
            voxel = waiting[i]
            if due[voxel] > limit:
                later[left] = voxel
                left += 1
                continue
            done += 1
            due[voxel] = NEVER
            for k in range(27):
                near[k] = times[neighbours[voxel, k]]
            time = _arrival(near, metric[voxel], h, times[voxel], how)
            if time < times[voxel] - tolerance:
                times[voxel] = time
                for k in range(3):
                    positions[voxel, k] = int(how[k])
                    weights[voxel, k] = how[3 + k]
                left = _tell(voxel, times, neighbours, due, later, left)
        waiting, later, count = later, waiting, left
        if done * 20 <= count:
            limit += window
            if done == 0:
                limit = max(limit, due[waiting[:count]].min())
    return positions, weights


@fast_jit
def _tell(voxel: int, times: Floats, neighbours: Ints, due: Floats, queue: Ints, count: int) -> int:
    """Let the later neighbours of a voxel wait for a new solution."""
    time = times[voxel]
    for k in range(27):
        other = neighbours[voxel, k]
        if times[other] > time and other < len(due):
            if due[other] >= NEVER:
                queue[count] = other
                count += 1
            due[other] = min(due[other], time)
    return count


@fast_jit
def _wake(sources: Ints, times: Floats, neighbours: Ints, due: Floats, queue: Ints) -> int:
    count = 0
    for source in sources:
        count = _tell(source, times, neighbours, due, queue, count)
    return count


@fast_jit
def push_forward(order: Ints, origins: Ints, weights: Floats, travel: Floats, times: Floats) -> None:
    """Times from those of the origins and the travel from there, earliest voxel first, in place."""
    for voxel in order:
        time = travel[voxel]
        for k in range(3):
            time += weights[voxel, k] * times[origins[voxel, k]]
        times[voxel] = time


@fast_jit
def pull_back(order: Ints, origins: Ints, weights: Floats, sensitivity: Floats) -> None:
    """The transpose: carry `sensitivity`, (n + 1,), from times to those of the origins, latest first, in place."""
    for voxel in order[::-1]:
        for k in range(3):
            sensitivity[origins[voxel, k]] += weights[voxel, k] * sensitivity[voxel]


__all__ = ["NEVER", "march", "pull_back", "push_forward"]
