"""Programmed stimulation of a whole heart: is ventricular tachycardia inducible, and along which circuit?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import NotAnalysable
from marey.core.units import mm, ms, mV
from marey.simulate.heart import Heart
from marey.simulate.monodomain import Inducibility, Programme, Reentry, Trial, advance, isthmus, programmed_stimulation
from marey.simulate.tachycardia.sites import CLINICAL_SITES, pacing_sites
from marey.simulate.tachycardia.substrate import VOXEL, Substrate, ablated, carried_over, lesion_at, substrate

Array = NDArray[np.float64]
PROTOCOL = Programme(longest_coupling=400 * ms, extras=3, strength=16 * mV / ms)
"""Up to three extra stimuli of about twice the threshold in diastole: 6 and 8 mV/ms at the clinical sites at 2 mm.

Stronger ones capture tissue that has barely recovered, and their waves break: hearts without a scar fibrillate.
"""
LESION = 6.0 * mm
_LOOK, _SILENCE = 20 * ms, 100 * ms


@dataclass(frozen=True, eq=False)
class Tachycardia:
    """A sustained ventricular tachycardia; places are mm in the heart frame.

    Args:
        cycle_length: ms.
        cycles: how often it has come round when it was stopped being observed.
        circuit: (step, 3) the closed path of re-entry, in the order of activation; empty where the activity has none.
        times: (step,) ms along it.
        isthmus: (k, 3) the circuit's longest way through border zone, from its entrance to its exit; may be empty.
        exit_segment: AHA segment in which the wave leaves the isthmus, 0 for the right free wall, -1 without isthmus.
        activation: (v,) ms of the voxels inside within one cycle, 0 at the exit; NaN where it does not come.
        reentry: the same on voxels, with the tissue's state.
    """

    cycle_length: float
    cycles: int
    circuit: Array
    times: Array
    isthmus: Array
    exit_segment: int
    activation: Array
    reentry: Reentry

    @property
    def length(self) -> float:
        """Of the circuit, mm."""
        return float(np.linalg.norm(np.diff(self.circuit, axis=0, append=self.circuit[:1]), axis=1).sum())


@dataclass(frozen=True, eq=False)
class HeartInducibility:
    """The verdict on a heart.

    Args:
        heart: its excitable tissue.
        search: every extra stimulus that was tried and, on voxels, the re-entry.
        tachycardia: None where none could be induced.
    """

    heart: Substrate
    search: Inducibility
    tachycardia: Tachycardia | None

    @property
    def inducible(self) -> bool:
        """Whether a sustained tachycardia was induced."""
        return self.tachycardia is not None

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Every extra stimulus in the order in which they were tried."""
        return self.search.trials


def stimulate_heart(
    heart: Heart | Substrate,
    sites: Sequence[str] = CLINICAL_SITES,
    programme: Programme | None = None,
    voxel: float = VOXEL,
) -> HeartInducibility:
    """Stimulate a heart from one site after the other until a ventricular tachycardia is induced.

    Args:
        heart: or the substrate made of it, to use it again.
        sites: names, see `marey.simulate.tachycardia.sites.SITES`.
        programme: drive train, coupling intervals, number of extra stimuli, observation; `PROTOCOL` when not given.
        voxel: mm, where a heart is given.

    Raises:
        InvalidInput: a shape that makes no heart, a site that does not exist or is all scar.
        NotAnalysable: a drive train that does not capture.
    """
    tissue = heart if isinstance(heart, Substrate) else substrate(heart, voxel)
    search = programmed_stimulation(tissue.model, pacing_sites(tissue, sites), programme or PROTOCOL)
    if search.reentry is None:
        return HeartInducibility(tissue, search, None)
    return HeartInducibility(tissue, search, _tachycardia(tissue, search.reentry, search.trials[-1].cycles))


def _tachycardia(heart: Substrate, found: Reentry, cycles: int) -> Tachycardia:
    path = isthmus(found, heart.border)
    mask = heart.model.tissue.mask
    last = heart.model.tissue.on_grid(np.where(found.driven[mask], found.state.last, np.nan))
    segment, start = -1, np.nanmin(last)
    if len(path):
        end = tuple(path[-1])
        start = last[end]
        index = np.ravel_multi_index(end, mask.shape)
        inside = int(heart.voxels.inside.ravel()[:index].sum())
        number = int(np.asarray(heart.voxels.fields["segment"])[inside])
        segment = number if number <= 17 else 0
    return Tachycardia(
        found.cycle_length, cycles, heart.places(found.circuit), found.times, heart.places(path), segment,
        ((last - start) % found.cycle_length)[heart.voxels.inside], found,
    )  # fmt: skip


def ablation_ends(found: HeartInducibility, radius: float = LESION, within: float = 2000.0) -> float | None:
    """When a tachycardia ends after a lesion across the middle of its isthmus, ms; None where it goes on.

    Args:
        found: an inducible heart.
        radius: of the lesion, mm.
        within: ms for which the heart is watched.

    Raises:
        NotAnalysable: no tachycardia, or one without an isthmus.
    """
    tachycardia = found.tachycardia
    if tachycardia is None:
        raise NotAnalysable(
            "The heart has no sustained tachycardia.",
            "Only a tachycardia that was induced can be ended.",
            "Stimulate from other sites, or with more extra stimuli.",
        )
    after = ablated(found.heart, isthmus_lesion(found.heart, tachycardia, radius))
    state = carried_over(tachycardia.reentry.state, found.heart, after)
    start = now = state.step * after.model.dt
    while now < start + within:
        state, _ = advance(after.model, state, now + _LOOK)
        now = state.step * after.model.dt
        if state.last.max() < now - _SILENCE:
            return max(0.0, float(state.last.max()) - start)
    return None


def isthmus_lesion(heart: Substrate, tachycardia: Tachycardia, radius: float = LESION) -> NDArray[np.bool_]:
    """(z, y, x) muscle within a radius (mm) of the middle of a tachycardia's isthmus.

    Raises:
        NotAnalysable: the tachycardia has no isthmus.
    """
    if not len(tachycardia.isthmus):
        raise NotAnalysable(
            "The tachycardia has no isthmus: its circuit was not found, or does not meet border zone.",
            "A lesion needs the place where a circuit passes through the scar.",
            "Choose the lesion with `lesion_at`, or induce from another site.",
        )
    return lesion_at(heart, tachycardia.isthmus[len(tachycardia.isthmus) // 2], radius)


__all__ = [
    "LESION", "PROTOCOL", "HeartInducibility", "Tachycardia", "ablation_ends", "isthmus_lesion", "stimulate_heart",
]  # fmt: skip
