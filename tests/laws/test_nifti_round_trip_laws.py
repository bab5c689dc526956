"""What is written as NIfTI is read back at the same place and time, on any grid."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.core import Grid, Labels
from marey.io.nifti_out import write_labels
from marey.io.read import read_study


@st.composite
def labelled(draw: st.DrawFn) -> Labels:
    """Labels that could pass for grey values, on a grid of any orientation and either handedness."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (
        draw(st.integers(3, 6)),
        draw(st.sampled_from([1, 2, 5, 6])),
        draw(st.integers(70, 75)),
        draw(st.integers(70, 75)),
    )
    affine = np.eye(4)
    affine[:3, :3] = Rotation.random(random_state=int(generator.integers(2**31))).as_matrix()
    affine[:3, :3] *= generator.uniform([8.0, 1.0, 1.0], [15.0, 3.0, 3.0])
    affine[:3, draw(st.sampled_from([0, 1, 2]))] *= draw(st.sampled_from([-1.0, 1.0]))
    affine[:3, 3] = generator.uniform(-300, 300, 3)
    values = generator.choice(np.array([0, 50, 100, 200], np.uint8), shape)
    values.flat[:4] = [0, 50, 100, 200]
    times = float(generator.uniform(600, 1200)) / shape[0] * np.arange(float(shape[0]))
    return Labels(values, Grid(shape[1:], affine), times, {50: LV_CAVITY, 100: LV_MYOCARDIUM, 200: RV_CAVITY})


@settings(max_examples=30, deadline=None)
@given(labelled())
def test_reader_and_writer_agree_on_place_value_and_time(labels: Labels) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (image,) = read_study([write_labels(Path(folder) / "cine.nii.gz", labels)]).images
    there = np.argwhere(np.ones(image.grid.shape, bool))
    index = labels.grid.index(image.grid.world(there))
    here = np.round(index).astype(int)
    np.testing.assert_allclose(index, here, atol=0.01)
    assert len(np.unique(here, axis=0)) == labels.values[0].size
    for read, written in zip(image.values, labels.values, strict=True):
        np.testing.assert_array_equal(read[tuple(there.T)], written[tuple(here.T)])
    np.testing.assert_allclose(np.diff(image.times), np.diff(labels.times), rtol=1e-4)
