"""Extended phase graphs: signals of any `Program` for many tissues at once.

The magnetisation of a voxel is written as dephased waves: transverse F(k), F(-k), longitudinal Z(k), k in whole units
of dephasing (Weigel 2015, doi:10.1002/jmri.24619). A pulse mixes the three of one k, relaxation damps them, dephasing
moves F(k) to F(k + 1). Exact but for waves of an order of `orders` or more, which are dropped. Precession is
right-handed in the sense that a positive off-resonance makes the phase of the signal grow.
"""

# ruff: noqa: C901, PLR0912, PLR0917  # compiled kernels take arrays by position and loop over atoms, events and orders

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import InvalidInput
from marey.core.jit import jit
from marey.scan.mr.program import Event, Program

Complex = NDArray[np.complex128]
Reals = NDArray[np.float64]

_PULSE, _WAIT, _READ, _READ_Z = int(Event.PULSE), int(Event.WAIT), int(Event.READ), int(Event.READ_Z)
_SPOIL, _DECAY = int(Event.SPOIL), int(Event.DECAY)


@jit
def _rotate(P: Reals, M: Reals, Z: Reals, top: int, flip: float) -> None:
    """About x."""
    c, s, h = math.cos(flip), math.sin(flip), math.cos(0.5 * flip) ** 2
    for k in range(top):
        p, m, z = P[k], M[k], Z[k]
        P[k] = h * p + (1.0 - h) * m - s * z
        M[k] = (1.0 - h) * p + h * m + s * z
        Z[k] = 0.5 * s * (p - m) + c * z


@jit
def _turn(P: Reals, M: Reals, top: int, phase: float) -> None:
    """F(k) by exp(i phase), its partner the other way; arrays (half, order)."""
    c, s = math.cos(phase), math.sin(phase)
    for k in range(top):
        P[0, k], P[1, k] = c * P[0, k] - s * P[1, k], s * P[0, k] + c * P[1, k]
        M[0, k], M[1, k] = c * M[0, k] + s * M[1, k], c * M[1, k] - s * M[0, k]


@jit
def _relax(P: Reals, M: Reals, Z: Reals, top: int, e1: float, e2: float) -> None:
    for k in range(top):
        P[k] *= e2
        M[k] *= e2
        Z[k] *= e1


@jit
def _shift(P: Reals, M: Reals, top: int, sign: float) -> None:
    """By one unit; F(0) comes from its own conjugate partner."""
    for k in range(top - 1, 0, -1):
        P[k] = P[k - 1]
    for k in range(top - 1):
        M[k] = M[k + 1]
    M[top - 1] = 0.0
    P[0] = sign * M[0]


@jit
def _play(
    kinds: NDArray[np.int64],
    numbers: Reals,
    t1: Reals,
    t2: Reals,
    off: Reals,
    b1: Reals,
    halves: int,
    orders: int,
    out: Complex,
) -> None:
    """Half 0 holds Im F and Re Z, half 1 -Re F and Im Z; pulses about x keep them apart, so half 1 may stay empty."""
    P, M, Z = np.zeros((2, orders)), np.zeros((2, orders)), np.zeros((2, orders))
    for atom in range(t1.size):
        P[:], M[:], Z[:] = 0.0, 0.0, 0.0
        Z[0, 0] = 1.0
        top, done = 1, 0
        for event in range(kinds.size):
            kind, a, b = kinds[event], numbers[event, 0], numbers[event, 1]
            if kind == _PULSE:
                if b != 0.0:
                    _turn(P, M, top, -b)
                for half in range(halves):
                    _rotate(P[half], M[half], Z[half], top, a * b1[atom])
                if b != 0.0:
                    _turn(P, M, top, b)
            elif kind == _WAIT:
                e1, e2 = math.exp(-a / t1[atom]), math.exp(-a / t2[atom])
                for half in range(halves):
                    _relax(P[half], M[half], Z[half], top, e1, e2)
                Z[0, 0] += 1.0 - e1
                if off[atom] != 0.0:
                    _turn(P, M, top, 2.0 * math.pi * off[atom] * a)
                for _ in range(int(b)):
                    top = min(top + 1, orders)
                    for half in range(halves):
                        _shift(P[half], M[half], top, 2.0 * half - 1.0)
            elif kind == _READ:
                out[atom, done] = (1j * P[0, 0] - P[1, 0]) * (math.cos(a) - 1j * math.sin(a))
                done += 1
            elif kind == _READ_Z:
                out[atom, done] = Z[0, 0]
                done += 1
            else:
                top = 1
                z = Z[0, 0]
                P[:], M[:], Z[:] = 0.0, 0.0, 0.0
                if kind == _DECAY:
                    z *= math.exp(-a / t2[atom])
                elif kind != _SPOIL:
                    z *= a
                Z[0, 0] = z


def play(
    program: Program,
    t1: ArrayLike,
    t2: ArrayLike,
    off_resonance: ArrayLike = 0.0,
    b1: ArrayLike = 1.0,
    *,
    orders: int = 32,
) -> Complex:
    """Signals of a program, from equilibrium, for a magnetisation of 1.

    Args:
        program: its dephasing is never negative.
        t1, t2: ms; broadcast with the two below.
        off_resonance: 1/ms.
        b1: factor of all flip angles.
        orders: highest order of dephasing that is kept, plus one; a program without dephasing needs 1.

    Returns:
        ``(*shape, read)``.

    Raises:
        InvalidInput: a relaxation time that is not above 0, no orders, negative dephasing.
    """
    arrays = np.broadcast_arrays(*(np.asarray(value, np.float64) for value in (t1, t2, off_resonance, b1)))
    if not all((np.isfinite(array) & (array > 0)).all() for array in arrays[:2]) or orders < 1:
        raise InvalidInput(
            f"A relaxation time is not above 0 ms, or {orders} orders were asked for.",
            "T1 and T2 are positive, and at least one order is kept.",
            "Leave out the voxels without tissue.",
        )
    dephasing = program.numbers[program.kinds == _WAIT, 1]
    if (dephasing < 0).any():
        raise InvalidInput(
            "The program rewinds dephasing.", "Phase graphs here only count upwards.", "Give a balanced wait (0)."
        )
    shape, flat = arrays[0].shape, [np.array(array).ravel() for array in arrays]
    out = np.empty((flat[0].size, program.reads), np.complex128)
    numbers, halves = _about_x(program)
    halves = 2 if flat[2].any() else halves
    orders = min(orders, 1 + int(dephasing.sum()))
    _play(program.kinds, numbers, flat[0], flat[1], flat[2], flat[3], halves, orders, out)
    return out.reshape(*shape, program.reads)


def _about_x(program: Program) -> tuple[Reals, int]:
    """Numbers of the events with pulses about -x written as negative angles, and how many halves of the states move."""
    numbers = program.numbers.copy()
    pulses = program.kinds == _PULSE
    along_x = pulses & (np.abs(np.sin(numbers[:, 1])) < 1e-12)
    numbers[along_x, 0] *= np.round(np.cos(numbers[along_x, 1]))
    numbers[along_x, 1] = 0.0
    return numbers, 1 if (along_x == pulses).all() else 2


__all__ = ["play"]
