"""Units as factors of one coherent system: mm, ms, mg, mV, kPa.

Write ``1.05 * g / mL`` to enter a quantity and ``volume / mL`` to read one out.
"""

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
kPa = 1.0
mmHg = 0.133322387415 * kPa

percent = 0.01

MYOCARDIAL_DENSITY = 1.05 * g / mL

__all__ = [
    "MYOCARDIAL_DENSITY", "cm", "g", "kPa", "kg", "litre", "m", "m2", "mL", "mV", "mg", "minute", "mm", "mm3",
    "mmHg", "ms", "percent", "s",
]  # fmt: skip
