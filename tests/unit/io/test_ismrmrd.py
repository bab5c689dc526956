"""Raw data written as ISMRMRD read back by plain HDF5, and give the scanner's picture."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import h5py
import numpy as np
import pytest
from exams import FACTS

from marey.core import CannotWrite, Facts, Grid, InvalidInput, KSpace, MrHeader, RawSlice
from marey.io.ismrmrd import write_kspace
from marey.scan.mr.acquisition import Reconstruction, by_phase, reconstruct, sort
from marey.scan.mr.series import ScannedSlice, scan_cine
from marey.scan.mr.series.raw import raw_slice
from scanned_subject import lying_subject, middle_slice, quiet, small

HEADER = MrHeader("cine", field_strength=1.5, flip_angle=1.0, repetition_time=3.0, echo_time=1.5)
SETTINGS = small("cine", 96, phases=4, views_per_segment=8)
NOISE, CALIBRATION, BOTH = 1 << 18, 1 << 19, 1 << 20
LAYOUT = {  # byte offsets and formats of ISMRMRD_AcquisitionHeader, packed, 340 bytes (ismrmrd.h, version 1)
    "version": (0, "<u2"), "flags": (2, "<u8"), "measurement_uid": (10, "<u4"), "scan_counter": (14, "<u4"),
    "acquisition_time_stamp": (18, "<u4"), "physiology_time_stamp": (22, "<u4"), "number_of_samples": (34, "<u2"),
    "available_channels": (36, "<u2"), "active_channels": (38, "<u2"), "channel_mask": (40, "<u8"),
    "discard_pre": (168, "<u2"), "discard_post": (170, "<u2"), "center_sample": (172, "<u2"),
    "encoding_space_ref": (174, "<u2"), "trajectory_dimensions": (176, "<u2"), "sample_time_us": (178, "<f4"),
    "position": (182, "<f4"), "read_dir": (194, "<f4"), "phase_dir": (206, "<f4"), "slice_dir": (218, "<f4"),
    "patient_table_position": (230, "<f4"), "idx": (242, None), "user_int": (276, "<i4"), "user_float": (308, "<f4"),
}  # fmt: skip
COUNTERS = (
    "kspace_encode_step_1", "kspace_encode_step_2", "average", "slice", "contrast", "phase", "repetition", "set",
    "segment", "user",
)  # fmt: skip


def raw(lines: int = 12, samples: int = 16, coils: int = 3, **changes: Any) -> RawSlice:
    """Two beats of two frames of all lines, of random numbers with correlated noise."""
    rng = np.random.default_rng(0)
    line = changes.pop("line", np.tile(np.arange(lines), 4))
    count = line.size
    values = rng.standard_normal((coils, count, samples, 2), dtype=np.float32).view(np.complex64)[..., 0]
    mixing = rng.standard_normal((coils, coils)) + 1j * rng.standard_normal((coils, coils))
    field = (240.0, 320.0)
    trajectory = np.stack(
        np.broadcast_arrays((line[:, None] - lines // 2) / field[0], (np.arange(samples) - samples // 2) / field[1]), -1
    )
    times = np.arange(count) * 3.0
    frame = np.arange(count) // max(count // 4, 1) % 2
    since = times - (np.arange(count) >= count // 2) * 3.0 * (count // 2)
    affine = np.diag([8.0, 20.0, 20.0, 1.0])
    made = RawSlice(
        KSpace(values, trajectory.astype(np.float32), times, mixing @ mixing.conj().T, 0.01), line, frame, since,
        np.full(count, 900.0), Grid((1, lines, samples), affine, slice_thickness=8.0), "column", (lines, samples),
        field,
    )  # fmt: skip
    return replace(made, **changes)


def table(path: Path) -> np.ndarray:
    with h5py.File(path) as file:
        return np.asarray(file["dataset/data"][()])


def readouts(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Header and complex samples of the readouts that are no noise."""
    rows = table(path)
    rows = rows[rows["head"]["flags"] & NOISE == 0]
    head = rows["head"]
    samples = np.stack(list(rows["data"])).view(np.complex64)
    return head, samples.reshape(len(rows), head["active_channels"][0], head["number_of_samples"][0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_kspace(tmp_path / "raw.h5", [raw(slice=4, encoding=1)], HEADER, FACTS, np.random.default_rng(1))


def test_the_compound_is_laid_out_as_the_standard_says(path: Path) -> None:
    dtype = table(path).dtype
    assert dtype.names == ("head", "traj", "data")
    head = dtype["head"]
    assert head.itemsize == 340
    assert head.fields is not None
    assert head.names == tuple(LAYOUT)
    for name, (offset, form) in LAYOUT.items():
        assert head.fields[name][1] == offset
        assert form is None or head[name].base == np.dtype(form)
    assert head["idx"].names == COUNTERS
    assert head["idx"].itemsize == 34
    with h5py.File(path) as file:
        assert h5py.check_vlen_dtype(file["dataset/data"].dtype["data"]) == np.dtype("<f4")


def test_samples_counters_and_times_read_back(path: Path) -> None:
    head, samples = readouts(path)
    written = raw()
    np.testing.assert_array_equal(samples, written.kspace.samples.swapaxes(0, 1))
    counters = head["idx"]
    np.testing.assert_array_equal(counters["kspace_encode_step_1"], written.line)
    np.testing.assert_array_equal(counters["phase"], written.frame)
    np.testing.assert_array_equal(counters["segment"], np.repeat([0, 1], 24))
    np.testing.assert_array_equal(counters["repetition"], np.repeat([0, 1], 24))
    assert set(counters["slice"]) == {4}
    assert set(counters["set"]) == {1}
    np.testing.assert_allclose(head["physiology_time_stamp"][:, 0] * 2.5, written.time, atol=1.25)
    np.testing.assert_allclose(head["user_float"][:, 0], written.time)
    np.testing.assert_allclose(head["sample_time_us"], 10)
    assert set(head["channel_mask"][:, 0]) == {0b111}
    np.testing.assert_array_equal(head["scan_counter"], np.arange(48) + 64)


def test_first_and_last_are_flagged(tmp_path: Path) -> None:
    slices = [raw(slice=0), raw(slice=1)]
    flags = readouts(write_kspace(tmp_path / "raw.h5", slices, HEADER, Facts(), np.random.default_rng(1)))[0]["flags"]
    np.testing.assert_array_equal(np.flatnonzero(flags & (1 << 6)), [0, 48])
    np.testing.assert_array_equal(np.flatnonzero(flags & (1 << 7)), [47, 95])
    np.testing.assert_array_equal(np.flatnonzero(flags & (1 << 24)), [95])


def test_places_and_trajectory(path: Path, tmp_path: Path) -> None:
    rows = table(path)[-48:]
    head = rows["head"]
    np.testing.assert_allclose(head["position"][0], raw().grid.centre)
    np.testing.assert_allclose((head["read_dir"][0], head["phase_dir"][0]), ((0, 0, 1), (0, 1, 0)))
    trajectory = np.stack(list(rows["traj"])).reshape(48, 16, 2)
    np.testing.assert_allclose(trajectory[0, :, 0], (np.arange(16) - 8) / 16, atol=1e-6)
    np.testing.assert_allclose(trajectory[:12, 3, 1], (np.arange(12) - 6) / 12, atol=1e-6)
    other = [raw(phase_encoding="row")]
    turned = readouts(write_kspace(tmp_path / "turned.h5", other, HEADER, FACTS, np.random.default_rng(1)))[0]
    np.testing.assert_allclose((turned["read_dir"][0], turned["phase_dir"][0]), ((0, 1, 0), (0, 0, 1)))


def test_the_noise_scan_has_the_stated_covariance(tmp_path: Path) -> None:
    written = raw()
    rng = np.random.default_rng(1)
    rows = table(write_kspace(tmp_path / "raw.h5", [written], HEADER, FACTS, rng, noise_readouts=4000))
    noise = rows[:-48]
    assert (noise["head"]["flags"] == NOISE).all()
    assert not noise["head"]["trajectory_dimensions"].any()
    drawn = np.stack(list(noise["data"])).view(np.complex64).reshape(4000, 3, 16).swapaxes(0, 1).reshape(3, -1)
    covariance = written.kspace.noise_covariance
    found = drawn @ drawn.conj().T / drawn.shape[1]
    np.testing.assert_allclose(found, covariance, atol=0.03 * np.abs(covariance).max())


def test_without_noise_there_is_no_noise_scan(tmp_path: Path) -> None:
    silent = replace(raw().kspace, noise_covariance=np.zeros((3, 3), complex))
    written = write_kspace(tmp_path / "raw.h5", [raw(kspace=silent)], HEADER, FACTS, np.random.default_rng(1))
    assert len(table(written)) == 48


def test_calibration_lines_are_flagged(tmp_path: Path) -> None:
    line = np.array([0, 3, 6, 7, 8, 9, 12, 15], np.intp)
    written = raw(lines=18, line=line)
    path = write_kspace(tmp_path / "raw.h5", [written], HEADER, FACTS, np.random.default_rng(1))
    flags = readouts(path)[0]["flags"] & (CALIBRATION | BOTH)
    assert dict(zip(line.tolist(), flags.tolist(), strict=True)) == {
        0: 0, 3: 0, 6: BOTH, 7: CALIBRATION, 8: CALIBRATION, 9: BOTH, 12: 0, 15: 0,
    }  # fmt: skip
    assert xml(path).findtext(".//{*}accelerationFactor/{*}kspace_encoding_step_1") == "3"


def xml(path: Path) -> ET.Element:
    with h5py.File(path) as file:
        (text,) = file["dataset/xml"][()]
    return ET.fromstring(text)


def test_the_header_describes_the_encoding(path: Path) -> None:
    root = xml(path)
    assert root.tag == "{http://www.ismrm.org/ISMRMRD}ismrmrdHeader"
    said = {name: root.findtext(f".//{{*}}{name}") for name in (
        "H1resonanceFrequency_Hz", "trajectory", "TR", "TE", "receiverChannels", "patientID", "systemFieldStrength_T",
    )}  # fmt: skip
    assert said == {
        "H1resonanceFrequency_Hz": "63866218", "trajectory": "cartesian", "TR": "3.0", "TE": "1.5",
        "receiverChannels": "3", "patientID": "P-1", "systemFieldStrength_T": "1.5",
    }  # fmt: skip
    for space, field in (("encodedSpace", ("320.0", "240.0", "8.0")), ("reconSpace", ("320.0", "240.0", "8.0"))):
        assert tuple(root.findtext(f".//{{*}}{space}/{{*}}matrixSize/{{*}}{axis}") for axis in "xyz") == (
            "16",
            "12",
            "1",
        )
        assert tuple(root.findtext(f".//{{*}}{space}/{{*}}fieldOfView_mm/{{*}}{axis}") for axis in "xyz") == field
    limits = ".//{*}encodingLimits/{*}kspace_encoding_step_1/{*}"
    assert (root.findtext(limits + "maximum"), root.findtext(limits + "center")) == ("11", "6")


@pytest.fixture(scope="module")
def scanned() -> ScannedSlice:
    scanner = quiet().but({"receiver.noise": 0.01})
    grid = middle_slice(SETTINGS)
    return scan_cine(lying_subject(), grid, SETTINGS, scanner, np.random.default_rng(0), short_axis=True)


def test_a_picture_of_the_file_is_the_scanners(scanned: ScannedSlice, tmp_path: Path) -> None:
    """FFT and root sum of squares of whitened coils, in the middle, where nothing folds: within 3 %."""
    (measured,) = scanned.measured
    path = write_kspace(tmp_path / "raw.h5", [raw_slice(measured)], HEADER, FACTS, np.random.default_rng(1))
    head, samples = readouts(path)
    encoding = measured.scan.encoding
    part = head["user_float"][:, 0] / head["user_float"][:, 1]
    kspace = np.zeros((samples.shape[1], *encoding.matrix), np.complex64)
    for line in range(encoding.matrix[0]):
        those = np.flatnonzero(head["idx"]["kspace_encode_step_1"] == line)
        nearest = those[np.argmin(np.abs((part[those] + 0.5) % 1 - 0.5))]
        kspace[:, line] = samples[nearest]
    ky, kx = (np.fft.fftshift(np.fft.fftfreq(n)) for n in encoding.matrix)
    kspace *= np.exp(1j * np.pi * (ky[:, None] + kx))  # pixels lie half a pixel beside the transform's
    coils = np.fft.fftshift(np.fft.ifft2(np.fft.ifftshift(kspace, axes=(1, 2)), norm="ortho"), axes=(1, 2))
    scan = np.stack(list(table(path)[:64]["data"])).view(np.complex64).reshape(64, len(kspace), -1)
    noise = scan.swapaxes(0, 1).reshape(len(kspace), -1)
    white = np.linalg.inv(np.linalg.cholesky(noise @ noise.conj().T / noise.shape[1]))
    picture = np.sqrt((np.abs(np.tensordot(white, coils, 1)) ** 2).sum(axis=0))
    sorting = by_phase(measured.schedule, SETTINGS.phases)
    chain = Reconstruction(encoding.matrix)
    scanners = np.abs(reconstruct(sort(measured.raw, sorting), sorting.lines, encoding, chain))[0]
    middle = tuple(slice(n // 4, 3 * n // 4) for n in encoding.matrix)
    mine, theirs = picture[middle], scanners[middle]
    mine = mine * (mine * theirs).sum() / (mine**2).sum()
    assert np.linalg.norm(mine - theirs) < 0.03 * np.linalg.norm(theirs)


@pytest.mark.parametrize("wrong", [
    {"frame": np.zeros(3, np.intp)}, {"matrix": (11, 16)}, {"time": np.full(48, -1.0)}, {"rr": np.full(48, np.nan)},
    {"slice": -1}, {"field_of_view": (0.0, 320.0)}, {"grid": Grid((2, 12, 16), np.diag([8.0, 20, 20, 1]))},
])  # fmt: skip
def test_slices_that_contradict_themselves_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        raw(**wrong)


def test_what_does_not_fit_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)

    def write(slices: list[RawSlice], header: MrHeader = HEADER, folder: str = "", readouts: int = 64) -> Path:
        return write_kspace(tmp_path / folder / "raw.h5", slices, header, FACTS, rng, noise_readouts=readouts)

    for slices in ([], [raw(), raw(coils=2)], [raw(slice=70_000)]):
        with pytest.raises(InvalidInput):
            write(slices)
    with pytest.raises(InvalidInput, match="noise scan"):
        write([raw()], readouts=-1)
    with pytest.raises(InvalidInput, match="field strength"):
        write([raw()], MrHeader())
    (tmp_path / "taken").write_text("")
    with pytest.raises(CannotWrite):
        write([raw()], folder="taken")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(CannotWrite, match=r"marey\[raw\]"):
        write([raw()])
    assert [found.name for found in tmp_path.iterdir()] == ["taken"]
