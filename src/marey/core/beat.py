"""One beat of a heart: what moves, when it is activated, what it pumps, what the electrodes see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.core.mesh import Mesh
from marey.core.signal import Signal

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Beat:
    """A periodic beat; time 0 is the R wave, which is end-diastole.

    Args:
        mesh: both ventricles at end-diastole with their fields; "activation_time" (ms) among them.
        times: (t,) ms of the moments at which the mesh is known, from 0 to less than the period.
        displacement: (t, n, 3) mm, from the mesh's points to where they are at each moment.
        period: ms.
        volumes, pressures, flows: of chambers, vessels and valves over the whole period.
        strain: engineering fibre strain of every patch relative to end-diastole (-0.2 is 20 % of shortening).
        ecg: the 12 leads; None when it was not asked for.
        biomarkers: what a clinician would read, by name, in coherent units.
        chambers: closed surfaces of atria, great vessels, valves and muscles within by name, at each of the moments;
            may be empty.

    Raises:
        InvalidInput: shapes that do not agree.
    """

    mesh: Mesh
    times: Array
    displacement: Array
    period: float
    volumes: Signal
    pressures: Signal
    flows: Signal
    strain: Signal
    ecg: Signal | None = None
    biomarkers: Mapping[str, float] = field(default_factory=dict)
    chambers: tuple[Mapping[str, Mesh], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "biomarkers", MappingProxyType(dict(self.biomarkers)))
        expected = (len(self.times), len(self.mesh.points), 3)
        if self.displacement.shape != expected or not np.isfinite(self.displacement).all():
            raise InvalidInput(
                f"The displacement has the shape {self.displacement.shape}.",
                f"Finite values of shape {expected} (moment, point, 3) are needed.",
                "Give one displacement per moment and point of the mesh.",
            )

    def points(self, moment: int) -> Array:
        """(n, 3) mm: where the mesh's points are at one of the moments."""
        return np.asarray(self.mesh.points + self.displacement[moment])


__all__ = ["Beat"]
