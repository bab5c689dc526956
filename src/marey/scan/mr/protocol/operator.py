"""How people misplace planes: drawn once, apart from planning, so that an exam can be repeated."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import factor, mm
from marey.scan.mr.protocol.plane import Plane, moved, plane

FloatArray = NDArray[np.float64]
DEGREE = factor("deg")
FARTHEST, STEEPEST = 60.0, math.pi / 4
CHOSEN = "chosen: no published spread found"
TARRONI = "doi:10.1038/s41598-020-58212-2: 14.2 % of 19 265 stacks cover the left ventricle badly; shared between ends"


@dataclass(frozen=True)
class Misplacement:
    """What went wrong with one plane or stack; the default is a perfect operator.

    Args:
        tilt: radians about the rows and about the columns.
        turn: radians of the field of view within the plane.
        shift: mm along rows, columns and normal.
        first_slice: of a short-axis stack, -0.5 to 0.5 of a step, towards the base.
        missing_base, missing_apex: slices that a stack lacks at its ends.

    Raises:
        InvalidInput: numbers that no operator reaches.
    """

    tilt: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    first_slice: float = 0.0
    missing_base: int = 0
    missing_apex: int = 0

    def __post_init__(self) -> None:
        angles, far = (*self.tilt, self.turn), max(map(abs, self.shift))
        finite = all(map(math.isfinite, (*angles, *self.shift, self.first_slice)))
        small = finite and max(map(abs, self.tilt)) <= STEEPEST and abs(self.first_slice) <= 0.5
        if not small or far > FARTHEST or min(self.missing_base, self.missing_apex) < 0:
            raise InvalidInput(
                f"{self} is no plane that an operator would scan.",
                f"Tilts up to 45 degrees, shifts up to {FARTHEST:g} mm, a first slice within half a step and no "
                "negative number of missing slices are possible.",
                "Correct the number; angles are in radians.",
            )

    def __call__(self, planned: Plane) -> Plane:
        """The plane that was scanned, with its axes chosen anew as the scanner does."""
        about_row, about_column = self.tilt
        normal = planned.normal - math.tan(about_row) * planned.column + math.tan(about_column) * planned.row
        shifted = moved(planned, np.array(self.shift))
        return plane(shifted.centre, normal, self.turn)


PERFECT = Misplacement()


@dataclass(frozen=True)
class Operator(Parameters):
    """Spread of the misplacements of one operator; normal where not said otherwise.

    Args:
        tilt: standard deviation of both tilts.
        turn: standard deviation of the field of view's turn.
        shift: standard deviation across the plane.
        centring: standard deviation of the field of view's middle within the plane.
        lost_base, lost_apex: probability that a stack lacks one slice at that end, and that it lacks a further one.
    """

    tilt: float = parameter(4 * DEGREE, 0, 15 * DEGREE, "deg", CHOSEN)
    turn: float = parameter(12 * DEGREE, 0, 180 * DEGREE, "deg", CHOSEN)
    shift: float = parameter(1.5 * mm, 0, 15 * mm, "mm", CHOSEN)
    centring: float = parameter(8 * mm, 0, 20 * mm, "mm", CHOSEN)
    lost_base: float = parameter(0.08, 0, 0.9, "1", TARRONI)
    lost_apex: float = parameter(0.06, 0, 0.9, "1", TARRONI)

    def draw(self, rng: np.random.Generator) -> Misplacement:
        """One plane's misplacement; extremes are cut at three standard deviations.

        The first slice of a stack is uniform over one step: stacks that always met the base alike would bias volumes.
        """
        about_row, about_column, turn, across, along_row, along_column = np.clip(rng.standard_normal(6), -3, 3)
        return Misplacement(
            (float(self.tilt * about_row), float(self.tilt * about_column)),
            float(self.turn * turn),
            (float(self.centring * along_row), float(self.centring * along_column), float(self.shift * across)),
            float(rng.uniform(-0.5, 0.5)),
            int(rng.geometric(1 - self.lost_base) - 1),
            int(rng.geometric(1 - self.lost_apex) - 1),
        )


__all__ = ["PERFECT", "Misplacement", "Operator"]
