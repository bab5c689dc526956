"""What a model of the two ventricles gives to the circulation.

The circulation owns the cavity volumes and asks, at every stage of every time step, for the pressures that go with
them. A model may carry states of its own (sarcomere lengths, contractility), which the circulation integrates along.
"""

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marey.core.units import mL

Array: TypeAlias = NDArray[np.float64]

START_VOLUMES = (135 * mL, 150 * mL)
"""Cavities of the left and right ventricle at the start of every run, mm3."""


class PressureFunction(Protocol):
    """The type of a model's law; see `Ventricles.pressure`."""

    def __call__(  # noqa: PLR0917
        self,
        t: float,
        volumes: Array,
        state: Array,
        memory: Array,
        parameters: Array,
        dstate: Array,
        out: Array,
        /,
    ) -> None:
        """Write `dstate` and `out`."""


class Ventricles(Protocol):
    """A model of both ventricles: a frozen dataclass of parameters with the members below."""

    @property
    def pressure(self) -> PressureFunction:
        """The model's law, a function at module level compiled with `marey.core.jit`.

        ``pressure(t, volumes, state, memory, parameters, dstate, out)`` with

        - ``t``: ms since the start of this cycle; 0 is the R wave, the reference of ventricular activation;
        - ``volumes``: (2,) cavities of the left and right ventricle, mm3;
        - ``state``: (n,) the model's own states, ``memory``: (m,) scratch kept from call to call, ``parameters``: (p,);
        - ``dstate``: (n,) written: time derivatives of the states, 1/ms;
        - ``out``: (2 + len(names),) written: transmural pressure left and right in kPa, then the extra outputs.

        It raises nothing. Where it finds no solution it writes NaN as pressure: the run then ends with an error.
        """

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the extra outputs (fibre strains, stresses), recorded with the beat."""

    def parameters(self) -> Array:
        """(p,) numbers handed to `pressure`."""

    def initial_state(self) -> Array:
        """(n,) states at the start of the first cycle, relaxed at `START_VOLUMES`."""

    def memory(self) -> Array:
        """(m,) scratch for warm starts of implicit solves; may be empty."""


__all__ = ["START_VOLUMES", "Array", "PressureFunction", "Ventricles"]
