"""Enhanced multi-frame MR gives the same image as the classic files it replaces."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from exams import cine, notice, write
from highdicom.legacy import LegacyConvertedEnhancedMRImage
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedMRImageStorage, RLELossless

from marey.core import Image, UnreadableFile
from marey.io.read import read_study


def item(**elements: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    return dataset


def write_enhanced(image: Image, path: Path, edit: Callable[[Dataset], None] = lambda _: None) -> Path:
    """One file of all frames, in an order that has nothing to do with place or time."""
    (first, *rest) = write(image, path.parent / "classic")
    enhanced = dcmread(first)
    geometry = item(PixelSpacing=enhanced.PixelSpacing, SliceThickness=enhanced.SliceThickness)
    plane = item(ImageOrientationPatient=enhanced.ImageOrientationPatient)
    rr = item(RRIntervalTimeNominal=image.rr_interval)
    enhanced.SharedFunctionalGroupsSequence = Sequence(
        [
            item(
                PixelMeasuresSequence=Sequence([geometry]),
                PlaneOrientationSequence=Sequence([plane]),
                PixelValueTransformationSequence=Sequence([item(RescaleSlope=2, RescaleIntercept=1)]),
            )
        ]
    )
    order = np.random.default_rng(2).permutation(image.phases * image.grid.shape[0])
    frames = []
    for k in order:
        t, z = divmod(int(k), image.grid.shape[0])
        place = item(ImagePositionPatient=[round(float(v), 6) for v in image.grid.world([z, 0, 0])])
        when = item(NominalCardiacTriggerDelayTime=float(image.times[t]))
        frames.append(
            item(
                PlanePositionSequence=Sequence([place]),
                CardiacSynchronizationSequence=Sequence([item(**{e.keyword: e.value for e in (*when, *rr)})]),
                FrameContentSequence=Sequence([item(TemporalPositionIndex=t + 1)]),
            )
        )
    enhanced.PerFrameFunctionalGroupsSequence = Sequence(frames)
    flat = image.values.reshape(-1, *image.values.shape[2:])
    enhanced.PixelData = flat[order].tobytes()
    enhanced.NumberOfFrames = len(order)
    enhanced.SOPClassUID = enhanced.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    for keyword in [
        "TriggerTime",
        "TemporalPositionIdentifier",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "PixelSpacing",
        "NominalInterval",
        "HeartRate",
        "SliceThickness",
    ]:
        delattr(enhanced, keyword)
    edit(enhanced)
    enhanced.save_as(path)
    for classic in (first, *rest):
        classic.unlink()
    return path


def test_frames_of_one_file_find_their_places(tmp_path: Path) -> None:
    image = cine(slices=3, phases=5)
    path = write_enhanced(image, tmp_path / "enhanced.dcm")
    study = read_study([tmp_path])
    (back,) = study.images
    np.testing.assert_allclose(back.values, image.values * 2.0 + 1)
    np.testing.assert_allclose(back.times, image.times)
    np.testing.assert_allclose(back.rr_intervals, 900)
    assert back.grid.same_as(image.grid)
    assert not study.notices
    pixels = dcmread(path).pixel_array
    for t, z in ((0, 0), (4, 2)):
        source = back.sources[t][z]
        assert source.path == path
        np.testing.assert_array_equal(pixels[source.frame], image.values[t, z])


def test_temporal_positions_where_there_are_no_delays(tmp_path: Path) -> None:
    def edit(enhanced: Dataset) -> None:
        for frame in enhanced.PerFrameFunctionalGroupsSequence:
            del frame.CardiacSynchronizationSequence[0].NominalCardiacTriggerDelayTime

    image = cine(slices=3, phases=5)
    write_enhanced(image, tmp_path / "enhanced.dcm", edit)
    (back,) = read_study([tmp_path]).images
    np.testing.assert_allclose(back.values, image.values * 2.0 + 1)
    np.testing.assert_allclose(back.times, image.times)


def test_flow_images_are_left_aside(tmp_path: Path) -> None:
    write(cine(), tmp_path / "anatomy", number=2)
    write_enhanced(cine(seed=3), tmp_path / "e.dcm", lambda it: setattr(it, "ComplexImageComponent", "PHASE"))
    study = read_study([tmp_path])
    assert len(study.images) == 1
    assert "flow" in notice(study, "left-aside").text


@pytest.mark.parametrize("frames", [3, 10**6])
def test_frames_that_are_not_described(tmp_path: Path, frames: int) -> None:
    write_enhanced(cine(slices=3), tmp_path / "e.dcm", lambda it: setattr(it, "NumberOfFrames", frames))
    with pytest.raises((UnreadableFile, ValueError)):
        read_study([tmp_path])


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
def test_legacy_converted_images_equal_the_classic_ones(tmp_path: Path) -> None:
    image = cine(slices=3, phases=4)
    classic = [dcmread(path) for path in write(image, tmp_path / "classic")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        converted = LegacyConvertedEnhancedMRImage(classic, "1.2.3.4", 9, "1.2.3.5", 1)
    (tmp_path / "converted").mkdir()
    converted.save_as(tmp_path / "converted" / "x.dcm")
    one = read_study([tmp_path / "classic"]).images[0]
    study = read_study([tmp_path / "converted"])
    (two,) = study.images
    np.testing.assert_array_equal(one.values, two.values)
    np.testing.assert_allclose(one.times, two.times)
    np.testing.assert_allclose(one.rr_intervals, two.rr_intervals)
    assert one.grid.same_as(two.grid)
    assert not study.notices


def test_multi_frame_files_may_be_compressed(tmp_path: Path) -> None:
    image = cine(slices=2, phases=3)
    path = write_enhanced(image, tmp_path / "enhanced.dcm")
    dataset = dcmread(path)
    dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.save_as(path)
    np.testing.assert_allclose(read_study([path]).images[0].values, image.values * 2.0 + 1)
