"""Signal of each tissue in a balanced steady-state (bSSFP) cine.

Scheffler & Lehnhardt 2003, doi:10.1007/s00330-003-1957-x, on resonance, for a repetition time far below T1 and T2::

    S = PD sin(a) (1 - E1) / (1 - (E1 - E2) cos(a) - E1 E2),   E1 = exp(-TR/T1), E2 = exp(-TR/T2)

Fat and water have opposite signs when the echo time puts them out of phase; voxels that hold both then cancel, which
draws the black line around the heart.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.scan.cine.thorax import Organ
from marey.scan.cine.tissue import Tissue


@dataclass(frozen=True)
class Spins:
    """Relaxation times (ms) and proton density of a tissue at 1.5 T, and the relative spread between people."""

    t1: float
    t2: float
    density: float
    spread: float = 0.15


BLOOD = Spins(1500, 240, 0.95, 0.10)
MYOCARDIUM = Spins(1000, 48, 0.80, 0.12)
FAT = Spins(300, 85, 0.90, 0.20)
SPINS: dict[int, Spins] = {
    Tissue.OUTSIDE: Spins(1000, 30, 0.03),
    Tissue.LV_BLOOD: BLOOD,
    Tissue.LV_WALL: MYOCARDIUM,
    Tissue.LV_TRABECULA: MYOCARDIUM,
    Tissue.RV_BLOOD: BLOOD,
    Tissue.RV_TRABECULA: MYOCARDIUM,
    Tissue.RV_WALL: MYOCARDIUM,
    Tissue.OTHER_BLOOD: BLOOD,
    Tissue.OTHER_WALL: MYOCARDIUM,
    Tissue.FAT: FAT,
    Tissue.BEYOND_BASE: BLOOD,
    Tissue.PERICARDIUM: Spins(900, 15, 0.3, 0.5),
    Organ.LUNG: Spins(1100, 40, 0.12, 0.5),
    Organ.LUNG_VESSEL: Spins(1400, 200, 0.7, 0.4),
    Organ.LIVER: Spins(580, 46, 0.80, 0.25),
    Organ.LIVER_VESSEL: Spins(1500, 200, 0.85, 0.25),
    Organ.SPLEEN: Spins(1050, 79, 0.85, 0.25),
    Organ.GUT_WALL: Spins(900, 60, 0.80, 0.3),
    Organ.GUT_CONTENT: Spins(1500, 300, 0.9, 0.7),
    Organ.FAT: FAT,
    Organ.MUSCLE: Spins(950, 40, 0.80, 0.2),
    Organ.MARROW: Spins(500, 70, 0.5, 0.4),
    Organ.AIR: Spins(1000, 30, 0.0),
    Organ.VESSEL: BLOOD,
    Organ.FLUID: Spins(3000, 1000, 0.95, 0.2),
}
FATTY = (Tissue.FAT, Organ.FAT)


def bssfp(spins: Spins, flip: float, repetition: float) -> float:
    """Steady-state signal.

    Args:
        spins: the tissue.
        flip: radians.
        repetition: ms.
    """
    e1, e2 = np.exp(-repetition / spins.t1), np.exp(-repetition / spins.t2)
    return float(spins.density * np.sin(flip) * (1 - e1) / (1 - (e1 - e2) * np.cos(flip) - e1 * e2))


def random_signals(rng: np.random.Generator) -> NDArray[np.float32]:
    """Signal of every `Tissue` and `Organ` by its number, blood 1; fat negative when out of phase.

    Flowing blood enters the slice unsaturated and shines; muscle loses signal to magnetisation transfer. One exam in
    eight gets arbitrary grey levels outside the heart.
    """
    flip, repetition = np.deg2rad(rng.uniform(35, 75)), rng.uniform(2.6, 4.5)
    inflow, transfer = rng.uniform(1.0, 1.7), rng.uniform(0.6, 1.0)
    signals = np.zeros(max(SPINS) + 1, np.float32)
    drawn: dict[Spins, float] = {}
    for tissue, spins in SPINS.items():
        if spins not in drawn:
            drawn[spins] = bssfp(spins, flip, repetition) * float(np.exp(rng.normal(0, spins.spread)))
        signals[tissue] = drawn[spins] * (inflow if spins is BLOOD else transfer if spins is MYOCARDIUM else 1.0)
    if rng.random() < 0.125:
        organs = [int(organ) for organ in Organ]
        signals[organs] = signals[Tissue.LV_BLOOD] * rng.uniform(0, 1.3, len(organs))
    signals[[Tissue.RV_BLOOD, Tissue.OTHER_BLOOD, Organ.VESSEL]] *= np.exp(rng.normal(0, 0.08, 3)).astype(np.float32)
    signals[Tissue.BEYOND_BASE] = signals[Tissue.OTHER_BLOOD]
    for trabecula in (Tissue.LV_TRABECULA, Tissue.RV_TRABECULA):  # finer than a pixel: blood shows between them
        signals[trabecula] += rng.uniform(0, 0.4) * (signals[Tissue.LV_BLOOD] - signals[trabecula])
    blood, wall = signals[Tissue.LV_BLOOD], signals[Tissue.LV_WALL]
    if wall > 0.72 * blood:
        signals[[Tissue.LV_WALL, Tissue.LV_TRABECULA, Tissue.RV_WALL, Tissue.RV_TRABECULA]] *= 0.72 * blood / wall
    if rng.random() < 0.75:
        signals[list(FATTY)] *= -1
    return np.asarray(signals / blood, np.float32)


__all__ = ["SPINS", "Spins", "bssfp", "random_signals"]
