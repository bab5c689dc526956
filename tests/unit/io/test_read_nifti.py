"""NIfTI in every convention gives the image where it is; headers that cannot be true are refused."""

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from exams import kinds, notice

from marey.core import Image, InvalidInput, MareyError, NotAnalysable, UnreadableFile
from marey.io.read import read_study

RNG = np.random.default_rng(0)
STEPS = np.array([1.5, 1.5, 8.0])


def pixels(*shape: int) -> np.ndarray[Any, np.dtype[np.int16]]:
    return RNG.integers(0, 900, shape or (60, 64, 4, 10)).astype(np.int16)


def rotation() -> np.ndarray[Any, np.dtype[np.float64]]:
    angle = np.deg2rad(20)
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def affine_of(signs: tuple[int, int, int] = (-1, -1, 1)) -> np.ndarray[Any, np.dtype[np.float64]]:
    affine = np.eye(4)
    affine[:3, :3] = rotation() * STEPS * np.array(signs)
    affine[:3, 3] = 30, 40, -20
    return affine


def save(
    path: Path,
    data: np.ndarray[Any, np.dtype[Any]],
    affine: np.ndarray[Any, np.dtype[Any]] | None = None,
    step: float = 0.09,
    units: tuple[str, str] = ("mm", "sec"),
) -> Path:
    image = nifti_of(data, affine_of() if affine is None else affine)
    image.header.set_xyzt_units(*units)
    if data.ndim == 4:
        image.header["pixdim"][4] = step
    nib.save(image, path)
    return path


def nifti_of(data: np.ndarray[Any, np.dtype[Any]], affine: np.ndarray[Any, np.dtype[Any]] | None) -> Any:
    make: Any = nib.Nifti1Image
    return make(data, affine)


def only(path: Path) -> Image:
    (image,) = read_study([path]).images
    return image


@pytest.mark.parametrize("signs", [(-1, -1, 1), (1, 1, 1), (-1, 1, 1), (1, -1, -1), (-1, -1, -1)])
def test_every_voxel_is_where_nibabel_puts_it(tmp_path: Path, signs: tuple[int, int, int]) -> None:
    data = pixels()
    image = only(save(tmp_path / "cine.nii.gz", data, affine_of(signs)))
    assert image.values.shape == (10, 4, 64, 60)
    assert image.values.flags.c_contiguous
    x, y, z, t = 7, 50, 3, 2
    assert image.values[t, z, y, x] == data[x, y, z, t]
    ras = affine_of(signs) @ [x, y, z, 1]
    np.testing.assert_allclose(image.grid.world([z, y, x]), ras[:3] * [-1, -1, 1], atol=1e-4)
    np.testing.assert_allclose(image.grid.spacing, STEPS[::-1], atol=1e-5)


def test_qform_where_there_is_no_sform(tmp_path: Path) -> None:
    image = nifti_of(pixels(), None)
    image.set_qform(affine_of(), code=1)
    image.set_sform(None, code=0)
    nib.save(image, tmp_path / "a.nii")
    np.testing.assert_allclose(only(tmp_path / "a.nii").grid.world([0, 0, 0]), [-30, -40, -20], atol=1e-4)


def test_bare_steps_say_that_orientation_is_unknown(tmp_path: Path) -> None:
    image = nifti_of(pixels(), None)
    image.header.set_zooms((1.5, 1.5, 8.0, 0.09))
    nib.save(image, tmp_path / "a.nii")
    study = read_study([tmp_path / "a.nii"])
    np.testing.assert_allclose(study.images[0].grid.spacing, STEPS[::-1], atol=1e-6)
    assert "no-orientation" in kinds(study)


@pytest.mark.parametrize(
    ("step", "unit", "rr"),
    [(0.09, "sec", 900), (90.0, "msec", 900), (9e4, "usec", 900), (90.0, "sec", 900), (0.09, "unknown", 900)],
)
def test_time_steps(tmp_path: Path, step: float, unit: str, rr: float) -> None:
    study = read_study([save(tmp_path / "a.nii", pixels(), step=step, units=("mm", unit))])
    (image,) = study.images
    np.testing.assert_allclose(image.rr_intervals, rr, rtol=1e-6)
    np.testing.assert_allclose(image.times, np.arange(10) * rr / 10, rtol=1e-6)
    assert ("time-unit" in kinds(study)) == ((step, unit) in [(90.0, "sec"), (0.09, "unknown")])


@pytest.mark.parametrize("step", [0.0, 1.0, 777.0, -0.09, np.nan])
def test_no_usable_time_step(tmp_path: Path, step: float) -> None:
    study = read_study([save(tmp_path / "a.nii", pixels(), step=step)])
    np.testing.assert_allclose(study.images[0].times, np.arange(10) / 10)
    assert np.isnan(study.images[0].rr_interval)
    assert "no-clock" in kinds(study)


@pytest.mark.parametrize(("unit", "scale"), [("meter", 1e-3), ("micron", 1e3)])
def test_units_of_length(tmp_path: Path, unit: str, scale: float) -> None:
    affine = affine_of()
    affine[:3] *= scale
    image = only(save(tmp_path / "a.nii", pixels(), affine, units=(unit, "sec")))
    np.testing.assert_allclose(image.grid.spacing, STEPS[::-1], rtol=1e-5)


@pytest.mark.parametrize(
    "steps",
    [
        (1, 1, 1),
        (0.001, 0.001, 0.008),
        (0.1, 0.1, 8),
        (20, 20, 8),
        (1.5, 1.5, 2),
        (1.5, 1.5, 300),
        (0, 1.5, 8),
        (np.nan, 1.5, 8),
    ],
)
def test_unusable_spacing(tmp_path: Path, steps: tuple[float, float, float]) -> None:
    image = nifti_of(pixels(), None)
    image.header["pixdim"][1:4] = steps
    nib.save(image, tmp_path / "a.nii")
    with pytest.raises(InvalidInput, match="spacing"):
        read_study([tmp_path])


def test_default_spacing_of_a_single_slice(tmp_path: Path) -> None:
    save(tmp_path / "a.nii", pixels(128, 128, 1, 10), np.eye(4))
    with pytest.raises(InvalidInput, match="1 x 1 x 1 mm"):
        read_study([tmp_path])


def test_sheared_axes(tmp_path: Path) -> None:
    affine = affine_of()
    affine[:3, 2] += 3
    with pytest.raises(InvalidInput, match="sheared"):
        read_study([save(tmp_path / "a.nii", pixels(), affine)])


def test_real_values_become_float32(tmp_path: Path) -> None:
    data = pixels().astype(np.float64) / 3
    image = only(save(tmp_path / "a.nii.gz", data))
    assert image.values.dtype == np.float32
    np.testing.assert_allclose(image.values, data.T, rtol=1e-6)


def test_scaled_integers_are_scaled(tmp_path: Path) -> None:
    image = nifti_of(pixels(), affine_of())
    image.header.set_slope_inter(0.5, 3)
    nib.save(image, tmp_path / "a.nii")
    opened: Any = nib.load(tmp_path / "a.nii")
    np.testing.assert_allclose(only(tmp_path / "a.nii").values, opened.get_fdata().T, rtol=1e-6)


def test_an_ed_es_pair_in_the_order_of_its_names(tmp_path: Path) -> None:
    data = pixels()
    paths = [save(tmp_path / f"patient001_frame{n:02d}.nii.gz", data[..., k]) for n, k in ((12, 4), (1, 0))]
    study = read_study(paths)
    (image,) = study.images
    np.testing.assert_array_equal(image.values, data[..., [0, 4]].T)
    assert np.isnan(image.rr_interval)
    assert kinds(study) == {"two-phases"}
    assert study.digest == read_study(paths[::-1]).digest


def test_a_pair_on_different_grids(tmp_path: Path) -> None:
    data = pixels()
    one = save(tmp_path / "ed.nii", data[..., 0])
    two = save(tmp_path / "es.nii", data[..., :3, 0])
    with pytest.raises(InvalidInput, match="differ in matrix"):
        read_study([one, two])


def test_a_still_is_read(tmp_path: Path) -> None:
    assert only(save(tmp_path / "a.nii", pixels()[..., 0])).values.shape[:2] == (1, 4)


def test_labels_and_frames_beside_a_cine_are_left_aside(tmp_path: Path) -> None:
    data = pixels()
    save(tmp_path / "patient001_4d.nii.gz", data)
    save(tmp_path / "patient001_frame01.nii.gz", data[..., 0])
    save(tmp_path / "patient001_frame01_gt.nii.gz", data[..., 0] % 4)
    (tmp_path / "Info.cfg").write_text("ED: 1")
    study = read_study([tmp_path])
    np.testing.assert_array_equal(study.images[0].values, data.T)
    assert notice(study, "left-aside").text.startswith("2 NIfTI")


def test_views_of_one_patient_are_images(tmp_path: Path) -> None:
    for name, slices in (("sa", 4), ("la_2ch", 1), ("la_4ch", 1)):
        save(tmp_path / f"{name}.nii.gz", pixels(60, 64, slices, 10))
    assert sorted(image.grid.shape[0] for image in read_study([tmp_path]).images) == [1, 1, 4]


@pytest.mark.parametrize("names", [("patient001_4d", "patient002_4d"), ("001_SA_ED", "002_SA_ED")])
def test_two_patients(tmp_path: Path, names: tuple[str, str]) -> None:
    paths = [save(tmp_path / f"{name}.nii", pixels()) for name in names]
    with pytest.raises(NotAnalysable, match="2 different patients"):
        read_study(paths)


@pytest.mark.parametrize("largest", [3, 1])
def test_labels_alone(tmp_path: Path, largest: int) -> None:
    save(tmp_path / "a.nii", pixels() % (largest + 1) * (255 if largest == 1 else 1))
    with pytest.raises(NotAnalysable, match="labels"):
        read_study([tmp_path])


@pytest.mark.parametrize(
    ("value", "match"), [(np.nan, "not numbers"), (np.inf, "not numbers"), (-1024.0, "computed tomography")]
)
def test_values_that_are_no_magnitudes(tmp_path: Path, value: float, match: str) -> None:
    data = pixels().astype(np.float32)
    data[3, 3, 1, 1] = value
    with pytest.raises(InvalidInput, match=match):
        read_study([save(tmp_path / "a.nii", data)])


def test_constant_values(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="one value everywhere"):
        read_study([save(tmp_path / "a.nii", np.full((60, 64, 4, 10), 7, np.int16))])


def test_colours(tmp_path: Path) -> None:
    colour = np.zeros((60, 64, 4), np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")]))
    with pytest.raises(InvalidInput, match="colours"):
        read_study([save(tmp_path / "a.nii", colour)])


@pytest.mark.parametrize("shape", [(60, 64), (60, 64, 4, 5, 3), (1, 64, 4, 10)])
def test_shapes_that_are_no_stack(tmp_path: Path, shape: tuple[int, ...]) -> None:
    image = nifti_of(pixels(*shape), affine_of())
    nib.save(image, tmp_path / "a.nii")
    with pytest.raises(InvalidInput, match=r"shape|spacing"):
        read_study([tmp_path])


@pytest.mark.parametrize("suffix", ["nii", "nii.gz"])
@pytest.mark.parametrize("keep", [0, 30, 400, 20_000])
def test_truncated_files(tmp_path: Path, suffix: str, keep: int) -> None:
    path = save(tmp_path / f"a.{suffix}", pixels())
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UnreadableFile, match=r"'a\.nii"):
        read_study([path])


def test_a_header_that_promises_terabytes(tmp_path: Path) -> None:
    path = save(tmp_path / "a.nii", pixels())
    data = bytearray(path.read_bytes())
    data[42:50] = np.array([30_000, 30_000, 300, 30], "<i2").tobytes()
    path.write_bytes(data)
    with pytest.raises(UnreadableFile, match="30000"):
        read_study([path])


def test_random_damage_never_escapes(tmp_path: Path) -> None:
    path = save(tmp_path / "a.nii", pixels(60, 64, 4, 2))
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    rng = np.random.default_rng(5)
    outcomes: set[int | str] = set()
    for _ in range(150):
        spoilt = whole.copy()
        spoilt[rng.integers(0, 352, 4)] = rng.integers(0, 256, 4)
        path.write_bytes(spoilt.tobytes())
        try:
            outcomes.add(len(read_study([path]).images))
        except MareyError as error:
            outcomes.add(type(error).__name__)
    assert outcomes <= {1, "InvalidInput", "UnreadableFile", "NotAnalysable"}
    assert len(outcomes) > 1
