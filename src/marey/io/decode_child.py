"""Decoding in a child process: a decoder that aborts takes only the child with it, and one file.

The parent writes paths to the child's standard input, one a line (JSON strings); the child answers each with a length
(8 bytes, little-endian; 0 when it could not be decoded) and that many bytes of a `.npy` array ``(frame, y, x)``.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from marey.io.dicom_files import parse
from marey.io.dicom_header import DAMAGE
from marey.io.dicom_pixels import clean, decode_frame, no_decoder

if TYPE_CHECKING:
    from marey.io.dicom_files import DicomFile

SECONDS = 60  # and one for each file
ARGUMENTS = ("-m", "marey.io.decode_child")


def decode_files(files: Sequence[DicomFile]) -> list[dict[int, NDArray[Any]]]:
    """Frames by index of each file; an empty dict for a file that could not be decoded.

    Raises:
        UnreadableFile: no decoder is installed.
    """
    for syntax in {file.syntax for file in files}:
        _require(syntax)
    results: list[dict[int, NDArray[Any]]] = []
    while len(results) < len(files):
        answered = _ask([file.path for file in files[len(results) :]])
        results += answered
        if len(results) < len(files):
            results.append({})
    return results


def _require(syntax: str) -> None:
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import UID

    if not get_decoder(UID(syntax)).is_available:
        raise no_decoder(syntax)


def _ask(paths: Sequence[Path]) -> list[dict[int, NDArray[Any]]]:
    """Answers of one child, in order, up to the file at which it died."""
    request = "".join(json.dumps(str(path.absolute())) + "\n" for path in paths).encode()
    try:
        done = subprocess.run(
            [sys.executable, *ARGUMENTS], input=request, capture_output=True, timeout=SECONDS + len(paths), check=False
        )
        output = done.stdout
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
    answers, stream = [], io.BytesIO(output)
    while len(header := stream.read(8)) == 8:
        length = int.from_bytes(header, "little")
        body = stream.read(length)
        if len(body) < length:
            break
        frames = np.load(io.BytesIO(body), allow_pickle=False) if length else []
        answers.append(dict(enumerate(frames)))
    return answers


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    for line in requests:
        body = io.BytesIO()
        try:
            np.save(body, _decode(Path(json.loads(line))), allow_pickle=False)
        except DAMAGE:
            body = io.BytesIO()
        answers.write(len(body.getvalue()).to_bytes(8, "little") + body.getvalue())
        answers.flush()


def _decode(path: Path) -> NDArray[Any]:
    dataset = parse(path.read_bytes())
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    frames = range(int(dataset.get("NumberOfFrames") or 1))
    return np.stack([clean(decode_frame(dataset, syntax, index), dataset) for index in frames])


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)

__all__ = ["decode_files"]
