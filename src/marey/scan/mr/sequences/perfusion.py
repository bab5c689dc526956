"""First-pass perfusion: agent through the right heart, the lungs, the left heart and the muscle, seen by saturation
recovery.

The bolus is a gamma variate whose area obeys the conservation of the agent (Stewart and Hamilton): the concentration in
whole blood, integrated over the first pass, is dose over cardiac output. The lungs delay and disperse it; a share comes
round once more, and with it begins the slow clearance of `contrast.Clearance`, so that late enhancement follows without
a gap. The muscle has two exchanging compartments, plasma and interstitium
(Sourbron and Buckley
2012, doi:10.1088/0031-9155/57/2/R1), F plasma flow, PS permeability times surface::

    vp dCp/dt = F (Ca - Cp) + PS (Ce - Cp),   ve dCe/dt = PS (Cp - Ce),   C = vp Cp + ve Ce
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gamma, gammainc

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import MYOCARDIAL_DENSITY, g, kg, litre, minute, mL, ms, s
from marey.scan.mr.contrast import Clearance, ContrastState
from marey.scan.mr.sequences.readout import DEGREE, Complex, Readout, Reals, SpoiledReadout
from marey.scan.mr.spins import TYPICAL_HAEMATOCRIT, Spins, with_agent


@dataclass(frozen=True)
class Bolus(Parameters):
    """An injection and the circulation that carries it.

    Args:
        dose: mmol per kg of the body.
        weight: of the body.
        cardiac_output: flow of whole blood.
        arrival: of the first of it in the right ventricle, after the injection, ms.
        spread: of the bolus in the right ventricle, ms (its standard deviation).
        shape: of the gamma variates; larger is more symmetric.
        transit: from the first of it in the right to the first in the left ventricle, ms.
        transit_spread: standard deviation of the ways through the lungs, ms.
        recirculation: share of the agent that comes round as a second pass.
        recirculation_time: from pass to pass, ms; it adds a third of itself to the spread.
        haematocrit: of the blood.
        clearance: of the plasma, once the agent is mixed.
    """

    dose: float = parameter(0.075, 0.005, 0.2, "1", "mmol/kg, textbook value")
    weight: float = parameter(75 * kg, 2 * kg, 250 * kg, "kg", "textbook value")
    cardiac_output: float = parameter(
        5.5 * litre / minute, 1 * litre / minute, 25 * litre / minute, "L/min", "textbook value"
    )
    arrival: float = parameter(4 * s, 0, 60 * s, "s", "textbook value")
    spread: float = parameter(2.6 * s, 0.3 * s, 20 * s, "s", "textbook value")
    shape: float = parameter(3.0, 1, 20, "1", "textbook value")
    transit: float = parameter(4.5 * s, 1 * s, 40 * s, "s", "textbook value")
    transit_spread: float = parameter(2.6 * s, 0.2 * s, 20 * s, "s", "textbook value")
    recirculation: float = parameter(0.2, 0, 0.9, "1", "textbook value")
    recirculation_time: float = parameter(10 * s, 5 * s, 90 * s, "s", "textbook value")
    haematocrit: float = parameter(TYPICAL_HAEMATOCRIT, 0.1, 0.7, "1", "textbook value")
    clearance: Clearance = field(default_factory=Clearance)

    def right_heart(self, times: ArrayLike) -> Reals:
        """Concentration in whole blood of the right ventricle, mM, at times (ms) since the injection."""
        return self._course(np.asarray(times, np.float64), self.arrival, self.spread)

    def left_heart(self, times: ArrayLike) -> Reals:
        """Concentration in whole blood of the left ventricle and the aorta, mM, at times (ms) since the injection."""
        spread = float(np.hypot(self.spread, self.transit_spread))
        return self._course(np.asarray(times, np.float64), self.arrival + self.transit, spread)

    def _course(self, times: Reals, start: float, spread: float) -> Reals:
        """First pass, second pass, clearance; the area of the first is dose over output."""
        area = self.dose * self.weight / kg / (self.cardiac_output / litre)  # mM ms
        second, wider = start + self.recirculation_time, spread + self.recirculation_time / 3
        passes = _gamma(times, start, spread, self.shape) + self.recirculation * _gamma(
            times, second, wider, self.shape
        )
        mixed = gammainc(self.shape, np.maximum(times - second, 0) * np.sqrt(self.shape) / wider)
        late = (1 - self.haematocrit) * self.clearance.plasma(self.dose, times)
        return np.asarray(area * passes + mixed * late, np.float64)


def _gamma(times: Reals, start: float, spread: float, shape: float) -> Reals:
    """Density (1/ms) of a gamma variate with a standard deviation that begins at `start`."""
    scale = spread / np.sqrt(shape)
    since = np.maximum(times - start, 0) / scale
    return np.asarray(since ** (shape - 1) * np.exp(-since) / (gamma(shape) * scale), np.float64)


@dataclass(frozen=True)
class Kinetics(Parameters):
    """Exchange between blood and muscle.

    Args:
        blood_flow: per mass of muscle, mm3/(ms mg).
        plasma_volume: share of the muscle.
        interstitial_volume: share of the muscle.
        permeability: permeability times surface per mass, mm3/(ms mg).
    """

    blood_flow: float = parameter(
        1.0 * mL / minute / g, 0, 8 * mL / minute / g, "mL/min/g", "doi:10.1186/1532-429X-12-57"
    )
    plasma_volume: float = parameter(0.06, 0.005, 0.3, "1", "textbook value")
    interstitial_volume: float = parameter(0.19, 0.01, 0.8, "1", "doi:10.1186/1532-429X-14-64 less the plasma")
    permeability: float = parameter(1.0 * mL / minute / g, 0, 10 * mL / minute / g, "mL/min/g", "textbook value")

    def concentration(self, times: ArrayLike, blood: ArrayLike, haematocrit: float = TYPICAL_HAEMATOCRIT) -> Reals:
        """Agent in the muscle, mM, exact for a blood concentration that is linear between the times.

        Args:
            times: ``(time,)`` ms, evenly spaced.
            blood: concentration in whole arterial blood, mM, ``(time,)``; the muscle is empty at the first time.
            haematocrit: of the blood.

        Raises:
            InvalidInput: times that are not even, or another number of concentrations.
        """
        t, plasma = np.asarray(times, np.float64), np.asarray(blood, np.float64) / (1 - haematocrit)
        if (
            t.ndim != 1
            or t.size < 2
            or plasma.shape != t.shape
            or not np.allclose(np.diff(t), t[1] - t[0])
            or t[1] <= t[0]
        ):
            raise InvalidInput(
                f"There are {t.size} times and {plasma.size} concentrations, or the times are not even.",
                "Concentrations are given at evenly spaced, growing times.",
                "Interpolate them first.",
            )
        step = float(t[1] - t[0])
        system, inflow = self._system(haematocrit)
        rates, vectors = np.linalg.eig(system)
        drive = np.linalg.solve(vectors, np.array([inflow, 0.0]))
        z = rates * step
        decay, first, second = np.exp(z), _phi(z, 1), _phi(z, 2)
        state, course = np.zeros(2, np.complex128), [0.0]
        volumes = np.array([self.plasma_volume, self.interstitial_volume])
        for now, later in pairwise(plasma):
            state = decay * state + step * drive * (first * now + second * (later - now))
            course.append(float((volumes @ (vectors @ state)).real))
        return np.array(course)

    def _system(self, haematocrit: float) -> tuple[Reals, float]:
        """Matrix of the two compartments, 1/ms, and what the arterial plasma drives."""
        flow = self.blood_flow * (1 - haematocrit) * MYOCARDIAL_DENSITY
        exchange = self.permeability * MYOCARDIAL_DENSITY
        vp, ve = self.plasma_volume, self.interstitial_volume
        return np.array([[-(flow + exchange) / vp, exchange / vp], [exchange / ve, -exchange / ve]]), flow / vp


def _phi(z: Reals, order: int) -> Reals:
    """(exp z - 1) / z and (exp z - 1 - z) / z^2, with their limits at 0."""
    small = np.abs(z) < 1e-4
    safe = np.where(small, 1.0, z)
    if order == 1:
        return np.asarray(np.where(small, 1 + z / 2 + z * z / 6, np.expm1(safe) / safe))
    return np.asarray(np.where(small, 0.5 + z / 6 + z * z / 24, (np.expm1(safe) - safe) / safe**2))


@dataclass(frozen=True)
class Perfusion(Parameters):
    """Saturation-recovery picture of one slice in one heartbeat.

    Args:
        saturation_time: from the saturation to the centre of k-space, ms.
        efficiency: of the saturation.
        readout: of the slice.
        r1, r2: relaxivities at 1.5 T and 3 T, 1/(mM s).
    """

    saturation_time: float = parameter(110 * ms, 5 * ms, 1000 * ms, "ms", "textbook value")
    efficiency: float = parameter(0.98, 0.5, 1, "1", "textbook value")
    readout: Readout = field(
        default_factory=lambda: SpoiledReadout(
            flip_angle=12 * DEGREE, repetition_time=2.2 * ms, echo_time=1.0 * ms, lines=64
        )
    )
    r1: tuple[float, float] = ContrastState.r1
    r2: tuple[float, float] = ContrastState.r2

    def __call__(
        self, of: Spins, concentration: ArrayLike, off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0
    ) -> Complex:
        """Signal.

        Args:
            of: spins without agent.
            concentration: of the agent, mM; broadcast with the spins and the two below.
            off_resonance: of the field, 1/ms.
            b1: factor of the flip angle.

        Raises:
            InvalidInput: a negative concentration, a readout that begins before the saturation.
        """
        agent = np.asarray(concentration, np.float64)
        early = self.saturation_time - self.readout.before
        if not (agent >= 0).all() or early < 0:
            raise InvalidInput(
                f"The least concentration is {agent.min()} mM; the readout begins {early:.0f} ms after the saturation.",
                "Concentrations are not negative, and the readout follows the saturation.",
                "Read fewer lines, or wait longer.",
            )
        enhanced = with_agent(of, agent, self.r1, self.r2)
        mz = 1 - self.efficiency * np.exp(-early / enhanced.t1)
        return self.readout(enhanced, off_resonance, b1).signal(mz)


__all__ = ["Bolus", "Kinetics", "Perfusion"]
