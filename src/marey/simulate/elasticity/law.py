"""What a material law is, and how laws add."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Law(ABC):
    """Stress from strain, in the frame of fibre (f), sheet (s) and normal (n); ``passive + active`` is a law too."""

    @abstractmethod
    def stress(self, E: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Second Piola-Kirchhoff stress (n, 6), kPa, and its derivative by the strain (n, 6, 6).

        Args:
            E: (n, 6) Green strain in the order ff ss nn sn fn fs; the last three are doubled (2 E_sn, ...).
        """

    def __add__(self, other: "Law") -> "Law":
        """The sum of two energies."""
        return Sum(self, other)

    def __mul__(self, factor: FloatArray) -> "Law":
        """The law times a factor (n,) at each point of integration: stiff scars, tissue that does not contract."""
        return Scaled(self, factor)


@dataclass(frozen=True, eq=False)
class Sum(Law):
    """Two laws in parallel."""

    first: Law
    second: Law

    def stress(self, E: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The sum of both."""
        (S1, D1), (S2, D2) = self.first.stress(E), self.second.stress(E)
        return S1 + S2, D1 + D2


@dataclass(frozen=True, eq=False)
class Scaled(Law):
    """A law times a factor (n,) at each point of integration."""

    law: Law
    factor: FloatArray

    def stress(self, E: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The law's times the factor."""
        S, D = self.law.stress(E)
        return S * self.factor[:, None], D * self.factor[:, None, None]


__all__ = ["Law", "Scaled", "Sum"]
