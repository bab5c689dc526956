"""Second order: the times of the solver corrected for curved fronts and changing velocities, and the adjoint of that.

On each triangle the solver takes the times as linear. With the slowness vectors p = grad T at its corners they are
known to second order: the linear value exceeds the true one by c = 1/2 sum_k w_k p_k . (x_k - x), where
x = sum_k w_k x_k. It also takes the metric of the voxel for the whole travel to it; the mean of that and those of the
neighbours, weighted, is of second order. The weights w and the p of the first solution are good enough to be kept, so
that one sweep T = sum_k w_k T_k + travel - c in the order of the first times gives the second (deferred correction).
c is limited, so that every voxel stays later than its past.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marey.simulate.eikonal._kernels import pull_back, push_forward
from marey.simulate.eikonal._network import Network
from marey.simulate.eikonal._sources import piece_times

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

_LOWEST, _HIGHEST = -0.05, 0.4  # of the travel; what is far below 0 comes from two fronts that meet


@dataclass(frozen=True)
class Trace:
    """From where each voxel is activated.

    Args:
        order: numbers of the voxels activated by neighbours, earliest first.
        origins: (n, 3) numbers of those neighbours.
        offsets: (n, 3, 3) vectors (x, y, z) from the voxel to them, mm.
        weights: (n, 3) of them; 0 close to sites and where the activation never comes.
        foot: (n, 3) vector to the point from which the travel is straight, mm.
    """

    order: Ints
    origins: Ints
    offsets: Floats
    weights: Floats
    foot: Floats


@dataclass(frozen=True)
class Front:
    """The front at each voxel: travel from the foot (n,), metric times foot (n, 3), slowness vector (n + 1, 3)."""

    travel: Floats
    pushed: Floats
    slowness: Floats


def front(network: Network, trace: Trace) -> Front:
    """Of the first solution."""
    travel = np.maximum(piece_times(network.metric, trace.foot), 1e-12)
    pushed = _apply(network.metric, trace.foot)
    return Front(travel, pushed, np.concatenate([-pushed / travel[:, None], np.zeros((1, 3))]))


def correct(network: Network, trace: Trace, at: Front, times: Floats) -> None:
    """The second times (n + 1,) from the first, in place."""
    excess = np.clip(_excess(trace, at), _LOWEST * at.travel, _HIGHEST * at.travel)
    travel = 0.5 * (at.travel + np.sum(trace.weights * _travel_there(network, trace)[0], axis=1))
    push_forward(trace.order, trace.origins, trace.weights, travel - excess, times)


def _travel_there(network: Network, trace: Trace) -> tuple[Floats, Floats]:
    """Travel from the foot in the metric of each neighbour, (n, 3), and those metrics times the foot, (n, 3, 3)."""
    metric = network.metric[np.minimum(trace.origins, len(network.metric) - 1)]
    pushed = np.stack([_apply(metric[:, k], trace.foot) for k in range(3)], axis=1)
    return np.sqrt(np.maximum(np.einsum("nkx,nx->nk", pushed, trace.foot), 1e-24)), pushed


def _excess(trace: Trace, at: Front) -> Floats:
    spread = trace.offsets - trace.foot[:, None]
    return np.asarray(0.5 * np.einsum("nk,nkx,nkx->n", trace.weights, at.slowness[trace.origins], spread))


def pull_back_times(network: Network, trace: Trace, times: Floats, sensitivity: Floats) -> tuple[Floats, Floats]:
    """Adjoint of the first solution and its correction.

    Args:
        times: (n + 1,) second times.
        sensitivity: (n + 1,) to them; becomes that to the prescribed times around the sites, in place.

    Returns:
        With which vectors a (n, 3) a change D of a voxel's metric changes the function by a . D foot; with which
        numbers (n, 3) a change D of that of its origins changes it by foot . D foot.
    """
    at = front(network, trace)
    excess = _excess(trace, at)
    limited = np.clip(excess, _LOWEST * at.travel, _HIGHEST * at.travel)
    pull_back(trace.order, trace.origins, trace.weights, sensitivity)
    own = sensitivity[:-1].copy()
    traced = trace.weights.any(axis=1)
    on_travel = own * (0.5 - np.where(limited == excess, 0.0, limited / at.travel)) * traced
    there, pushed = _travel_there(network, trace)
    on_there = 0.5 * own[:, None] * trace.weights
    on_weights, on_slowness = _through_correction(trace, at, times, own, on_travel)
    on_weights += 0.5 * own[:, None] * there
    on_weights += np.einsum("nk,nkx,njx->nj", on_there / there, pushed, trace.offsets, optimize=True)
    along = np.einsum("nkx,nx->nk", trace.offsets, at.pushed)
    turned = np.sum(on_slowness * at.pushed, axis=-1) / at.travel**3
    on_weights += turned[:, None] * along
    on_weights -= np.einsum("nkx,nx->nk", trace.offsets, _apply(network.metric, on_slowness)) / at.travel[:, None]
    on_weights[~traced] = 0.0
    shift = _through_weights(network, trace, at, on_weights)
    first = np.zeros_like(sensitivity)
    np.add.at(first, trace.origins, -shift)
    pull_back(trace.order, trace.origins, trace.weights, first)
    sensitivity += first
    bent = on_slowness + np.einsum("nk,nkx->nx", shift, trace.offsets)
    straight = np.sum(bent * at.pushed, axis=-1) / at.travel**2
    straight += on_travel + first[:-1] * traced
    return (0.5 * straight[:, None] * trace.foot - bent) / at.travel[:, None], 0.5 * on_there / there


def _through_correction(
    trace: Trace, at: Front, times: Floats, own: Floats, on_travel: Floats
) -> tuple[Floats, Floats]:
    """Sensitivity to the weights (n, 3) and the slowness vectors (n, 3); where it is limited only the travel counts."""
    slowness = at.slowness[trace.origins]
    spread = trace.offsets - trace.foot[:, None]
    mean = np.einsum("nk,nkx->nx", trace.weights, slowness)
    change = np.einsum("nkx,nkx->nk", slowness, spread) - np.einsum("nkx,nx->nk", trace.offsets, mean)
    bending = np.where(on_travel == 0.5 * own, -0.5 * own, 0.0)
    on_weights = own[:, None] * times[trace.origins] + bending[:, None] * change
    on_weights += (on_travel / at.travel)[:, None] * np.einsum("nkx,nx->nk", trace.offsets, at.pushed)
    on_slowness = np.zeros_like(at.slowness)
    np.add.at(on_slowness, trace.origins, (bending[:, None] * trace.weights)[..., None] * spread)
    return on_weights, on_slowness[:-1]


def _through_weights(network: Network, trace: Trace, at: Front, on_weights: Floats) -> Floats:
    """Solve the optimality of the weights for their change: minus the sensitivity (n, 3) to the first times.

    Two sides of each triangle span it; where the foot lies on a line or in a corner those off it do not count.
    """
    sides = trace.offsets[:, 1:] - trace.offsets[:, :1]
    along = np.einsum("nkx,nx->nk", sides, at.pushed) / at.travel[:, None]
    pushed = np.stack([_apply(network.metric, sides[:, k]) for k in range(2)], axis=1)
    hessian = np.einsum("nkx,nlx->nkl", sides, pushed) - along[:, :, None] * along[:, None, :]
    counts = trace.weights[:, 1:] > 0
    hessian = np.where(counts[:, :, None] & counts[:, None, :], hessian, np.eye(2))
    right = np.where(counts, on_weights[:, 1:] - on_weights[:, :1], 0.0) * at.travel[:, None]
    (a, b), (_, d) = hessian.transpose(1, 2, 0)
    determinant = a * d - b * b
    second = (d * right[:, 0] - b * right[:, 1]) / determinant
    third = (a * right[:, 1] - b * right[:, 0]) / determinant
    return np.stack([-second - third, second, third], axis=-1)


def _apply(metric: Floats, vectors: Floats) -> Floats:
    xx, yy, zz, xy, xz, yz = metric.T
    x, y, z = vectors.T
    return np.stack([xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z], axis=-1)


__all__ = ["Front", "Trace", "correct", "front", "pull_back_times"]
