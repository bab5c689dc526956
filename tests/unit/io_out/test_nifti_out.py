"""Labels as NIfTI: every voxel at its place and time for any reader, and names that say what the integers mean."""

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from dicom_cases import STRUCTURES, labels_for, oblique_grid
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from marey.core import CannotWrite, Code, Grid, Image, InvalidInput, Labels, Structure
from marey.io.nifti_out import write_labels, write_probability

TIMES = np.array([12.0, 43.0, 74.0])
LPS_OF_RAS = np.array([-1.0, -1.0, 1.0])


def read(path: Path) -> Any:
    return nibabel.load(path)


@st.composite
def labelled(draw: st.DrawFn) -> Labels:
    """Labels on any grid: any orientation, either handedness, any number of phases."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = tuple(draw(st.tuples(*[st.integers(1, 5)] * 4)))
    affine = np.eye(4)
    affine[:3, :3] = Rotation.random(random_state=int(generator.integers(2**31))).as_matrix()
    affine[:3, :3] *= generator.uniform([0.5, 0.5, 0.5], [15.0, 3.0, 3.0])
    affine[:3, draw(st.sampled_from([0, 1, 2]))] *= draw(st.sampled_from([-1.0, 1.0]))
    affine[:3, 3] = generator.uniform(-300, 300, 3)
    values = generator.choice(np.array([0, 1, 2, 5], np.uint8), shape)
    times = np.cumsum(generator.uniform(5, 60, shape[0]))
    return Labels(values, Grid(shape[1:], affine), times, STRUCTURES)


def every_index(grid: Grid) -> NDArray[np.float64]:
    return np.argwhere(np.ones(grid.shape, bool)).astype(np.float64)


@settings(max_examples=40, deadline=None)
@given(labelled())
def test_every_voxel_keeps_its_value_and_place(labels: Labels) -> None:
    with tempfile.TemporaryDirectory() as folder:
        image = read(write_labels(Path(folder) / "labels.nii.gz", labels))
        values = np.asarray(image.dataobj)
    many = labels.times.size > 1
    assert image.shape == (*labels.grid.shape[::-1], *([labels.times.size] if many else []))
    assert values.dtype == np.uint8
    np.testing.assert_array_equal(values.T if many else values.T[None], labels.values)
    index = every_index(labels.grid)
    for affine in (image.get_sform(), image.get_qform()):
        world = (index[:, ::-1] @ affine[:3, :3].T + affine[:3, 3]) * LPS_OF_RAS
        np.testing.assert_allclose(world, labels.grid.world(index), atol=2e-3)
    assert image.header.get_xyzt_units()[0] == "mm"


def on(grid: Grid, times: NDArray[np.float64] = TIMES) -> Labels:
    return labels_for(Image(np.zeros((times.size, *grid.shape)), grid, times))


@pytest.mark.parametrize("name", ["labels.nii", "labels.nii.gz", "a.b.nii.gz"])
def test_header_and_names(tmp_path: Path, name: str) -> None:
    labels = on(oblique_grid())
    path = write_labels(tmp_path / name, labels)
    header = read(path).header
    assert header.get_xyzt_units() == ("mm", "sec")
    np.testing.assert_allclose(header.get_zooms(), (1.5, 1.25, 9.0, 0.031), rtol=1e-6)
    assert float(header["toffset"]) == pytest.approx(0.012)
    assert header.get_intent()[0] == "label"
    assert (int(header["sform_code"]), int(header["qform_code"])) == (1, 1)
    sidecar = tmp_path / (name.removesuffix(".gz").removesuffix(".nii") + ".json")
    beside = json.loads(sidecar.read_text(encoding="utf-8"))
    assert {int(key) for key in beside["labels"]} == {0, *labels.structures}
    assert beside["labels"]["5"]["name"] == "RV cavity"
    assert beside["labels"]["5"]["code"]["value"] == "53085002"
    assert beside["times_ms"] == TIMES.tolist()
    assert beside["slices_evenly_spaced"] is True
    assert {file.name for file in tmp_path.iterdir()} == {path.name, sidecar.name}


def test_true_positions_of_an_uneven_stack_are_beside_it(tmp_path: Path) -> None:
    positions = (0.0, 9.0, 27.0, 36.0)
    write_labels(tmp_path / "labels.nii.gz", on(oblique_grid(positions)))
    beside = json.loads((tmp_path / "labels.json").read_text(encoding="utf-8"))
    assert beside["slice_positions_mm"] == list(positions)
    assert beside["slices_evenly_spaced"] is False


def test_same_labels_same_bytes(tmp_path: Path) -> None:
    labels = on(oblique_grid())
    first = write_labels(tmp_path / "1.nii.gz", labels).read_bytes()
    assert write_labels(tmp_path / "2.nii.gz", labels).read_bytes() == first


def test_probability_is_one_file_per_structure_from_zero_to_one(tmp_path: Path) -> None:
    labels = on(oblique_grid())
    assert labels.probability is not None
    paths = write_probability(tmp_path / "p.nii.gz", labels)
    assert [path.name for path in paths] == ["p_lv-cavity.nii.gz", "p_lv-myocardium.nii.gz", "p_rv-cavity.nii.gz"]
    for path, wanted in zip(paths, labels.probability, strict=True):
        image = read(path)
        np.testing.assert_allclose(image.get_fdata().T, wanted / 255, atol=1e-6)
        assert image.get_data_dtype() == np.uint8
        assert path.with_name(path.name.replace(".nii.gz", ".json")).exists()


def test_a_name_never_leaves_the_folder(tmp_path: Path) -> None:
    odd = Structure("../../Évil <name>/x", Code("1", "99X", "x"), (0, 0, 0))
    labels = Labels(np.ones((1, 1, 2, 2), np.uint8), Grid((1, 2, 2), np.eye(4)), np.zeros(1), {1: odd})
    with_probability = dataclasses.replace(labels, probability=np.zeros((1, 1, 1, 2, 2), np.uint8))
    (path,) = write_probability(tmp_path / "in" / "p.nii.gz", with_probability)
    assert path.parent == tmp_path / "in"
    assert path.name == "p_vil-name-x.nii.gz"


def test_guards(tmp_path: Path) -> None:
    labels = on(oblique_grid())
    for name in ("labels.mha", ".nii.gz", "labels.nii.zip"):
        with pytest.raises(InvalidInput, match="nii"):
            write_labels(tmp_path / name, labels)
    with pytest.raises(InvalidInput, match="no probability"):
        write_probability(tmp_path / "p.nii.gz", dataclasses.replace(labels, probability=None))
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite):
        write_labels(tmp_path / "file" / "labels.nii.gz", labels)
    assert {file.name for file in tmp_path.iterdir()} == {"file"}
