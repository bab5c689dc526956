"""The closed loop: four chambers, four valves, systemic and pulmonary vessels; its periodic beat and its balances."""

from marey.simulate.circulation.balance import Balance, balance
from marey.simulate.circulation.baroreflex import Baroreflex
from marey.simulate.circulation.closed_loop import integrate_beat
from marey.simulate.circulation.loop import Haemodynamics, Loop, haemodynamics
from marey.simulate.circulation.parameters import (
    AorticValve,
    Atrium,
    Circulation,
    Pericardium,
    PulmonaryArteries,
    PulmonaryValve,
    PulmonaryVeins,
    RightAtrium,
    SystemicVeins,
    TricuspidValve,
    Valve,
    Vessels,
)
from marey.simulate.circulation.periodic import periodic, transient

__all__ = [
    "AorticValve",
    "Atrium",
    "Balance",
    "Baroreflex",
    "Circulation",
    "Haemodynamics",
    "Loop",
    "Pericardium",
    "PulmonaryArteries",
    "PulmonaryValve",
    "PulmonaryVeins",
    "RightAtrium",
    "SystemicVeins",
    "TricuspidValve",
    "Valve",
    "Vessels",
    "balance",
    "haemodynamics",
    "integrate_beat",
    "periodic",
    "transient",
]
