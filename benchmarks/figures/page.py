"""The page put together."""

from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import fill

from matplotlib import rc_context

from figures.section import STYLE, Section
from marey.core import InvalidInput

FOLDER = Path("_static") / "verification"
INTRODUCTION = """# Verification

Marey's simulated heart against closed forms, published benchmarks and other public codes. This page and its figures
are made by

    python benchmarks/verification.py -o docs

which runs the cheap cases when it is called and reads those that take minutes from `benchmarks/measured`. Where a
public code prints a number for the same problem, it stands beside Marey's. *Prototype* means an independent earlier
program for the same equations: agreement with it is agreement of two programs, not with nature. Derivations and
sources of all expected numbers: `tests/verification/README.md` and the pages it lists. How Marey does on patients'
images is another page: [validation](validation.md).
"""


def sections() -> dict[str, Callable[[], Section]]:
    """Every section by the name of its figure, in the page's order."""
    from figures import activation, arteries, electrics, electrocardiogram, flow, hearts, mechanics

    return {
        "niederer": electrics.niederer,
        "eikonal": activation.eikonal,
        "adjoint": activation.adjoint,
        "mitchell_schaeffer": electrics.mitchell_schaeffer,
        "ten_tusscher": electrics.ten_tusscher,
        "land2015": mechanics.land2015,
        "energy": mechanics.energy,
        "networks": flow.networks,
        "waves": flow.waves,
        "systemic_arteries": arteries.systemic_arteries,
        "coronary_trees": arteries.coronary_trees,
        "lead_field": electrocardiogram.lead_field,
        "twelve_leads": electrocardiogram.twelve_leads,
        "pressure_volume": hearts.pressure_volume_loops,
        "dyssynchrony": hearts.dyssynchrony,
    }


def write(out: Path, only: Sequence[str] | None = None) -> None:
    """Write the figures, and the page unless only some are asked for.

    Raises:
        InvalidInput: a figure that does not exist.
    """
    known = sections()
    unknown = set(only or ()) - set(known)
    if unknown:
        raise InvalidInput(f"There is no figure '{min(unknown)}'.", f"Known are {', '.join(known)}.", "Correct --only.")
    (out / FOLDER).mkdir(parents=True, exist_ok=True)
    page = [INTRODUCTION]
    for name in only or known:
        with rc_context(STYLE):
            section = known[name]()
            file = FOLDER / f"{section.name}.svg"
            section.figure.savefig(out / file, metadata={"Date": None})
        text = fill(section.text, 118, break_long_words=False, break_on_hyphens=False)
        parts = (f"## {section.title}", text, f"![{section.caption}]({file})", section.after)
        page.append("\n\n".join(part for part in parts if part) + "\n")
        print(f"{section.title}: {out / file}", flush=True)
    if not only:
        (out / "verification.md").write_text("\n".join(page), encoding="utf-8")
