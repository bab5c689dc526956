"""Compressed pixels come back as they were; a missing decoder or a dying one ends in a sentence."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from exams import cine, notice, write
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import (
    MPEG2MPML,
    UID,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from marey.core import InvalidInput, UnreadableFile
from marey.io import decode_child
from marey.io.read import read_study


def compress(paths: Sequence[Path], syntax: UID) -> None:
    for path in paths:
        dataset = dcmread(path)
        if syntax == JPEGLosslessSV1:
            dataset.PixelData = encapsulate([lossless_jpeg(dataset.pixel_array)])
            dataset.file_meta.TransferSyntaxUID = syntax
            dataset["PixelData"].is_undefined_length = True
        else:
            dataset.compress(syntax, generate_instance_uid=False)
        dataset.save_as(path)


def lossless_jpeg(pixels: np.ndarray[tuple[int, int], np.dtype[np.uint16]]) -> bytes:
    """ITU-T T.81 process 14, selection value 1: each pixel is predicted by its left neighbour.

    (The first of a row by the one above.) One Huffman table in which every difference category has a code of five bits.
    """
    rows, columns = pixels.shape
    prediction = np.empty((rows, columns), np.int64)
    prediction[:, 1:] = pixels[:, :-1]
    prediction[1:, 0] = pixels[:-1, 0]
    prediction[0, 0] = 1 << 15
    differences = (pixels.astype(np.int64) - prediction + (1 << 15)) % (1 << 16) - (1 << 15)
    bits = []
    for difference in differences.ravel().tolist():
        category = abs(difference).bit_length()
        bits.append(f"{category:05b}")
        if 0 < category < 16:
            bits.append(f"{difference if difference > 0 else difference + (1 << category) - 1:0{category}b}")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    scan = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")
    lengths = bytes([0, 0, 0, 0, 17] + [0] * 11)
    return b"".join(
        [
            b"\xff\xd8",
            b"\xff\xc4" + (2 + 1 + 16 + 17).to_bytes(2, "big") + b"\x00" + lengths + bytes(range(17)),
            b"\xff\xc3\x00\x0b\x10" + rows.to_bytes(2, "big") + columns.to_bytes(2, "big") + b"\x01\x01\x11\x00",
            b"\xff\xda\x00\x08\x01\x01\x00\x01\x00\x00",
            scan,
            b"\xff\xd9",
        ]
    )


@pytest.mark.parametrize(
    "syntax", [RLELossless, JPEG2000Lossless, JPEGLSLossless, JPEGLosslessSV1], ids=lambda syntax: syntax.name
)
def test_lossless_compression_loses_nothing(tmp_path: Path, syntax: UID) -> None:
    if syntax == JPEGLosslessSV1:
        pytest.importorskip("gdcm", reason="python-gdcm is not installed")
    image = cine(slices=2, phases=3, pixels=40)
    compress(write(image, tmp_path), syntax)
    np.testing.assert_array_equal(read_study([tmp_path]).images[0].values, image.values)


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, JPEGLSLossless], ids=lambda syntax: syntax.name)
def test_a_spoilt_frame_is_a_missing_frame(tmp_path: Path, syntax: UID) -> None:
    paths = write(cine(slices=2, phases=8, pixels=40), tmp_path)
    compress(paths, syntax)
    spoilt = dcmread(paths[3])
    spoilt.PixelData = encapsulate([b"\x00" * 80])
    spoilt.save_as(paths[3])
    study = read_study([tmp_path])
    assert "1 image(s)" in notice(study, "damaged-file").text
    assert notice(study, "missing-frame").serious


def test_a_codestream_larger_than_its_header_is_not_decoded(tmp_path: Path) -> None:
    (path,) = write(cine(1, 1, pixels=40), tmp_path)
    compress([path], JPEG2000Lossless)
    data = path.read_bytes()
    at = data.index(b"\xff\x4f\xff\x51") + 8
    path.write_bytes(data[:at] + (60_000).to_bytes(4, "big") * 2 + data[at + 8 :])
    with pytest.raises(InvalidInput, match="damaged"):
        read_study([path])


def test_no_decoder_for_lossless_jpeg_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pydicom.pixels.decoders.base import JPEGLosslessSV1Decoder

    paths = write(cine(1, 1, pixels=40), tmp_path)
    compress(paths, JPEGLosslessSV1)
    monkeypatch.setattr(JPEGLosslessSV1Decoder, "_available", {})
    with pytest.raises(UnreadableFile, match=r'pip install "marey\[jpeg-lossless\]"'):
        read_study([tmp_path])


def test_a_compression_that_nothing_can_read(tmp_path: Path) -> None:
    (path,) = write(cine(1, 1, pixels=40), tmp_path)
    video = dcmread(path)
    video.file_meta.TransferSyntaxUID = MPEG2MPML
    video.PixelData = encapsulate([b"\x00\x00\x01\xb3" * 30])
    video["PixelData"].is_undefined_length = True
    video.save_as(path)
    with pytest.raises(UnreadableFile, match="MPEG2"):
        read_study([path])


def test_a_series_without_a_decoder_beside_a_cine_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pydicom.pixels.decoders.base import JPEGLosslessSV1Decoder

    write(cine(), tmp_path, number=1)
    compress(write(cine(1, 2, pixels=40), tmp_path, number=2), JPEGLosslessSV1)
    monkeypatch.setattr(JPEGLosslessSV1Decoder, "_available", {})
    study = read_study([tmp_path])
    assert len(study.images) == 1
    assert notice(study, "no-decoder").serious


def test_a_decoder_that_dies_takes_one_file_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gdcm", reason="python-gdcm is not installed")
    image = cine(slices=1, phases=8)
    paths = write(image, tmp_path)
    compress(paths, JPEGLosslessSV1)
    # The child dies without a word when it comes to the third file.
    program = (
        "import os, sys; from pathlib import Path; from marey.io import decode_child as child; decode = child._decode\n"
        f"child._decode = lambda path: os.abort() if path.name == {paths[2].name!r} else decode(path)\n"
        "child._serve(sys.stdin.buffer, sys.stdout.buffer)"
    )
    monkeypatch.setattr(decode_child, "ARGUMENTS", ("-c", program))
    study = read_study([tmp_path])
    assert "1 image(s)" in notice(study, "damaged-file").text
    np.testing.assert_array_equal(study.images[0].values, np.delete(image.values, 2, axis=0))
    assert notice(study, "missing-frame").serious
