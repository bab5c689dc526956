"""Random people for training: heart, body and scan drawn as `marey simulate study` draws them, with wider spreads."""

from dataclasses import replace

import numpy as np

from marey.core import InvalidInput, NotAnalysable
from marey.core.units import mL, mm
from marey.scan.body import Effusions, Implants, random_thorax
from marey.scan.mr.series.subject import Subject, subject
from marey.scan.scene import Trabeculation
from marey.simulate.beat import SimulateBeat
from marey.simulate.prior import Person, random_heart

MOMENTS = 16
TRIES = 20


def random_subject(rng: np.random.Generator, group: str | None = None) -> tuple[Subject, Person]:
    """A person; hearts that do not beat are drawn again.

    Args:
        rng: where chance comes from.
        group: of disease; any, by their shares, when not given.

    Raises:
        NotAnalysable: no heart beats in 20 draws.
    """
    simulate = SimulateBeat(resolution="coarse", moments=MOMENTS, medium="endless")
    for _ in range(TRIES):
        try:
            heart, person = random_heart(rng, group)
            beat = simulate(heart)
            thorax = random_thorax(rng, person.height, person.weight, person.sex, arms_down=bool(rng.random() < 0.5))
            thorax = replace(thorax, effusions=_effusions(rng), implants=_implants(rng))
            trabeculation, spins = _trabeculation(rng), int(rng.integers(2**31))
            return subject(beat, heart, thorax, trabeculation=trabeculation, person=spins, rng=rng), person
        except (InvalidInput, NotAnalysable):
            continue
    raise NotAnalysable(
        f"In {TRIES} draws there is no heart that beats.",
        "Most random hearts beat.",
        "Use another seed; please report it if it happens again.",
    )


def _trabeculation(rng: np.random.Generator) -> Trabeculation:
    return Trabeculation(
        left_depth=float(rng.uniform(3, 11) * mm),
        right_depth=float(rng.uniform(3, 11) * mm),
        spacing=float(rng.uniform(5, 9) * mm),
        base=float(rng.uniform(0.35, 0.9)),
    )


def _effusions(rng: np.random.Generator) -> Effusions:
    """Fluid around the heart in one person out of eight, around the lungs in one out of eight."""
    heart, lungs = rng.random(2) < 0.125
    return Effusions(
        pericardial=float(heart * rng.uniform(20, 400) * mL),
        left_pleural=float(lungs * rng.uniform(0, 600) * mL),
        right_pleural=float(lungs * rng.uniform(0, 600) * mL),
    )


def _implants(rng: np.random.Generator) -> Implants:
    """Sternal wires in one person out of fifteen, a pacemaker in one out of thirty."""
    wires, pacemaker = rng.random(2) < (1 / 15, 1 / 30)
    return Implants(sternal_wires=bool(wires), pacemaker=bool(pacemaker))


__all__ = ["random_subject"]
