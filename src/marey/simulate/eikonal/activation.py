"""Activation times of the heart's muscle: the anisotropic eikonal equation on voxels.

T is the earliest arrival over all paths from the sites: grad T . D grad T = 1 with D the sum of velocity^2 times
the tensor of each of the tissue's directions (Pezzuto et al. 2017, doi:10.3389/fphys.2017.00265).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marey.core.errors import InvalidInput
from marey.simulate.eikonal._curvature import Trace, correct, front
from marey.simulate.eikonal._kernels import NEVER, march
from marey.simulate.eikonal._network import OFFSETS
from marey.simulate.eikonal._sources import Rays, rays
from marey.simulate.eikonal.tissue import ConductionTissue

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

_WINDOW = 0.2  # of the travel across the fibres of one voxel; any value gives the same times, this one soonest


@dataclass(frozen=True)
class Site:
    """Where activation starts.

    Args:
        point: heart-frame (x, y, z), mm.
        delay: when it starts, ms.
    """

    point: tuple[float, float, float]
    delay: float = 0.0


@dataclass(frozen=True)
class Solution:
    """What the solver leaves for the adjoint.

    Args:
        times: (n + 1,) in the conducting voxels in C order, ms.
        path: from where each is activated.
        lines: around each site.
        owners: (n,) number of the site whose line activates a voxel, or -1.
    """

    times: Floats
    path: Trace
    lines: list[Rays]
    owners: Ints


@dataclass(frozen=True)
class ActivationMap:
    """When each voxel is activated.

    Args:
        times: [z, y, x], ms; infinite where the activation never comes, as behind or in a scar and outside the tissue.
        reached: [z, y, x], True where it comes.
        solution: how it comes; none if the map is put together from others.
    """

    times: Floats
    reached: Bools
    solution: Solution | None = None

    @property
    def duration(self) -> float:
        """From the first to the last activation, ms."""
        reached = self.times[self.reached]
        return float(reached.max() - reached.min())


def activation_times(tissue: ConductionTissue, sites: Sequence[Site], tolerance: float = 1e-6) -> ActivationMap:
    """Time of the earliest arrival from any site.

    Within 3 mm of a site the travel along straight lines is exact; beyond, the error is of second order in the spacing
    where velocities and directions change little from voxel to voxel, of first order elsewhere.

    Args:
        tissue: what conducts.
        sites: where and when it starts.
        tolerance: improvements of a time smaller than this are not passed on, ms.

    Raises:
        InvalidInput: no site, a site outside the conducting tissue, a place or delay that is not a finite number, a
            tolerance outside 0 to 1 ms.
    """
    if not 0 < tolerance <= 1:
        raise InvalidInput(f"The tolerance is {tolerance} ms.", "It must lie between 0 and 1 ms.", "1e-6 serves well.")
    solution = solve(tissue, sites, tolerance)
    times = np.full(tissue.mask.shape, np.inf)
    times[tissue.conducting] = np.where(solution.times < NEVER, solution.times, np.inf)[:-1]
    return ActivationMap(times, times < np.inf, solution)


def solve(tissue: ConductionTissue, sites: Sequence[Site], tolerance: float) -> Solution:
    """Times of first order, where they come from, and their correction."""
    network = tissue.network
    lines = site_rays(tissue, sites)
    given, owners, foot = _prescribed(tissue, sites, lines)
    times = np.append(given, NEVER)
    sources = np.flatnonzero(given < NEVER).astype(np.int32)
    window = _WINDOW * tissue.spacing / float(np.median(tissue.velocities[1]))
    h = tissue.spacing
    positions, weights = march(times, network.neighbours, network.metric, h, sources, window, tolerance)
    traced = weights.any(axis=1)
    order = np.argsort(times[:-1], kind="stable").astype(np.int32)
    offsets = h * OFFSETS[positions][..., ::-1]
    foot[traced] = np.einsum("nk,nkx->nx", weights[traced], offsets[traced])
    origins = np.take_along_axis(network.neighbours, positions, axis=1)
    path = Trace(order[np.take(traced, order)], origins, offsets, weights, foot)
    correct(network, path, front(network, path), times)
    return Solution(times, path, lines, np.where(traced, -1, owners))


def site_rays(tissue: ConductionTissue, sites: Sequence[Site]) -> list[Rays]:
    """Straight lines around each site, checked."""
    if not sites:
        raise InvalidInput("No site is given.", "Activation has to start somewhere.", "Give at least one Site.")
    return [rays(tissue.network, _place(tissue, site), tissue.spacing) for site in sites]


def _prescribed(tissue: ConductionTissue, sites: Sequence[Site], lines: Sequence[Rays]) -> tuple[Floats, Ints, Floats]:
    """Earliest arrival (n,) along those lines, from which site (n,), and the last piece of its way back (n, 3)."""
    n = len(tissue.network.voxels)
    given, owners, foot = np.full(n, NEVER), np.full(n, -1, np.int32), np.zeros((n, 3))
    for i, (site, line) in enumerate(zip(sites, lines, strict=True)):
        arrival = site.delay + line.times(tissue.network)
        earlier = arrival < given[line.targets]
        targets = line.targets[earlier]
        given[targets], owners[targets], foot[targets] = arrival[earlier], i, -line.steps[earlier]
    return given, owners, foot


def _place(tissue: ConductionTissue, site: Site) -> Floats:
    """Fractional voxel indices (z, y, x) of a site in the conducting tissue."""
    if len(site.point) != 3 or not np.isfinite([*site.point, site.delay]).all():
        raise InvalidInput(
            f"A site at {site.point} starts at {site.delay} ms.",
            "Three coordinates in mm and a time in ms are needed.",
            "Check that they are finite numbers.",
        )
    place = ((np.array(site.point) - np.array(tissue.origin)) / tissue.spacing)[::-1]
    if tissue.network.at(np.rint(place).astype(np.int64)) == len(tissue.network.voxels):
        shown = ", ".join(f"{x:.1f}" for x in site.point)
        raise InvalidInput(
            f"The site at ({shown}) mm lies outside the conducting tissue.",
            "A site must lie in a voxel of the muscle that is not scar.",
            "Move it to the nearest such voxel, and check that it is in mm in the frame of the tissue's origin.",
        )
    return np.asarray(place, float)


__all__ = ["ActivationMap", "Site", "activation_times"]
