"""A finite-element heart in the closed loop of `marey.simulate.circulation`.

During one step of the mechanics the cavity pressures change linearly; the loop is integrated with its own small steps
under these pressures and says what volumes they leave in the cavities. Mechanics and loop so agree on pressures and
volumes at the end of every step, and the loop loses no blood.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit
from marey.core.units import mmHg
from marey.simulate.circulation import Circulation
from marey.simulate.circulation.closed_loop import COMPARTMENTS, integrate
from marey.simulate.mechanics.interface import PressureFunction

FloatArray = NDArray[np.float64]
LEFT, RIGHT = COMPARTMENTS.index("left ventricle"), COMPARTMENTS.index("right ventricle")
VEINS = COMPARTMENTS.index("systemic veins")
PROBE = 0.01 * mmHg


@jit
def _given(  # noqa: PLR0917 - the interface of the loop
    t: float,
    volumes: FloatArray,  # noqa: ARG001
    state: FloatArray,  # noqa: ARG001
    memory: FloatArray,  # noqa: ARG001
    parameters: FloatArray,
    dstate: FloatArray,  # noqa: ARG001
    out: FloatArray,
) -> None:
    share = (t - parameters[0]) / parameters[1]
    out[0] = parameters[2] + share * (parameters[4] - parameters[2])
    out[1] = parameters[3] + share * (parameters[5] - parameters[3])


@dataclass(frozen=True, eq=False)
class _Given:
    """Ventricles with given pressures, whatever their volumes: start, length, pressures (2,) before and after."""

    numbers: FloatArray
    names: ClassVar[tuple[str, ...]] = ()

    @property
    def pressure(self) -> PressureFunction:
        return _given

    def parameters(self) -> FloatArray:
        return self.numbers

    def initial_state(self) -> FloatArray:
        return np.zeros(0)

    def memory(self) -> FloatArray:
        return np.zeros(0)


@dataclass(frozen=True, eq=False)
class ClosedLoop:
    """The loop at one instant, for a body whose cavities are the left and the right ventricle, in this order.

    Args:
        circulation: parameters.
        state: (20,) volumes, flows and openings of the valves, as the loop lays them out.
        pressures: (2,) kPa in the cavities, transmural.
    """

    circulation: Circulation
    state: FloatArray
    pressures: FloatArray

    def after(self, time: float, step: float, pressures: FloatArray) -> tuple["ClosedLoop", FloatArray, FloatArray]:
        """See `Blood.after`.

        Raises:
            NotAnalysable: the loop has no finite solution, or a compartment ran empty.
        """
        end = self._advanced(time, step, pressures)
        volumes = end[[LEFT, RIGHT]]
        probes = [self._advanced(time, step, pressures + PROBE * side)[[LEFT, RIGHT]] for side in np.eye(2)]
        slopes = np.stack([(probe - volumes) / PROBE for probe in probes], axis=1)
        return replace(self, state=end, pressures=pressures), volumes, slopes

    def _advanced(self, time: float, step: float, pressures: FloatArray) -> FloatArray:
        ventricles = _Given(np.array([time, step, *self.pressures, *pressures]))
        trace = integrate(self.circulation, ventricles, self.state, ventricles.memory(), (time, time + step))
        return np.asarray(trace.states[-1], np.float64)


def joined(circulation: Circulation, start: FloatArray, volumes: FloatArray, pressures: FloatArray) -> ClosedLoop:
    """A loop with the cavities of a body in place of its own ventricles.

    What the cavities hold more than the ventricles did comes from the systemic veins.

    Args:
        circulation: parameters.
        start: (20,) state at the R wave, of a loop with any model of the ventricles.
        volumes: (2,) mm3 of the body's cavities.
        pressures: (2,) kPa in them, transmural.
    """
    state = start.copy()
    state[VEINS] += state[[LEFT, RIGHT]].sum() - volumes.sum()
    state[[LEFT, RIGHT]] = volumes
    return ClosedLoop(circulation, state, pressures)


__all__ = ["LEFT", "RIGHT", "ClosedLoop", "joined"]
