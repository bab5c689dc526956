"""Compilation of array kernels with numba, kept on disk so that only the first run of a version pays for it."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def jit(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel that keeps to the order of IEEE arithmetic."""
    return _compile(function, fast=False)


def fast_jit(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel whose sums may be reordered; it must never meet NaN or infinity."""
    return _compile(function, fast=True)


def _compile(function: Callable[P, R], *, fast: bool) -> Callable[P, R]:
    from numba import njit

    compiled: Callable[P, R] = njit(cache=True, fastmath=fast, nogil=True, error_model="numpy")(function)
    return compiled


__all__ = ["fast_jit", "jit"]
