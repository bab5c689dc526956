"""A whole short-axis cine exam of one simulated heart, with its truth."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, Image, InvalidInput, Labels
from marey.core.units import MYOCARDIAL_DENSITY
from marey.scan.cine.acquisition import Scanner, acquire, random_scanner
from marey.scan.cine.contrast import random_signals
from marey.scan.cine.heart import Heart, Preset, random_heart
from marey.scan.cine.stack import TRUTH, StackPlan, label_slices, mix
from marey.scan.cine.surfaces import Points, extent
from marey.scan.cine.thorax import random_thorax
from marey.scan.cine.tissue import HeartField, Tissue

SYSTOLE = 0.36  # of the RR interval
GREY_LEVELS_OF_BLOOD = 500
# Columns: heart axes z (towards the base), y (towards the inferior wall), x (towards the free wall), in LPS.
HEART_IN_PATIENT = np.array([[-0.62, -0.317, 0.72], [0.57, 0.452, 0.69], [0.54, -0.834, 0.10]])


@dataclass(frozen=True)
class Truth:
    """Volumes of the simulated heart itself, from its shape and not from slices, in mm^3 and mg."""

    lv_edv: float
    lv_esv: float
    rv_edv: float
    rv_esv: float
    lv_mass: float

    @property
    def lv_ef(self) -> float:
        """LV ejection fraction, 0 to 1."""
        return 1 - self.lv_esv / self.lv_edv

    @property
    def rv_ef(self) -> float:
        """RV ejection fraction, 0 to 1."""
        return 1 - self.rv_esv / self.rv_edv


@dataclass(frozen=True, eq=False)
class SimulatedExam:
    """What the scanner exports, what an expert would draw, and the heart it was made of."""

    image: Image
    labels: Labels
    heart: Heart
    truth: Truth


@dataclass(frozen=True)
class CineExam:
    """A scanner and operator for whole exams.

    Args:
        slices: from beyond the apex to above the base.
        phases: evenly over the beat; the first is end-diastole.
        matrix: rows and columns.
        field_of_view: mm.
        slice_thickness: mm, where the slices have room for it.
        scanner: drawn when None.
    """

    slices: int = 12
    phases: int = 30
    matrix: int = 256
    field_of_view: float = 350.0
    slice_thickness: float = 8.0
    scanner: Scanner | None = None

    def __call__(
        self, rng: np.random.Generator, preset: Preset | None = None, progress: Callable[[float], None] = lambda _: None
    ) -> SimulatedExam:
        """Draw a heart of the preset and scan it.

        Raises:
            InvalidInput: an unknown preset, or fewer than one slice or phase.
        """
        if self.slices < 1 or self.phases < 1:
            raise InvalidInput(
                f"{self.slices} slices and {self.phases} phases were asked for.",
                "At least one of each is needed.",
                "Ask for more.",
            )
        heart = random_heart(rng, preset)
        plan = self._plan(rng, heart)
        pictures, labels = self._scan(rng, heart, plan, progress)
        grid = _grid(plan)
        rr = rng.uniform(650, 1150) * np.exp(rng.normal(0, 0.02, self.slices))
        times = np.arange(self.phases) / self.phases * rr.mean()
        image = Image(pictures, grid, times, rr, name="cine short axis")
        return SimulatedExam(image, Labels(labels, grid, times, TRUTH), heart, true_volumes(heart, rng))

    def _plan(self, rng: np.random.Generator, heart: Heart) -> StackPlan:
        low, high = -4.0, heart.lv.length + 10
        step = max((high - low) / max(self.slices - 1, 1), 4.0)
        start = low + step * rng.uniform(-0.5, 0.5)  # slices that always meet the base alike bias every volume
        return StackPlan(
            heights=start + step * np.arange(self.slices),
            thickness=min(self.slice_thickness, step),
            tilt=(rng.normal(0, 0.04), rng.normal(0, 0.04)),
            centre=(rng.normal(14, 8), rng.normal(0, 8)),
            breath_hold=rng.normal(0, 0.8, (self.slices, 2)),
            pixel=self.field_of_view / self.matrix,
            matrix=self.matrix,
        )

    def _scan(
        self, rng: np.random.Generator, heart: Heart, plan: StackPlan, progress: Callable[[float], None]
    ) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
        points, window = plan.points(), plan.window(heart)
        field = HeartField(heart, Points(*(axis[window] for axis in points)), rng)
        thorax = random_thorax(rng, heart, points.x[:1], points.y[:1], plan.levels, patchwork=0.0)
        signals, scanner = random_signals(rng), self.scanner or random_scanner(rng)
        fields_seed = int(rng.integers(2**32))
        pictures = np.empty((self.phases, *thorax.shape), np.uint16)
        labels = np.empty((self.phases, *thorax.shape), np.uint8)
        for t, amount in enumerate(contraction(self.phases)):
            tissue = np.zeros(points.z.shape, np.uint8)
            tissue[window] = field.tissues(amount)
            signal, blood = mix(tissue, thorax, signals, plan.samples)
            picture = acquire(scanner, signal, blood, np.random.default_rng(fields_seed), rng)
            pictures[t] = np.clip(picture * GREY_LEVELS_OF_BLOOD, 0, 4095)
            labels[t] = label_slices(tissue, plan.samples)
            progress((t + 1) / self.phases)
        return pictures, labels


def contraction(phases: int) -> NDArray[np.float64]:
    """Contraction at each phase: ejection, early filling, diastasis, atrial filling.

    Phase 0 is 0, and end-systole falls on a phase.
    """
    end_systole = max(round(SYSTOLE * phases), 1) / phases
    knots = np.array([0.0, end_systole, end_systole + 0.22, 0.82, 1.0])
    levels = np.array([0.0, 1.0, 0.28, 0.22, 0.0])
    time = np.arange(phases) / phases
    piece = np.clip(np.searchsorted(knots, time, side="right") - 1, 0, 3)
    share = (time - knots[piece]) / (knots[piece + 1] - knots[piece])
    eased = (1 - np.cos(np.pi * share)) / 2
    return np.asarray(levels[piece] + eased * (levels[piece + 1] - levels[piece]))


def true_volumes(heart: Heart, rng: np.random.Generator, step: float = 1.25) -> Truth:
    """Volumes by counting points on a fine grid (mm) through the heart at end-diastole and end-systole."""
    left, right, low, high = extent(heart)
    axes = (np.arange(-20, heart.lv.length + 45, step), np.arange(low, high, step), np.arange(left, right, step))
    z, y, x = (axis.astype(np.float32) for axis in np.meshgrid(*axes, indexing="ij"))
    field = HeartField(heart, Points(x, y, z), rng)
    counts = [np.bincount(field.tissues(amount).ravel(), minlength=32) * step**3 for amount in (0.0, 1.0)]
    lv = [float(c[Tissue.LV_BLOOD] + c[Tissue.LV_TRABECULA]) for c in counts]
    rv = [float(c[Tissue.RV_BLOOD] + c[Tissue.RV_TRABECULA]) for c in counts]
    return Truth(lv[0], lv[1], rv[0], rv[1], float(counts[0][Tissue.LV_WALL]) * MYOCARDIAL_DENSITY)


def _grid(plan: StackPlan) -> Grid:
    directions, _ = np.linalg.qr(HEART_IN_PATIENT)
    directions = directions * np.sign((directions * HEART_IN_PATIENT).sum(0))
    step = float(plan.heights[1] - plan.heights[0]) if len(plan.heights) > 1 else plan.thickness
    affine = np.eye(4)
    affine[:3, :3] = directions * (step, plan.pixel, plan.pixel)
    corner = np.array([plan.heights[0], *(-np.array(plan.centre[::-1]) - (plan.matrix - 1) / 2 * plan.pixel)])
    affine[:3, 3] = directions @ corner + (20.0, -10.0, 30.0)
    return Grid((len(plan.heights), plan.matrix, plan.matrix), affine, slice_thickness=plan.thickness)


__all__ = ["CineExam", "SimulatedExam", "Truth", "contraction", "true_volumes"]
