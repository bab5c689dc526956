"""Many lead configurations of one heart: the time of each source once, any combination by the earliest arrival.

T = min over sources of (T_source + delay). For the equation this is exact; the discrete times of all sites at once are
the same except where fronts meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marey.core.errors import InvalidInput
from marey.simulate.eikonal.activation import ActivationMap, Site, activation_times
from marey.simulate.eikonal.tissue import ConductionTissue


@dataclass(frozen=True)
class ActivationLibrary:
    """Activation of one tissue from each of several sources.

    Args:
        voxels: [z, y, x], True in the conducting tissue.
        times: (sources, n) in its voxels, in C order, ms; infinite where the activation does not come.
    """

    voxels: npt.NDArray[np.bool_]
    times: npt.NDArray[np.float32]

    def arrival(self, delays: dict[int, float]) -> npt.NDArray[np.float32]:
        """Times (n,) when the sources named by the keys start at those times, ms.

        Raises:
            InvalidInput: no source, one that is not there, a delay that is not finite.
        """
        if not delays or not all(0 <= source < len(self.times) for source in delays):
            raise InvalidInput(
                f"The sources {sorted(delays)} are asked for.",
                f"One or more of 0 to {len(self.times) - 1} are needed.",
                "Number them as when the library was made.",
            )
        if not np.isfinite(list(delays.values())).all():
            raise InvalidInput(
                f"The delays are {list(delays.values())}.", "Finite times in ms are needed.", "Correct them."
            )
        first, *others = delays
        arrival: npt.NDArray[np.float32] = self.times[first] + np.float32(delays[first])
        for source in others:
            np.minimum(arrival, self.times[source] + np.float32(delays[source]), out=arrival)
        return arrival

    def activation(self, delays: dict[int, float]) -> ActivationMap:
        """The same on the grid."""
        times = np.full(self.voxels.shape, np.inf)
        times[self.voxels] = self.arrival(delays)
        return ActivationMap(times, times < np.inf)


def activation_library(tissue: ConductionTissue, sources: Sequence[Sequence[Site]]) -> ActivationLibrary:
    """Activation from each source; a source is one site or several together, as the sites of the intrinsic rhythm.

    Raises:
        InvalidInput: no source; as `activation_times`.
    """
    if not sources:
        raise InvalidInput("No source is given.", "A library holds at least one.", "Give a list of lists of sites.")
    times = np.empty((len(sources), int(tissue.conducting.sum())), np.float32)
    for row, sites in zip(times, sources, strict=True):
        row[:] = activation_times(tissue, sites).times[tissue.conducting]
    return ActivationLibrary(tissue.conducting, times)


__all__ = ["ActivationLibrary", "activation_library"]
