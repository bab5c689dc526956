"""Waves through an arterial network: beats until they repeat."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput, NotAnalysable
from marey.simulate.flow.waves._kernels import advance
from marey.simulate.flow.waves.arteries import Arteries, Artery

Reals = NDArray[np.float64]
COURANT = 0.8
SPEED_MARGIN = 1.5


@dataclass(frozen=True, eq=False)
class Waves:
    """Pressure and flow along every artery over the last beat.

    Args:
        network: what they run in.
        times: (time,) ms, both ends of the beat.
        pressure: name -> (time, face) kPa, from inlet to outlet at equal distances.
        flow: name -> (time, face) mm3/ms.
        change: largest change of pressure against the beat before, relative to the largest pressure; NaN after one
            beat.
        imbalance: volume that entered, less what left and what is stored, relative to what entered in the last beat.
        beats: how many were run.
    """

    network: Arteries
    times: Reals
    pressure: dict[str, Reals]
    flow: dict[str, Reals]
    change: float
    imbalance: float
    beats: int


def propagate(
    network: Arteries, inflow: Reals, period: float, *, spacing: float = 5.0, beats: int = 1, samples: int = 200
) -> Waves:
    """Run a number of beats from the reference pressure at rest.

    Args:
        network: the arteries.
        inflow: (sample,) mm3/ms over one beat at equal times, without the end that repeats the start; linear between.
        period: ms.
        spacing: largest length of a cell, mm.
        beats: how many.
        samples: how many times of the beat are returned, besides its end.

    Raises:
        InvalidInput: settings out of range, an inflow that is not finite.
        NotAnalysable: an artery collapsed, blood as fast as its waves, or no state at an end.
    """
    _check(inflow, period, spacing, beats, samples)
    grid = _Grid(network, spacing, period, samples)
    before: Reals | None = None
    change = math.nan
    for _ in range(beats):
        now = grid.beat(inflow)
        change = math.nan if before is None else float(np.abs(now - before).max() / np.abs(now).max())
        before = now
    return grid.waves(change, beats)


def periodic_waves(network: Arteries, inflow: Reals, period: float, *, spacing: float = 5.0, samples: int = 200,
                   within: float = 1e-3, most: int = 60) -> Waves:  # fmt: skip
    """Run until two beats agree; returns the last.

    Args:
        network, inflow, period, spacing, samples: as in `propagate`.
        within: largest `Waves.change` that counts as periodic.
        most: number of beats after which it is given up.

    Raises:
        InvalidInput, NotAnalysable: as in `propagate`.
        NotAnalysable: the waves did not become periodic.
    """
    _check(inflow, period, spacing, most, samples)
    grid = _Grid(network, spacing, period, samples)
    before, change = grid.beat(inflow), math.inf
    for number in range(2, most + 1):
        now = grid.beat(inflow)
        change = float(np.abs(now - before).max() / np.abs(now).max())
        if change <= within:
            return grid.waves(change, number)
        before = now
    raise NotAnalysable(
        f"The waves are not periodic after {most} beats: pressures differ by {change:.2g} of the largest.",
        f"They should agree within {within:g}.",
        "Allow more beats, or lower the compliance of the outlets.",
    )


def _check(inflow: Reals, period: float, spacing: float, beats: int, samples: int) -> None:
    good = inflow.ndim == 1 and inflow.size > 1 and bool(np.isfinite(inflow).all())
    if not (good and 200 <= period <= 5000 and 0.05 <= spacing <= 50 and beats >= 1 and samples >= 2):
        raise InvalidInput(
            f"Given: inflow {inflow.shape}, {period:g} ms, cells of {spacing:g} mm, {beats} beats, {samples} samples.",
            "Finite values in one row, 200 to 5000 ms, 0.05 to 50 mm, at least 1 beat and 2 samples are needed.",
            "Check the units of the settings.",
        )


class _Grid:
    """An arterial network as arrays for the compiled kernels."""

    def __init__(self, network: Arteries, spacing: float, period: float, samples: int) -> None:
        self.network, self.period = network, period
        arteries, blood = network.arteries, network.blood
        cells = [math.ceil(a.length / spacing) for a in arteries]
        self.at = np.cumsum([0, *cells]).astype(np.int64)
        self.dx = np.array([a.length / n for a, n in zip(arteries, cells, strict=True)])
        middle = [wall(a, (np.arange(n) + 0.5) / n) for a, n in zip(arteries, cells, strict=True)]
        edge = [wall(a, np.arange(n + 1) / n) for a, n in zip(arteries, cells, strict=True)]
        self.A0, self.k = (np.concatenate([m[i] for m in middle]) for i in (0, 1))
        self.A0_face, self.k_face = (np.concatenate([e[i] for e in edge]) for i in (0, 1))
        fastest = np.sqrt(self.k * np.sqrt(self.A0) / (2 * blood.density)) * SPEED_MARGIN
        crossing = (np.repeat(self.dx, cells) / fastest).min()
        self.every = math.ceil(period / samples / (COURANT * crossing))
        self.dt = period / (samples * self.every)
        index = {a.name: i for i, a in enumerate(arteries)}
        families = [[index[a.name], *(index[b.name] for b in arteries if b.parent == a.name)] for a in arteries]
        families = [family for family in families if len(family) > 1]
        self.joint_at = np.cumsum([0, *map(len, families)]).astype(np.int64)
        self.joint = np.array([i for family in families for i in family], np.int64)
        self.outlets = np.array([index[a.name] for a in arteries if a.outlet], np.int64)
        ends = [a.outlet for a in arteries if a.outlet]
        self.R1, self.R2, self.C, self.P_out = (
            np.array([getattr(e, f) for e in ends]) for f in ("R1", "R2", "C", "venous_pressure")
        )
        self.A, self.U = self.A0.copy(), np.zeros_like(self.A0)
        self.P_c = np.full(len(ends), blood.reference_pressure)
        self.A_face, self.U_face = self.A0_face.copy(), np.zeros_like(self.A0_face)
        self.A_log, self.U_log = (np.zeros((samples + 1, self.A0_face.size)) for _ in range(2))
        self.friction = 2 * (blood.profile + 2) * math.pi * blood.viscosity / blood.density
        self.imbalance = 0.0

    def beat(self, inflow: Reals) -> Reals:
        """Run one beat; returns (time, face) pressure."""
        steps = (len(self.A_log) - 1) * self.every
        course = np.interp(np.arange(steps + 1) / steps * inflow.size, np.arange(inflow.size + 1), [*inflow, inflow[0]])
        volume, stored = np.zeros(2), self._stored()
        blood = self.network.blood
        failed, courant = advance(
            self.at, self.dx, self.k, self.A0, self.k_face, self.A0_face, blood.reference_pressure, blood.density,
            self.friction, self.joint_at, self.joint, self.outlets, self.R1, self.R2, self.C, self.P_out, course,
            self.dt, self.every, self.A, self.U, self.P_c, self.A_face, self.U_face, self.A_log, self.U_log, volume,
        )  # fmt: skip
        if failed >= 0:
            raise NotAnalysable(
                f"The waves broke down {failed * self.dt:.1f} ms into a beat (Courant number {courant:.2f}).",
                "Arteries must stay open and blood slower than its waves.",
                "Check inflow, stiffness and units, or use smaller cells.",
            )
        self.imbalance = float((volume[0] - volume[1] - (self._stored() - stored)) / max(abs(volume[0]), 1e-300))
        return self._pressure()

    def waves(self, change: float, beats: int) -> Waves:
        """What was logged, by artery."""
        pressure, flow = self._pressure(), self.A_log * self.U_log
        span = {a.name: slice(self.at[i] + i, self.at[i + 1] + i + 1) for i, a in enumerate(self.network.arteries)}
        times = np.linspace(0, self.period, len(self.A_log))
        return Waves(
            self.network,
            times,
            {n: pressure[:, cut] for n, cut in span.items()},
            {n: flow[:, cut] for n, cut in span.items()},
            change,
            self.imbalance,
            beats,
        )

    def _pressure(self) -> Reals:
        return np.asarray(
            self.network.blood.reference_pressure + self.k_face * (np.sqrt(self.A_log) - np.sqrt(self.A0_face))
        )

    def _stored(self) -> float:
        return float((self.A * np.repeat(self.dx, np.diff(self.at))).sum())


def wall(artery: Artery, position: Reals) -> tuple[Reals, Reals]:
    """(A0, k) at positions from 0 to 1: area at the reference pressure in mm2, stiffness in kPa/mm."""
    radius = artery.inlet_radius + position * (artery.outlet_radius - artery.inlet_radius)
    stiffness = artery.stiffness[0] + position * (artery.stiffness[1] - artery.stiffness[0])
    A0 = np.pi * radius**2
    return A0, 4 / 3 * math.sqrt(math.pi) * stiffness / A0


__all__ = ["Waves", "periodic_waves", "propagate", "wall"]
