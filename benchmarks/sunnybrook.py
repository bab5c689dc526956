"""Left-ventricular Dice and ejection fraction on 30 Sunnybrook patients that no weights were trained on.

    python benchmarks/sunnybrook.py [--weights FILE.onnx] [--engine onnxruntime] [--worst DIR]

The pictures are every slice that an expert labelled at end-diastole (ED) and end-systole (ES), as PNG without spacing;
1.37 mm, the spacing of the one patient whose DICOM files lie beside them, is taken for all. Dice is per slice; an
empty answer counts 0. The ejection fraction is the ratio of pixel counts over the labelled slices.
The PNG masks hold every pixel that the expert's polygon touches, half a pixel more all around than the polygon itself
(compare `contours/` and `dicom_sc_n_02/`). The rows marked "touched" draw our outline in the same way. `--worst` writes
overlays of the five worst patients.
"""

import argparse
import os
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from marey.anatomy import LV_CAVITY
from marey.core import Grid, Image
from marey.detect.heart_box import FindHeart
from marey.nets.cine_net import CineNet
from marey.nets.engine import Engine
from marey.nets.resample import resample
from marey.segment.short_axis import SegmentShortAxis

DATA = Path(os.environ.get("MAREY_DATA", Path(__file__).parents[2] / "shared" / "data")) / "sunnybrook" / "png"
PHASES_PER_SLICE = 20
SPACING, THICKNESS = 1.37, 9.0  # mm
MISPLACED = "SC-N-06"  # masks beside the heart


@dataclass(frozen=True)
class Slice:
    """One labelled picture."""

    group: str
    patient: str
    phase: str
    level: float
    picture: NDArray[np.uint8]
    truth: NDArray[np.bool_]
    answer: NDArray[np.bool_]
    touched: NDArray[np.bool_]

    @property
    def dice(self) -> float:
        """Overlap of answer and truth."""
        return float(2 * (self.truth & self.answer).sum() / max(self.truth.sum() + self.answer.sum(), 1))


def patients() -> dict[str, dict[int, list[tuple[int, Path]]]]:
    """Patient -> phase number -> (slice number, file)."""
    found: dict[str, dict[int, list[tuple[int, Path]]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted((DATA / "images").glob("*.png")):
        match = re.match(r"(SC-.*)-IM-\d+-(\d+)\.dcm\.png", path.name)
        if match is None:
            raise ValueError(f"unexpected name {path.name}")
        number = int(match[2])
        found[match[1]][number % PHASES_PER_SLICE].append((number // PHASES_PER_SLICE, path))
    return found


def label(stack: NDArray[np.uint8], net: CineNet) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """LV cavity of a stack ``(z, y, x)``: its pixels, and every pixel that its outline touches."""
    grid = Grid((len(stack), *stack.shape[1:]), np.diag([THICKNESS, SPACING, SPACING, 1.0]))
    image = Image(stack[None], grid, np.zeros(1))
    box = FindHeart(net=net)(image)
    labels = SegmentShortAxis(net=net)(image.crop(box.rows, box.columns)).on(grid, box.rows, box.columns)
    mask = labels.mask(LV_CAVITY)[0]
    if labels.probability is None:
        raise ValueError("the labels have no probability")
    _, height, width = stack.shape
    fine = resample(
        labels.probability[0, 0].astype(np.float32), (-1 / 3, 1 / 3, 3 * height), (-1 / 3, 1 / 3, 3 * width)
    )
    inside = (fine >= 127.5).reshape(len(stack), height, 3, width, 3).any((2, 4))
    return mask, mask | inside


def run(net: CineNet) -> list[Slice]:
    """Every labelled slice with its answer."""
    slices = []
    for patient, by_phase in patients().items():
        loaded = {}
        for phase, files in by_phase.items():
            pictures = np.stack([np.array(Picture.open(path).convert("L")) for _, path in files])
            truth = np.stack(
                [np.array(Picture.open(DATA / "lv_endo" / path.name).convert("L")) > 127 for _, path in files]
            )
            loaded[phase] = pictures, truth
        diastole = max(loaded, key=lambda phase: int(loaded[phase][1].sum()))
        for phase, (pictures, truth) in loaded.items():
            name = "ED" if phase == diastole else "ES"
            for k, (answer, touched) in enumerate(zip(*label(pictures, net), strict=True)):
                group = "-".join(patient.split("-")[1:-1])
                level = k / max(len(pictures) - 1, 1)
                slices.append(Slice(group, patient, name, level, pictures[k], truth[k], answer, touched))
    return slices


def ejection_fractions(slices: list[Slice]) -> NDArray[np.float64]:
    """(patient, 2): expert's and ours, percent."""
    rows = []
    for patient in sorted({s.patient for s in slices}):
        mine = [s for s in slices if s.patient == patient]
        pair = []
        for which in ("truth", "answer"):
            end_diastole, end_systole = (
                sum(int(getattr(s, which).sum()) for s in mine if s.phase == p) for p in ("ED", "ES")
            )
            pair.append(100 * (1 - end_systole / end_diastole) if end_diastole else np.nan)
        rows.append(pair)
    return np.array(rows)


def table(slices: list[Slice]) -> str:
    """The figures, per group, phase and level."""

    def row(name: str, chosen: list[Slice]) -> str:
        dice = np.array([s.dice for s in chosen])
        figures = f"{dice.mean():.3f} | {np.median(dice):.3f} | {dice.min():.3f} | {(dice < 0.7).mean():.0%}"
        return f"| {name} | {len(dice)} | {figures} |"

    lines = ["| slices | n | mean Dice | median | worst | below 0.7 |", "|---|---|---|---|---|---|", row("all", slices)]
    lines += [row(phase, [s for s in slices if s.phase == phase]) for phase in ("ED", "ES")]
    lines += [row(group, [s for s in slices if s.group == group]) for group in sorted({s.group for s in slices})]
    for name, low, high in (("basal third", -0.1, 1 / 3), ("middle third", 1 / 3, 2 / 3), ("apical third", 2 / 3, 1.1)):
        for phase in ("ED", "ES"):
            lines.append(row(f"{name}, {phase}", [s for s in slices if low < s.level <= high and s.phase == phase]))
    alike = [replace(s, answer=s.touched) for s in slices]
    lines.append(row("all, touched", alike))
    lines += [row(f"{phase}, touched", [s for s in alike if s.phase == phase]) for phase in ("ED", "ES")]
    lines += [
        row(f"all but {MISPLACED}{how}", [s for s in chosen if s.patient != MISPLACED])
        for how, chosen in (("", slices), (", touched", alike))
    ]
    lines += ["", ejection(slices, ""), ejection(alike, ", touched"), "", *outlines(slices)]
    return "\n".join(lines)


def outlines(slices: list[Slice]) -> list[str]:
    """Where the masks lie against our outlines: larger radius by group and phase, and one displaced patient."""
    lines = []
    for group in sorted({s.group for s in slices}):
        for phase in ("ED", "ES"):
            found = [s for s in slices if s.group == group and s.phase == phase and s.dice > 0.6]
            larger = [SPACING * (np.sqrt(s.truth.sum() / np.pi) - np.sqrt(s.answer.sum() / np.pi)) for s in found]
            lines.append(f"{group} {phase}: the masks' radius is larger by {np.median(larger):.1f} mm (median)")
    shifts = [
        SPACING * float(np.linalg.norm(np.argwhere(s.answer).mean(0) - np.argwhere(s.truth).mean(0)))
        for s in slices
        if s.patient == MISPLACED and s.answer.any()
    ]
    return [*lines, f"{MISPLACED}: middle of mask to middle of answer {np.median(shifts):.0f} mm (median)"]


def ejection(slices: list[Slice], how: str) -> str:
    """One sentence on the ejection fractions."""
    pairs = ejection_fractions(slices)
    error = pairs[:, 1] - pairs[:, 0]
    correlation = np.asarray(np.corrcoef(pairs.T))[0, 1]
    return (
        f"Ejection fraction{how}, {len(pairs)} patients: mean absolute error {np.abs(error).mean():.2f} points, "
        f"bias {error.mean():+.2f}, worst {np.abs(error).max():.1f}, correlation {correlation:.3f}"
    )


def worst(slices: list[Slice], folder: Path, count: int = 5) -> None:
    """Write a strip of overlays (expert red, ours green) for the patients with the lowest mean Dice."""
    names = sorted({s.patient for s in slices})
    order = sorted(names, key=lambda name: float(np.mean([s.dice for s in slices if s.patient == name])))
    folder.mkdir(parents=True, exist_ok=True)
    for name in order[:count]:
        strip = [overlay(s) for s in slices if s.patient == name]
        half = (len(strip) + 1) // 2
        blank = [np.zeros_like(strip[0])] * (2 * half - len(strip))
        rows = [np.hstack(strip[:half]), np.hstack(strip[half:] + blank)]
        Picture.fromarray(np.vstack(rows)).save(folder / f"{name}.png")


def overlay(s: Slice, half: int = 48) -> NDArray[np.uint8]:
    """The heart at twice its size with both outlines."""
    row, column = (int(axis.mean()) for axis in np.nonzero(s.truth))
    window = tuple(slice(max(centre - half, 0), max(centre - half, 0) + 2 * half) for centre in (row, column))
    grey = s.picture[window].astype(float)
    grey = np.kron(np.clip(grey / max(np.quantile(grey, 0.98), 1), 0, 1) * 255, np.ones((2, 2)))
    colour = np.stack([grey] * 3, -1)
    for mask, rgb in ((s.truth, (255, 60, 60)), (s.answer, (60, 230, 60))):
        big = np.kron(mask[window], np.ones((2, 2))) > 0
        inner = big & np.roll(big, 1, 0) & np.roll(big, -1, 0) & np.roll(big, 1, 1) & np.roll(big, -1, 1)
        colour[big & ~inner] = rgb
    padded = np.zeros((4 * half, 4 * half, 3), np.uint8)
    padded[: colour.shape[0], : colour.shape[1]] = colour.astype(np.uint8)
    return padded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--engine", choices=("onnxruntime", "openvino"))
    parser.add_argument("--worst", type=Path)
    arguments = parser.parse_args()
    engine: Engine | None = arguments.engine
    slices = run(CineNet(engine=engine, path=arguments.weights))
    print(table(slices))
    if arguments.worst:
        worst(slices, arguments.worst)


if __name__ == "__main__":
    main()
