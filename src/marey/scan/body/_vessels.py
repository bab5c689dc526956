"""Great vessels, airways and the oesophagus as smooth paths that go on from the heart's vessel ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.anatomy.chambers.vessels import End
from marey.scan.body._shape import Shape
from marey.scan.body._tubes import ANYWHERE
from marey.scan.body._wall import spine_place
from marey.scan.body.tissue import Tissue

FloatArray = NDArray[np.float64]
STEP = 5.0


@dataclass(frozen=True, eq=False)
class Path:
    """A tube through places.

    Args:
        places: (k, 3) mm.
        radii: (k,) mm of the lumen.
        lumen, shell: tissues.
        coat: mm of wall.
        within: the tissue that it is drawn into, or ANYWHERE.
        clear: whether it has to give way to the heart.
        held: whether it begins at the heart and stays there.
        rides: what it moves with: "heart" (less with the distance from it, then with the diaphragm), "root" (only its
            beginning moves, with the heart), "wall" or "nothing".
    """

    places: FloatArray
    radii: FloatArray
    lumen: int
    shell: int
    coat: float = 1.2
    within: int = ANYWHERE
    clear: bool = False
    held: bool = False
    rides: str = "heart"


def smooth(path: Path) -> Path:
    """The same path in steps of a few millimetres (Catmull and Rom's cubic through its places)."""
    places = path.places
    padded = np.concatenate([[2 * places[0] - places[1]], places, [2 * places[-1] - places[-2]]])
    lengths = np.linalg.norm(np.diff(places, axis=0), axis=1)
    found, radii = [places[:1]], [path.radii[:1]]
    for n, length in enumerate(lengths):
        t = np.linspace(0, 1, max(int(np.ceil(length / STEP)), 1) + 1)[1:, None]
        a, b, c, d = padded[n : n + 4]
        found.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
        radii.append(path.radii[n] + t[:, 0] * (path.radii[n + 1] - path.radii[n]))
    return replace(path, places=np.concatenate(found), radii=np.concatenate(radii))


def great_vessels(ends: Mapping[str, End], s: Shape, aorta_radius: float) -> dict[str, Path]:
    """Arteries, veins, airways and the oesophagus, by name; ends in the patient frame."""
    return {
        **_airways(s),
        **_aorta(ends, s, aorta_radius),
        **_pulmonary(ends, s),
        **_caval(ends, s),
    }


def hilum(side: int, s: Shape) -> FloatArray:
    """Where vessels and airways enter the left (+1) or right (-1) lung."""
    return np.array(
        [side * 46.0 * s.wide, spine_place(s.carina - 28, s) - 42.0, s.carina - (24.0 if side > 0 else 30.0)]
    )


def _path(
    places: Sequence[ArrayLike],
    radii: list[float],
    lumen: int,
    coat: float = 1.2,
    *,
    shell: int = Tissue.VESSEL_WALL,
    clear: bool = False,
    held: bool = False,
    rides: str = "heart",
) -> Path:
    where = np.array([np.asarray(place, np.float64) for place in places])
    return Path(where, np.array(radii), lumen, shell, coat, clear=clear, held=held, rides=rides)


def _airways(s: Shape) -> dict[str, Path]:
    carina, back = s.carina, spine_place(s.carina, s) - 30.0
    fork = (0.0, back, carina)
    wall = {"shell": Tissue.CARTILAGE, "coat": 1.5, "rides": "nothing"}
    trachea = _path([(0.0, back - 14.0, carina + 90.0), (0.0, back - 6.0, carina + 40.0), fork], [8.5, 8.5, 8.0],
                    Tissue.GAS, **wall)  # type: ignore[arg-type]  # fmt: skip
    mains = {}
    for side, name in ((1, "left bronchus"), (-1, "right bronchus")):
        place = hilum(side, s)
        bend = (np.array(fork) + place) / 2 + np.array([0.0, 2.0, 3.0])
        mains[name] = _path([fork, bend, place], [7.0, 6.5, 5.5], Tissue.GAS, **wall)  # type: ignore[arg-type]
    z = np.array([carina + 90, carina + 30, carina - 10, carina - 60, s.dome - 5, s.dome - 38, s.dome - 52])
    x = np.array([2.0, 4.0, 3.0, 4.0, 8.0, 16.0, 34.0])
    y = np.array([spine_place(float(h), s) - 22.0 for h in z])
    gullet = _path([*np.stack([x, y - [0, 0, 0, 0, 4, 10, 10], z], axis=1)], [2.0] * 5 + [2.5, 3.0],
                   Tissue.OESOPHAGUS, 4.5, shell=Tissue.OESOPHAGUS, clear=True, rides="nothing")  # fmt: skip
    return {"trachea": trachea, **mains, "oesophagus": gullet}


def _aorta(ends: Mapping[str, End], s: Shape, radius: float) -> dict[str, Path]:
    start = ends["aorta"]
    first = start.centre + 14.0 * start.direction
    down = [s.carina - 8, s.carina - 45, s.carina - 85, s.dome - 25, s.dome - 60, s.dome - 130, s.dome - 190]
    beside = [(25.0, 20.0), (26.0, 17.0), (24.0, 17.0), (18.0, 20.0), (10.0, 27.0), (8.0, 27.0), (6.0, 26.0)]
    descending = [(x, spine_place(z, s) - y, z) for (x, y), z in zip(beside, down, strict=True)]
    top = max(first[2] + 22.0, s.carina + 30.0)
    rise = np.array([first[0] * 0.8 + 1.0, first[1] - 5.0, first[2] * 0.35 + top * 0.65 - 6.0])
    arch = np.array([8.0, (first[1] + descending[0][1]) / 2 - 2.0, top])
    turn = np.array([22.0, descending[0][1] - 8.0, top - 12.0])
    places: list[ArrayLike] = [start.centre, first, rise, arch, turn, *descending]
    r = start.radius
    radii = [r, r, r, 0.6 * r + 0.4 * radius, radius + 0.5, *(radius * f for f in (1, 1, 1, 0.97, 0.92, 0.85, 0.8))]
    blood = Tissue.AORTIC_BLOOD
    found = {"aorta": _path(places, radii, blood, 1.6, clear=True, held=True, rides="root")}
    for name, x, size in (("brachiocephalic", -8.0, 6.0), ("left carotid", 6.0, 3.6), ("left subclavian", 17.0, 4.6)):
        away = np.array([2.2 * x - 4.0, arch[1] - 12.0 + 0.4 * x, top + 45.0])
        found[name] = _path([(x, arch[1] + 0.3 * (x - 8), top - 6.0), (1.2 * x, arch[1] - 4.0, top + 18.0), away],
                            [size, size, size * 0.9], blood, 1.0, rides="nothing")  # fmt: skip
    return found


def _pulmonary(ends: Mapping[str, End], s: Shape) -> dict[str, Path]:
    trunk, blood = ends["pulmonary trunk"], Tissue.PULMONARY_ARTERY_BLOOD
    fork = trunk.centre + 0.6 * trunk.radius * trunk.direction
    r = trunk.radius
    left, right = hilum(1, s) + np.array([0.0, -4.0, 9.0]), hilum(-1, s) + np.array([0.0, -10.0, 6.0])
    over = fork * 0.5 + left * 0.5 + [2.0, 2.0, 5.0]
    cava = ends["superior vena cava"]
    behind = np.array([(fork[0] + cava.centre[0]) / 2, max(fork[1], cava.centre[1]) + 14.0, fork[2] - 2.0])
    found = {
        "left pulmonary artery": _path([trunk.centre, fork, over, left], [r, r, 0.85 * r, 0.68 * r], blood),
        "right pulmonary artery": _path(
            [trunk.centre, fork, behind, right], [r, r, 0.82 * r, 0.68 * r], blood, clear=True, held=True
        ),
    }
    for side, name in ((1, "left"), (-1, "right")):
        for level, ahead, drop in (("superior", -10.0, -6.0), ("inferior", 4.0, -26.0)):
            end = ends[f"{name} {level} pulmonary vein"]
            goal = hilum(side, s) + np.array([4.0 * side, ahead, drop])
            between = end.centre + 0.5 * np.linalg.norm(goal - end.centre) * end.direction
            places = [end.centre, 0.5 * between + 0.5 * (end.centre + goal) / 2, goal]
            found[f"{name} {level} pulmonary vein"] = _path(
                places, [end.radius, 0.95 * end.radius, 0.85 * end.radius], Tissue.PULMONARY_VENOUS_BLOOD, 0.8
            )
    return found


def _caval(ends: Mapping[str, End], s: Shape) -> dict[str, Path]:
    upper, lower, blood = ends["superior vena cava"], ends["inferior vena cava"], Tissue.VENOUS_BLOOD
    r = upper.radius
    start = upper.centre + 12.0 * upper.direction
    x = min(max(start[0] * 0.75, -34.0), -20.0)
    join = np.array([x, start[1] - 8.0, max(start[2] + 36.0, 84.0)])
    across: list[ArrayLike] = [join, (4.0, join[1] - 10.0, join[2] + 10.0), (44.0, join[1] - 4.0, join[2] + 22.0)]
    q = lower.radius
    below = lower.centre + [6.0, 6.0, -14.0] + 4.0 * lower.direction
    deep = [(-24.0, spine_place(z, s) - 24.0, z) for z in (s.dome - 60, s.dome - 110, s.dome - 190)]
    right_neck = (x - 10.0, join[1] + 2.0, join[2] + 40.0)
    return {
        "superior vena cava": _path([upper.centre, start, join, right_neck], [r, r, r * 0.95, r * 0.8], blood, 0.8),
        "brachiocephalic vein": _path(across, [0.75 * r] * 3, blood, 0.8),
        "inferior vena cava": _path([lower.centre, below, *deep], [q, q, q, 0.95 * q, 0.85 * q], blood, 0.8),
    }


__all__ = ["Path", "great_vessels", "hilum", "smooth"]
