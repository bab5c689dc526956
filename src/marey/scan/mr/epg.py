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
    """About x, for one half of the states: (Im F, Re Z) with flip, (-Re F, Im Z) alike."""
    c, s, h = math.cos(flip), math.sin(flip), math.cos(0.5 * flip) ** 2
    for k in range(top):
        p, m, z = P[k], M[k], Z[k]
        P[k] = h * p + (1.0 - h) * m - s * z
        M[k] = (1.0 - h) * p + h * m + s * z
        Z[k] = 0.5 * s * (p - m) + c * z


@jit
def _turn(Pr: Reals, Pi: Reals, Mr: Reals, Mi: Reals, top: int, phase: float) -> None:
    """F(k) by exp(i phase), F(-k), which is kept as its conjugate partner, by exp(-i phase)."""
    c, s = math.cos(phase), math.sin(phase)
    for k in range(top):
        Pr[k], Pi[k] = c * Pr[k] - s * Pi[k], s * Pr[k] + c * Pi[k]
        Mr[k], Mi[k] = c * Mr[k] + s * Mi[k], c * Mi[k] - s * Mr[k]


@jit
def _relax(Pr: Reals, Pi: Reals, Mr: Reals, Mi: Reals, Zr: Reals, Zi: Reals, top: int, e1: float, e2: float) -> None:
    for k in range(top):
        Pr[k] *= e2
        Pi[k] *= e2
        Mr[k] *= e2
        Mi[k] *= e2
        Zr[k] *= e1
        Zi[k] *= e1
    Zr[0] += 1.0 - e1


@jit
def _shift(P: Reals, M: Reals, top: int, sign: float) -> None:
    """By one unit; the real parts join with sign 1, the imaginary parts with sign -1."""
    for k in range(top - 1, 0, -1):
        P[k] = P[k - 1]
    for k in range(top - 1):
        M[k] = M[k + 1]
    M[top - 1] = 0.0
    P[0] = sign * M[0]


@jit
def _play(
    kinds: NDArray[np.int64], numbers: Reals, t1: Reals, t2: Reals, off: Reals, b1: Reals, orders: int, out: Complex
) -> None:
    Pr, Pi, Mr, Mi = np.zeros(orders), np.zeros(orders), np.zeros(orders), np.zeros(orders)
    Zr, Zi = np.zeros(orders), np.zeros(orders)
    for atom in range(t1.size):
        for state in (Pr, Pi, Mr, Mi, Zr, Zi):
            state[:] = 0.0
        Zr[0] = 1.0
        top, done = 1, 0
        for event in range(kinds.size):
            kind, a, b = kinds[event], numbers[event, 0], numbers[event, 1]
            if kind == _PULSE:
                _turn(Pr, Pi, Mr, Mi, top, -b)
                _rotate(Pi, Mi, Zr, top, a * b1[atom])
                _rotate(Pr, Mr, Zi, top, -a * b1[atom])
                _turn(Pr, Pi, Mr, Mi, top, b)
            elif kind == _WAIT:
                _relax(Pr, Pi, Mr, Mi, Zr, Zi, top, math.exp(-a / t1[atom]), math.exp(-a / t2[atom]))
                if off[atom] != 0.0:
                    _turn(Pr, Pi, Mr, Mi, top, 2.0 * math.pi * off[atom] * a)
                for _ in range(int(b)):
                    top = min(top + 1, orders)
                    _shift(Pr, Mr, top, 1.0)
                    _shift(Pi, Mi, top, -1.0)
            elif kind == _READ:
                c, s = math.cos(a), math.sin(a)
                out[atom, done] = (Pr[0] + 1j * Pi[0]) * (c - 1j * s)
                done += 1
            elif kind == _READ_Z:
                out[atom, done] = Zr[0]
                done += 1
            else:
                top = 1
                for state in (Pr, Pi, Mr, Mi, Zi):
                    state[:] = 0.0
                Zr[1:] = 0.0
                if kind == _DECAY:
                    Zr[0] *= math.exp(-a / t2[atom])
                elif kind != _SPOIL:
                    Zr[0] *= a


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
    shape = arrays[0].shape
    out = np.empty((arrays[0].size, program.reads), np.complex128)
    flat = [np.array(array).ravel() for array in arrays]
    needed = 1 + int(dephasing.sum())
    _play(program.kinds, program.numbers, flat[0], flat[1], flat[2], flat[3], min(orders, needed), out)
    return out.reshape(*shape, program.reads)


__all__ = ["play"]
