"""What is read from waves at places of the tree: feet, velocities, amplification, forward and backward waves.

A place is the name of an artery and a position from 0 (inlet) to 1 (outlet).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from marey.core.errors import InvalidInput
from marey.simulate.flow.waves.arteries import Artery
from marey.simulate.flow.waves.solve import Waves, wall

Reals = NDArray[np.float64]
Place = tuple[str, float]
ROOT: Place = ("aortic arch I", 0.0)
CAROTID: Place = ("common carotid R", 0.5)
FEMORAL: Place = ("femoral R I", 0.5)
BRACHIAL: Place = ("brachial R", 0.5)
RADIAL: Place = ("radial R", 0.9)
FINE = 0.1
UPSTROKE = 0.4


@dataclass(frozen=True, eq=False)
class Separated:
    """Forward and backward waves at one place; they add up to the pressure and the flow less their means.

    Args:
        forward, backward: (time,) kPa.
        impedance: characteristic impedance at the mean pressure, kPa ms/mm3.
    """

    forward: Reals
    backward: Reals
    impedance: float

    @property
    def reflection(self) -> float:
        """Reflection magnitude: amplitude of the backward over that of the forward wave."""
        return float(np.ptp(self.backward) / np.ptp(self.forward))


def at(waves: Waves, place: Place) -> tuple[Reals, Reals]:
    """(time,) pressure in kPa and flow in mm3/ms at a place, linear between faces.

    Raises:
        InvalidInput: an artery that does not exist, a position outside 0 to 1.
    """
    name, position = place
    _artery(waves, place)
    pressure, flow = waves.pressure[name], waves.flow[name]
    index = position * (pressure.shape[1] - 1)
    low = min(int(index), pressure.shape[1] - 2)
    share = index - low
    return tuple(  # type: ignore[return-value]
        np.asarray((1.0 - share) * values[:, low] + share * values[:, low + 1]) for values in (pressure, flow)
    )


def pulse_pressure(waves: Waves, place: Place) -> float:
    """Systolic minus diastolic pressure, kPa."""
    return float(np.ptp(at(waves, place)[0]))


def amplification(waves: Waves, place: Place = BRACHIAL, root: Place = ROOT) -> float:
    """Pulse pressure at a place over that at the root of the aorta."""
    return pulse_pressure(waves, place) / pulse_pressure(waves, root)


def foot(waves: Waves, place: Place) -> float:
    """Ms at which the pulse arrives: the tangent of the steepest upstroke meets the least pressure before it."""
    times = waves.times
    period = float(times[-1])
    pressure = at(waves, place)[0]
    spline = CubicSpline(times, [*pressure[:-1], pressure[0]], bc_type="periodic")
    grid = np.arange(0.0, period, FINE)
    steepest = float(grid[np.argmax(spline(grid, 1))])
    before = spline(steepest - np.arange(0.0, UPSTROKE * period, FINE))
    return steepest - float((spline(steepest) - before.min()) / spline(steepest, 1))


def path(waves: Waves, place: Place) -> float:
    """Mm along the arteries from the root to a place."""
    artery = _artery(waves, place)
    length = place[1] * artery.length
    while artery.parent is not None:
        artery = _artery(waves, (artery.parent, 1.0))
        length += artery.length
    return length


def pulse_wave_velocity(waves: Waves, near: Place = CAROTID, far: Place = FEMORAL) -> float:
    """Foot-to-foot velocity in mm/ms (m/s): difference of the paths from the root over the delay of the feet.

    The defaults give the carotid-femoral velocity with the subtracted distance (Van Bortel et al. 2012,
    doi:10.1097/HJH.0b013e32834fa8b0, has the 0.8 of the direct one, which estimates the same path).

    Raises:
        InvalidInput: the far foot does not come later.
    """
    period = float(waves.times[-1])
    delay = (foot(waves, far) - foot(waves, near) + 0.5 * period) % period - 0.5 * period
    distance = path(waves, far) - path(waves, near)
    if not delay * distance > 0.0:
        raise InvalidInput(
            f"The pulse reaches {far[0]} {delay:.1f} ms after {near[0]}, {distance:.0f} mm further on.",
            "The place that is further from the heart must be reached later.",
            "Choose places that are further apart.",
        )
    return distance / delay


def separated(waves: Waves, place: Place) -> Separated:
    """Linear separation into forward and backward waves (Westerhof et al. 1972, doi:10.1093/cvr/6.6.648)."""
    artery, blood = _artery(waves, place), waves.network.blood
    pressure, flow = at(waves, place)
    mean = float(np.trapezoid(pressure, waves.times) / waves.times[-1])
    impedance = blood.density * speed_at(waves, artery.name, place[1], mean) / _area(waves, place, mean)
    rise, stream = pressure - mean, flow - float(np.trapezoid(flow, waves.times) / waves.times[-1])
    return Separated(0.5 * (rise + impedance * stream), 0.5 * (rise - impedance * stream), impedance)


def speed_at(waves: Waves, name: str, position: float, pressure: float) -> float:
    """Moens-Korteweg speed in mm/ms at a place whose pressure is given in kPa."""
    k = float(wall(_artery(waves, (name, position)), np.array([position]))[1][0])
    return float(np.sqrt(k * np.sqrt(_area(waves, (name, position), pressure)) / (2.0 * waves.network.blood.density)))


def _area(waves: Waves, place: Place, pressure: float) -> float:
    A0, k = (float(values[0]) for values in wall(_artery(waves, place), np.array([place[1]])))
    return float((np.sqrt(A0) + (pressure - waves.network.blood.reference_pressure) / k) ** 2)


def _artery(waves: Waves, place: Place) -> Artery:
    known = {artery.name: artery for artery in waves.network.arteries}
    if place[0] not in known or not 0.0 <= place[1] <= 1.0:
        raise InvalidInput(
            f"There is no position {place[1]:g} of an artery '{place[0]}'.",
            f"Positions lie between 0 and 1; known are {', '.join(known)}.",
            "Correct the place.",
        )
    return known[place[0]]


__all__ = [
    "BRACHIAL", "CAROTID", "FEMORAL", "RADIAL", "ROOT", "Place", "Separated", "amplification", "at", "foot", "path",
    "pulse_pressure", "pulse_wave_velocity", "separated", "speed_at",
]  # fmt: skip
