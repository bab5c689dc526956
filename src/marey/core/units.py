"""Units as factors of one coherent system: mm, ms, mg, mV, kPa.

Write ``1.05 * g / mL`` to enter a quantity and ``volume / mL`` to read one out. Forces come out in mN, currents in uA,
conductances in mS, viscosities in kPa ms.
"""

import math
import re

mm = 1.0
cm = 10.0 * mm
m = 1000.0 * mm
mm3 = mm**3
mL = cm**3
litre = 1000.0 * mL
m2 = m**2

ms = 1.0
s = 1000.0 * ms
minute = 60.0 * s

mg = 1.0
g = 1000.0 * mg
kg = 1000.0 * g

mV = 1.0
uF = 1.0
uA = uF * mV / ms
S = 1000.0 * uA / mV

kPa = 1.0
Pa = 0.001 * kPa
mmHg = 0.133322387415 * kPa
mN = kPa * mm**2

percent = 0.01

MYOCARDIAL_DENSITY = 1.05 * g / mL

_NAMED = {name: value for name, value in globals().items() if isinstance(value, float)} | {
    "min": minute, "1": 1.0, "%": percent, "L": litre, "deg": math.pi / 180, "rad": 1.0,
}  # fmt: skip


def factor(unit: str) -> float:
    """Size of a unit in coherent units.

    Args:
        unit: names with whole powers, multiplied and divided from left to right: "mmHg*s/mL", "mm2/ms", "1/min".

    Raises:
        ValueError: a name that is not known.
    """
    size, divide = 1.0, False
    for part in re.split(r"([*/])", unit or "1"):
        if part in "*/":
            divide = part == "/"
            continue
        match = re.fullmatch(r"([A-Za-z%1]+?)(\d*)", part)
        name, power = (part, "") if part in _NAMED or match is None else match.groups()
        if name not in _NAMED:
            raise ValueError(f"'{part}' in '{unit}' is not a unit that Marey knows")
        size *= _NAMED[name] ** (int(power or 1) * (-1 if divide else 1))
    return size


__all__ = [
    "MYOCARDIAL_DENSITY", "Pa", "S", "cm", "factor", "g", "kPa", "kg", "litre", "m", "m2", "mL", "mN", "mV", "mg",
    "minute", "mm", "mm3", "mmHg", "ms", "percent", "s", "uA", "uF",
]  # fmt: skip
