"""Exact derivatives of activation times: the discrete adjoint of the eikonal solver.

At the solution each voxel's time is that of the foot of a straight travel, put together from at most three earlier
voxels with the weights that make it least, and the travel, less the correction for the front's curvature. Sweeps from
the latest voxel to the sites, one for the correction and one for the solution below it, sum up every influence.

The times are continuous in velocities and delays but for voxels in which two fronts meet: there the correction
of one front gives way to that of the other.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marey.core.errors import InvalidInput
from marey.simulate.eikonal._curvature import pull_back_times
from marey.simulate.eikonal._sources import piece_times
from marey.simulate.eikonal.activation import ActivationMap, Solution
from marey.simulate.eikonal.tissue import ConductionTissue

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ActivationGradient:
    """Derivatives of a function of the activation times.

    Args:
        along, across, normal: [z, y, x], with respect to each voxel's velocity, per mm/ms; normal if there is one.
        delays: (sites,) with respect to each site's delay, per ms.
    """

    along: Floats
    across: Floats
    normal: Floats | None
    delays: Floats


def activation_gradient(tissue: ConductionTissue, activation: ActivationMap, sensitivity: Floats) -> ActivationGradient:
    """Derivatives of a function f of the activation times with respect to velocities and delays.

    Args:
        tissue: what `activation` was computed in.
        activation: of `activation_times`; its tolerance bounds the accuracy.
        sensitivity: [z, y, x], df/dT of each reached voxel.

    Raises:
        InvalidInput: a sensitivity of another shape or not finite; an activation that was put together from others.
    """
    if sensitivity.shape != tissue.mask.shape or not np.isfinite(sensitivity[activation.reached]).all():
        raise InvalidInput(
            f"The sensitivity has the shape {sensitivity.shape}, or is not finite.",
            f"One finite number for each voxel, {tissue.mask.shape}, is needed.",
            "Set it to 0 where the activation does not come.",
        )
    if activation.solution is None:
        raise InvalidInput(
            "The activation map was put together from others.",
            "Derivatives need the way that the activation took.",
            "Compute it with activation_times from all its sites.",
        )
    return _gradient(tissue, activation.solution, np.where(activation.reached, sensitivity, 0.0))


def _gradient(tissue: ConductionTissue, solution: Solution, sensitivity: Floats) -> ActivationGradient:
    network = tissue.network
    path, n = solution.path, len(network.voxels)
    on_times = np.append(sensitivity[tissue.conducting], 0.0)
    on_foot, there = pull_back_times(network, path, solution.times, on_times)
    parts: list[tuple[Ints, Floats, Floats]] = [(np.arange(n, dtype=np.int32), on_foot, path.foot)]
    for k in range(3):
        used = np.flatnonzero(there[:, k])
        parts.append((path.origins[used, k], there[used, k : k + 1] * path.foot[used], path.foot[used]))
    delays = np.zeros(len(solution.lines))
    for i, line in enumerate(solution.lines):
        own = np.where(solution.owners[line.targets] == i, on_times[line.targets], 0.0)
        delays[i] = own.sum()
        steps = np.broadcast_to(line.steps[:, None], (*line.passed.shape, 3))
        travel = np.maximum(piece_times(network.metric[line.passed], steps), 1e-12)
        on_step = (0.5 * own[:, None] / travel)[..., None] * steps
        parts.append((line.passed.ravel(), on_step.reshape(-1, 3), steps.reshape(-1, 3)))
    voxels, a, b = (np.concatenate(part) for part in zip(*parts, strict=True))
    along, across, *normal = [_on_grid(tissue, part) for part in _velocity_gradient(tissue, voxels, a, b)]
    return ActivationGradient(along, across, normal[0] if normal else None, delays)


def _velocity_gradient(tissue: ConductionTissue, voxels: Ints, a: Floats, b: Floats) -> list[Floats]:
    """From changes a . dM b: the metric M is sum_k e_k e_k' / v_k^2, e_k the directions; by each v_k, (n,)."""
    products = [np.sum(axis[voxels] * a, axis=-1) * np.sum(axis[voxels] * b, axis=-1) for axis in tissue.axes]
    products.append(np.sum(a * b, axis=-1) - sum(products))
    return [
        np.bincount(voxels, -2.0 * product / velocity[voxels] ** 3, len(velocity)).astype(np.float64)
        for product, velocity in zip(products, tissue.velocities, strict=True)
    ]


def _on_grid(tissue: ConductionTissue, compact: Floats) -> Floats:
    whole = np.zeros(tissue.mask.shape)
    whole[tissue.conducting] = compact
    return whole


__all__ = ["ActivationGradient", "activation_gradient"]
