"""The page docs/realism.md: simulated cine beside real cine, and what gives the simulation away.

    python benchmarks/simulated.py --exams FOLDER --hearts 30 --scan clinical --only-scan
    python benchmarks/realism.py --exams FOLDER [-o docs]

Real slices are those of the Sunnybrook patients (CC0) in $MAREY_DATA. Takes some minutes.
"""

import argparse
import os
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from scipy import ndimage

from appearance.classifier import accuracy
from appearance.measures import described, spectrum, table
from appearance.samples import STEP, Sample, exams, sunnybrook, training

ROOT = Path(__file__).parents[1]
REAL, EXAM, FAST = "real", "simulated exam", "training slices"
COLOURS = {REAL: "#222222", EXAM: "#c2185b", FAST: "#1976d2"}
PAGE = Path(__file__).parent / "appearance" / "realism.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exams", type=Path, required=True)
    parser.add_argument("--people", type=int, default=12, help="of the training slices")
    parser.add_argument("-o", "--out", type=Path, default=ROOT / "docs")
    asked = parser.parse_args()
    mpl.use("Agg")
    data = Path(os.environ.get("MAREY_DATA", ROOT.parent / "shared" / "data"))
    sources = {
        REAL: sunnybrook(data / "sunnybrook" / "png"),
        EXAM: exams(asked.exams, "clinical"),
        FAST: training(asked.people),
    }
    folder = asked.out / "_static" / "realism"
    folder.mkdir(parents=True, exist_ok=True)
    pictures(sources, folder / "pictures.jpg")
    grey_levels(sources, folder / "grey.png")
    spectra(sources, folder / "spectra.png")
    (asked.out / "realism.md").write_text(page(sources), encoding="utf-8")


def page(sources: dict[str, list[Sample]]) -> str:
    """The text with its numbers."""
    numbers = {name: np.array([described(one) for one in found]) for name, found in sources.items()}
    pairs = {"exam": (REAL, EXAM), "fast": (REAL, FAST), "paths": (EXAM, FAST)}
    told = {key: "{:.3f} ± {:.3f}".format(*accuracy(sources[pair[0]], sources[pair[1]])) for key, pair in pairs.items()}
    counts = ", ".join(
        f"{len(found)} {name if name == FAST else name + ' slices'} of {len({one.person for one in found})} persons"
        for name, found in sources.items()
    )
    return PAGE.read_text(encoding="utf-8").format(
        counts=counts, step=STEP, numbers=table(numbers, (REAL, EXAM)), **told
    )


def pictures(sources: dict[str, list[Sample]], path: Path) -> None:
    """Ten random slices of each source, plain and with the outline."""
    rng = np.random.default_rng(3)
    figure, axes = plt.subplots(6, 10, figsize=(15, 9.4))
    for k, (name, found) in enumerate(sources.items()):
        for one, pair in zip(rng.choice(len(found), 10, replace=False), axes[2 * k : 2 * k + 2].T, strict=True):
            shown = found[one]
            for ax in pair:
                ax.imshow(shown.picture, cmap="gray", vmin=0, vmax=float(np.quantile(shown.picture, 0.985)))
                ax.set_axis_off()
            pair[1].contour(shown.cavity, [0.5], colors="red", linewidths=0.8)
        axes[2 * k, 0].set_title(name, loc="left", fontsize=11)
    figure.tight_layout(pad=0.2)
    figure.savefig(path, dpi=75, pil_kwargs={"quality": 82})
    plt.close(figure)


def grey_levels(sources: dict[str, list[Sample]], path: Path) -> None:
    """Histograms of blood, wall and surroundings."""
    figure, axes = plt.subplots(1, 3, figsize=(11, 3), sharey=True)
    limits = np.linspace(0, 2, 61)
    for name, found in sources.items():
        for ax, levels in zip(axes, zip(*(regions(one) for one in found), strict=True), strict=True):
            shares = [np.histogram(part, limits)[0] / max(part.size, 1) for part in levels]
            ax.plot((limits[1:] + limits[:-1]) / 2, np.mean(shares, axis=0), color=COLOURS[name], label=name)
    for ax, title in zip(axes, ("blood of the LV", "wall", "surroundings"), strict=True):
        ax.set(title=title, xlabel="grey level / blood")
    axes[0].set_ylabel("share of pixels")
    axes[-1].legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)


def regions(one: Sample) -> tuple[NDArray[np.float32], ...]:
    """Grey levels of blood, wall and surroundings relative to the median of the blood."""
    depth = STEP * (ndimage.distance_transform_edt(one.cavity) - ndimage.distance_transform_edt(~one.cavity))
    level = np.median(one.picture[one.cavity])
    return tuple(one.picture[where] / level for where in (depth > 0, (depth < -2) & (depth > -5), depth < -12))


def spectra(sources: dict[str, list[Sample]], path: Path) -> None:
    """Power by frequency, with bands."""
    figure, ax = plt.subplots(figsize=(6, 3.4))
    for name, found in sources.items():
        frequency = spectrum(found[0].picture)[0]
        power = np.array([spectrum(one.picture)[1] for one in found])
        low, middle, high = np.percentile(power, (10, 50, 90), axis=0)
        ax.semilogy(frequency, middle, color=COLOURS[name], label=name)
        ax.fill_between(frequency, low, high, color=COLOURS[name], alpha=0.15, lw=0)
    ax.set(xlabel="cycles/mm", ylabel="power / mean power")
    ax.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)


if __name__ == "__main__":
    main()
