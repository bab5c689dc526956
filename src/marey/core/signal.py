"""Curves over time: an ECG, pressures, volumes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class Signal:
    """Curves that share their times.

    Args:
        values: (lead, time), finite, in coherent units.
        times: (time,) ms, increasing; 0 is the R wave, or the start of a recording.
        names: one per lead ("V1", "left ventricle").
        unit: what the values are shown in, a name that `marey.core.units.factor` knows ("mmHg", "mV").

    Raises:
        InvalidInput: shapes that do not agree, values that are not numbers, times that do not increase.
    """

    values: NDArray[np.float64]
    times: NDArray[np.float64]
    names: tuple[str, ...]
    unit: str

    def __post_init__(self) -> None:
        expected = (len(self.names), self.times.size)
        if self.values.shape != expected:
            raise InvalidInput(
                f"The signal has values of shape {self.values.shape}.",
                f"{expected[0]} leads and {expected[1]} times are expected.",
                "Give one row per lead and one column per time.",
            )
        if not np.isfinite(self.values).all() or not (np.diff(self.times) > 0).all():
            raise InvalidInput(
                "The signal has values that are not numbers, or times that do not increase.",
                "Finite values at increasing times are needed.",
                "Check the recording or the simulation that it comes from.",
            )

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """(time,) values of one lead."""
        if name not in self.names:
            raise KeyError(f"no lead '{name}': there are {', '.join(self.names)}")
        return np.asarray(self.values[self.names.index(name)], np.float64)


__all__ = ["Signal"]
