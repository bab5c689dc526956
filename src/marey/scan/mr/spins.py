"""The spins of every tissue as one scanner sees them in one person."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import InvalidInput
from marey.scan.body.tissue import TISSUES, Tissue
from marey.scan.mr.contrast import ContrastState, at_field, shortened
from marey.scan.mr.relaxation import ARTERIAL, FAT, RELAXATION, VENOUS, Relaxation

Array = NDArray[np.float64]

GYROMAGNETIC = 42577.478518
"""Of the proton over 2 pi, kHz/T (CODATA 2018)."""
FAT_SHIFT = -3.4
"""Of fat's main peak against water at body temperature, ppm (textbook value)."""
TYPICAL_HAEMATOCRIT = 0.42
_BLOOD_R1 = {ARTERIAL: (0.38, 0.52), VENOUS: (0.28, 0.83)}
"""1/T1 = a + b Hct, 1/s, at 3 T (Lu 2004, doi:10.1002/mrm.20178)."""


@dataclass(frozen=True, eq=False)
class Spins:
    """What sequences need to know of spins; arrays of one shape, ``(64,)`` by tissue code as `spins` makes them.

    Args:
        field_strength: T.
        t1, t2, t2_star: ms.
        density: of protons, water 1.
        fat: share of the protons that are fat's; `water_and_fat` parts them.
        off_resonance: against water, kHz.
        susceptibility: of volume, ppm (SI).
    """

    field_strength: float
    t1: Array
    t2: Array
    t2_star: Array
    density: Array
    fat: Array
    off_resonance: Array
    susceptibility: Array

    def __post_init__(self) -> None:
        """Refuse times that are no times, and shapes that differ."""
        for name in ("t1", "t2", "t2_star"):
            if not (np.isfinite(getattr(self, name)) & (getattr(self, name) > 0)).all():
                raise InvalidInput(
                    f"A relaxation time {name} is not above 0 ms or not finite.",
                    "Relaxation times are positive numbers of milliseconds.",
                    "Correct the table of tissues.",
                )
        shapes = {getattr(self, name).shape for name in _ARRAYS}
        if len(shapes) > 1:
            raise InvalidInput(
                f"The arrays of the spins have the shapes {sorted(shapes)}.",
                "All have one shape.",
                "Broadcast them first.",
            )

    def at(self, codes: ArrayLike) -> "Spins":
        """The spins of each voxel: arrays of the shape of the tissue codes."""
        return replace(self, **{name: getattr(self, name)[np.asarray(codes)] for name in _ARRAYS})


_ARRAYS = ("t1", "t2", "t2_star", "density", "fat", "off_resonance", "susceptibility")


def spins(
    field_strength: float, contrast: ContrastState | None = None, haematocrit: float = TYPICAL_HAEMATOCRIT
) -> Spins:
    """Typical spins of every tissue, arrays ``(64,)``; codes that no tissue has are as air.

    Raises:
        InvalidInput: a field strength that is neither 1.5 T nor 3 T, a haematocrit outside 0.1 to 0.7.
    """
    return _spins(field_strength, contrast, haematocrit, {})


def random_spins(
    rng: np.random.Generator, field_strength: float, contrast: ContrastState | None = None
) -> tuple[Spins, float]:
    """Spins of some person: relaxation, density, extracellular volume and haematocrit drawn within their spreads.

    Tissues of one kind (all arterial blood, all healthy heart muscle) vary together.

    Returns:
        The spins and the haematocrit.
    """
    haematocrit = float(np.clip(rng.normal(0.42, 0.04), 0.25, 0.55))
    kinds = dict.fromkeys(RELAXATION.values())
    drawn = {kind: _vary(kind, np.exp(rng.normal(0, 1, 5) * _spreads(kind))) for kind in kinds}
    return _spins(field_strength, contrast, haematocrit, drawn), haematocrit


def _spreads(kind: Relaxation) -> Array:
    return np.array([kind.spread, kind.spread, 2 * kind.spread, 0.03, 0.10])


def _vary(kind: Relaxation, factors: Array) -> Relaxation:
    """The kind with T1, T2, 1/T2* - 1/T2, density and extracellular volume multiplied."""
    t1, t2, dephasing, density, space = factors.tolist()
    new_t2 = tuple(value * t2 for value in kind.t2)
    rates = tuple(max(1 / star - 1 / plain, 0.0) * dephasing for star, plain in zip(kind.t2_star, kind.t2, strict=True))
    return replace(
        kind,
        t1=(kind.t1[0] * t1, kind.t1[1] * t1),
        t2=(new_t2[0], new_t2[1]),
        t2_star=(1 / (1 / new_t2[0] + rates[0]), 1 / (1 / new_t2[1] + rates[1])),
        density=min(kind.density * density, 1.0),
        extracellular=None if kind.extracellular is None else min(kind.extracellular * space, 1.0),
    )


def blood_t1_factor(kind: Relaxation, haematocrit: float) -> float:
    """T1 of blood at a haematocrit over T1 at the typical one, 1 for other tissues; Lu 2004, doi:10.1002/mrm.20178."""
    if kind not in _BLOOD_R1:
        return 1.0
    plasma, cells = _BLOOD_R1[kind]
    return (plasma + cells * TYPICAL_HAEMATOCRIT) / (plasma + cells * haematocrit)


def _spins(
    field_strength: float,
    contrast: ContrastState | None,
    haematocrit: float,
    drawn: dict[Relaxation, Relaxation],
) -> Spins:
    if not 0.1 <= haematocrit <= 0.7:
        raise InvalidInput(
            f"The haematocrit is {haematocrit!r}.",
            "It lies between 0.1 and 0.7.",
            "Give it as a share, not in per cent.",
        )
    kinds = [RELAXATION.get(Tissue(code), RELAXATION[Tissue.AIR]) if code in set(Tissue) else RELAXATION[Tissue.AIR]
             for code in range(TISSUES)]  # fmt: skip
    records = [drawn.get(kind, kind) for kind in kinds]
    factors = np.array([blood_t1_factor(kind, haematocrit) for kind in kinds])
    t1 = np.array([at_field(record.t1, field_strength) for record in records]) * factors
    t2 = np.array([at_field(record.t2, field_strength) for record in records])
    t2_star = np.array([at_field(record.t2_star, field_strength) for record in records])
    fat = np.array([record.fat for record in records])
    native = Spins(
        field_strength, t1, t2, t2_star,
        density=np.array([record.density for record in records]),
        fat=fat,
        off_resonance=np.zeros(TISSUES),
        susceptibility=np.array([record.susceptibility for record in records]),
    )  # fmt: skip
    if contrast is None:
        return native
    space = np.array([1 - haematocrit if r.extracellular is None else r.extracellular for r in records])
    return with_agent(native, space * contrast.plasma(), contrast.r1, contrast.r2)


def with_agent(of: Spins, concentration: ArrayLike, r1: tuple[float, float], r2: tuple[float, float]) -> Spins:
    """The spins with contrast agent in them.

    Args:
        of: without it.
        concentration: mM, broadcast with the spins.
        r1, r2: relaxivities at 1.5 T and 3 T, 1/(mM s).
    """
    agent = np.asarray(concentration, np.float64)
    shape = np.broadcast_shapes(of.t1.shape, agent.shape)
    wide = {name: np.broadcast_to(getattr(of, name), shape) for name in _ARRAYS}
    rates = (at_field(r1, of.field_strength), at_field(r2, of.field_strength))
    t1, t2, t2_star = (
        shortened(of.t1, rates[0], agent),
        shortened(of.t2, rates[1], agent),
        shortened(of.t2_star, rates[1], agent),
    )
    return Spins(of.field_strength, **wide | {"t1": t1, "t2": t2, "t2_star": t2_star})


def fat_shift(field_strength: float) -> float:
    """Off-resonance of fat against water, kHz."""
    return 1e-6 * FAT_SHIFT * GYROMAGNETIC * field_strength


def water_and_fat(of: Spins) -> tuple[Spins, Spins]:
    """The water and the fat of spins, each with its own density; signals of the two add up.

    Fat has the relaxation of fat tissue and its own off-resonance, wherever it is.
    """
    water = replace(of, density=of.density * (1 - of.fat), fat=np.zeros_like(of.fat))
    same = np.ones_like(of.t1)
    fat = replace(
        of,
        t1=same * at_field(FAT.t1, of.field_strength),
        t2=same * at_field(FAT.t2, of.field_strength),
        t2_star=same * at_field(FAT.t2_star, of.field_strength),
        density=of.density * of.fat,
        fat=same,
        off_resonance=of.off_resonance + fat_shift(of.field_strength),
    )
    return water, fat


__all__ = [
    "FAT_SHIFT", "GYROMAGNETIC", "TYPICAL_HAEMATOCRIT", "Spins", "blood_t1_factor", "fat_shift", "random_spins",
    "spins", "water_and_fat", "with_agent",
]  # fmt: skip
