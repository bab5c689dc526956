"""Thoraces as they differ between people: drawn from height, weight and sex."""

import math

import numpy as np

from marey.core import InvalidInput
from marey.core.units import cm, kg, m, mL, mm
from marey.scan.body.pose import HeartBreathing
from marey.scan.body.thorax import Breathing, ChestWall, Organs, Thorax

USUAL_INDEX = 24.0  # kg/m2
SHORTEST, TALLEST = 130 * cm, 215 * cm
LIGHTEST, HEAVIEST = 35 * kg, 200 * kg
HERNIA = {"M": 0.070, "F": 0.127}
"""Share of people between 53 and 94 years: Kim et al. 2021, doi:10.1136/bmjgast-2020-000565."""


def random_thorax(
    rng: np.random.Generator, height: float, weight: float, sex: str, *, arms_down: bool = True
) -> Thorax:
    """Draw the thorax of a person without effusions or implants.

    Sizes of the cage go with the height, layers of fat with the body mass index; spreads are textbook values of adults,
    organ volumes and the heart's following of the diaphragm spread as in the sources of `Organs` and `HeartBreathing`.

    Args:
        rng: source of randomness.
        height: mm.
        weight: mg (``80 * kg``).
        sex: "M" or "F".
        arms_down: whether the arms lie beside the trunk.

    Raises:
        InvalidInput: not an adult's height or weight, another letter.
    """
    _check(height, weight, sex)
    index = weight / kg / (height / m) ** 2
    return Thorax(
        wall=_wall(rng, height, index, sex),
        organs=_organs(rng, height, index, sex),
        breathing=_breathing(rng),
        arms_down=arms_down,
        variant=int(rng.integers(2**31)),
    )


def _wall(rng: np.random.Generator, height: float, index: float, sex: str) -> ChestWall:
    size = (height / (175 * cm)) ** 0.7 * (1.0 if sex == "M" else 0.95)
    above, usual = index - USUAL_INDEX, ChestWall()
    fatter = 1.0 if sex == "M" else 1.25
    fat = fatter * float(_around(rng, 1.0, 0.2))
    breast = (20 + 1.3 * above) * mm * float(_around(rng, 1.0, 0.3)) if sex == "F" else max(above - 4, 0.0) * mm
    return ChestWall(
        cage_half_width=_kept(size * usual.cage_half_width * _around(rng, 1.0, 0.05), 95, 175),
        cage_depth=_kept(size * usual.cage_depth * (1 + 0.008 * above) * _around(rng, 1.0, 0.06), 120, 250),
        anterior_muscle=_kept(6 * (1.0 if sex == "M" else 0.75) * _around(rng, 1.0, 0.25), 2, 20),
        lateral_muscle=_kept(8 * (1.0 if sex == "M" else 0.75) * _around(rng, 1.0, 0.2), 3, 20),
        posterior_muscle=_kept(10 * (1.0 if sex == "M" else 0.8) * _around(rng, 1.0, 0.2), 4, 25),
        anterior_fat=_kept(_layer(9, 1.4, above) * fat, 4, 90),
        lateral_fat=_kept(_layer(12, 2.0, above) * fat, 4, 110),
        posterior_fat=_kept(_layer(9, 1.3, above) * fat, 4, 90),
        squareness=_kept(rng.normal(2.45, 0.1), 2.2, 2.9),
        breast_radius=_kept(64 * size * _around(rng, 1.0, 0.1) + above, 40, 95),
        breast_height=_kept(breast, 0, 60),
        glandular_share=float(rng.beta(1.5, 3.5) * 0.9) if sex == "F" else 0.0,
    )


def _organs(rng: np.random.Generator, height: float, index: float, sex: str) -> Organs:
    above, usual = index - USUAL_INDEX, Organs()
    body = height / (175 * cm) * (1 + 0.012 * above)
    size = (height / (175 * cm)) ** 0.7 * (1.0 if sex == "M" else 0.95)
    hernia = float(rng.uniform(12, 35)) if rng.random() < HERNIA[sex] else 0.0
    return Organs(
        right_dome=_kept(-42 + 0.5 * above + rng.normal(0, 5), -65, -22),
        left_dome_lower=_kept(rng.normal(13, 6), -8, 30),
        spine=_kept(usual.spine * size * (1 + 0.008 * above), 30, 100),
        lung_top=_kept(usual.lung_top * size, 80, 140),
        carina=_kept(usual.carina * size, 45, 90),
        liver_volume=_kept(1400 * body * _around(rng, 1.0, 0.17), 800, 2600) * mL,
        spleen_volume=_kept(195 * body * _around(rng, 1.0, 0.35), 70, 500) * mL,
        stomach_volume=_kept(450 * size**3 * _around(rng, 1.0, 0.4), 120, 900) * mL,
        stomach_gas=float(rng.beta(1.5, 2.5)),
        aorta_radius=_kept((11.5 if sex == "M" else 10.2) * size * _around(rng, 1.0, 0.1), 7.5, 18),
        lung_vessels=_kept(_around(rng, 1.0, 0.12), 0.7, 1.4),
        epicardial_fat=_kept(3.5 * math.exp(0.05 * above) * _around(rng, 1.0, 0.3), 1, 12),
        pericardium=_kept(rng.normal(1.2, 0.3), 0.6, 2.5),
        paracardial_fat=_kept(20 + 1.6 * above + rng.normal(0, 5), 4, 55),
        mediastinum=_kept(28 * size + 0.3 * above + rng.normal(0, 2), 20, 42),
        hiatal_hernia=hernia,
    )


def _breathing(rng: np.random.Generator) -> Breathing:
    usual = HeartBreathing()
    heart = HeartBreathing(
        foot_head=_kept(rng.normal(0.6, 0.15), 0.17, 0.93),
        anterior=_kept(usual.anterior + rng.normal(0, 0.12), -0.05, 0.6),
        backward_tilt=_kept(usual.backward_tilt * (1 + rng.normal(0, 0.5)), 0.0, 0.007),
        rightward_tilt=_kept(usual.rightward_tilt * (1 + rng.normal(0, 0.8)), -0.004, 0.007),
    )
    return Breathing(
        chest_forward=_kept(rng.normal(0.15, 0.05), 0.02, 0.4),
        belly_forward=_kept(rng.normal(0.45, 0.12), 0.1, 0.9),
        sideways=_kept(rng.normal(0.05, 0.02), 0.0, 0.15),
        heart=heart,
    )


def _layer(usual: float, growth: float, above: float) -> float:
    """Fat in mm at kg/m2 above the usual index: it grows linearly, and below it thins out without ever vanishing."""
    return float(usual * math.exp(growth / usual * above) if above < 0 else usual + growth * above)


def _around(rng: np.random.Generator, median: float, spread: float) -> float:
    """A positive number, log-normal; `spread` is relative."""
    return float(median * np.exp(rng.normal(0.0, spread)))


def _kept(value: float, low: float, high: float) -> float:
    """The value, or the nearer bound of what occurs."""
    return float(min(max(value, low), high))


def _check(height: float, weight: float, sex: str) -> None:
    if sex not in HERNIA:
        raise InvalidInput(f"The sex is '{sex}'.", "It must be 'M' or 'F'.", "Give one of these letters.")
    if not (SHORTEST <= height <= TALLEST and LIGHTEST <= weight <= HEAVIEST):
        raise InvalidInput(
            f"The height is {height / cm:.6g} cm and the weight {weight / kg:.6g} kg.",
            f"An adult of {SHORTEST / cm:.0f} to {TALLEST / cm:.0f} cm and {LIGHTEST / kg:.0f} to "
            f"{HEAVIEST / kg:.0f} kg is needed.",
            "Write '175 * cm' and '80 * kg' (marey.core.units).",
        )


__all__ = ["random_thorax"]
