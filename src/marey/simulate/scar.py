"""A scar: where the muscle is dead, how far through the wall, and what that does to conduction, force and stiffness."""

from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from marey.core import Parameters, parameter
from marey.core.units import factor

Array = NDArray[np.float64]
DEGREE = factor("deg")
COORDINATE = "ventricular coordinate; any place can be infarcted"


@dataclass(frozen=True)
class Scar(Parameters):
    """An ellipse in the ventricular coordinates of the left ventricle, from the endocardium outwards.

    Args:
        apicobasal, rotational: its middle; 0 apex to 1 base, angle from mid-septum positive to the anterior wall.
        height: half extent along the apicobasal coordinate; width: half extent of the angle.
        transmurality: part of the wall's thickness that is dead, from the endocardium.
        border: width of the border zone around it, relative to its half extents.
        channel: width of a strand of surviving border zone from edge to edge through its middle, relative to its half
            extents; 0 is none.
        channel_angle: the strand's direction, 0 from apex to base, 90 degrees around the ventricle.
        stiffness: of scar relative to healthy muscle.
    """

    apicobasal: float = parameter(0.3, 0.0, 1.0, "1", COORDINATE)
    rotational: float = parameter(45 * DEGREE, -pi, pi, "deg", COORDINATE)
    height: float = parameter(0.35, 0.03, 1.0, "1", COORDINATE)
    width: float = parameter(70 * DEGREE, 5 * DEGREE, pi, "deg", COORDINATE)
    transmurality: float = parameter(1.0, 0.1, 1.0, "1", "wavefront from the endocardium: Reimer 1977, textbook value")
    border: float = parameter(0.25, 0.0, 1.0, "1", "heterogeneous tissue around dense scar, textbook value")
    channel: float = parameter(0.0, 0.0, 1.0, "1", "conducting channels in scar, 0 to 1 cm wide, textbook range")
    channel_angle: float = parameter(90 * DEGREE, -pi, pi, "deg", COORDINATE)
    stiffness: float = parameter(5.0, 1.0, 50.0, "1", "healed infarcts are several times stiffer, textbook value")

    def depth(self, apicobasal: Array, rotational: Array, transmural: Array) -> Array:
        """Elliptical distance from the middle, 1 at the scar's edge; infinite above the dead part of the wall."""
        off = np.hypot(*self._from_middle(apicobasal, rotational))
        return np.asarray(np.where(transmural <= self.transmurality, off, np.inf))

    def surviving(self, apicobasal: Array, rotational: Array) -> NDArray[np.bool_]:
        """Where the channel runs; it goes on beyond the scar's edge."""
        up, turn = self._from_middle(apicobasal, rotational)
        aside = turn * cos(self.channel_angle) - up * sin(self.channel_angle)
        return np.asarray(np.abs(aside) < self.channel / 2)

    def _from_middle(self, apicobasal: Array, rotational: Array) -> tuple[Array, Array]:
        """Towards the base and around, in half extents."""
        turn = np.angle(np.exp(1j * (rotational - self.rotational)))
        # near the apex all angles are close to each other
        turn = turn * np.sin(np.clip(apicobasal, 0.02, 0.5) * pi)
        return (apicobasal - self.apicobasal) / self.height, np.asarray(turn / self.width)


@dataclass(frozen=True, eq=False)
class Infarction:
    """Where the tissue is dead and where it is border zone.

    Args:
        core, border: (v,) of the voxels or cells asked about.
        stiffness: (v,) relative to healthy muscle.
    """

    core: NDArray[np.bool_]
    border: NDArray[np.bool_]
    stiffness: Array


def infarction(
    scars: tuple[Scar, ...], apicobasal: Array, rotational: Array, transmural: Array, left: NDArray[np.bool_]
) -> Infarction:
    """All scars together, at places given by ventricular coordinates (v,); only the left ventricle is infarcted."""
    core, border, stiffness = np.zeros_like(left), np.zeros_like(left), np.ones(left.shape)
    for scar in scars:
        depth = np.where(left, scar.depth(apicobasal, rotational, transmural), np.inf)
        core |= (depth <= 1) & ~scar.surviving(apicobasal, rotational)
        border |= depth <= 1 + scar.border
        stiffness = np.where(depth <= 1, np.maximum(stiffness, scar.stiffness), stiffness)
    return Infarction(core, border & ~core, stiffness)


__all__ = ["Infarction", "Scar", "infarction"]
