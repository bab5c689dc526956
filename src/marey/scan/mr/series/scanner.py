"""The scanner, the people who use it and how well the patient holds still: all that an exam's series have in common."""

from dataclasses import dataclass, field

import numpy as np

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import mm, s
from marey.scan.mr.acquisition import BreathHold, ChestArray, Receiver, Rhythm
from marey.scan.mr.protocol import Misplacement, Operator, VendorStyle, vendor_style

CHOSEN = "chosen: no published spread found"


@dataclass(frozen=True)
class BreathHolds(Parameters):
    """How alike a patient holds the breath from slice to slice, and within one.

    Args:
        spread: standard deviation of the depth from one breath-hold to the next.
        drift: standard deviation of the slow rise of the diaphragm.
    """

    spread: float = parameter(2.0 * mm, 0, 20 * mm, "mm", "textbook value")
    drift: float = parameter(0.15 * mm / s, 0, 2 * mm / s, "mm/s", "textbook value")

    def draw(self, rng: np.random.Generator) -> BreathHold:
        """One breath-hold."""
        depth, drift = np.clip(rng.standard_normal(2), -3, 3)
        return BreathHold(depth=float(self.spread * depth), drift=-abs(float(self.drift * drift)))


@dataclass(frozen=True)
class Scanner(Parameters):
    """A scanner with its array of coils, and the habits of those who scan.

    Args:
        field_strength: 1.5 or 3 T.
        style: of the vendor, a name in `STYLES`.
        coils: of the chest array, an even number.
        array: how they lie.
        receiver: its noise; 0 for none.
        evenness: share of the coils' brightness that the scanner's normalisation takes off.
        filter_edge: of the k-space filter; 0 rings as measured.
        b1: factor of the flip angle that reaches the heart.
        operator: who plans.
        rhythm: of the heart while it is scanned, relative to its own beat; see `Rhythm`.
        breath_holds: of the patient.

    Raises:
        InvalidInput: a field strength or a style that there is none of.
    """

    field_strength: float = parameter(1.5, 1.5, 3.0, "1", "tesla")
    style: str = "rectangular"
    coils: int = parameter(8, 4, 64, "1", "textbook value")
    array: ChestArray = field(default_factory=ChestArray)
    receiver: Receiver = field(default_factory=Receiver)
    evenness: float = parameter(0.85, 0, 1, "1", CHOSEN)
    filter_edge: float = parameter(0.3, 0, 1, "1", CHOSEN)
    b1: float = parameter(1.0, 0.4, 1.4, "1", "textbook value")
    operator: Operator = field(default_factory=Operator)
    rhythm: Rhythm = field(default_factory=Rhythm)
    breath_holds: BreathHolds = field(default_factory=BreathHolds)

    def __post_init__(self) -> None:
        super().__post_init__()
        vendor_style(self.style)
        if self.field_strength not in (1.5, 3.0):
            raise InvalidInput(
                f"The field strength is {self.field_strength!r} T.", "1.5 and 3 T are known.", "Choose one of both."
            )

    @property
    def vendor(self) -> VendorStyle:
        """The habits of its vendor."""
        return vendor_style(self.style)

    @property
    def noisy(self) -> bool:
        """Whether it is a real one; people make mistakes at those alone."""
        return self.receiver.noise > 0

    def misplacement(self, rng: np.random.Generator) -> Misplacement:
        """Of one plane or stack."""
        return self.operator.draw(rng)


def perfect_scanner(field_strength: float = 1.5) -> Scanner:
    """Without noise, tilt, breathing or irregular beats; where a stack begins stays chance."""
    return Scanner(
        field_strength=field_strength,
        receiver=Receiver(noise=0.0, field_strength=field_strength),
        evenness=1.0,
        operator=Operator(tilt=0.0, turn=0.0, shift=0.0, centring=0.0, lost_base=0.0, lost_apex=0.0),
        rhythm=Rhythm(variability=0.0),
        breath_holds=BreathHolds(spread=0.0, drift=0.0),
    )


def random_scanner(rng: np.random.Generator) -> Scanner:
    """Some scanner of some hospital."""
    field_strength = float(rng.choice([1.5, 3.0], p=[0.7, 0.3]))
    return Scanner(
        field_strength=field_strength,
        style=str(rng.choice(["rectangular", "power of two", "upsampled"])),
        coils=int(rng.choice([8, 12, 16])),
        receiver=Receiver(noise=float(rng.uniform(0.12, 0.5)), field_strength=field_strength),
        evenness=float(rng.beta(4, 1.2)),
        filter_edge=float(rng.uniform(0.0, 0.6)),
        b1=float(np.clip(rng.normal(1.0, 0.04 * field_strength), 0.6, 1.3)),
        rhythm=Rhythm(variability=float(rng.uniform(0.01, 0.06))),
        breath_holds=BreathHolds(spread=float(rng.gamma(2.0, 1.2)), drift=float(rng.gamma(2.0, 0.1)) / s),
    )


__all__ = ["BreathHolds", "Scanner", "perfect_scanner", "random_scanner"]
