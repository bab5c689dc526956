"""What a point of the patient is made of."""

from enum import IntEnum, auto

TISSUES = 64
"""Length of a table over tissues."""


class Tissue(IntEnum):
    """Tissue codes; 0 is the air around the patient, the air in the lungs belongs to LUNG."""

    AIR = 0
    LUNG = auto()
    LUNG_VESSEL = auto()
    FAT = auto()
    SKELETAL_MUSCLE = auto()
    SKIN = auto()
    BONE_MARROW = auto()
    CORTICAL_BONE = auto()
    CARTILAGE = auto()
    SPINAL_CORD = auto()
    CSF = auto()
    LIVER = auto()
    SPLEEN = auto()
    STOMACH_WALL = auto()
    STOMACH_CONTENT = auto()
    GAS = auto()
    OESOPHAGUS = auto()
    BREAST = auto()
    PLEURAL_FLUID = auto()
    PERICARDIAL_FLUID = auto()
    PERICARDIUM = auto()
    EPICARDIAL_FAT = auto()
    LV_MYOCARDIUM = auto()
    RV_MYOCARDIUM = auto()
    PAPILLARY_MUSCLE = auto()
    ATRIAL_WALL = auto()
    VESSEL_WALL = auto()
    LEFT_BLOOD = auto()
    LEFT_ATRIAL_BLOOD = auto()
    AORTIC_BLOOD = auto()
    PULMONARY_VENOUS_BLOOD = auto()
    RIGHT_BLOOD = auto()
    RIGHT_ATRIAL_BLOOD = auto()
    PULMONARY_ARTERY_BLOOD = auto()
    VENOUS_BLOOD = auto()
    SCAR_CORE = auto()
    BORDER_ZONE = auto()
    FIBROSIS = auto()
    OEDEMA = auto()
    FAT_INFILTRATION = auto()
    IRON_LOADED = auto()
    METAL = auto()


__all__ = ["TISSUES", "Tissue"]
