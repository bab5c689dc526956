"""Late gadolinium enhancement: inversion recovery, its magnitude and its phase-sensitive (PSIR) picture.

Every few heartbeats the magnetisation is inverted and read a time TI later; PSIR reads a reference with a small flip
angle in a later beat of the same period, when the magnetisation has recovered, and keeps the sign (Kellman 2002,
doi:10.1002/mrm.10051). The magnetisation before the inversion is that of the periodic steady state, so heart rate and
the readout's saturation change the null. Without readout the null is at TI = T1 ln(2 / (1 + exp(-T / T1))), T between
inversions.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import ms
from marey.scan.mr.sequences.readout import DEGREE, Affine, Complex, Readout, Reals, SpoiledReadout, recover, scale
from marey.scan.mr.spins import Spins


@dataclass(frozen=True)
class InversionRecovery(Parameters):
    """LGE.

    Args:
        inversion_time: from the inversion to the centre of k-space, ms.
        heartbeats: between inversions.
        efficiency: of the inversion.
        reference_flip_angle: of the PSIR reference, in the last beat of the period, radians.
        readout: of one heartbeat.
    """

    inversion_time: float = parameter(320 * ms, 10 * ms, 3000 * ms, "ms", "textbook value")
    heartbeats: int = parameter(2, 1, 6, "1", "doi:10.1002/mrm.10051")
    efficiency: float = parameter(0.96, 0.5, 1, "1", "textbook value")
    reference_flip_angle: float = parameter(5 * DEGREE, 0, math.pi / 2, "deg", "doi:10.1002/mrm.10051")
    readout: Readout = field(default_factory=SpoiledReadout)

    def __call__(
        self, of: Spins, rr: float, off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0
    ) -> tuple[Complex, Complex]:
        """Signals of the image and of the PSIR reference; the image is negative where the magnetisation still is.

        Args:
            of: spins.
            rr: time between heartbeats, ms.
            off_resonance: of the field, 1/ms, and `b1`, factor of the flip angle: broadcast with the spins.

        Raises:
            InvalidInput: readouts that do not fit into the heartbeats.
        """
        first, second, gap = self.readout, self.readout.but(flip_angle=self.reference_flip_angle), self._gap(rr)
        image, reference = first(of, off_resonance, b1), second(of, off_resonance, b1)
        t1 = np.broadcast_to(of.t1, image.after.gain.shape)
        to_image = scale(t1, -self.efficiency).then(recover(t1, self.inversion_time - first.before))
        rest = recover(t1, rr - self.inversion_time - (first.duration - first.before))
        if self.heartbeats == 1:
            mz = to_image.then(image.after).then(rest).fixed_point()
            return image.signal(to_image(mz)), reference.signal(np.ones_like(mz))
        to_reference = image.after.then(recover(t1, gap))
        period: Affine[Reals] = to_image.then(to_reference).then(reference.after).then(rest)
        mz = period.fixed_point()
        return image.signal(to_image(mz)), reference.signal(to_reference(to_image(mz)))

    def _gap(self, rr: float) -> float:
        """Time between the two readouts, ms."""
        late = self.inversion_time < self.readout.before
        if late or rr < self.inversion_time + self.readout.duration - self.readout.before:
            raise InvalidInput(
                f"An inversion time of {self.inversion_time:.0f} ms does not fit: the readout takes "
                f"{self.readout.before:.0f} of {self.readout.duration:.0f} ms before its centre, "
                f"a heartbeat {rr:.0f} ms.",
                "Inversion and readout fit into one heartbeat.",
                "Shorten the readout, or change the inversion time.",
            )
        return (self.heartbeats - 1) * rr - self.readout.duration


def phase_sensitive(image: Complex, reference: Complex) -> Reals:
    """The PSIR picture: the image with the reference's phase taken out, real part."""
    size = np.abs(reference)
    return np.asarray((image * np.conj(reference)).real / np.where(size > 0, size, 1), np.float64)


def null_time(sequence: InversionRecovery, of: Spins, rr: float) -> float:
    """Inversion time that makes one tissue dark, ms.

    Args:
        sequence: its inversion time does not matter.
        of: spins of one voxel, arrays of one number.
        rr: time between heartbeats, ms.

    Raises:
        InvalidInput: no inversion time within a heartbeat nulls the tissue.
    """
    read = sequence.readout
    low, high = max(read.before, 10.0), rr - (read.duration - read.before) - 1e-6

    def mz(inversion_time: float) -> float:
        return float(sequence.but(inversion_time=inversion_time)(of, rr)[0].real.item())

    if not low < high or mz(low) * mz(high) > 0:
        raise InvalidInput(
            f"No inversion time between {low:.0f} and {high:.0f} ms nulls a T1 of {float(of.t1.item()):.0f} ms.",
            "The tissue passes through zero within a heartbeat.",
            "Wait longer after the injection, or take more heartbeats between inversions.",
        )
    return float(brentq(mz, low, high, xtol=1e-6))


__all__ = ["InversionRecovery", "null_time", "phase_sensitive"]
