"""What a study keeps of the patient, and whether all images are of one patient and one exam."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from marey.core import Facts, NotAnalysable, Notice
from marey.core.units import kg, m
from marey.io.dicom_files import DicomFile
from marey.io.dicom_header import Header

_DAYS_PER = {"D": 1.0, "W": 7.0, "M": 30.4375, "Y": 365.25}


def check_one_patient(files: Sequence[DicomFile]) -> None:
    """Refuse images of more than one patient, or of exams on different days.

    Raises:
        NotAnalysable: says how many, never who.
    """
    patients = max(len(_values(files, keyword)) for keyword in ("PatientID", "PatientName", "PatientBirthDate"))
    if patients > 1:
        raise NotAnalysable(
            f"The images are of {patients} different patients (by identifier, name or date of birth).",
            "One exam of one patient is analysed at a time.",
            "Put each patient's files in a folder of their own.",
        )
    days = len(_values(files, "StudyDate"))
    if days > 1:
        raise NotAnalysable(
            f"The images are of exams on {days} different days.",
            "One exam of one patient is analysed at a time.",
            "Put each exam's files in a folder of their own.",
        )


def facts_of(file: DicomFile, notices: list[Notice]) -> Facts:
    """The facts that the analysis needs, from one image; implausible body sizes are left out and said."""
    header = file.header
    sex = header.text("PatientSex").upper()
    maker, model = header.text("Manufacturer"), header.text("ManufacturerModelName")
    field = header.number("MagneticFieldStrength")
    date = _date(header.text("StudyDate"))
    return Facts(
        patient_id=header.text("PatientID"),
        patient_name=header.text("PatientName"),
        sex=sex if sex in ("M", "F") else "",
        age=_age(header, date),
        height=_plausible(header, "PatientSize", (0.3, 2.6), notices, unit=m),
        weight=_plausible(header, "PatientWeight", (1.0, 400.0), notices, unit=kg),
        study_date=date.isoformat() if date else "",
        scanner=model if maker and model.startswith(maker) else f"{maker} {model}".strip(),
        field_strength=field if 0.05 <= field <= 20 else None,
    )


def _values(files: Sequence[DicomFile], keyword: str) -> set[str]:
    """Different filled values, regardless of case, blanks and empty name parts."""
    texts = (file.header.text(keyword).upper().replace("^", " ") for file in files)
    return {" ".join(text.split()) for text in texts} - {""}


def _date(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%Y%m%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None


def _age(header: Header, study: dt.date | None) -> float | None:
    text, born = header.text("PatientAge"), _date(header.text("PatientBirthDate"))
    if len(text) == 4 and text[:3].isdecimal() and text[3] in _DAYS_PER:
        age = int(text[:3]) * _DAYS_PER[text[3]] / _DAYS_PER["Y"]
    elif study and born:
        age = (study - born).days / _DAYS_PER["Y"]
    else:
        return None
    return age if 0 < age <= 120 else None  # 000Y is what empty fields are filled with


def _plausible(
    header: Header, keyword: str, limits: tuple[float, float], notices: list[Notice], *, unit: float
) -> float | None:
    value = header.number(keyword)
    if limits[0] <= value <= limits[1]:
        return value * unit
    if math.isfinite(value) and value != 0:
        text = f"The header's {keyword} ({value:g}) cannot be right; nothing is indexed to body size."
        notices.append(Notice("implausible-body-size", text))
    return None


__all__ = ["check_one_patient", "facts_of"]
