"""Activation times with a closed form, and ours beside them.

python tests/verification/eikonal_cases.py            # the table of tests/verification/eikonal.md
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from marey.simulate.eikonal import ConductionTissue, Site, activation_times

Floats = NDArray[np.float64]

SIDE = 40.0


@dataclass(frozen=True)
class Case:
    """Computed and exact times of some voxels, ms."""

    computed: Floats
    exact: Floats

    @property
    def rms(self) -> float:
        return float(np.sqrt(np.mean((self.computed - self.exact) ** 2)))

    @property
    def largest(self) -> float:
        return float(np.abs(self.computed - self.exact).max())


def fitted_order(spacings: list[float], errors: list[float]) -> float:
    """Slope of log error over log spacing."""
    return float(np.polyfit(np.log(spacings), np.log(errors), 1)[0])


def uniform_tissue(
    mask: NDArray[np.bool_], h: float, direction: Floats, along: float, across: float
) -> ConductionTissue:
    return ConductionTissue(mask, h, np.broadcast_to(direction, (*mask.shape, 3)).astype(float), along, across)


def points(shape: tuple[int, ...], h: float) -> Floats:
    """(z, y, x, 3) coordinates (x, y, z)."""
    return h * np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")[::-1], axis=-1).astype(float)


def constant_tensor(
    h: float, fibre: tuple[float, float, float], along: float = 0.6, across: float = 0.24,
    site: tuple[float, float, float] = (SIDE / 2, SIDE / 2, SIDE / 2),
) -> Case:  # fmt: skip
    """T = sqrt(d . D^-1 d) in a 41 mm box (40 mm between the outer centres)."""
    n = round(SIDE / h) + 1
    direction = np.array(fibre) / np.linalg.norm(fibre)
    tissue = uniform_tissue(np.ones((n, n, n), bool), h, direction, along, across)
    way = points((n, n, n), h) - np.array(site)
    lengthwise = way @ direction
    exact = np.sqrt(lengthwise**2 / along**2 + (np.sum(way**2, axis=-1) - lengthwise**2) / across**2)
    return Case(activation_times(tissue, [Site(site)]).times, exact)


def orientation_bias(seed: int, along: float = 0.6, across: float = 0.24, h: float = 1.0) -> tuple[float, float]:
    """Least and largest relative error over all directions 17 to 20 mm from the site, fibre in a random direction."""
    fibre = np.random.default_rng(seed).normal(size=3)
    case = constant_tensor(h, (fibre[0], fibre[1], fibre[2]), along, across)
    distance = np.linalg.norm(points(case.exact.shape, h) - SIDE / 2, axis=-1)
    far = (distance >= 17) & (distance <= 20)
    error = case.computed[far] / case.exact[far] - 1
    return float(error.min()), float(error.max())


def refraction(h: float, slow: float = 0.3, fast: float = 0.9) -> Case:
    """A slow half space z < 12 mm with the site at a depth of 8 mm and a fast one above, isotropic.

    In the fast one the path is refracted where it takes least time (Snell); in the slow one the straight path competes
    with the head wave, x / fast + (a + b) sqrt(1 / slow^2 - 1 / fast^2) at depths a and b.
    """
    n = round(SIDE / h)
    shape = (round(24 / h), 3 * round(4 / h), n)
    centres = points(shape, h) + h / 2  # the interface lies on faces
    upper = centres[..., 2] > 12
    velocity = np.where(upper, fast, slow)
    fibre = np.broadcast_to(np.array([1.0, 0, 0]), (*shape, 3))
    site = (h * 2.5, (shape[1] // 2 + 0.5) * h, 4.0 + h / 2)
    tissue = ConductionTissue(np.ones(shape, bool), h, fibre, velocity, velocity, origin=(h / 2, h / 2, h / 2))
    times = activation_times(tissue, [Site(site)]).times
    row = shape[1] // 2
    along = centres[:, row, :, 0] - site[0]
    height = centres[:, row, :, 2] - 12
    depth = 12 - site[2]
    bend = np.vectorize(lambda x, z: _refracted(x, z, depth, slow, fast) if z > 0 else np.inf)
    straight = np.hypot(along, height + depth) / slow
    critical = (depth + np.abs(height)) * slow / np.sqrt(fast**2 - slow**2)
    head = np.abs(along) / fast + (depth + np.abs(height)) * np.sqrt(1 / slow**2 - 1 / fast**2)
    below = np.where(np.abs(along) > critical, np.minimum(straight, head), straight)
    return Case(times[:, row], np.where(height > 0, bend(along, height), below))


def _refracted(x: float, z: float, depth: float, slow: float, fast: float) -> float:
    def time(crossing: float) -> float:
        return float(np.hypot(crossing, depth) / slow + np.hypot(x - crossing, z) / fast)

    return float(minimize_scalar(time, bounds=(min(0.0, x), max(0.0, x) + 1e-9), options={"xatol": 1e-9}).fun)


def detour(h: float, velocity: float = 0.5) -> Case:
    """Round a scar wall 4 mm thick that reaches 24 mm into a block 40 x 40 x 12 mm: the path bends at two edges.

    Both edges run along z, so that unfolding makes it straight: length^2 = (length in the plane)^2 + dz^2.
    """
    shape = (round(12 / h), round(SIDE / h), round(SIDE / h))
    centres = points(shape, h) + h / 2
    x, y, z = np.moveaxis(centres, -1, 0)
    wall = (x > 18) & (x < 22) & (y < 24)
    fibre = np.broadcast_to(np.array([1.0, 0, 0]), (*shape, 3))
    speed = np.where(wall, 0.0, velocity)
    tissue = ConductionTissue(np.ones(shape, bool), h, fibre, speed, speed, origin=(h / 2, h / 2, h / 2))
    site = (8.0 + h / 2, 8.0 + h / 2, 4.0 + h / 2)
    behind = (x > 22) & (y < 24)
    plane = np.hypot(18 - site[0], 24 - site[1]) + 4 + np.hypot(x - 22, 24 - y)
    exact = np.hypot(plane, z - site[2]) / velocity
    return Case(activation_times(tissue, [Site(site)]).times[behind], exact[behind])


def shell(h: float, inner: float = 18.0, outer: float = 24.0, velocity: float = 0.5) -> Case:
    """In a spherical shell the shortest path is straight, or two tangents of the cavity and an arc between them."""
    half = int(np.ceil(outer / h)) + 1
    shape = (2 * half + 1,) * 3
    way = points(shape, h) - half * h
    radius = np.linalg.norm(way, axis=-1)
    mask = (radius >= inner) & (radius <= outer)
    tissue = uniform_tissue(mask, h, np.array([1.0, 0, 0]), velocity, velocity)
    start = h * round((inner + outer) / 2 / h)
    times = activation_times(tissue, [Site((half * h + start, half * h, half * h))]).times[mask]
    angle = np.arccos(np.clip(way[mask][:, 0] / radius[mask], -1, 1))
    tangents = np.sqrt(start**2 - inner**2) + np.sqrt(radius[mask] ** 2 - inner**2)
    arc = angle - np.arccos(inner / start) - np.arccos(inner / radius[mask])
    straight = np.linalg.norm(way[mask] - np.array([start, 0, 0]), axis=-1)
    return Case(times, np.where(arc > 0, tangents + inner * arc, straight) / velocity)


CASES: dict[str, Callable[[float], Case]] = {
    "constant tensor, fibre (1, 0, 0)": lambda h: constant_tensor(h, (1, 0, 0)),
    "constant tensor, fibre (1, 1, 1)": lambda h: constant_tensor(h, (1, 1, 1)),
    "constant tensor, fibre (3, -9, 5)": lambda h: constant_tensor(h, (3, -9, 5)),
    "refraction, velocities 0.3 and 0.9": refraction,
    "detour round a scar wall": detour,
    "shell of a sphere": shell,
}


def main() -> None:
    """Print the table."""
    for name, case in CASES.items():
        spacings = [2.0, 1.0, 0.5]
        cases = [case(h) for h in spacings]
        cells = [f"{c.rms:.3f} / {c.largest:.2f}" for c in cases]
        mean = 100 * cases[1].rms / float(cases[1].exact.mean())
        order = fitted_order(spacings, [c.rms for c in cases])
        print(f"| {name} | {' | '.join(cells)} | {mean:.2f} % | {order:.2f} |", flush=True)  # noqa: T201
    for across in (0.24, 0.4):
        errors = np.array([orientation_bias(seed, across=across) for seed in range(10)])
        low, high = 100 * errors.min(), 100 * errors.max()
        print(f"| orientation, 0.6 to {across} | {low:.2f} % to {high:.2f} % |")  # noqa: T201


if __name__ == "__main__":
    main()
