"""The atria and the great vessels' stumps in the numbers that imaging gives."""

from dataclasses import dataclass

from marey.core import Parameters, parameter
from marey.core.units import mL, mm

TEXTBOOK = "textbook value; range: what imaging of adults with and without heart disease shows"
VOLUME = "textbook value of the smallest volume, at the end of atrial contraction; range: atrial fibrillation included"
TEMPLATE = "a shape setting of this template, without a clinical counterpart"


@dataclass(frozen=True)
class AtriaShape(Parameters):
    """Both atria at ventricular end-diastole, and the vessels. Diameters of vessels are those of the lumen.

    Args:
        left_volume, right_volume: cavities up to the mitral and tricuspid plane, without appendages and veins.
        left_elongation, right_elongation: length from the valve plane to the roof over the cube root of the volume.
        wall_thickness: of both atria.
        aortic_root_radius: at the sinuses.
        ascending_aorta_radius, pulmonary_trunk_radius, superior_vena_cava_radius, inferior_vena_cava_radius,
        pulmonary_vein_radius: of the lumen.
        ascending_aorta_length, pulmonary_trunk_length: from the valve to where the stump ends.
        vein_length: of the stumps of all six veins, outside the atria.
    """

    left_volume: float = parameter(38 * mL, 10 * mL, 300 * mL, "mL", VOLUME)
    right_volume: float = parameter(45 * mL, 10 * mL, 300 * mL, "mL", VOLUME)
    left_elongation: float = parameter(1.25, 0.9, 1.7, "1", TEMPLATE)
    right_elongation: float = parameter(1.25, 0.9, 1.7, "1", TEMPLATE)
    wall_thickness: float = parameter(2.0 * mm, 0.5 * mm, 5 * mm, "mm", TEXTBOOK)
    aortic_root_radius: float = parameter(16 * mm, 10 * mm, 32 * mm, "mm", TEXTBOOK)
    ascending_aorta_radius: float = parameter(14.5 * mm, 8 * mm, 32 * mm, "mm", TEXTBOOK)
    pulmonary_trunk_radius: float = parameter(12 * mm, 7 * mm, 24 * mm, "mm", TEXTBOOK)
    superior_vena_cava_radius: float = parameter(9 * mm, 5 * mm, 15 * mm, "mm", TEXTBOOK)
    inferior_vena_cava_radius: float = parameter(10.5 * mm, 5 * mm, 18 * mm, "mm", TEXTBOOK)
    pulmonary_vein_radius: float = parameter(6 * mm, 3 * mm, 10 * mm, "mm", TEXTBOOK)
    ascending_aorta_length: float = parameter(50 * mm, 25 * mm, 100 * mm, "mm", TEXTBOOK)
    pulmonary_trunk_length: float = parameter(40 * mm, 20 * mm, 70 * mm, "mm", TEXTBOOK)
    vein_length: float = parameter(18 * mm, 5 * mm, 40 * mm, "mm", TEMPLATE)

    @property
    def left_length(self) -> float:
        """From the mitral plane to the left atrium's roof, mm."""
        return float(self.left_elongation * self.left_volume ** (1 / 3))

    @property
    def right_length(self) -> float:
        """From the tricuspid plane to the right atrium's roof, mm."""
        return float(self.right_elongation * self.right_volume ** (1 / 3))


__all__ = ["AtriaShape"]
