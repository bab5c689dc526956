"""Pixels of frames, decoded without trusting what they claim.

Uncompressed pixels are a view of the file's bytes. JPEG 2000, JPEG-LS, baseline JPEG and RLE are decoded here by
libraries that answer bad data with an exception. Lossless JPEG needs GDCM, which can take the whole process down: it
runs in a child.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from marey.core import UnreadableFile
from marey.io.dicom_files import parse
from marey.io.dicom_header import DAMAGE

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from marey.io.dicom_files import DicomFile
    from marey.io.dicom_frames import Frame

_JPEG = "1.2.840.10008.1.2.4."
_NATIVE = {
    "1.2.840.10008.1.2": "<", "1.2.840.10008.1.2.1": "<", "1.2.840.10008.1.2.1.99": "<", "1.2.840.10008.1.2.2": ">",
}  # fmt: skip
_RLE = "1.2.840.10008.1.2.5"
_PLUGINS = {
    _RLE: "pylibjpeg",
    f"{_JPEG}50": "pillow",
    f"{_JPEG}80": "pyjpegls", f"{_JPEG}81": "pyjpegls",
    f"{_JPEG}90": "pylibjpeg", f"{_JPEG}91": "pylibjpeg",
    f"{_JPEG}201": "pylibjpeg", f"{_JPEG}202": "pylibjpeg", f"{_JPEG}203": "pylibjpeg",
}  # fmt: skip
CHILD_ONLY = {f"{_JPEG}51", f"{_JPEG}57", f"{_JPEG}70"}


def decode(frames: Iterable[Frame]) -> tuple[dict[Frame, NDArray[Any]], int]:
    """Stored values (y, x) of each frame that can be decoded, and the number of frames that cannot.

    Raises:
        UnreadableFile: a compression for which no decoder is installed.
    """
    by_file: dict[DicomFile, list[Frame]] = {}
    for frame in frames:
        by_file.setdefault(frame.file, []).append(frame)
    pixels: dict[Frame, NDArray[Any]] = {}
    children = [file for file in by_file if file.syntax in CHILD_ONLY]
    from_children = _decode_in_child(children)
    for file, wanted in by_file.items():
        try:
            whole = from_children[file] if file in from_children else _decode_here(file, [f.index for f in wanted])
        except DAMAGE as error:
            if isinstance(error, UnreadableFile):
                raise
            continue
        for frame in wanted:
            array = whole.get(frame.index)
            if array is not None and array.shape == frame.shape:
                pixels[frame] = array
    return pixels, sum(map(len, by_file.values())) - len(pixels)


def _decode_here(file: DicomFile, indices: Sequence[int]) -> dict[int, NDArray[Any]]:
    dataset = file.dataset if "PixelData" in file.dataset else parse(file.path.read_bytes())
    if file.syntax in _NATIVE:
        frames = _native(dataset, file)
        return {index: clean(frames[index], dataset) for index in indices}
    plugin = _PLUGINS.get(file.syntax, "")
    return {index: clean(decode_frame(dataset, file.syntax, index, plugin), dataset) for index in indices}


def decode_frame(dataset: Dataset, syntax: str, index: int, plugin: str = "") -> NDArray[Any]:
    """One compressed frame (y, x), by the named pydicom plugin or any that is there.

    Raises:
        UnreadableFile: no decoder is installed.
    """
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import UID

    try:
        decoder = get_decoder(UID(syntax))
        available = decoder.is_available and (not plugin or plugin in decoder.available_plugins)
    except NotImplementedError:
        available = False
    if not available:
        raise no_decoder(syntax)
    if codestream_pixels(dataset, index) > 4 * dataset.Rows * dataset.Columns:
        raise ValueError("the compressed frame is larger than the header says")
    array: NDArray[Any] = decoder.as_array(dataset, index=index, raw=True, decoding_plugin=plugin)[0]
    return array


def no_decoder(syntax: str) -> UnreadableFile:
    """The sentence for a compression that nothing installed can read."""
    from pydicom.uid import UID

    return UnreadableFile(
        f"The pixels are compressed as '{UID(syntax).name}', and no decoder for that is installed.",
        "Uncompressed, RLE, JPEG 2000, JPEG-LS or baseline JPEG images are read without further parts.",
        'Run: pip install "marey[jpeg-lossless]"' if syntax in CHILD_ONLY else "Export the images uncompressed.",
    )


def _native(dataset: Dataset, file: DicomFile) -> NDArray[Any]:
    kind = "i" if dataset.get("PixelRepresentation") == 1 else "u"
    dtype = np.dtype(f"{_NATIVE[file.syntax]}{kind}{dataset.BitsAllocated // 8}")
    frames = file.header.whole("NumberOfFrames", 1)
    count = frames * dataset.Rows * dataset.Columns
    return np.frombuffer(dataset.PixelData, dtype, count).reshape(frames, dataset.Rows, dataset.Columns)


def clean(stored: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    """Stored values without overlay bits above `BitsStored`, bright meaning bright, native byte order."""
    stored = stored.astype(stored.dtype.newbyteorder("="), copy=False)
    spare = 8 * stored.dtype.itemsize - dataset.BitsStored
    if spare and stored.size and (stored.dtype.kind == "i" or stored.max() >> dataset.BitsStored):
        stored = (stored << spare) >> spare
    if dataset.get("PhotometricInterpretation") == "MONOCHROME1":
        stored = np.invert(stored) if stored.dtype.kind == "i" else ((1 << dataset.BitsStored) - 1 - stored)
    return stored


def codestream_pixels(dataset: Dataset, index: int) -> int:
    """Pixels that a JPEG or JPEG 2000 frame announces in its own header; 0 for RLE, which announces none."""
    from pydicom.encaps import get_frame

    if str(dataset.file_meta.TransferSyntaxUID) not in {*_PLUGINS, *CHILD_ONLY} - {_RLE}:
        return 0
    frame = get_frame(dataset.PixelData, index, number_of_frames=int(dataset.get("NumberOfFrames") or 1))
    if frame[:4] == b"\xff\x4f\xff\x51":
        x, y, left, top = (int.from_bytes(frame[at : at + 4], "big") for at in (8, 12, 16, 20))
        return (x - left) * (y - top)
    return _jpeg_pixels(frame)


def _jpeg_pixels(frame: bytes) -> int:
    at = 2
    while at + 9 < len(frame) and frame[at] == 0xFF:
        marker, length = frame[at + 1], int.from_bytes(frame[at + 2 : at + 4], "big")
        if marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            return int.from_bytes(frame[at + 5 : at + 7], "big") * int.from_bytes(frame[at + 7 : at + 9], "big")
        at += 2 + length
    raise ValueError("no frame header in the JPEG data")


def _decode_in_child(files: Sequence[DicomFile]) -> dict[DicomFile, dict[int, NDArray[Any]]]:
    if not files:
        return {}
    from marey.io.decode_child import decode_files

    return dict(zip(files, decode_files(files), strict=True))


__all__ = ["CHILD_ONLY", "clean", "decode", "decode_frame", "no_decoder"]
