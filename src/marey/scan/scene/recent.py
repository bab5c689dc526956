"""The latest results by time, for what serves many slices and breaths."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Results by time of the beat, of which the last `size` are kept; threads may share it.

    Args:
        size: how many are kept.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._known: dict[float, T] = {}

    def __call__(self, time: float, make: Callable[[], T]) -> T:
        """The result at a time (ms), made when it is not known."""
        key = round(time, 3)
        found = self._known.get(key)
        if found is None:
            for old in list(self._known)[: 1 - self.size]:
                self._known.pop(old, None)
            found = self._known[key] = make()
        return found


__all__ = ["Recent"]
