"""The heart cut out of the images: grey grey pictures and the contours on them."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM
from marey.core import Image, Labels, Structure
from marey.report.contours import Contours, thin, trace

MARGIN = 14.0  # mm around the labelled heart
PICTURE_WIDTH = 240


@dataclass(frozen=True, eq=False)
class Outline:
    """The borders of one structure through the whole cine.

    Args:
        structure: whose border it is.
        name: what the reader sees.
        contours: frame ``phase * slices + slice`` of each curve; pixels of the crop.
    """

    structure: Structure
    name: str
    contours: Contours


@dataclass(frozen=True, eq=False)
class Pictures:
    """The crop of a cine around the heart, ready to be drawn.

    Args:
        grey: ``(t, z, y, x)`` uint8, one grey window for all.
        spacing: (y, x) mm of a pixel.
        outlines: one per labelled structure.
    """

    grey: NDArray[np.uint8]
    spacing: tuple[float, float]
    outlines: tuple[Outline, ...]

    @property
    def stretch(self) -> tuple[float, float]:
        """(y, x) factors that make pixels square at the finer spacing."""
        finest = min(self.spacing)
        return self.spacing[0] / finest, self.spacing[1] / finest

    def size(self, zoom: float) -> tuple[int, int]:
        """(width, height) of a frame drawn at `zoom` times its finer pixels."""
        height, width = self.grey.shape[2:]
        return max(1, round(width * self.stretch[1] * zoom)), max(1, round(height * self.stretch[0] * zoom))


def cut_out(image: Image, labels: Labels) -> Pictures:
    """Crop to the labelled heart with a margin and set one grey window, 1st to 99.5th percentile."""
    rows, columns = heart_box(labels)
    values = image.values[:, :, rows, columns]
    sample = values[:: max(1, values.shape[0] // 6), :, ::2, ::2]
    black, white = np.percentile(sample, [1, 99.5])
    grey = np.clip((values - np.float32(black)) * np.float32(255 / max(white - black, 1e-6)), 0, 255).astype(np.uint8)
    cropped = Labels(
        labels.values[:, :, rows, columns], labels.grid.crop(rows, columns), labels.times, labels.structures
    )
    outlines = tuple(_outline(cropped, structure) for structure in labels.structures.values())
    return Pictures(grey, image.grid.spacing[1:], outlines)


def heart_box(labels: Labels) -> tuple[slice, slice]:
    """Rows and columns of everything labelled at any phase, with a margin, as square as the image allows."""
    present = (labels.values != 0).any(axis=(0, 1))
    limits = present.shape
    if not present.any():
        return slice(0, limits[0]), slice(0, limits[1])
    spans = [np.flatnonzero(present.any(axis=axis))[[0, -1]] for axis in (1, 0)]
    spacing = labels.grid.spacing[1:]
    side = max((last - first + 1) * step for (first, last), step in zip(spans, spacing, strict=True)) + 2 * MARGIN
    box = []
    for (first, last), step, limit in zip(spans, spacing, limits, strict=True):
        length = min(limit, round(side / step))
        start = min(max(0, round((first + last + 1 - length) / 2)), limit - length)
        box.append(slice(start, start + length))
    return box[0], box[1]


def _outline(labels: Labels, structure: Structure) -> Outline:
    """The myocardium is drawn by its outer border: its inner one is the cavity's."""
    outer = structure == LV_MYOCARDIUM
    mask = labels.mask(structure)
    if outer:
        mask = mask | labels.mask(LV_CAVITY) & mask.any(axis=(2, 3), keepdims=True)
    contours = trace(mask.reshape(-1, *mask.shape[2:]))
    return Outline(structure, f"{structure.name}, outer border" if outer else structure.name, contours)


def frame_jpeg(pictures: Pictures, phase: int, level: int, quality: int = 88) -> tuple[bytes, tuple[int, int]]:
    """One slice at one phase as JPEG, and its (width, height)."""
    zoom = PICTURE_WIDTH / pictures.size(1)[0]
    size = pictures.size(max(zoom, 1.0))
    picture = Pillow.fromarray(pictures.grey[phase, level]).resize(size, Pillow.Resampling.BICUBIC)
    return encoded(picture, quality), size


def contour_path(pictures: Pictures, outline: Outline, phase: int, level: int) -> str:
    """SVG path data of an outline in the pixels of the crop (left top corner 0, 0)."""
    curves = outline.contours.of(phase * pictures.grey.shape[1] + level)
    pieces = ("L".join(f"{x + 0.5:.2f} {y + 0.5:.2f}" for x, y in thin(curve, 2)) for curve in curves)
    return "".join(f"M{piece}z" for piece in pieces)


def overlay_svg(pictures: Pictures, phase: int, level: int) -> str:
    """The contours alone as an SVG that fits over `frame_jpeg`."""
    paths = "".join(
        f'<path d="{contour_path(pictures, outline, phase, level)}" style="fill:none;stroke:{css(outline.structure)};'
        'stroke-width:0.8"/>'
        for outline in pictures.outlines
    )
    height, width = pictures.grey.shape[2:]
    tall, wide = pictures.stretch
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * wide:.2f} {height * tall:.2f}">'
        f'<g transform="scale({wide:.4f} {tall:.4f})">{paths}</g></svg>'
    )


def css(structure: Structure) -> str:
    """The structure's colour as CSS."""
    return "#{:02x}{:02x}{:02x}".format(*structure.colour)


def data_uri(jpeg: bytes) -> str:
    """The JPEG as text that a page can hold."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def encoded(picture: Pillow.Image, quality: int) -> bytes:
    """The picture as JPEG."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


__all__ = [
    "Outline", "Pictures", "contour_path", "css", "cut_out", "data_uri", "encoded", "frame_jpeg", "heart_box",
    "overlay_svg",
]  # fmt: skip
