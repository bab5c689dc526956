"""The XML header of an ISMRMRD file, schema http://www.ismrm.org/ISMRMRD (Inati 2017, doi:10.1002/mrm.26089)."""

import math
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from marey.core import Facts, InvalidInput, MrHeader, RawSlice
from marey.core.units import kg, m

NAMESPACE = "http://www.ismrm.org/ISMRMRD"
GYROMAGNETIC = 42_577_478.518  # Hz per tesla, of the proton (CODATA 2018)
Element = Mapping[str, object]


def xml_header(slices: Sequence[RawSlice], header: MrHeader, facts: Facts) -> str:
    """The header of slices that were measured alike.

    Raises:
        InvalidInput: no field strength, without which there is no resonance frequency.
    """
    if header.field_strength is None:
        raise InvalidInput(
            f"The header of '{header.description}' does not say the field strength.",
            "An ISMRMRD file states the resonance frequency.",
            "Fill 'field_strength'.",
        )
    first = slices[0]
    content: Element = {
        "version": 1,
        "subjectInformation": _subject(facts),
        "studyInformation": {"studyDate": facts.study_date or None, "bodyPartExamined": "HEART"},
        "measurementInformation": {
            "patientPosition": "HFS",
            "protocolName": header.description or None,
            "frameOfReferenceUID": first.grid.frame_of_reference or None,
        },
        "acquisitionSystemInformation": {
            "systemVendor": facts.scanner or "Marey",
            "systemFieldStrength_T": header.field_strength,
            "relativeReceiverNoiseBandwidth": 1.0,
            "receiverChannels": first.kspace.coils,
        },
        "experimentalConditions": {"H1resonanceFrequency_Hz": round(GYROMAGNETIC * header.field_strength)},
        "encoding": _encoding(slices),
        "sequenceParameters": {
            "TR": header.repetition_time,
            "TE": header.echo_time,
            "TI": list(header.inversion_times),
            "flipAngle_deg": None if header.flip_angle is None else math.degrees(header.flip_angle),
            "sequence_type": header.sequence,
        },
    }
    root = ET.Element("ismrmrdHeader", xmlns=NAMESPACE)
    _add(root, content)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _subject(facts: Facts) -> Element:
    return {
        "patientName": facts.patient_name or None,
        "patientWeight_kg": None if facts.weight is None else facts.weight / kg,
        "patientHeight_m": None if facts.height is None else facts.height / m,
        "patientID": facts.patient_id or None,
        "patientGender": facts.sex or None,
    }


def _encoding(slices: Sequence[RawSlice]) -> Element:
    first = slices[0]
    thickness = first.grid.slice_thickness or first.grid.spacing[0]
    samples, lines = first.kspace.samples.shape[-1], first.matrix[0]
    acceleration = first.acceleration
    return {
        "encodedSpace": _space((samples, lines), first.field_of_view[::-1], thickness),
        "reconSpace": _space(first.picture[::-1], first.picture_field[::-1], thickness),
        "encodingLimits": {
            "kspace_encoding_step_0": _limit(samples - 1, samples // 2),
            "kspace_encoding_step_1": _limit(max(lines - 1, *(int(part.line.max()) for part in slices)), lines // 2),
            "slice": _limit(max(part.slice for part in slices)),
            "phase": _limit(max(int(part.frame.max()) for part in slices)),
            "set": _limit(max(part.encoding for part in slices)),
        },
        "trajectory": first.trajectory,
        "parallelImaging": {
            "accelerationFactor": {"kspace_encoding_step_1": acceleration, "kspace_encoding_step_2": 1},
            "calibrationMode": "embedded" if acceleration > 1 else "other",
        },
    }


def _space(matrix: tuple[int, int], field: tuple[float, float], thickness: float) -> Element:
    return {
        "matrixSize": {"x": matrix[0], "y": matrix[1], "z": 1},
        "fieldOfView_mm": {"x": field[0], "y": field[1], "z": thickness},
    }


def _limit(highest: int, centre: int = 0) -> Element:
    return {"minimum": 0, "maximum": highest, "center": centre}


def _add(parent: ET.Element, content: Element) -> None:
    """Elements in the given order, which is the schema's; None leaves one out, a list repeats it."""
    for name, value in content.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                _add(ET.SubElement(parent, name), one)
            elif one is not None:
                ET.SubElement(parent, name).text = str(one)


__all__ = ["xml_header"]
