"""Short-axis slices with the outline of the LV cavity: real ones, exams of the virtual scanner, training slices."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from scipy import ndimage

from marey.learn.stream import LabelledStack
from marey.scan.fast import stacks
from marey.scan.fast.placements import PIXEL

SUNNYBROOK_PIXEL = 1.37  # mm, of the one patient whose DICOM files are known
PIXELS, STEP = 112, 1.4  # of all samples, mm
SMALLEST = 1.5  # cm2 of cavity
CAVITY = ("LV cavity", "papillary muscles")


@dataclass(frozen=True, eq=False)
class Sample:
    """One slice.

    Args:
        person: whose heart.
        picture: ``(PIXELS, PIXELS)`` grey levels with pixels of `STEP` mm, the cavity in the middle.
        cavity: same shape, drawn by an expert or true.
    """

    person: str
    picture: NDArray[np.float32]
    cavity: NDArray[np.bool_]


def sample(
    person: str, picture: NDArray[np.floating], cavity: NDArray[np.bool_], spacing: tuple[float, float]
) -> Sample | None:
    """A slice on the common pixels; None where it shows less than `SMALLEST` of the cavity."""
    if cavity.sum() * spacing[0] * spacing[1] < 100 * SMALLEST:
        return None
    middle = np.argwhere(cavity).mean(axis=0)
    across = (np.arange(PIXELS) - (PIXELS - 1) / 2) * STEP
    rows, columns = np.meshgrid(middle[0] + across / spacing[0], middle[1] + across / spacing[1], indexing="ij")
    grey = ndimage.map_coordinates(picture.astype(np.float32), [rows, columns], order=1)
    drawn = ndimage.map_coordinates(cavity.astype(np.float32), [rows, columns], order=1) > 0.5
    return Sample(person, grey, drawn)


def sunnybrook(folder: Path) -> list[Sample]:
    """Every labelled slice of the patients in ``sunnybrook/png``."""
    found = []
    for path in sorted((folder / "images").glob("*.png")):
        person = re.sub(r"-IM-.*", "", path.name)
        picture, mask = (np.array(Picture.open(file).convert("L")) for file in (path, folder / "lv_endo" / path.name))
        found.append(sample(person, picture.astype(np.float32), mask > 127, (SUNNYBROOK_PIXEL, SUNNYBROOK_PIXEL)))
    return [one for one in found if one is not None]


def exams(folder: Path, scan: str) -> list[Sample]:
    """All slices at end-diastole and end-systole of the exams that ``benchmarks/simulated.py`` has scanned."""
    found = []
    for exam in sorted(folder.glob(f"{scan}_*")):
        if not (exam / "truth" / "truth.json").exists():
            continue
        record = next((exam / "truth").glob("01_*_labels.json"))
        names = {int(key): label["name"] for key, label in json.loads(record.read_text())["labels"].items()}
        labels = nibabel.Nifti1Image.from_filename(record.with_suffix(".nii.gz"))
        pictures = nibabel.Nifti1Image.from_filename(exam / "nifti" / record.name.replace("_labels.json", ".nii.gz"))
        cavity = np.isin(np.asarray(labels.dataobj), [key for key, name in names.items() if name in CAVITY])
        grey, spacing = np.asarray(pictures.dataobj), tuple(float(step) for step in labels.header["pixdim"][1:3])
        systole = int(cavity.sum(axis=(0, 1, 2)).argmin())
        for time in (0, systole):
            for level in range(cavity.shape[2]):
                one = cavity[..., level, time]
                found.append(sample(exam.name, grey[..., level, time], one, (spacing[0], spacing[1])))
    return [one for one in found if one is not None]


def training(people: int, seed: int = 77) -> list[Sample]:
    """Short-axis slices of the fast path, as the network is trained on."""
    found = []
    for person in range(people):
        rng = np.random.default_rng((seed, person))
        for stack in stacks(rng):
            if not stack.long_axis:
                found += [_of_stack(stack, level, f"fast {person}") for level in range(len(stack.labels))]
    return [one for one in found if one is not None]


def _of_stack(stack: LabelledStack, level: int, person: str) -> Sample | None:
    return sample(person, stack.pictures[level].astype(np.float32), stack.labels[level] == 1, (PIXEL, PIXEL))


__all__ = ["PIXELS", "STEP", "Sample", "exams", "sunnybrook", "training"]
