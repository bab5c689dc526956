"""Activation times of the heart's muscle: the anisotropic eikonal equation on voxels.

T is the earliest arrival over all paths from the sites: grad T . D grad T = 1 with D the sum of velocity^2 times
the tensor of each of the tissue's directions (Pezzuto et al. 2017, doi:10.3389/fphys.2017.00265).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marey.core.errors import InvalidInput
from marey.simulate.eikonal._kernels import NEVER, march
from marey.simulate.eikonal._sources import Rays, rays
from marey.simulate.eikonal.tissue import ConductionTissue

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_WINDOW = 0.5  # of the travel across the fibres of one voxel; any value gives the same times, this one soonest


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
class ActivationMap:
    """When each voxel is activated.

    Args:
        times: [z, y, x], ms; infinite where the activation never comes, as behind or in a scar and outside the tissue.
        reached: [z, y, x], True where it comes.
    """

    times: Floats
    reached: Bools

    @property
    def duration(self) -> float:
        """From the first to the last activation, ms."""
        reached = self.times[self.reached]
        return float(reached.max() - reached.min())


def activation_times(tissue: ConductionTissue, sites: Sequence[Site], tolerance: float = 1e-6) -> ActivationMap:
    """Time of the earliest arrival from any site.

    Within 3 mm of a site the travel along straight lines is exact; beyond, the error is of first order in the spacing.

    Args:
        tissue: what conducts.
        sites: where and when it starts.
        tolerance: improvements of a time smaller than this are not passed on, ms.

    Raises:
        InvalidInput: no site, a site outside the conducting tissue, a place or delay that is not a finite number.
    """
    network = tissue.network
    times = np.full(len(network.voxels) + 1, NEVER)
    times[:-1] = prescribed(tissue, sites, site_rays(tissue, sites))
    sources = np.flatnonzero(times[:-1] < NEVER).astype(np.int32)
    window = _WINDOW * tissue.spacing / float(np.median(tissue.velocities[1]))
    march(times, network.neighbours, network.metric, network.least, tissue.spacing, sources, window, tolerance)
    return _on_grid(tissue, times[:-1])


def site_rays(tissue: ConductionTissue, sites: Sequence[Site]) -> list[Rays]:
    """Straight lines around each site, checked."""
    if not sites:
        raise InvalidInput("No site is given.", "Activation has to start somewhere.", "Give at least one Site.")
    return [rays(tissue.network, _place(tissue, site), tissue.spacing) for site in sites]


def prescribed(tissue: ConductionTissue, sites: Sequence[Site], lines: Sequence[Rays]) -> Floats:
    """Earliest arrival (n,) along those lines; `NEVER` elsewhere."""
    given = np.full(len(tissue.network.voxels), NEVER)
    for site, line in zip(sites, lines, strict=True):
        np.minimum.at(given, line.targets, site.delay + line.times(tissue.network))
    return given


def _on_grid(tissue: ConductionTissue, compact: Floats) -> ActivationMap:
    times = np.full(tissue.mask.shape, np.inf)
    times[tissue.conducting] = np.where(compact < NEVER, compact, np.inf)
    return ActivationMap(times, times < np.inf)


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
