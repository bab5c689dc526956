"""A whole short-axis cine by the fast path: place, times, and a heart that beats as the simulated one does."""

import numpy as np
import pytest

from marey.anatomy import LV_CAVITY, View
from marey.scan.fast.cines import PictureCine
from marey.scan.fast.people import random_subject
from marey.workflows.cine import AnalyzeCine


@pytest.mark.parametrize("name", ["NOR", "DCM"])
def test_a_cine_shows_the_whole_ventricle_through_the_beat(name: str) -> None:
    rng = np.random.default_rng(11)
    it, person = random_subject(rng, name)
    assert person.group == name
    image = PictureCine(phases=8)(it, rng)
    assert image.phases == 8
    assert image.rr_interval == pytest.approx(it.beat.period)
    ends = image.grid.index(np.stack([it.landmarks.apex, it.landmarks.mitral]))[:, 0]
    assert ends.min() >= -0.5
    assert ends.max() <= image.grid.shape[0] - 0.5
    labels = AnalyzeCine().segmented(image)
    volume = labels.mask(LV_CAVITY).sum(axis=(1, 2, 3)) * labels.grid.pixel_area * labels.grid.spacing[0]
    assert volume.max() == pytest.approx(it.beat.biomarkers["edv"], rel=0.25)
    assert image.view != View.SHORT_AXIS  # finding the view is the analysis' work
