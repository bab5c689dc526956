"""The pulse along the systemic arteries, and pressure along coronary trees."""

import dataclasses
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from figures.section import FOURTH, OTHER, OURS, SECOND, THIRD, Section, charts, table
from marey.core.units import mmHg
from marey.simulate.beat import SimulateBeat
from marey.simulate.flow.coronary import CoronaryParameters, Lesion, Tree, ffr, synthetic_tree
from marey.simulate.flow.waves import (
    BRACHIAL,
    FEMORAL,
    RADIAL,
    ROOT,
    arterial_waves,
    at,
    foot,
    path,
    pulse_pressure,
    pulse_wave_velocity,
)
from marey.simulate.flow.waves.indices import Place, speed_at
from marey.simulate.flow.waves.solve import Waves
from marey.simulate.presets import preset

SHOWN = (
    ("aortic root", ROOT, OURS), ("diaphragm", ("thoracic aorta V", 1.0), THIRD),
    ("bifurcation", ("abdominal aorta V", 1.0), FOURTH), ("femoral", FEMORAL, SECOND),
)  # fmt: skip
MEASURED = (*SHOWN, ("brachial", BRACHIAL, OTHER), ("radial", RADIAL, OTHER))
COLUMNS = ["place", "mm from the heart", "pressure, mmHg", "pulse pressure / root's", "foot after the root's, ms"]
DEGREES = np.linspace(0.0, 0.9, 91)
PROTOTYPE = {0.3: 0.937, 0.4: 0.900, 0.5: 0.824, 0.6: 0.678, 0.7: 0.448}


def systemic_arteries() -> Section:
    """What a healthy beat sends down the aorta."""
    waves = arterial_waves(SimulateBeat("coarse", 2.0, 4, "endless")(preset("healthy")))
    figure, (left, middle, right) = charts(3)
    for name, place, colour in SHOWN:
        left.plot(waves.times, at(waves, place)[0] / mmHg, color=colour, lw=1.3, label=name)
    left.set(title="Pressure down the aorta", xlabel="ms", ylabel="mmHg")
    left.legend(fontsize=7)
    places, least = list(_downwards(waves, FEMORAL[0])), []
    way = [path(waves, place) for place in places]
    for name, position in places:
        least.append(1 / speed_at(waves, name, position, float(at(waves, (name, position))[0].min())))
    travel = np.concatenate([[0], np.cumsum(np.diff(way) * (np.array(least)[1:] + least[:-1]) / 2)])
    middle.plot(way, [_delay(waves, place) for place in places], "o", ms=3, color=OURS, label="foot of the pulse")
    middle.plot(way, travel, "--", color=OTHER, lw=1, label="Moens-Korteweg, diastole")
    middle.set(title="Arrival", xlabel="mm from the heart", ylabel="ms after the root")
    middle.legend(fontsize=7)
    root = pulse_pressure(waves, ROOT)
    right.plot(way, [pulse_pressure(waves, place) / root for place in places], color=SECOND)
    right.set(title="Pulse pressure over the root's", xlabel="mm from the heart")
    speed = pulse_wave_velocity(waves)
    text = (
        "The healthy beat's ejection in the tree ADAN56 of Boileau et al. 2015 "
        "([doi:10.1002/cnm.2732](https://doi.org/10.1002/cnm.2732)): 77 pieces, 31 Windkessels. The pulse is late and "
        "taller the further it has run, as in people: adults have a brachial pulse pressure of 1.1 to 1.7 "
        f"times the aortic one, and a carotid-femoral velocity of 4.7 m/s and more; here {speed:.1f} m/s, "
        "as the published wall is soft. Feet arrive up to 6 % earlier than the wave speed at diastolic pressure says, "
        "as reflections return during the upstroke. The benchmark's own curves of this tree could not be read."
    )
    return Section(
        "systemic_arteries", "Arterial tree: the pulse down the aorta", text, figure,
        "Pressures rise later and higher towards the femoral artery; feet arrive nearly as the wave speed says",
        table(COLUMNS, [_row(waves, name, place, root) for name, place, _ in MEASURED]),
    )  # fmt: skip


def _row(waves: Waves, name: str, place: Place, root: float) -> list[str]:
    pressure = at(waves, place)[0] / mmHg
    return [
        name, f"{path(waves, place):.0f}", f"{pressure.max():.0f} / {pressure.min():.0f}",
        f"{np.ptp(pressure) * mmHg / root:.2f}", f"{_delay(waves, place):.0f}",
    ]  # fmt: skip


def _delay(waves: Waves, place: Place) -> float:
    return foot(waves, place) - foot(waves, ROOT)


def _downwards(waves: Waves, last: str) -> Iterator[Place]:
    """Four places in each artery from the heart to one."""
    known = {artery.name: artery for artery in waves.network.arteries}
    names = [last]
    while (parent := known[names[-1]].parent) is not None:
        names.append(parent)
    yield from ((name, position) for name in reversed(names) for position in (0.0, 0.25, 0.5, 0.75))


def coronary_trees() -> Section:
    """Fractional flow reserve over a tree, and of one stenosis against its closed form."""
    figure, (left, right) = charts(2, height=3.4)
    tree = synthetic_tree(np.random.default_rng(4), 63)
    _draw(left, tree, ffr(tree))
    found = [float(ffr(_narrowed(degree))[0]) for degree in DEGREES]
    exact = [_closed_form(degree) for degree in DEGREES]
    right.plot(100 * DEGREES, exact, color=OTHER, lw=3, alpha=0.4, label="one tube, closed form")
    right.plot(100 * DEGREES, found, color=OURS, lw=1.2, label="one tube, Marey")
    in_tree = [float(ffr(_narrowed_tree(degree))[0]) for degree in DEGREES]
    right.plot(100 * DEGREES, in_tree, color=THIRD, lw=1.2, label="root of a tree, Marey")
    degrees, known = [100 * degree for degree in PROTOTYPE], list(PROTOTYPE.values())
    right.plot(degrees, known, "x", color=SECOND, label="root of another tree, prototype")
    right.axhline(0.8, color=OTHER, ls=":", lw=1)
    right.set(title="A stenosis of the first vessel", xlabel="narrowing of the diameter, %", ylabel="FFR")
    right.legend(fontsize=7)
    off = float(np.abs(np.array(found) - exact).max())
    text = (
        "Murray's scaling, Young and Tsai's stenoses ([doi:10.1016/0021-9290(73)90099-7]"
        "(https://doi.org/10.1016/0021-9290(73)90099-7)), adenosine. One tube with one stenosis and its bed is a "
        f"quadratic in the flow: Marey differs by {off:.0e} at most. Beside it a tree of 255 segments "
        "and the prototype's, whose tree and bed are others. Dotted: the ratio below which stenoses are treated. "
        "No part of this is a validation on patients."
    )
    return Section(
        "coronary_trees", "Coronary trees: fractional flow reserve", text, figure,
        "A random tree coloured by its pressure ratio; the ratio falls with the narrowing exactly as the closed form",
    )  # fmt: skip


def _draw(chart: Axes, tree: Tree, ratio: np.ndarray) -> None:
    """A flat picture: daughters turn to both sides, less the further they are; lesions as circles."""
    end = np.zeros((tree.parent.size, 2))
    angle, start, turned = np.full(tree.parent.size, -np.pi / 2), np.zeros_like(end), set[int]()
    for k in tree.order:
        up = int(tree.parent[k])
        if up >= 0:
            depth = int(np.log2(up + 2))
            angle[k] = angle[up] + (-1 if up in turned else 1) * 0.75 * 0.8**depth
            turned.add(up)
            start[k] = end[up]
        end[k] = start[k] + tree.length[k] * np.array([np.cos(angle[k]), np.sin(angle[k])])
    lines = LineCollection(
        list(np.stack([start, end], axis=1)),
        array=ratio,
        cmap="viridis",
        linewidths=3 * tree.inlet_radius,
        clim=(0.5, 1.0),
    )
    chart.add_collection(lines)
    for lesion in tree.lesions:
        where = start[lesion.segment] + lesion.position * (end - start)[lesion.segment]
        chart.plot(*where, "o", mfc="none", mec=SECOND, ms=9)
        chart.annotate(f"{lesion.stenosis:.0%}", where, xytext=(7, 3), textcoords="offset points", fontsize=7)
    chart.set_aspect("equal")
    chart.set_axis_off()
    chart.set_title("A random tree: lesions, FFR")
    chart.figure.colorbar(lines, ax=chart, shrink=0.8)


def _narrowed(degree: float) -> Tree:
    ends = np.array([1.5])
    return Tree(np.array([-1]), np.array([30.0]), ends, ends, (Lesion(0, 0.5, 10.0, degree),))


def _narrowed_tree(degree: float) -> Tree:
    tree = synthetic_tree(np.random.default_rng(1), 255)
    lesion = Lesion(0, 0.5, 0.4 * float(tree.length[0]), degree)
    return dataclasses.replace(tree, lesions=(lesion,))


def _closed_form(degree: float) -> float:
    """A Q + B Q^2 = Pa - Pv, as in tests/verification/test_coronary_laws.py."""
    p = CoronaryParameters()
    area, throat, narrow = np.pi * 1.5**2, np.pi * (1.5 * (1 - degree)) ** 2, 3.0 * (1 - degree)
    open_tube = 8 * p.viscosity / (np.pi * 1.5**4)
    lesion = 128 * p.viscosity * (0.83 * 10.0 + 1.64 * narrow) / (np.pi * 3.0**4) * (area / throat) ** 2
    A = 30.0 * open_tube + (max(lesion - 10.0 * open_tube, 0.0) if degree else 0.0)
    B = p.expansion_loss * p.density / 2 * (1 / throat - 1 / area) ** 2
    drop = p.aortic_pressure - p.venous_pressure
    bed = p.hyperaemia * drop / (p.mass * p.perfusion)
    flow = 2 * drop / (A + bed + np.sqrt((A + bed) ** 2 + 4 * B * drop))
    return float(1 - (A * flow + B * flow**2) / p.aortic_pressure)
