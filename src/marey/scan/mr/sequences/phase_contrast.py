"""Phase contrast: velocity in the phase, 2D and 4D flow.

The first moment of the gradients adds pi v / venc to the phase, so the difference of two encodings gives the velocity
up to multiples of 2 venc (Pelc, J Magn Reson Imaging 1991). Two errors of the background are added: eddy currents, a
smooth polynomial of the position, and the concomitant field that Maxwell's equations demand of every gradient G
(Bernstein,
Magn Reson Med 1998, volume 39, page 300), in a magnet along z::

    B = ((Gx z - Gz x / 2)^2 + (Gy z - Gz y / 2)^2) / (2 B0)
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import mm, ms
from marey.scan.mr.sequences.readout import Complex, Reals
from marey.scan.mr.sequences.spoiled_gradient_echo import SpoiledGradientEcho
from marey.scan.mr.spins import GYROMAGNETIC, Spins


@dataclass(frozen=True)
class PhaseContrast(Parameters):
    """Encoding of one or more directions against a reference without.

    Args:
        venc: velocity that turns the phase by pi, mm/ms.
        gradient: of the bipolar pulses, mT/m.
        gradient_time: each lobe of them lasts, ms.
        readout: gives the magnitude.
    """

    venc: float = parameter(1.5 * mm / ms, 0.01 * mm / ms, 10 * mm / ms, "mm/ms", "textbook value")
    gradient: float = parameter(20.0, 1, 100, "1", "mT/m, textbook value")
    gradient_time: float = parameter(0.8 * ms, 0.1 * ms, 10 * ms, "ms", "textbook value")
    readout: SpoiledGradientEcho = field(default_factory=SpoiledGradientEcho)

    def __call__(
        self,
        of: Spins,
        velocity: ArrayLike,
        background: ArrayLike = 0.0,
        *,
        off_resonance: ArrayLike = 0.0,
        b1: ArrayLike = 1.0,
        pulses: ArrayLike = np.inf,
    ) -> Complex:
        """Signal of the reference and of each encoded direction.

        Args:
            of: spins.
            velocity: ``(*shape, direction)`` along the encoded directions, mm/ms; not known is not allowed.
            background: phase in radians, broadcast with ``(*shape, direction)``.
            off_resonance, b1, pulses: as of `SpoiledGradientEcho`; pulses are those that inflowing blood has seen.

        Returns:
            ``(*shape, 1 + direction)``.

        Raises:
            InvalidInput: a velocity that is not finite.
        """
        v = np.asarray(velocity, np.float64)
        if not np.isfinite(v).all():
            raise InvalidInput(
                "A velocity is not finite.", "Every point has a velocity, tissue at rest 0.", "Replace NaN by 0."
            )
        phase = np.pi * v / self.venc + np.asarray(background)
        phase = np.concatenate([np.zeros_like(phase[..., :1]), phase], -1)
        return np.asarray(self.readout(of, off_resonance, b1, pulses)[..., None] * np.exp(1j * phase), np.complex128)

    def velocity(self, signals: ArrayLike) -> Reals:
        """Velocity (mm/ms) from the signals of reference and directions, wrapped into plus or minus venc."""
        s = np.asarray(signals, np.complex128)
        return np.asarray(np.angle(s[..., 1:] * np.conj(s[..., :1])) * self.venc / np.pi, np.float64)

    def concomitant(self, position: ArrayLike, direction: ArrayLike, field_strength: float) -> Reals:
        """Phase (radians) that the concomitant field of the bipolar pulses adds, ``(*shape,)``.

        Args:
            position: ``(*shape, 3)`` from the middle of the magnet, mm, z along its field.
            direction: ``(3,)`` of the encoding, a unit vector in the magnet's frame.
            field_strength: T.
        """
        x, y, z = np.moveaxis(np.asarray(position, np.float64), -1, 0)
        gx, gy, gz = 1e-6 * self.gradient * np.asarray(direction, np.float64)  # T/mm
        squares = (gx * z - 0.5 * gz * x) ** 2 + (gy * z - 0.5 * gz * y) ** 2
        lobes = 2 * self.gradient_time
        return np.asarray(2 * np.pi * GYROMAGNETIC * squares / (2 * field_strength) * lobes, np.float64)


@dataclass(frozen=True)
class EddyCurrents(Parameters):
    """Phase of the background as a polynomial of the position over 100 mm, one per encoded direction.

    Args:
        coefficients: ``(direction, 10)`` radians, of 1, x, y, z, xx, yy, zz, xy, xz, yz.
    """

    coefficients: tuple[tuple[float, ...], ...] = ((0.0,) * 10,)

    def __post_init__(self) -> None:
        """Refuse another number of terms."""
        super().__post_init__()
        if any(len(row) != 10 or not all(map(math.isfinite, row)) for row in self.coefficients):
            raise InvalidInput(
                "The background of a direction does not have ten finite coefficients.",
                "It is a polynomial of second order in three coordinates.",
                "Give ten numbers for each direction.",
            )

    def __call__(self, position: ArrayLike) -> Reals:
        """Phase, radians, ``(*shape, direction)``, at ``(*shape, 3)`` mm from the middle of the magnet."""
        x, y, z = np.moveaxis(np.asarray(position, np.float64) / 100, -1, 0)
        terms = np.stack([np.ones_like(x), x, y, z, x * x, y * y, z * z, x * y, x * z, y * z], -1)
        return np.asarray(terms @ np.array(self.coefficients).T, np.float64)


def random_eddy_currents(rng: np.random.Generator, directions: int, size: float = 0.02) -> EddyCurrents:
    """Backgrounds of a scanner.

    Args:
        rng: generator.
        directions: encoded.
        size: standard deviation of each coefficient as a share of venc; without correction scanners reach 0.4 to
            4.9 cm/s of 150 (Gatehouse 2010, doi:10.1186/1532-429X-12-5).
    """
    orders = np.array([1, 1, 1, 1, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3])
    drawn = rng.normal(0, math.pi * size, (directions, 10)) * orders
    return EddyCurrents(tuple(tuple(row) for row in drawn.tolist()))


__all__ = ["EddyCurrents", "PhaseContrast", "random_eddy_currents"]
