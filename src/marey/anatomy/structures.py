"""The structures that Marey labels, each with its SNOMED CT term and its colour in every figure.

Cavities and vessels have the terms of DICOM's dictionary (PS3.16); all muscle has that of its tissue.
"""

from marey.core import Code, Structure

MYOCARDIUM = Code("74281007", "SCT", "Myocardium")

LV_CAVITY = Structure("LV cavity", Code("87878005", "SCT", "Left ventricle"), (226, 62, 72))
LV_MYOCARDIUM = Structure("LV myocardium", MYOCARDIUM, (72, 190, 110))
RV_CAVITY = Structure("RV cavity", Code("53085002", "SCT", "Right ventricle"), (66, 133, 235))
RV_WALL = Structure("RV wall", MYOCARDIUM, (150, 205, 130))
LA_CAVITY = Structure("LA cavity", Code("82471001", "SCT", "Left atrium"), (240, 140, 180))
RA_CAVITY = Structure("RA cavity", Code("73829009", "SCT", "Right atrium"), (120, 200, 240))
LA_WALL = Structure("LA wall", MYOCARDIUM, (176, 104, 132))
RA_WALL = Structure("RA wall", MYOCARDIUM, (92, 146, 168))
AORTA = Structure("aorta", Code("15825003", "SCT", "Aorta"), (178, 24, 43))
PULMONARY_TRUNK = Structure("pulmonary trunk", Code("45341000", "SCT", "Trunk of pulmonary artery"), (40, 70, 170))
PULMONARY_VEINS = Structure("pulmonary veins", Code("122972007", "SCT", "Pulmonary vein"), (245, 178, 150))
SUPERIOR_VENA_CAVA = Structure("superior vena cava", Code("48345005", "SCT", "Superior vena cava"), (110, 110, 200))
INFERIOR_VENA_CAVA = Structure("inferior vena cava", Code("64131007", "SCT", "Inferior vena cava"), (140, 120, 190))
PAPILLARY_MUSCLES = Structure("papillary muscles", MYOCARDIUM, (40, 140, 80))
MODERATOR_BAND = Structure("moderator band", MYOCARDIUM, (110, 160, 90))
MITRAL_VALVE = Structure("mitral valve", Code("91134007", "SCT", "Mitral Valve"), (255, 240, 150))
AORTIC_VALVE = Structure("aortic valve", Code("34202007", "SCT", "Aortic Valve"), (255, 215, 90))
TRICUSPID_VALVE = Structure("tricuspid valve", Code("46030003", "SCT", "Tricuspid valve"), (205, 235, 160))
PULMONARY_VALVE = Structure("pulmonary valve", Code("39057004", "SCT", "Pulmonary valve"), (170, 225, 195))

__all__ = [
    "AORTA", "AORTIC_VALVE", "INFERIOR_VENA_CAVA", "LA_CAVITY", "LA_WALL", "LV_CAVITY", "LV_MYOCARDIUM", "MITRAL_VALVE",
    "MODERATOR_BAND", "PAPILLARY_MUSCLES", "PULMONARY_TRUNK", "PULMONARY_VALVE", "PULMONARY_VEINS", "RA_CAVITY",
    "RA_WALL", "RV_CAVITY", "RV_WALL", "SUPERIOR_VENA_CAVA", "TRICUSPID_VALVE",
]  # fmt: skip
