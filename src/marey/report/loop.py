"""What the page's player of the moving heart needs."""

import base64
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from marey.report.contours import thin
from marey.report.pictures import Outline, Pictures, css, data_uri, encoded

LOOP_PIXELS = 13_000_000  # of all frames of all slices together; about 2 MB as JPEG


def loop_data(pictures: Pictures, columns: int = 6) -> dict[str, object]:
    """What the page's player needs: one JPEG of all phases per slice, and the contours as numbers.

    Returns:
        ``width``, ``height`` of a frame; ``columns`` of frames in a sheet; ``sheets``: a JPEG data URI per slice;
        ``outlines``: name, colour, and base64 of little-endian uint16: for each phase and slice the number of curves,
        then each curve's length and its x, y in 1/32 of a crop pixel; ``stretch``: (x, y) from these
        numbers to frame pixels.
    """
    phases, slices, height, width = pictures.grey.shape
    native = pictures.size(1)
    zoom = min(2.0, (LOOP_PIXELS / (native[0] * native[1] * phases * slices)) ** 0.5)
    size = pictures.size(zoom)
    with ThreadPoolExecutor(2) as pool:
        sheets = list(pool.map(lambda z: _sheet(pictures.grey[:, z], size, columns), range(slices)))
    return {
        "width": size[0], "height": size[1], "columns": columns, "sheets": [data_uri(sheet) for sheet in sheets],
        "stretch": [size[0] / width / 32, size[1] / height / 32],
        "outlines": [_packed(outline, phases * slices) for outline in pictures.outlines],
    }  # fmt: skip


def _sheet(frames: NDArray[np.uint8], size: tuple[int, int], columns: int) -> bytes:
    width, height = size
    sheet = Pillow.new("L", (width * columns, height * -(-len(frames) // columns)))
    for i, frame in enumerate(frames):
        picture = Pillow.fromarray(frame).resize(size, Pillow.Resampling.BICUBIC)
        sheet.paste(picture, (i % columns * width, i // columns * height))
    return encoded(sheet, 80)


def _packed(outline: Outline, frames: int) -> Mapping[str, str]:
    numbers: list[NDArray[np.uint16]] = []
    for frame in range(frames):
        curves = [thin(curve, 2) for curve in outline.contours.of(frame)]
        numbers.append(np.array([len(curves)], np.uint16))
        for curve in curves:
            numbers.append(np.array([len(curve)], np.uint16))
            numbers.append(np.clip((curve + 0.5) * 32, 0, 65535).round().astype(np.uint16).ravel())
    packed = base64.b64encode(np.concatenate(numbers).astype("<u2").tobytes()).decode("ascii")
    return {"name": outline.name, "colour": css(outline.structure), "points": packed}


__all__ = ["LOOP_PIXELS", "loop_data"]
