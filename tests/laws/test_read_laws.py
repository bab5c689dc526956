"""Reading undoes writing, wherever the stack lies, and does not depend on names or order of files."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from marey.core import Facts, Grid, Image, MrSeries
from marey.io.mr_writer import write_series
from marey.io.read import read_study


def rotation(rng: np.random.Generator) -> NDArray[np.float64]:
    """A random right-handed set of axes."""
    axes, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return np.asarray(axes * np.sign(np.linalg.det(axes)), np.float64)


@given(
    seed=st.integers(0, 2**32 - 1),
    slices=st.integers(1, 4),
    phases=st.integers(1, 5),
    step=st.floats(4, 18),
    pixel=st.floats(0.6, 2.5),
)
@settings(max_examples=25, deadline=None)
def test_reading_undoes_writing(seed: int, slices: int, phases: int, step: float, pixel: float) -> None:
    rng = np.random.default_rng(seed)
    affine = np.eye(4)
    z, y, x = rotation(rng).T
    affine[:3, :3] = np.stack([np.cross(x, y) * step, y * pixel, x * pixel], axis=1)
    affine[:3, 3] = rng.uniform(-200, 200, 3)
    assert abs(abs(z @ np.cross(x, y)) - 1) < 1e-9
    grid = Grid((slices, 12, 15), affine, slice_thickness=4.0)
    rr = rng.uniform(500, 1400, slices)
    image = Image(
        rng.integers(0, 4096, (phases, *grid.shape)).astype(np.uint16),
        grid,
        np.array([40.0 * t for t in range(phases)]),
        rr,
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write_series(MrSeries(image), Facts("1"), folder, number=1)
        before = read_study([folder])
        for count, k in enumerate(rng.permutation(len(paths))):
            paths[k].rename(folder / f"{count:03d}")
        after = read_study([folder])
    (back,) = after.images
    np.testing.assert_array_equal(back.values, image.values)
    np.testing.assert_allclose(back.rr_intervals, np.round(rr))
    assert back.grid.same_as(grid, tolerance=0.001)
    assert after.digest == before.digest
    np.testing.assert_array_equal(before.images[0].values, image.values)
