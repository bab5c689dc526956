"""What the patches did over a beat: strain, stress and work per segment, septal flash, dyssynchrony."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marey.core.errors import InvalidInput
from marey.core.mesh import FloatArray
from marey.core.signal import Signal
from marey.simulate.mechanics.patches import PatchedVentricles, Wall


@dataclass(frozen=True, eq=False)
class SegmentCurves:
    """Curves of all patches over one cycle, both ends included.

    Args:
        names: of the patches.
        walls: (patch,) the wall of each.
        times: (time,) ms from the R wave.
        strain: (patch, time) natural fibre strain, 0 at the reference sarcomere length.
        stress: (patch, time) kPa.
        area: (patch, time) mm2 of midwall.
        muscle: (patch,) mm3.
        septal_curvature: (time,) 1/mm, positive where the septum bulges into the right ventricle.
        circle_radius: (time,) mm, of the circle where the three walls meet.
    """

    names: tuple[str, ...]
    walls: tuple[Wall, ...]
    times: FloatArray
    strain: FloatArray
    stress: FloatArray
    area: FloatArray
    muscle: FloatArray
    septal_curvature: FloatArray
    circle_radius: FloatArray

    def of(self, *walls: Wall) -> FloatArray:
        """(patch,) true for the patches of these walls."""
        return np.array([wall in walls for wall in self.walls])


def segment_curves(ventricles: PatchedVentricles, outputs: Signal) -> SegmentCurves:
    """Sort the extra outputs of a beat (`Loop.ventricular`).

    Raises:
        InvalidInput: the outputs of another model.
    """
    if outputs.names != ventricles.names:
        raise InvalidInput(
            f"The beat has {len(outputs.names)} curves; they are not those of these {len(ventricles.patches)} patches.",
            "The extra outputs of a beat of the same ventricles are needed.",
            "Give 'loop.ventricles' and 'loop.ventricular' of one loop.",
        )
    n = len(ventricles.patches)
    return SegmentCurves(
        tuple(patch.name for patch in ventricles.patches),
        tuple(patch.wall for patch in ventricles.patches),
        outputs.times,
        outputs.values[:n],
        outputs.values[n : 2 * n],
        outputs.values[2 * n : 3 * n],
        ventricles.wall_volumes(),
        outputs.values[3 * n],
        outputs.values[3 * n + 1],
    )


def engineering_strain(curves: SegmentCurves) -> FloatArray:
    """(patch, time) change of fibre length relative to its length at the R wave; -0.2 is 20 % of shortening."""
    return np.asarray(np.expm1(curves.strain - curves.strain[:, :1]))


def work_density(curves: SegmentCurves) -> FloatArray:
    """(patch,) external work of the fibres over the cycle per volume of muscle, kPa (mJ/mL); negative where stretched.

    Area of the loop of stress and natural strain, as in Russell et al. 2012, doi:10.1093/eurheartj/ehs016, who estimate
    it from cavity pressure and strain.
    """
    return np.asarray(-np.trapezoid(curves.stress, curves.strain, axis=1))


def septal_position(curves: SegmentCurves) -> FloatArray:
    """(time,) mm, height of the septum's middle over the plane of the circle; it falls as the septum moves left."""
    c, y = curves.septal_curvature, curves.circle_radius
    return np.asarray(c * y**2 / (1 + np.sqrt(np.maximum(1 - (c * y) ** 2, 0.0))))


@dataclass(frozen=True)
class SeptalFlash:
    """The septum's early move to the left before the free wall contracts, and its lengthening when that pulls.

    Args:
        excursion: mm, how far it goes left after the R wave and comes back within systole; near 0 in a synchronous
            heart, whose septum only follows the shrinking circle.
        time: ms, of the leftmost position.
        rebound: largest lengthening of the mean septal fibre within systole, relative to its length at the R wave;
            after the septal rebound stretch of De Boeck et al., Eur J Heart Fail 2009.
    """

    excursion: float
    time: float
    rebound: float


def septal_flash(curves: SegmentCurves, end_systole: float) -> SeptalFlash:
    """Flash and rebound of the septum before `end_systole` (ms, closure of the aortic valve).

    Raises:
        InvalidInput: an end of systole outside the cycle.
    """
    systole = curves.times <= end_systole
    if not (systole.sum() > 2 and end_systole < curves.times[-1]):
        raise InvalidInput(
            f"The end of systole is {end_systole:.0f} ms.",
            f"A time within the cycle of {curves.times[-1]:.0f} ms is needed.",
            "Give the time at which the aortic valve closes.",
        )
    position = septal_position(curves)[systole]
    strain = engineering_strain(curves)[curves.of(Wall.SEPTUM)].mean(axis=0)[systole]
    leftmost = int(position.argmin())
    return SeptalFlash(
        float(min(position[0], position[leftmost:].max()) - position[leftmost]),
        float(curves.times[leftmost]),
        float((strain - np.minimum.accumulate(strain)).max()),
    )


@dataclass(frozen=True)
class Dyssynchrony:
    """How unequally the segments of the left ventricle contract.

    Args:
        onset_spread: ms, standard deviation of the times when segments have done a tenth of their shortening.
        peak_spread: ms, standard deviation of the times of peak shortening.
        uniformity: 1 where all segments shorten alike at every time, towards 0 where they oppose each other.
        wasted_work: work done on stretched segments over work done by shortening ones, until end systole (0 is none).
        lateral_minus_septal: kPa, mean work density of the left free wall less that of the septum.
    """

    onset_spread: float
    peak_spread: float
    uniformity: float
    wasted_work: float
    lateral_minus_septal: float


def dyssynchrony(curves: SegmentCurves) -> Dyssynchrony:
    """Indices over the segments of the left free wall and the septum."""
    left = curves.of(Wall.LEFT, Wall.SEPTUM)
    strain, work = engineering_strain(curves)[left], work_density(curves)
    weights = curves.muscle[left] / curves.muscle[left].sum()
    mean = weights @ strain
    common, spread = float((mean**2).sum()), float((weights @ (strain - mean) ** 2).sum())
    power = -curves.stress[left][:, 1:] * np.diff(curves.strain[left], axis=1)
    done, wasted = weights @ np.maximum(power, 0.0), weights @ np.maximum(-power, 0.0)
    end_systole = int((done - wasted).cumsum().argmax()) + 1
    return Dyssynchrony(
        float(curves.times[_first_below(strain, 0.1)].std()),
        float(curves.times[strain.argmin(axis=1)].std()),
        common / (common + spread),
        float(wasted[:end_systole].sum() / done[:end_systole].sum()),
        _mean(work, curves, Wall.LEFT) - _mean(work, curves, Wall.SEPTUM),
    )


def _first_below(strain: FloatArray, share: float) -> Sequence[int]:
    return [int(np.argmax(curve <= share * curve.min())) for curve in strain]


def _mean(values: FloatArray, curves: SegmentCurves, wall: Wall) -> float:
    these = curves.of(wall)
    return float(np.average(values[these], weights=curves.muscle[these]))


__all__ = [
    "Dyssynchrony", "SegmentCurves", "SeptalFlash", "dyssynchrony", "engineering_strain", "segment_curves",
    "septal_flash", "septal_position", "work_density",
]  # fmt: skip
