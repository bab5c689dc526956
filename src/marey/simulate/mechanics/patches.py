"""Both ventricles as three walls of patches, each activated at its own time: AHA segments and the right free wall.

TriSeg (Lumens et al. 2009, doi:10.1007/s10439-009-9774-2) with MultiPatch (Walmsley et al. 2015,
doi:10.1371/journal.pcbi.1004284). The septum holds the septal segments 2, 3, 8, 9 and
14, the left free wall the others.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from marey.anatomy import AHA17
from marey.core.errors import InvalidInput
from marey.core.mesh import FloatArray
from marey.core.parameter import Parameters, parameter
from marey.core.units import minute, ms
from marey.simulate.mechanics._kernels_triseg import pressure
from marey.simulate.mechanics.interface import PressureFunction
from marey.simulate.mechanics.sarcomere_lumens import SarcomereLumens
from marey.simulate.mechanics.triseg import MAX_THICKNESS, WallGeometry, reference_shape, thickness_strain

REFERENCE_PERIOD = minute / 65
OWN = "a factor"
RIGHT_CONTRACTILITY = 0.7  # so that the right ventricle of a resting adult reaches 25 to 30 mmHg


class Wall(IntEnum):
    """The three walls that meet at the circle where the right ventricle inserts."""

    LEFT = 0
    SEPTUM = 1
    RIGHT = 2


@dataclass(frozen=True)
class Patch(Parameters):
    """A piece of one wall.

    Args:
        name: unique; the name of the AHA segment for the left ventricle.
        wall: that it is part of.
        area, thickness: relative to the other patches of its wall; the wall's area and mass are shared accordingly.
        activation_time: ms after the start of the cycle (the R wave); negative before it.
        contractility, stiffness: factors of the active and the passive stress. An akinetic scar has contractility 0.
    """

    name: str
    wall: Wall
    area: float = parameter(1.0, 0.01, 100.0, "1", OWN)
    thickness: float = parameter(1.0, 0.1, 10.0, "1", OWN)
    activation_time: float = parameter(20 * ms, -200 * ms, 400 * ms, "ms", "Durrer 1970, doi:10.1161/01.CIR.41.6.899")
    contractility: float = parameter(1.0, 0.0, 4.0, "1", OWN)
    stiffness: float = parameter(1.0, 0.05, 100.0, "1", OWN)


def healthy_patches() -> tuple[Patch, ...]:
    """The 17 segments in their order, then the right free wall's base, middle and apex, of weaker muscle."""
    septal = {segment.number for segment in AHA17 if "sept" in segment.name}
    left = (Patch(segment.name, Wall.SEPTUM if segment.number in septal else Wall.LEFT) for segment in AHA17)
    right = (f"right {level}" for level in ("basal", "mid", "apical"))
    return (*left, *(Patch(name, Wall.RIGHT, contractility=RIGHT_CONTRACTILITY) for name in right))


@dataclass(frozen=True)
class PatchedVentricles(Parameters):
    """The model of both ventricles for the circulation (`marey.simulate.mechanics.interface.Ventricles`).

    Args:
        walls: masses and reference volumes.
        sarcomere: of all patches.
        patches: at least one in each wall, with unique names.
        cycle_length: ms, of the circulation that it beats in (`paced`); a slower circulation finds no solution.

    Raises:
        InvalidInput: a wall without patch, names that repeat, walls too thick for their cavities.
    """

    walls: WallGeometry = field(default_factory=WallGeometry)
    sarcomere: SarcomereLumens = field(default_factory=SarcomereLumens)
    patches: tuple[Patch, ...] = field(default_factory=healthy_patches)
    cycle_length: float = parameter(REFERENCE_PERIOD, 250 * ms, 2000 * ms, "ms", "textbook value")

    def __post_init__(self) -> None:
        super().__post_init__()
        names = [patch.name for patch in self.patches]
        empty = [wall.name.lower() for wall in Wall if wall not in {patch.wall for patch in self.patches}]
        if empty or len(set(names)) < len(names):
            raise InvalidInput(
                f"The ventricles have {len(names)} patches: no patch in the wall '{empty[0]}'."
                if empty
                else f"The ventricles have {len(names)} patches, of which some share a name.",
                "Every wall (left, septum, right) needs a patch, and every patch a name of its own.",
                "Correct 'patches'; 'healthy_patches()' gives the 17 segments and the right free wall.",
            )
        self._rows()

    @property
    def pressure(self) -> PressureFunction:
        """The compiled law."""
        return pressure

    @property
    def names(self) -> tuple[str, ...]:
        """Strain, stress (kPa) and area (mm2) of each patch, septal curvature (1/mm) and circle radius (mm)."""
        of_patches = (f"{what} {patch.name}" for what in ("strain", "stress", "area") for patch in self.patches)
        return (*of_patches, "septal curvature", "circle radius")

    def parameters(self) -> FloatArray:
        """Cycle length, wall volumes, sarcomere, then six numbers per patch."""
        header = (self.cycle_length, *reference_shape(self.walls).volumes)
        return np.concatenate([header, self.sarcomere.packed(), self._rows().ravel()])

    def initial_state(self) -> FloatArray:
        """(2 n,) contractile lengths (micrometres) at the reference sarcomere length, then contractilities of 0."""
        law, n = self.sarcomere, len(self.patches)
        return np.concatenate([np.full(n, law.reference_length - law.series_length), np.zeros(n)])

    def memory(self) -> FloatArray:
        """(2 (2 + n),) septal cap volume, circle radius and area strains of the patches, at the reference; twice."""
        shape = reference_shape(self.walls)
        rows = self._rows()
        areas = np.array(shape.areas)[rows[:, 0].astype(int)] * self._shares()
        start = [shape.septal_volume, shape.circle_radius, *(0.5 * np.log(areas / rows[:, 1]))]
        return np.array([*start, *start])

    def paced(self, period: float) -> "PatchedVentricles":
        """The same ventricles at another rate: twitches last with the square root of the period (Bazett, textbook).

        Args:
            period: ms.
        """
        scale = (period / self.cycle_length) ** 0.5
        law = self.sarcomere
        twitch = law.but(
            rise_time=law.rise_time * scale,
            decay_time=law.decay_time * scale,
            contraction_time=law.contraction_time * scale,
        )
        return dataclasses.replace(self, cycle_length=period, sarcomere=twitch)

    def activated(self, times: FloatArray) -> "PatchedVentricles":
        """The same ventricles, patch k activated at times[k] ms.

        Raises:
            InvalidInput: another number of times than of patches, a time outside its range.
        """
        if len(times) != len(self.patches):
            raise InvalidInput(
                f"There are {len(times)} activation times for {len(self.patches)} patches.",
                "One time in ms per patch is needed, in the order of 'patches'.",
                "Average the activation map over each segment.",
            )
        pairs = zip(self.patches, times, strict=True)
        return dataclasses.replace(self, patches=tuple(p.but(activation_time=float(t)) for p, t in pairs))

    def with_patches(self, names: Iterable[str], /, **changes: Any) -> "PatchedVentricles":
        """The same ventricles with some patches changed: ``with_patches(["apex"], contractility=0, stiffness=5)``.

        Raises:
            InvalidInput: a name that no patch has, a value outside its range.
        """
        wanted, known = set(names), [patch.name for patch in self.patches]
        for name in wanted - set(known):
            raise InvalidInput(
                f"There is no patch '{name}'.", f"Known are {', '.join(known)}.", "Correct the name of the patch."
            )
        changed = tuple(patch.but(changes) if patch.name in wanted else patch for patch in self.patches)
        return dataclasses.replace(self, patches=changed)

    def wall_volumes(self) -> FloatArray:
        """(n,) mm3 of muscle in each patch."""
        return self._rows()[:, 2]

    def _shares(self) -> FloatArray:
        walls = np.array([patch.wall for patch in self.patches])
        areas = np.array([patch.area for patch in self.patches])
        shares: FloatArray = areas / np.bincount(walls, areas, minlength=3)[walls]
        return shares

    def _rows(self) -> FloatArray:
        shape = reference_shape(self.walls)
        walls = np.array([patch.wall for patch in self.patches])
        muscle = np.array([patch.area * patch.thickness for patch in self.patches])
        areas = np.array(shape.areas)[walls] * self._shares()
        volumes = np.array(shape.volumes)[walls] * muscle / np.bincount(walls, muscle, minlength=3)[walls]
        depth = 1.5 * np.array(shape.curvatures)[walls] * volumes / areas
        for patch, z in zip(self.patches, depth, strict=True):
            if abs(z) >= MAX_THICKNESS:
                raise InvalidInput(
                    f"The patch '{patch.name}' is {abs(z) / MAX_THICKNESS:.2f} times as thick as its wall allows.",
                    "A wall must be thinner than the radius of its sphere.",
                    "Give a smaller 'thickness' or mass, or larger reference volumes.",
                )
        offset = np.array([thickness_strain(z)[0] for z in depth])
        rest = [(patch.activation_time, patch.contractility, patch.stiffness) for patch in self.patches]
        return np.column_stack([walls, areas * np.exp(2 * offset), volumes, rest])


__all__ = ["Patch", "PatchedVentricles", "Wall", "healthy_patches"]
