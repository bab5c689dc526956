"""The two phases of the beat that clinical numbers are made at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KeyPhases:
    """Indices of end-diastole (largest LV cavity) and end-systole (smallest LV cavity) along the time axis."""

    end_diastole: int
    end_systole: int


__all__ = ["KeyPhases"]
