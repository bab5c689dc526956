"""The human ventricular cell of ten Tusscher and Panfilov 2006, doi:10.1152/ajpheart.00109.2006.

Gates by Rush and Larsen's exponential steps, concentrations by explicit Euler. What depends on the potential alone is
tabulated every 0.05 mV and interpolated. Conductances in nS/pF are 1/ms in coherent units, currents in pA/pF mV/ms.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import units
from marey.core.parameter import Parameters, parameter
from marey.simulate.monodomain import _ten_tusscher_kernels as kernels

_PAPER = "doi:10.1152/ajpheart.00109.2006; range: block to several times the paper's value"
_SIEMENS = 1 / units.ms


@dataclass(frozen=True)
class TenTusscher2006(Parameters):
    """Conductances and permeabilities of an epicardial cell; see `ENDOCARDIAL` and `MIDMYOCARDIAL` for the others."""

    sodium: float = parameter(14.838 * _SIEMENS, 0, 60 * _SIEMENS, "1/ms", _PAPER)
    inward_rectifier: float = parameter(5.405 * _SIEMENS, 0.5 * _SIEMENS, 25 * _SIEMENS, "1/ms", _PAPER)
    transient_outward: float = parameter(0.294 * _SIEMENS, 0, 2 * _SIEMENS, "1/ms", _PAPER)
    rapid_rectifier: float = parameter(0.153 * _SIEMENS, 0, 1 * _SIEMENS, "1/ms", _PAPER)
    slow_rectifier: float = parameter(0.392 * _SIEMENS, 0, 2 * _SIEMENS, "1/ms", _PAPER)
    calcium: float = parameter(1.0, 0, 5, "1", _PAPER + "; times 3.98e-5 cm/(ms uF)")
    sodium_potassium_pump: float = parameter(2.724 * units.mV / units.ms, 0, 10, "mV/ms", _PAPER)
    sodium_calcium_exchange: float = parameter(1000 * units.mV / units.ms, 0, 5000, "mV/ms", _PAPER)
    plateau_calcium: float = parameter(0.1238 * units.mV / units.ms, 0, 2, "mV/ms", _PAPER)
    plateau_potassium: float = parameter(0.0146 * _SIEMENS, 0, 0.3 * _SIEMENS, "1/ms", _PAPER)
    background_sodium: float = parameter(0.00029 * _SIEMENS, 0, 0.01 * _SIEMENS, "1/ms", _PAPER)
    background_calcium: float = parameter(0.000592 * _SIEMENS, 0, 0.01 * _SIEMENS, "1/ms", _PAPER)
    extracellular_potassium: float = parameter(5.4, 2, 15, "1", _PAPER + "; mmol/L")
    endocardial: float = parameter(0, 0, 1, "1", _PAPER + "; 1: inactivation of the transient outward current is slow")


EPICARDIAL = TenTusscher2006()
ENDOCARDIAL = TenTusscher2006(transient_outward=0.073 * _SIEMENS, endocardial=1)
MIDMYOCARDIAL = TenTusscher2006(slow_rectifier=0.098 * _SIEMENS)

_REST = (
    0.00621, 0.4712, 0.0095, 0.00172, 0.7444, 0.7045, 3.373e-5, 0.7888, 0.9755, 0.999998, 2.42e-8, 0.9953,
    1.26e-4, 3.64, 3.6e-4, 0.9073, 8.604, 136.89,
)  # fmt: skip
_RESTING_POTENTIAL = -85.23


@dataclass(frozen=True, eq=False)
class TenTusscherCells:
    """Cells of a tissue (see `marey.simulate.monodomain.cells.Cells`), one set of parameters per zone.

    They start in the state of the slab benchmark of Niederer et al. 2011, doi:10.1098/rsta.2011.0139.
    """

    sets: tuple[TenTusscher2006, ...] = (EPICARDIAL,)
    upstroke: float = 0.0
    recovery: float = -75.0
    scale: float = 1.0
    offset: float = 0.0
    largest_step: float = 0.05
    dtype: np.dtype[Any] = field(default_factory=lambda: np.dtype(np.float64))
    _tables: dict[float, NDArray[np.float64]] = field(default_factory=dict, repr=False)

    @property
    def zones(self) -> int:
        """Number of sets of parameters."""
        return len(self.sets)

    def rest(self, count: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Potential (count,) in mV and gates (18, count) of resting cells."""
        return np.full(count, _RESTING_POTENTIAL), np.tile(np.array(_REST)[:, None], (1, count))

    def react(
        self, potential: NDArray[Any], gates: NDArray[Any], zone: NDArray[np.uint8], stimulus: NDArray[Any], dt: float
    ) -> None:
        """Advance cells in place by dt ms without diffusion; stimulus (count,) in mV/ms."""
        kernels.react(potential, gates, zone, stimulus, dt, self._table(dt), kernels.RECTIFIER, self._conductances)

    def trace(
        self, potential: NDArray[Any], gates: NDArray[Any], stimulus: NDArray[np.float64], dt: float
    ) -> NDArray[np.float64]:
        """Advance one cell of the first zone in place; its potential (step,) before each step of the stimulus."""
        values = np.empty(stimulus.size)
        tables = self._table(dt), kernels.RECTIFIER, self._conductances
        kernels.trace(potential, gates, stimulus, dt, *tables, values)
        return values

    def _table(self, dt: float) -> NDArray[np.float64]:
        if dt not in self._tables:
            self._tables[dt] = np.stack([kernels.tabulate(dt, endocardial=p.endocardial > 0.5) for p in self.sets])
        return self._tables[dt]

    @cached_property
    def _conductances(self) -> NDArray[np.float64]:
        return np.array(
            [
                (
                    p.sodium, p.inward_rectifier, p.transient_outward, p.rapid_rectifier, p.slow_rectifier, p.calcium,
                    p.sodium_potassium_pump, p.sodium_calcium_exchange, p.plateau_calcium, p.plateau_potassium,
                    p.background_sodium, p.background_calcium, p.extracellular_potassium,
                )
                for p in self.sets
            ]
        )  # fmt: skip


__all__ = ["ENDOCARDIAL", "EPICARDIAL", "MIDMYOCARDIAL", "TenTusscher2006", "TenTusscherCells"]
