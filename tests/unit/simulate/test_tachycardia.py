"""Programmed stimulation of whole hearts: dilated after an infarct, on voxels of 2 mm."""

import dataclasses
from functools import cache

import numpy as np
import pytest

from marey.core.errors import InvalidInput, NotAnalysable
from marey.simulate.monodomain import Outcome, Programme
from marey.simulate.presets import preset
from marey.simulate.scar import Scar
from marey.simulate.tachycardia import (
    HeartInducibility,
    ablation_ends,
    isthmus_lesion,
    pacing_sites,
    stimulate_heart,
    substrate,
)
from marey.simulate.tachycardia.sites import RADIUS, RV_APEX, SITES
from marey.simulate.tachycardia.substrate import ablated

PROTOCOL = Programme(longest_coupling=360, extras=2, strength=16)


@cache
def stimulated(scars: tuple[Scar, ...]) -> HeartInducibility:
    tissue = substrate(preset("infarct").but(scars=scars), 2.0)
    return stimulate_heart(tissue, [RV_APEX], PROTOCOL)


CHANNEL = (Scar(channel=0.3),)


def test_a_heart_with_a_channel_in_its_scar_is_inducible() -> None:
    found = stimulated(CHANNEL)
    assert found.inducible
    assert found.trials[-1].outcome is Outcome.REENTRY
    assert len(found.trials[-1].couplings) == 2
    assert 300 < found.search.refractory_period(RV_APEX) < 360
    tachycardia = found.tachycardia
    assert tachycardia is not None
    assert 300 < tachycardia.cycle_length < 600
    assert tachycardia.cycles >= 3


def test_its_circuit_is_closed_and_leads_through_the_channel() -> None:
    tachycardia = stimulated(CHANNEL).tachycardia
    assert tachycardia is not None
    steps = np.linalg.norm(np.diff(tachycardia.circuit, axis=0, append=tachycardia.circuit[:1]), axis=1)
    assert steps.max() <= 2.0 * np.sqrt(3) * 2 + 1e-9
    assert (np.diff(tachycardia.times) > 0).all()
    heart = stimulated(CHANNEL).heart
    whole = substrate(preset("infarct"), 2.0)
    index = np.rint((tachycardia.isthmus - heart.voxels.origin) / heart.voxels.spacing).astype(int)[:, ::-1]
    assert whole.core[tuple(index.T)].mean() > 0.5
    assert 1 <= tachycardia.exit_segment <= 17
    inside = tachycardia.activation[~np.isnan(tachycardia.activation)]
    assert 0 <= inside.min() < inside.max() <= tachycardia.cycle_length


def test_a_lesion_across_the_isthmus_ends_it() -> None:
    found = stimulated(CHANNEL)
    assert found.tachycardia is not None
    lesion = isthmus_lesion(found.heart, found.tachycardia)
    after = ablated(found.heart, lesion)
    assert not after.model.tissue.mask[lesion].any()
    assert after.core.sum() > found.heart.core.sum()
    ended = ablation_ends(found)
    assert ended is not None
    assert ended < 2 * found.tachycardia.cycle_length
    assert ablation_ends(found, radius=0.5, within=600) is None
    without = dataclasses.replace(found.tachycardia, isthmus=np.zeros((0, 3)))
    with pytest.raises(NotAnalysable, match="no isthmus"):
        isthmus_lesion(found.heart, without)


@pytest.mark.parametrize("scars", [(), (Scar(),)], ids=["no scar", "no channel"])
def test_without_a_channel_nothing_is_inducible(scars: tuple[Scar, ...]) -> None:
    found = stimulated(scars)
    assert not found.inducible
    with pytest.raises(NotAnalysable, match="no sustained tachycardia"):
        ablation_ends(found)
    assert {trial.outcome for trial in found.trials} == {Outcome.CAPTURED, Outcome.BLOCKED}
    assert max(len(trial.couplings) for trial in found.trials) == 2


def test_sites_lie_in_living_muscle_where_their_names_say() -> None:
    heart = stimulated(CHANNEL).heart
    living = [name for name in SITES if name not in {"segment 13", "segment 17"}]
    for name, region in pacing_sites(heart, living).items():
        assert heart.model.tissue.mask[region].all()
        places = heart.places(np.argwhere(region))
        assert len(places) >= 5
        assert np.ptp(places, axis=0).max() <= 2 * RADIUS
        segment = np.asarray(heart.voxels.fields["segment"])[region[heart.voxels.inside]]
        if name.startswith("segment"):
            assert np.bincount(segment).argmax() == int(name.split()[1])
        else:
            assert (np.asarray(heart.voxels.fields["side"])[region[heart.voxels.inside]] > 0).mean() > 0.4


def test_unknown_and_dead_sites_are_refused() -> None:
    with pytest.raises(InvalidInput, match="Left leg are asked for"):
        pacing_sites(stimulated(CHANNEL).heart, ["Left leg"])
    with pytest.raises(InvalidInput, match=r"\(none\)"):
        pacing_sites(stimulated(CHANNEL).heart, [])
    heart = stimulated(CHANNEL).heart
    apex = np.zeros_like(heart.core)
    apex[heart.voxels.inside] = np.asarray(heart.voxels.fields["segment"]) == 17
    with pytest.raises(InvalidInput, match="'segment 17' is all scar"):
        pacing_sites(ablated(heart, apex), ["segment 17"])
