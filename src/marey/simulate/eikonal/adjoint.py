"""Exact derivatives of activation times: the discrete adjoint of the eikonal solver.

At the solution each voxel's time is T = sum_k w_k T_k + h sqrt(d . M d), least over the weights w that place the
point sum_k w_k x_k, at h d from the voxel. The weights being optimal, the derivative with respect to the metric M is
that of the travel alone, and with respect to the earlier times it is w. One sweep from the latest voxel
to the sites sums both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marey.core.errors import InvalidInput
from marey.simulate.eikonal._kernels import NEVER, pull_back, trace
from marey.simulate.eikonal._network import OFFSETS, Network
from marey.simulate.eikonal._sources import piece_times
from marey.simulate.eikonal.activation import ActivationMap, Site, prescribed, site_rays
from marey.simulate.eikonal.tissue import ConductionTissue

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


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


@dataclass(frozen=True)
class _Travels:
    """Straight pieces of travel: in which voxel (m,), over what (m, 3) mm, with what derivative per ms of it (m,)."""

    voxels: Ints
    steps: Floats
    sensitivity: Floats


def activation_gradient(
    tissue: ConductionTissue, sites: Sequence[Site], activation: ActivationMap, sensitivity: Floats
) -> ActivationGradient:
    """Derivatives of a function f of the activation times with respect to velocities and delays.

    Args:
        tissue, sites: what `activation` was computed from.
        activation: of `activation_times`; its tolerance bounds the accuracy.
        sensitivity: [z, y, x], df/dT of each reached voxel.

    Raises:
        InvalidInput: a sensitivity of another shape or not finite.
    """
    if sensitivity.shape != tissue.mask.shape or not np.isfinite(sensitivity[activation.reached]).all():
        raise InvalidInput(
            f"The sensitivity has the shape {sensitivity.shape}, or is not finite.",
            f"One finite number for each voxel, {tissue.mask.shape}, is needed.",
            "Set it to 0 where the activation does not come.",
        )
    network, lines = tissue.network, site_rays(tissue, sites)
    reached = activation.reached[tissue.conducting]
    times = np.append(np.where(reached, activation.times[tissue.conducting], NEVER), NEVER)
    given = prescribed(tissue, sites, lines)
    positions, weights = trace(times, given, network.neighbours, network.metric, network.least, tissue.spacing)
    total = np.append(np.where(reached, sensitivity[tissue.conducting], 0.0), 0.0)
    order = np.argsort(times[:-1], kind="stable")[: int(reached.sum())].astype(np.int32)
    pull_back(order, network.neighbours, positions, weights, total)
    traced = np.flatnonzero((positions[:, 0] >= 0) & reached).astype(np.int32)
    offsets = OFFSETS[positions[traced]][..., ::-1]
    ways = tissue.spacing * np.einsum("nk,nkx->nx", weights[traced], offsets)
    travels = [_Travels(traced, ways, total[traced])]
    delays = np.zeros(len(sites))
    free = (positions[:, 0] < 0) & reached
    for i, (site, line) in enumerate(zip(sites, lines, strict=True)):
        first = free[line.targets] & (site.delay + line.times(network) <= given[line.targets])
        free[line.targets[first]] = False
        own = np.where(first, total[line.targets], 0.0)
        delays[i] = own.sum()
        pieces = line.passed.shape[1]
        travels.append(_Travels(line.passed.ravel(), np.repeat(line.steps, pieces, axis=0), np.repeat(own, pieces)))
    along, across, *normal = [_on_grid(tissue, part) for part in _velocity_gradient(tissue, network, travels)]
    return ActivationGradient(along, across, normal[0] if normal else None, delays)


def _velocity_gradient(tissue: ConductionTissue, network: Network, travels: list[_Travels]) -> list[Floats]:
    """The travel over s takes sqrt(sum_k (a_k . s)^2 / v_k^2), a_k the directions: differentiated by each v_k, (n,)."""
    voxels = np.concatenate([part.voxels for part in travels])
    steps = np.concatenate([part.steps for part in travels])
    per_time = np.concatenate([part.sensitivity for part in travels])
    times = piece_times(network.metric[voxels], steps)
    squares = [np.sum(axis[voxels] * steps, axis=-1) ** 2 for axis in tissue.axes]
    squares.append(np.maximum(np.sum(steps**2, axis=-1) - sum(squares), 0.0))
    change = [
        np.divide(-per_time * square, times * velocity[voxels] ** 3, out=np.zeros_like(times), where=times > 0)
        for square, velocity in zip(squares, tissue.velocities, strict=True)
    ]
    return [np.bincount(voxels, part, len(network.voxels)).astype(np.float64) for part in change]


def _on_grid(tissue: ConductionTissue, compact: Floats) -> Floats:
    whole = np.zeros(tissue.mask.shape)
    whole[tissue.conducting] = compact
    return whole


__all__ = ["ActivationGradient", "activation_gradient"]
