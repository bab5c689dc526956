"""The structures that Marey labels, each with its SNOMED CT term and its colour in every figure."""

from marey.core import Code, Structure

LV_CAVITY = Structure("LV cavity", Code("87878005", "SCT", "Left ventricle"), (226, 62, 72))
LV_MYOCARDIUM = Structure("LV myocardium", Code("74281007", "SCT", "Myocardium"), (72, 190, 110))
RV_CAVITY = Structure("RV cavity", Code("53085002", "SCT", "Right ventricle"), (66, 133, 235))

__all__ = ["LV_CAVITY", "LV_MYOCARDIUM", "RV_CAVITY"]
