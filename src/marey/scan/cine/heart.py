"""A random but anatomically sensible heart, as functions of position and contraction.

Heart coordinates are millimetres: z runs along the left-ventricular (LV) axis from the cavity's apex (0) to the base,
x points from the septum to the free wall, y from the anterior to the inferior wall, so that the right ventricle (RV)
lies at negative x. Contraction 0 is end-diastole, 1 end-systole.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from marey.core import InvalidInput

Preset = Literal["healthy", "dilated", "hypertrophic", "infarct", "thinned", "rv-overload"]
PRESETS: tuple[Preset, ...] = get_args(Preset)


@dataclass(frozen=True)
class Waves:
    """Smooth random variation around the LV axis: a Fourier series in the angle, turning slowly with height.

    Args:
        cosine, sine: amplitudes of the orders 1, 2, 3, ...
        turn: radians by which the pattern turns from apex to base.
    """

    cosine: tuple[float, ...]
    sine: tuple[float, ...]
    turn: float = 0.0


@dataclass(frozen=True)
class Patch:
    """A region of the LV wall with its own thickness and motion (an infarct, a hypertrophied septum).

    Args:
        angle: radians around the axis, 0 at the free wall, pi at the septum.
        height: fraction of the LV length.
        width: (radians, fraction of the length), standard deviations of the Gaussian edge.
        thickness: factor on the wall thickness in the middle of the patch.
        motion: factor on the contraction in the middle of the patch (negative: bulges out).
    """

    angle: float
    height: float
    width: tuple[float, float]
    thickness: float
    motion: float


@dataclass(frozen=True)
class LeftVentricle:
    """The LV at end-diastole and how it contracts. Lengths in mm."""

    radius: float
    length: float
    widest: float
    bluntness: float
    taper: float
    wall: float
    apical_wall: float
    shape: Waves
    wall_shape: Waves
    bend: tuple[float, float]
    base_tilt: tuple[float, float]
    shortening: float
    inward: float
    apical_closing: float
    patches: tuple[Patch, ...]

    @property
    def ejection_fraction(self) -> float:
        """Ejection fraction that shortening and inward motion alone would give."""
        return 1 - (1 - self.inward) ** 2 * (1 - self.shortening)


@dataclass(frozen=True)
class RightVentricle:
    """The RV at end-diastole and how it contracts. Lengths in mm."""

    half_width: float
    half_height: float
    apex: float
    tricuspid: float
    bluntness: float
    attachment: float
    lift: float
    tilt: float
    shape: Waves
    wall: float
    inward: float
    descent: float
    outflow_radius: float
    pulmonary_valve: float


@dataclass(frozen=True)
class Chamber:
    """An atrium (ellipsoid) in heart coordinates, relative to the LV base."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]
    wall: float


@dataclass(frozen=True)
class Papillary:
    """A papillary muscle: a column parallel to the LV axis; `depth` is its centre's fraction of the cavity radius."""

    angle: float
    depth: float
    radius: float
    heights: tuple[float, float]


@dataclass(frozen=True)
class Heart:
    """Everything about one heart that a short-axis cine shows. See the module's text for the coordinates."""

    preset: Preset
    lv: LeftVentricle
    rv: RightVentricle
    left_atrium: Chamber
    right_atrium: Chamber
    aortic_radius: float
    aortic_centre: tuple[float, float]
    outflow_depth: float
    papillaries: tuple[Papillary, ...]
    lv_trabeculation: float  # mm, height of the spikes
    lv_compact_layer: float  # mm, trabeculae too dense to be told from the wall; readers draw their contour outside
    rv_trabeculation: float
    epicardial_fat: float
    pericardium: float


def random_heart(rng: np.random.Generator, preset: Preset | None = None) -> Heart:
    """Draw a heart.

    Args:
        rng: source of all randomness.
        preset: kind of heart; drawn too when None.

    Raises:
        InvalidInput: an unknown preset.
    """
    if preset is None:
        preset = PRESETS[rng.choice(len(PRESETS), p=(0.34, 0.18, 0.16, 0.16, 0.06, 0.10))]
    if preset not in PRESETS:
        raise InvalidInput(
            f"There is no preset '{preset}'.", f"Known are {', '.join(PRESETS)}.", "Choose one of these with --preset."
        )
    size = rng.normal(1.05, 0.1)
    lv = _random_lv(rng, preset, size)
    rv = _random_rv(rng, preset, lv, size)
    R, L = lv.radius, lv.length
    return Heart(
        preset=preset,
        lv=lv,
        rv=rv,
        left_atrium=Chamber(
            (rng.uniform(-0.1, 0.4) * R, rng.uniform(0.1, 0.6) * R, rng.uniform(16, 26) * size),
            (rng.uniform(22, 36) * size, rng.uniform(18, 30) * size, rng.uniform(20, 32) * size),
            rng.uniform(1.2, 2.6),
        ),
        right_atrium=Chamber(
            (-R - rng.uniform(28, 48) * size, rng.uniform(0.0, 0.9) * R, rv.tricuspid - L + rng.uniform(10, 24) * size),
            (rng.uniform(18, 32) * size, rng.uniform(20, 34) * size, rng.uniform(20, 30) * size),
            rng.uniform(1.2, 2.6),
        ),
        aortic_radius=rng.uniform(11, 17) * size,
        aortic_centre=(-rng.uniform(0.25, 0.7) * R, -rng.uniform(0.25, 0.7) * R),
        outflow_depth=rng.uniform(0, 16),
        papillaries=_random_papillaries(rng),
        lv_trabeculation=8.5 * rng.random() ** 1.3,
        lv_compact_layer=rng.uniform(0.8, 3.2),
        rv_trabeculation=rng.uniform(0, 1),
        epicardial_fat=abs(rng.normal(0, 5)),
        pericardium=rng.uniform(0, 2.0),
    )


def _waves(rng: np.random.Generator, amplitude: float, orders: int = 4, first: int = 1) -> Waves:
    scale = np.array([amplitude / order if order >= first else 0.0 for order in range(1, orders + 1)])
    cosine, sine = rng.normal(size=(2, orders)) * scale
    return Waves(tuple(cosine.tolist()), tuple(sine.tolist()), rng.normal(0, 0.6))


def _random_lv(rng: np.random.Generator, preset: Preset, size: float) -> LeftVentricle:
    radius = {"dilated": rng.uniform(27, 41), "hypertrophic": rng.uniform(17, 26)}.get(
        preset, rng.uniform(20, 30)
    ) * size
    wall = {
        "dilated": rng.uniform(5, 10),
        "hypertrophic": rng.uniform(9, 18),
        "thinned": rng.uniform(3.5, 6),
        "rv-overload": rng.uniform(5, 10),
    }.get(preset, rng.uniform(5.5, 11))
    ejection = {
        "dilated": rng.uniform(0.08, 0.45),
        "hypertrophic": rng.uniform(0.55, 0.86),
        "infarct": rng.uniform(0.22, 0.62),
        "thinned": rng.uniform(0.25, 0.65),
    }.get(preset, rng.uniform(0.48, 0.76))
    shortening = rng.uniform(0.15, 0.35) * ejection
    flatten = rng.uniform(0.02, 0.12) if preset == "rv-overload" else 0.0
    shape = _waves(rng, 0.055, first=2)
    return LeftVentricle(
        radius=radius,
        length=rng.uniform(66, 102) * size * (1.08 if preset == "dilated" else 1.0),
        widest=rng.uniform(0.5, 0.85),
        bluntness=rng.uniform(1.6, 2.8),
        taper=rng.uniform(0.0, 0.22),
        wall=wall,
        apical_wall=rng.uniform(0.55, 1.05),
        shape=replace(shape, cosine=(shape.cosine[0], shape.cosine[1] - flatten, *shape.cosine[2:])),
        wall_shape=_waves(rng, 0.13),
        bend=(rng.normal(0, 7), rng.normal(0, 7)),
        base_tilt=(rng.normal(0.0, 0.12), rng.normal(0.0, 0.12)),
        shortening=shortening,
        inward=1 - np.sqrt((1 - ejection) / (1 - shortening)),
        apical_closing=abs(rng.normal(0, 4)) * (ejection > 0.5) * rng.integers(0, 2),
        patches=_random_patches(rng, preset),
    )


def _random_patches(rng: np.random.Generator, preset: Preset) -> tuple[Patch, ...]:
    if preset == "infarct":
        return tuple(
            Patch(
                rng.uniform(-np.pi, np.pi),
                rng.uniform(0, 0.8),
                (rng.uniform(0.4, 1.1), rng.uniform(0.15, 0.4)),
                rng.uniform(0.3, 0.95),
                rng.uniform(-0.3, 0.4),
            )
            for _ in range(rng.integers(1, 3))
        )
    if preset == "hypertrophic" and rng.random() < 0.7:
        angle = rng.normal(np.pi + 0.5, 0.5) if rng.random() < 0.75 else rng.uniform(-np.pi, np.pi)
        size = (rng.uniform(0.4, 1.2), rng.uniform(0.2, 0.5))
        return (Patch(angle, rng.uniform(0, 1), size, rng.uniform(1.2, 1.9), rng.uniform(0.5, 1.0)),)
    if rng.random() < 0.25:
        size = (rng.uniform(0.3, 1.0), rng.uniform(0.15, 0.5))
        return (Patch(rng.uniform(-np.pi, np.pi), rng.random(), size, rng.uniform(0.7, 1.3), rng.uniform(0.4, 1.2)),)
    return ()


def _random_rv(rng: np.random.Generator, preset: Preset, lv: LeftVentricle, size: float) -> RightVentricle:
    large = preset == "rv-overload"
    ejection = rng.uniform(0.15, 0.5) if large else np.clip(lv.ejection_fraction * rng.uniform(0.6, 1.2), 0.12, 0.75)
    descent = rng.uniform(0.12, 0.3) * ejection * lv.length
    outer = lv.radius + lv.wall
    return RightVentricle(
        half_width=(rng.uniform(50, 72) if large else rng.uniform(36, 60)) * size,
        half_height=outer * rng.uniform(0.85, 1.3) * (1.15 if large else 1.0),
        apex=lv.length * rng.uniform(0.0, 0.32),
        tricuspid=lv.length + rng.uniform(-16, 6),
        bluntness=rng.uniform(1.6, 3.0),
        attachment=rng.uniform(0.55, 0.98),
        lift=rng.normal(0.0, 0.14),
        tilt=rng.normal(0.0, 0.25),
        shape=_waves(rng, 0.09, first=2),
        wall=rng.uniform(1.5, 3.5) * (rng.uniform(1.0, 2.2) if large else 1.0),
        inward=1 - np.sqrt((1 - ejection) / (1 - descent / lv.length)),
        descent=descent,
        outflow_radius=rng.uniform(9, 17) * size,
        pulmonary_valve=lv.length + rng.uniform(-4, 22),
    )


def _random_papillaries(rng: np.random.Generator) -> tuple[Papillary, ...]:
    heads = []
    for centre in (-0.9, 1.1):
        for _ in range(rng.integers(1, 4)):
            low = rng.uniform(0.1, 0.4)
            heads.append(
                Papillary(
                    rng.normal(centre, 0.3),
                    rng.uniform(0.5, 0.98),
                    rng.uniform(1.8, 6.0),
                    (low, low + rng.uniform(0.2, 0.5)),
                )
            )
    return tuple(heads)


__all__ = [
    "PRESETS", "Chamber", "Heart", "LeftVentricle", "Papillary", "Patch", "Preset", "RightVentricle", "Waves",
    "random_heart",
]  # fmt: skip
