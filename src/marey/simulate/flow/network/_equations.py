"""The equations of every block: residual F(y, dy/dt, t) = 0 and its Jacobian.

Each function fills rows ``e, e+1, ...`` of the residual `r` and of ``M = dF/dy + c dF/d(dy/dt)``. `v` holds the columns
of the block's variables (pressure and flow of each inlet, then of each outlet, then its own), `p` its parameters now,
`y` the state and `d` its rate. Sources of the models are in `kinds`.
"""

# ruff: noqa: PLR0917  # compiled kernels take arrays by position

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

Reals = NDArray[np.float64]
Indices = NDArray[np.int64]
Switches = NDArray[np.bool_]

FLOW, PRESSURE, RESISTANCE, VESSEL, VESSEL_CRL, VESSEL_RC, JUNCTION, BRANCHES = range(8)
RCR, RCR_LOOP, CORONARY, CORONARY_LOOP, VALVE_TANH, VALVE_SWITCH, CHAMBER, SPHERE, HEART = range(8, 17)


@jit
def resistance(e: int, v: Indices, p: Reals, y: Reals, r: Reals, M: Reals) -> None:
    """P - R Q = Pd."""
    R, Pd = p[0], p[1]
    r[e] = y[v[0]] - R * y[v[1]] - Pd
    M[e, v[0]] += 1.0
    M[e, v[1]] -= R


@jit
def vessel(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """R and stenosis S|Q|, then C, then L: the capacitor feels the pressure behind the resistance."""
    R, C, L, S = p[0], p[1], p[2], p[3]
    q, dq = y[v[1]], d[v[1]]
    r[e] = y[v[0]] - y[v[2]] - (R + S * abs(q)) * q - L * d[v[3]]
    r[e + 1] = q - y[v[3]] - C * d[v[0]] + C * (R + 2 * S * abs(q)) * dq
    M[e, v[0]] += 1.0
    M[e, v[1]] -= R + 2 * S * abs(q)
    M[e, v[2]] -= 1.0
    M[e, v[3]] -= c * L
    M[e + 1, v[0]] -= c * C
    M[e + 1, v[1]] += 1.0 + 2 * C * S * np.sign(q) * dq + c * C * (R + 2 * S * abs(q))
    M[e + 1, v[3]] -= 1.0


@jit
def vessel_crl(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """C at the inlet, then R and stenosis S|Q|, then L."""
    R, C, L, S = p[0], p[1], p[2], p[3]
    q = y[v[3]]
    r[e] = y[v[0]] - y[v[2]] - (R + S * abs(q)) * q - L * d[v[3]]
    r[e + 1] = y[v[1]] - q - C * d[v[0]]
    M[e, v[0]] += 1.0
    M[e, v[2]] -= 1.0
    M[e, v[3]] -= R + 2 * S * abs(q) + c * L
    M[e + 1, v[0]] -= c * C
    M[e + 1, v[1]] += 1.0
    M[e + 1, v[3]] -= 1.0


@jit
def vessel_rc(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """C dP/dt + (P - P_out) / R = Q and Q_out = Q: what C stores is not taken from the flow (as in Sankaran 2012)."""
    R, C = p[0], p[1]
    r[e] = C * d[v[0]] + (y[v[0]] - y[v[2]]) / R - y[v[1]]
    r[e + 1] = y[v[1]] - y[v[3]]
    M[e, v[0]] += c * C + 1.0 / R
    M[e, v[1]] -= 1.0
    M[e, v[2]] -= 1.0 / R
    M[e + 1, v[1]] += 1.0
    M[e + 1, v[3]] -= 1.0


@jit
def junction(e: int, v: Indices, p: Reals, y: Reals, r: Reals, M: Reals) -> None:
    """Flows in and out sum to zero; one pressure."""
    n_in = int(p[0])
    for k in range(v.size // 2):
        sign = 1.0 if k < n_in else -1.0
        r[e] += sign * y[v[2 * k + 1]]
        M[e, v[2 * k + 1]] += sign
        if k:
            r[e + k] = y[v[0]] - y[v[2 * k]]
            M[e + k, v[0]] += 1.0
            M[e + k, v[2 * k]] -= 1.0


@jit
def branches(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """A junction of one inlet whose every outlet has its R, L and S|Q|."""
    n = v.size // 2 - 1
    r[e] += y[v[1]]
    M[e, v[1]] += 1.0
    for k in range(n):
        R, L, S = p[k], p[n + k], p[2 * n + k]
        P, Q = v[2 * k + 2], v[2 * k + 3]
        r[e] -= y[Q]
        M[e, Q] -= 1.0
        r[e + k + 1] = y[v[0]] - y[P] - (R + S * abs(y[Q])) * y[Q] - L * d[Q]
        M[e + k + 1, v[0]] += 1.0
        M[e + k + 1, P] -= 1.0
        M[e + k + 1, Q] -= R + 2 * S * abs(y[Q]) + c * L


@jit
def rcr(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """Three-element Windkessel against a distal pressure."""
    Rp, C, Rd, Pd = p[0], p[1], p[2], p[3]
    r[e] = y[v[0]] - Rp * y[v[1]] - y[v[2]]
    r[e + 1] = Rd * y[v[1]] - y[v[2]] + Pd - Rd * C * d[v[2]]
    M[e, v[0]] += 1.0
    M[e, v[1]] -= Rp
    M[e, v[2]] -= 1.0
    M[e + 1, v[1]] += Rd
    M[e + 1, v[2]] -= 1.0 + c * Rd * C


@jit
def rcr_loop(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """Three-element Windkessel whose distal end is a node."""
    Rp, C, Rd = p[0], p[1], p[2]
    r[e] = C * d[v[4]] - y[v[1]] + y[v[3]]
    r[e + 1] = y[v[0]] - Rp * y[v[1]] - y[v[4]]
    r[e + 2] = y[v[4]] - Rd * y[v[3]] - y[v[2]]
    M[e, v[4]] += c * C
    M[e, v[1]] -= 1.0
    M[e, v[3]] += 1.0
    M[e + 1, v[0]] += 1.0
    M[e + 1, v[1]] -= Rp
    M[e + 1, v[4]] -= 1.0
    M[e + 2, v[4]] += 1.0
    M[e + 2, v[3]] -= Rd
    M[e + 2, v[2]] -= 1.0


@jit
def coronary(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """Ra, Ca, Ram, then Cim in the contracting wall, then Rv to the veins; V is the volume that Cim gained."""
    Ra, Ram, Rv, Ca, Cim, Pim, Pv, Pcim0, Pim0 = p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8]
    P, Q, V = v[0], v[1], v[2]
    through = y[Q] - Ca * (d[P] - Ra * d[Q])
    inside = y[P] - Ra * y[Q] - Ram * through
    through_P, through_Q = -c * Ca, 1.0 + c * Ca * Ra
    inside_P, inside_Q = 1.0 - Ram * through_P, -Ra - Ram * through_Q
    r[e] = y[V] - Cim * (inside - Pcim0 - Pim + Pim0)
    r[e + 1] = Rv * (through - d[V]) - inside + Pv
    M[e, V] += 1.0
    M[e, P] -= Cim * inside_P
    M[e, Q] -= Cim * inside_Q
    M[e + 1, V] -= c * Rv
    M[e + 1, P] += Rv * through_P - inside_P
    M[e + 1, Q] += Rv * through_Q - inside_Q


@jit
def coronary_loop(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """The same bed with its vein at a node, squeezed by a ventricle's pressure (last variable, last iterate)."""
    Ra, Ram, Rv, Ca, Cim, im = p[0], p[1], p[2], p[3], p[4], p[5]
    P, Q, Pout, Qout, V, ventricle = v[0], v[1], v[2], v[3], v[4], v[5]
    through = y[Q] - Ca * (d[P] - Ra * d[Q])
    r[e] = y[P] - Ra * y[Q] - Ram * through - y[Pout] - Rv * y[Qout]
    r[e + 1] = through - y[Qout] - d[V]
    r[e + 2] = Cim * (y[Pout] + Rv * y[Qout] - im * y[ventricle]) - y[V]
    M[e, P] += 1.0 + c * Ram * Ca
    M[e, Q] -= Ra + Ram * (1.0 + c * Ca * Ra)
    M[e, Pout] -= 1.0
    M[e, Qout] -= Rv
    M[e + 1, P] -= c * Ca
    M[e + 1, Q] += 1.0 + c * Ca * Ra
    M[e + 1, Qout] -= 1.0
    M[e + 1, V] -= c
    M[e + 2, Pout] += Cim
    M[e + 2, Qout] += Cim * Rv
    M[e + 2, V] -= 1.0


@jit
def valve_tanh(e: int, v: Indices, p: Reals, y: Reals, r: Reals, M: Reals) -> None:
    """A resistance between Rmin and Rmax that follows the tanh of the pressure difference."""
    Rmin, Rmax, steepness = p[0], p[1], p[2]
    q = y[v[1]]
    closed = np.tanh(steepness * (y[v[2]] - y[v[0]]))
    R = 0.5 * (Rmax + Rmin) + 0.5 * (Rmax - Rmin) * closed
    slope = 0.5 * (Rmax - Rmin) * steepness * (1.0 - closed * closed) * q
    r[e] = y[v[0]] - y[v[2]] - R * q
    r[e + 1] = q - y[v[3]]
    M[e, v[0]] += 1.0 + slope
    M[e, v[1]] -= R
    M[e, v[2]] -= 1.0 + slope
    M[e + 1, v[1]] += 1.0
    M[e + 1, v[3]] -= 1.0


@jit
def valve_switch(e: int, v: Indices, p: Reals, y: Reals, r: Reals, M: Reals) -> None:
    """A resistance of Rmin forwards, Rmax backwards."""
    R = p[0] if y[v[2]] < y[v[0]] else p[1]
    r[e] = y[v[0]] - y[v[2]] - R * y[v[1]]
    r[e + 1] = y[v[1]] - y[v[3]]
    M[e, v[0]] += 1.0
    M[e, v[1]] -= R
    M[e, v[2]] -= 1.0
    M[e + 1, v[1]] += 1.0
    M[e + 1, v[3]] -= 1.0
