"""DICOM SEG: the same voxels at the same place, of the same patient, or a sentence."""

import dataclasses
import datetime as dt
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from dicom_cases import FACTS, Case, enhanced, labels_for, make_case, oblique_grid, validated
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from marey.core import (
    CannotWrite,
    FrameSource,
    InvalidInput,
    Labels,
    MareyError,
    NotAnalysable,
    UnreadableFile,
)
from marey.io.derived import decimals, has_dicom_source
from marey.io.segmentation import write_segmentation

MOMENT = dt.datetime(2025, 3, 4, 5, 6, 7, tzinfo=dt.UTC)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "exam")


def planes(seg: Dataset) -> NDArray[np.bool_]:
    """Bit-planes ``(frame, y, x)``, unpacked as PS3.5 8.1.1 says."""
    count = int(seg.NumberOfFrames) * seg.Rows * seg.Columns
    bits = np.unpackbits(np.frombuffer(seg.PixelData, np.uint8), bitorder="little")[:count]
    return bits.reshape(-1, seg.Rows, seg.Columns).astype(bool)


def frame_origin(group: Dataset) -> NDArray[np.float64]:
    return np.array(group.PlanePositionSequence[0].ImagePositionPatient, float)


def decoded(seg: Dataset, case: Case) -> dict[tuple[str, int, int], NDArray[np.bool_]]:
    """Planes by structure, phase and slice, found from the source image that each frame points to."""
    where = {
        str(pydicom.dcmread(case.image.sources[t][z].path).SOPInstanceUID): (t, z)
        for t in range(case.image.phases)
        for z in range(case.image.grid.shape[0])
    }
    found = {}
    for group, plane in zip(seg.PerFrameFunctionalGroupsSequence, planes(seg), strict=True):
        source = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        found[(seg.SegmentSequence[number - 1].SegmentLabel, *where[source])] = plane
    return found


@pytest.mark.parametrize("phases", [None, (1,), (2, 0)])
def test_every_labelled_voxel_and_no_other_is_in_the_object(
    case: Case, tmp_path: Path, phases: tuple[int, ...] | None
) -> None:
    seg = pydicom.dcmread(write_segmentation(tmp_path / "seg.dcm", case.image, case.labels, phases=phases))
    found = decoded(seg, case)
    wanted = {}
    for key, structure in case.labels.structures.items():
        for t in range(3) if phases is None else phases:
            for z in range(case.image.grid.shape[0]):
                if (mask := case.labels.values[t, z] == key).any():
                    wanted[structure.name, t, z] = mask
    assert found.keys() == wanted.keys()
    assert all(np.array_equal(found[where], mask) for where, mask in wanted.items())


def test_segments_carry_the_code_and_name_of_their_structure(case: Case, tmp_path: Path) -> None:
    seg = pydicom.dcmread(write_segmentation(tmp_path / "seg.dcm", case.image, case.labels))
    for segment, structure in zip(seg.SegmentSequence, case.labels.structures.values(), strict=True):
        code = segment.SegmentedPropertyTypeCodeSequence[0]
        assert (code.CodeValue, code.CodingSchemeDesignator) == (structure.code.value, "SCT")
        assert segment.SegmentLabel == structure.name
        assert segment.SegmentAlgorithmType == "AUTOMATIC"


@pytest.mark.parametrize("positions", [(), (0.0, 9.0, 27.0, 36.0)])
def test_each_frame_lies_where_its_slice_lies(tmp_path: Path, positions: tuple[float, ...]) -> None:
    case = make_case(tmp_path / "exam", oblique_grid(positions))
    seg = pydicom.dcmread(write_segmentation(tmp_path / "seg.dcm", case.image, case.labels))
    shared = seg.SharedFunctionalGroupsSequence[0]
    directions = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float).reshape(2, 3)
    rows, columns = np.array(shared.PixelMeasuresSequence[0].PixelSpacing, float)
    slices = {tuple(decimals(case.image.grid.world([z, 0, 0]))): z for z in range(4)}
    for group in seg.PerFrameFunctionalGroupsSequence:
        origin = frame_origin(group)
        z = slices[tuple(decimals(origin))]
        corner = origin + directions[1] * rows * 23 + directions[0] * columns * 19
        np.testing.assert_allclose(corner, case.image.grid.world([z, 23, 19]), atol=1e-4)
        source = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        header = next(d for d in map(pydicom.dcmread, case.files) if source == d.SOPInstanceUID)
        np.testing.assert_allclose(origin, np.array(header.ImagePositionPatient, float), atol=1e-3)


def test_dimension_indices_are_unique_and_count_from_one(case: Case, tmp_path: Path) -> None:
    for phases, dimensions in ((None, 3), ((0,), 2)):
        seg = pydicom.dcmread(write_segmentation(tmp_path / "seg.dcm", case.image, case.labels, phases=phases))
        values = [
            tuple(group.FrameContentSequence[0].DimensionIndexValues) for group in seg.PerFrameFunctionalGroupsSequence
        ]
        assert len(set(values)) == len(values)
        assert len(seg.DimensionIndexSequence) == len(values[0]) == dimensions
        assert min(min(value) for value in values) == 1


def test_highdicom_reads_one_phase_as_a_volume(case: Case, tmp_path: Path) -> None:
    from highdicom.seg import segread

    volume = segread(write_segmentation(tmp_path / "seg.dcm", case.image, case.labels, phases=(1,))).get_volume()
    assert volume.spatial_shape == case.labels.grid.shape
    ours = case.labels.values[1]
    assert {int(np.count_nonzero(volume.array[..., n])) for n in range(3)} == {
        int(np.count_nonzero(ours == key)) for key in (1, 2, 5)
    }


def test_dcmqi_counts_the_same_voxels(case: Case, tmp_path: Path) -> None:
    program = shutil.which("segimage2itkimage")
    if program is None:
        pytest.skip("segimage2itkimage is not installed (PyPI package dcmqi)")
    path = write_segmentation(tmp_path / "seg.dcm", case.image, case.labels, phases=(2,))
    (tmp_path / "out").mkdir()
    command = [program, "--inputDICOM", str(path), "--outputDirectory", str(tmp_path / "out"), "-t", "nifti"]
    subprocess.run(command, check=True, capture_output=True)
    import nibabel

    for number, key in enumerate(case.labels.structures, start=1):
        volume: Any = nibabel.load(tmp_path / "out" / f"{number}.nii.gz")
        assert np.count_nonzero(volume.dataobj) == np.count_nonzero(case.labels.values[2] == key)


@pytest.mark.parametrize("phases", [None, (1,)])
def test_the_validator_finds_no_error(case: Case, tmp_path: Path, phases: tuple[int, ...] | None) -> None:
    said = validated(write_segmentation(tmp_path / "seg.dcm", case.image, case.labels, phases=phases))
    assert said.strip() == "Segmentation"


def test_patient_and_study_are_those_of_the_source(case: Case, tmp_path: Path) -> None:
    path = write_segmentation(tmp_path / "seg.dcm", case.image, case.labels)
    seg, source = pydicom.dcmread(path), pydicom.dcmread(case.files[0])
    for keyword in ("PatientName", "PatientID", "PatientSex", "StudyInstanceUID", "StudyDate", "FrameOfReferenceUID"):
        assert seg[keyword].value == source[keyword].value
    assert str(seg.PatientName) == FACTS.patient_name
    assert path.read_bytes()[:132] == bytes(128) + b"DICM"


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        ("ISO_IR 100", "Müller^Jürgen"),
        ("ISO_IR 144", "Люкceмбypг"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
    ],
)
def test_names_in_any_character_set_survive(tmp_path: Path, charset: str | list[str], name: str) -> None:
    case = make_case(tmp_path / "exam")
    header = pydicom.dcmread(case.files[0])
    header.PatientName = name
    header.SpecificCharacterSet = charset
    header.save_as(case.files[0])
    assert name.encode() not in case.files[0].read_bytes()
    path = write_segmentation(tmp_path / "seg.dcm", case.image, case.labels, phases=(0,))
    seg = pydicom.dcmread(path)
    assert seg.SpecificCharacterSet == "ISO_IR 192"
    assert str(seg.PatientName) == name
    validated(path)


def test_sources_without_optional_facts_are_enough(case: Case, tmp_path: Path) -> None:
    for file in case.files:
        header = pydicom.dcmread(file)
        for keyword in ("AccessionNumber", "StudyID", "StudyTime", "PatientBirthDate", "PatientName", "PatientSex"):
            del header[keyword]
        del header.FrameOfReferenceUID
        header.save_as(file)
    path = write_segmentation(tmp_path / "seg.dcm", case.image, case.labels)
    validated(path)
    assert pydicom.dcmread(path).FrameOfReferenceUID


def test_values_that_break_the_standard_in_the_source_do_not_stop_the_writing(case: Case, tmp_path: Path) -> None:
    study = "2.16.124.0682260959"
    with pydicom.config.disable_value_validation():
        header = pydicom.dcmread(case.files[0])
        header.PatientID, header.PatientName, header.StudyInstanceUID = "i" * 90, "n" * 90, study
        header.PatientBirthDate, header.StudyDate, header.PatientSex = "00000000", "soon", "female"
        header.save_as(case.files[0])
    path = write_segmentation(tmp_path / "seg.dcm", case.image, case.labels, phases=(0,))
    with pydicom.config.disable_value_validation():
        seg = pydicom.dcmread(path)
        assert (seg.PatientID, str(seg.PatientName), seg.StudyInstanceUID) == ("i" * 90, "n" * 90, study)
        assert not any((seg.PatientBirthDate, seg.StudyDate, seg.PatientSex))


@pytest.mark.parametrize("phases", [None, (2,)])
def test_a_single_structure_makes_a_valid_object(case: Case, tmp_path: Path, phases: tuple[int, ...] | None) -> None:
    values = (case.labels.values == 5).astype(np.uint8) * 5
    one = Labels(values, case.labels.grid, case.labels.times, {5: case.labels.structures[5]})
    path = write_segmentation(tmp_path / "seg.dcm", case.image, one, phases=phases)
    assert {name for name, _, _ in decoded(pydicom.dcmread(path), case)} == {"RV cavity"}
    validated(path)


def test_same_input_same_bytes_other_labels_other_uid(case: Case, tmp_path: Path) -> None:
    def write(labels: Labels, **options: Any) -> Path:
        return write_segmentation(tmp_path / "seg.dcm", case.image, labels, created=MOMENT, **options)

    first = write(case.labels).read_bytes()
    assert write(case.labels).read_bytes() == first
    uids = {pydicom.dcmread(write(case.labels, phases=(phase,))).SOPInstanceUID for phase in range(3)}
    values = case.labels.values.copy()
    values[0, 0, 0, 0] = 2 if values[0, 0, 0, 0] == 1 else 1
    uids.add(pydicom.dcmread(write(dataclasses.replace(case.labels, values=values), phases=(0,))).SOPInstanceUID)
    assert len(uids) == 4


def test_frames_of_an_enhanced_file_are_pointed_to_by_number(case: Case, tmp_path: Path) -> None:
    image = enhanced(case, tmp_path)
    path = write_segmentation(tmp_path / "seg.dcm", image, case.labels, phases=(0, 2))
    validated(path)
    for group in pydicom.dcmread(path).PerFrameFunctionalGroupsSequence:
        source = group.DerivationImageSequence[0].SourceImageSequence[0]
        frame = pydicom.dcmread(tmp_path / "enhanced.dcm").PerFrameFunctionalGroupsSequence[
            int(source.ReferencedFrameNumber) - 1
        ]
        np.testing.assert_allclose(frame_origin(group), frame_origin(frame), atol=1e-3)


def test_results_may_be_written_from_several_threads(case: Case, tmp_path: Path) -> None:
    before = pydicom.config.settings.reading_validation_mode
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(write_segmentation, tmp_path / f"{n}.dcm", case.image, case.labels, created=MOMENT)
            for n in range(8)
        ]
    assert len({job.result().read_bytes() for job in jobs}) == 1
    assert pydicom.config.settings.reading_validation_mode == before


def test_labels_on_another_grid_are_refused(case: Case, tmp_path: Path) -> None:
    cropped = case.image.crop(slice(2, 12), slice(0, 10))
    with pytest.raises(InvalidInput, match="not on the grid"):
        write_segmentation(tmp_path / "seg.dcm", cropped, case.labels)
    moved = labels_for(dataclasses.replace(case.image, grid=oblique_grid((0.0, 9.0, 18.0, 30.0))))
    with pytest.raises(InvalidInput, match="not on the grid"):
        write_segmentation(tmp_path / "seg.dcm", case.image, moved)
    fewer = Labels(case.labels.values[:2], case.labels.grid, case.labels.times[:2], case.labels.structures)
    with pytest.raises(InvalidInput, match="not on the grid"):
        write_segmentation(tmp_path / "seg.dcm", case.image, fewer)
    assert not (tmp_path / "seg.dcm").exists()


@pytest.mark.parametrize("phases", [(), (-1,), (0, 3)])
def test_phases_that_are_not_there_are_refused(case: Case, tmp_path: Path, phases: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="Phases from 0 to 2"):
        write_segmentation(tmp_path / "seg.dcm", case.image, case.labels, phases=phases)


def test_without_a_label_there_is_no_object(case: Case, tmp_path: Path) -> None:
    empty = dataclasses.replace(case.labels, values=np.zeros_like(case.labels.values))
    with pytest.raises(NotAnalysable, match="No voxel is labelled"):
        write_segmentation(tmp_path / "seg.dcm", case.image, empty)


def test_an_image_that_was_not_read_from_dicom_has_no_dicom_result(case: Case, tmp_path: Path) -> None:
    none = dataclasses.replace(case.image, sources=())
    row = tuple(FrameSource(tmp_path / "cine.NII.gz") for _ in range(4))
    nifti = dataclasses.replace(case.image, sources=(row, row, row))
    assert has_dicom_source(case.image)
    for image in (none, nifti):
        assert not has_dicom_source(image)
        with pytest.raises(NotAnalysable, match="not read from DICOM"):
            write_segmentation(tmp_path / "seg.dcm", image, case.labels)


def test_a_source_that_has_gone_is_named(case: Case, tmp_path: Path) -> None:
    gone = case.image.sources[1][3].path
    gone.unlink()
    with pytest.raises(UnreadableFile, match=gone.name):
        write_segmentation(tmp_path / "seg.dcm", case.image, case.labels)
    write_segmentation(tmp_path / "seg.dcm", case.image, case.labels, phases=(0,))


@pytest.mark.parametrize("content", [b"", b"no longer an image" * 50, b"\0" * 128 + b"DICM" + b"\xff" * 60])
@pytest.mark.parametrize("which", [0, -1])
def test_a_source_that_has_changed_is_named(case: Case, tmp_path: Path, content: bytes, which: int) -> None:
    changed = case.image.sources[which][which].path
    changed.write_bytes(content)
    with pytest.raises(MareyError, match=changed.name):
        write_segmentation(tmp_path / "seg.dcm", case.image, case.labels)
    assert not (tmp_path / "seg.dcm").exists()


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SOPInstanceUID", "SeriesInstanceUID"])
def test_sources_that_cannot_be_pointed_to_are_refused(case: Case, tmp_path: Path, keyword: str) -> None:
    header = pydicom.dcmread(case.files[0])
    del header[keyword]
    header.save_as(case.files[0], enforce_file_format=False)
    with pytest.raises(NotAnalysable, match=keyword):
        write_segmentation(tmp_path / "seg.dcm", case.image, case.labels)


def test_a_place_that_cannot_be_written_is_named_and_left_clean(case: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotWrite, match="could not be written"):
        write_segmentation(tmp_path / "file" / "seg.dcm", case.image, case.labels)
    (tmp_path / "seg.dcm").mkdir()
    (tmp_path / "seg.dcm" / "x").touch()
    with pytest.raises(CannotWrite):
        write_segmentation(tmp_path / "seg.dcm", case.image, case.labels)
    assert not list(tmp_path.glob(".part-*"))
