"""What tissue codes look like: the equations of cine sequences on one person's spins, drawn widely."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.scan.body.tissue import TISSUES, Tissue
from marey.scan.fields import smooth_field
from marey.scan.mr.sequences.bssfp import Bssfp
from marey.scan.mr.sequences.spoiled_gradient_echo import SpoiledGradientEcho
from marey.scan.mr.series._kernels import mixed
from marey.scan.mr.spins import random_spins, water_and_fat
from marey.scan.scene.velocity import BLOOD

Complex = NDArray[np.complex64]
Float32 = NDArray[np.float32]
DEGREE = np.pi / 180
BINS = 48
SPOILED = 0.06
_BLOOD = np.isin(np.arange(TISSUES), [int(tissue) for tissue in BLOOD])
_MUSCLE = np.isin(np.arange(TISSUES), [
    Tissue.LV_MYOCARDIUM, Tissue.RV_MYOCARDIUM, Tissue.PAPILLARY_MUSCLE, Tissue.SKELETAL_MUSCLE, Tissue.ATRIAL_WALL,
])  # fmt: skip


@dataclass(frozen=True, eq=False)
class Look:
    """Signals of one exam.

    Args:
        table: ``(species, bin, tissue)`` of water at rest, fat and blood; the blood of the left heart is 1.
        lowest, highest: off-resonance of the first and last bin, kHz.
        wander: kHz by which the field varies over the picture.
    """

    table: Complex
    lowest: float
    highest: float
    wander: float

    def __call__(self, codes: NDArray[np.uint8], rng: np.random.Generator) -> Complex:
        """``(species, slice, row, column)`` mean signal of codes ``(slice, sample, row, column)``."""
        slices, samples, rows, columns = codes.shape
        field = self.wander * smooth_field(rng, (slices, rows, columns), int(rng.integers(3, 7)))
        place = (field - self.lowest) / (self.highest - self.lowest) * BINS
        bins = np.clip(place, 0, BINS - 1).astype(np.uint8).reshape(slices * rows, columns)
        flat = np.ascontiguousarray(codes.transpose(1, 0, 2, 3)).reshape(samples, slices * rows, columns)
        return mixed(flat, bins, self.table).reshape(-1, slices, rows, columns)


def random_look(rng: np.random.Generator) -> Look:
    """Field strength, sequence and flip angle of some scanner, spins of some person."""
    field_strength = float(rng.choice([1.5, 3.0], p=[0.65, 0.35]))
    known = random_spins(rng, field_strength)[0]
    spoiled = rng.random() < SPOILED
    repetition = rng.uniform(2.5, 4.0)
    wander = abs(rng.normal(0, 0.02)) * field_strength + 0.12 * (rng.random() < 0.12)
    lowest, highest = -4 * wander - 1e-3, 4 * wander + 1e-3
    middles = lowest + (np.arange(BINS)[:, None] + 0.5) / BINS * (highest - lowest)
    if spoiled:
        echo = rng.uniform(1.5, 4.0)
        sequence = SpoiledGradientEcho(rng.uniform(12, 25) * DEGREE, rng.uniform(echo + 2, 10), echo)
        water, fat = (sequence(part, middles) for part in water_and_fat(known))
    else:
        balanced = Bssfp(rng.uniform(18, 75) * DEGREE, repetition, repetition / 2)
        water, fat = (balanced(part, middles, rng.uniform(0.75, 1.15)) for part in water_and_fat(known))
    boost = rng.uniform(3, 8) if spoiled else rng.uniform(0.85, 1.5)  # blood that flows in is not saturated
    transfer = rng.uniform(0.7, 1.1)  # magnetisation transfer takes signal from muscle
    own = np.exp(rng.normal(0, 0.12, TISSUES))
    own[_MUSCLE | _BLOOD] = np.exp(rng.normal(0, 0.04, int((_MUSCLE | _BLOOD).sum())))
    water = water * np.where(_MUSCLE, transfer, np.where(_BLOOD, boost, 1.0)) * own
    if rng.random() < 0.1:  # anything may lie around the heart
        outside = ~(_MUSCLE | _BLOOD)
        water[:, outside] = np.abs(water[:, Tissue.LEFT_BLOOD, None]) * rng.uniform(0, 1.2, int(outside.sum()))
        water[:, Tissue.AIR] = 0.0
    table = np.stack([np.where(_BLOOD, 0, water), fat, np.where(_BLOOD, water, 0)])
    return Look((table / np.abs(water[BINS // 2, Tissue.LEFT_BLOOD])).astype(np.complex64), lowest, highest, wander)


__all__ = ["Look", "random_look"]
