"""Findings as a DICOM Structured Report (TID 1500) that belongs to the study the images came from."""

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import UID

from marey import __version__
from marey.core import Code, Finding, Image, NotAnalysable, ReferenceRange, Report
from marey.io.derived import (
    MANUFACTURER,
    MODEL,
    PRIVATE_SCHEME,
    Sources,
    clipped,
    derived_uid,
    read_sources,
    scheme,
    stamp,
    stand_in,
    write_object,
)

SERIES_NUMBER = 9002
CARDIAC_MR = Code("241620005", "SCT", "Magnetic resonance imaging of heart")
HEART = Code("80891009", "SCT", "Heart")
UPPER = Code("371886008", "SCT", "+, range of upper measurement uncertainty")
LOWER = Code("371885007", "SCT", "-, range of lower measurement uncertainty")
PASSED, FAILED = Code("passed", PRIVATE_SCHEME, "Passed"), Code("failed", PRIVATE_SCHEME, "Failed")


def write_measurements(
    path: Path,
    report: Report,
    image: Image,
    *,
    description: str = "Marey measurements",
    created: dt.datetime | None = None,
) -> Path:
    """Write the findings as one Comprehensive SR, "Imaging Measurement Report" (TID 1500).

    Findings with a finite number and a unit become measurements with their interval (as upper and lower uncertainty),
    normal range and convention; checks become passed or failed, so that no number travels without them. They are
    grouped by the phases that their evidence names (keys that end in "phase"), each group pointing to the source
    images of these phases. A finding without a standard code is coded by its key in the private scheme 99MAREY.

    Args:
        path: the file to write.
        report: what was found.
        image: what it was measured on, with its sources.
        description: SeriesDescription, cut to 64 characters.
        created: date and time to put into the object; now when not given.

    Raises:
        NotAnalysable: the image has no DICOM source, or there is neither a measurement nor a check.
        UnreadableFile: a source file has gone.
        CannotWrite: the file cannot be written.
    """
    groups = _by_phases(report, image)
    sources = read_sources(image, sorted({phase for phases in groups for phase in phases}))

    def make() -> Dataset:
        result = _document(report, groups, image, sources, clipped(description))
        stamp(result, sources, created)
        return result

    return write_object(path, make)


def _by_phases(report: Report, image: Image) -> dict[tuple[int, ...], list[Finding]]:
    """Findings that can be coded, by the phases of their evidence; all known phases when it names none."""
    chosen = [finding for finding in report.findings if _is_number(finding) or finding.passed is not None]
    if not chosen:
        raise NotAnalysable(
            "The report holds neither a measurement nor a check.",
            "A structured report needs at least one.",
            "See the report's messages for what could not be measured.",
        )
    known = sorted({phase for finding in chosen for phase in _phases(finding, image)}) or [0]
    groups: dict[tuple[int, ...], list[Finding]] = {}
    for finding in chosen:
        groups.setdefault(_phases(finding, image) or tuple(known), []).append(finding)
    return groups


def _phases(finding: Finding, image: Image) -> tuple[int, ...]:
    named = [value for key, value in finding.evidence.items() if key.endswith("phase") and isinstance(value, int)]
    return tuple(sorted({phase for phase in named if 0 <= phase < image.phases}))


def _is_number(finding: Finding) -> bool:
    value = finding.value
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _document(
    report: Report, groups: dict[tuple[int, ...], list[Finding]], image: Image, sources: Sources, description: str
) -> Dataset:
    from highdicom.sr import ComprehensiveSR

    identity = derived_uid("report", _digest(report, sources), __version__)
    result: Dataset = ComprehensiveSR(
        evidence=_evidence(sources, image),
        content=_content(groups, image, sources, identity),
        series_instance_uid=derived_uid("report", sources.study, description, __version__),
        series_number=SERIES_NUMBER,
        sop_instance_uid=identity,
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MODEL,
        software_versions=__version__,
        device_serial_number=__version__,
        series_description=description,
        is_complete=True,
        is_final=False,
        is_verified=False,
    )
    result.CodingSchemeIdentificationSequence = [_private_scheme()]
    return result


def _digest(report: Report, sources: Sources) -> str:
    text = repr([*report.findings, *sorted(report.provenance.items())])
    files = "".join(sorted(one.instance for one in sources.references.values()))
    return hashlib.sha256((text + files).encode()).hexdigest()


def _private_scheme() -> Dataset:
    item = Dataset()
    item.CodingSchemeDesignator, item.CodingSchemeName = PRIVATE_SCHEME, "Marey finding keys"
    item.CodingSchemeResponsibleOrganization = MANUFACTURER
    return item


def _evidence(sources: Sources, image: Image) -> list[Dataset]:
    evidence = []
    for reference in sources.references.values():
        header = stand_in(sources, image)
        header.SOPClassUID, header.SOPInstanceUID = reference.sop_class, reference.instance
        header.SeriesInstanceUID = reference.series
        evidence.append(header)
    return evidence


def _content(groups: dict[tuple[int, ...], list[Finding]], image: Image, sources: Sources, identity: UID) -> Any:
    from highdicom import sr
    from pydicom.sr.codedict import codes

    device = sr.DeviceObserverIdentifyingAttributes(
        uid=derived_uid("device", __version__), name=MODEL, manufacturer_name=MANUFACTURER, model_name=MODEL
    )
    observer = sr.ObserverContext(observer_type=codes.DCM.Device, observer_identifying_attributes=device)
    return sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_device_context=observer),
        procedure_reported=_concept(CARDIAC_MR),
        title=codes.DCM.ImagingMeasurementReport,
        language_of_content_item_and_descendants=sr.LanguageOfContentItemAndDescendants(
            sr.CodedConcept("en", "RFC5646", "English")
        ),
        imaging_measurements=[
            _group(findings, phases, image, sources, identity) for phases, findings in groups.items()
        ],
    )


def _group(findings: list[Finding], phases: Sequence[int], image: Image, sources: Sources, identity: UID) -> Any:
    from highdicom import sr

    name = "phase " + ", ".join(f"{phase + 1} ({image.times[phase]:.0f} ms)" for phase in phases)
    images = sources.of(frame for phase in phases for frame in image.sources[phase])
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(uid=derived_uid(identity, name), identifier=name),
        algorithm_id=_algorithm(findings),
        finding_sites=[sr.FindingSite(anatomic_location=_concept(HEART))],
        measurements=[_measurement(finding) for finding in findings if _is_number(finding)] or None,
        qualitative_evaluations=[_check(finding) for finding in findings if finding.passed is not None] or None,
        source_images=[
            sr.SourceImageForMeasurementGroup(one.sop_class, one.instance, frames if one.multi_frame else None)
            for one, frames in images.items()
        ],
    )


def _measurement(finding: Finding) -> Any:
    from highdicom import sr

    return sr.Measurement(
        name=_name(finding),
        value=_decimal(finding.value),
        unit=_unit(finding.unit),
        tracking_identifier=None,
        properties=_properties(finding),
    )


def _algorithm(findings: Sequence[Finding]) -> Any:
    """What computed a group, with each convention and method of its findings once."""
    from highdicom import sr

    how = dict.fromkeys(text for finding in findings for text in (finding.convention, finding.method) if text)
    return sr.AlgorithmIdentification(
        name=MODEL, version=__version__, parameters=list(how) or None, manufacturer=MANUFACTURER
    )


def _properties(finding: Finding) -> Any:
    """Interval, normal range and normality, as far as known; None when nothing is."""
    from highdicom import sr
    from pydicom.sr.codedict import codes

    uncertainty = _uncertainty(finding)
    if finding.reference is None:
        properties = sr.MeasurementProperties() if uncertainty else None
    else:
        normality = {"low": codes.SCT.AbnormallyLow, "high": codes.SCT.AbnormallyHigh, "": codes.SCT.Normal}
        properties = sr.MeasurementProperties(
            normality=normality[finding.outside], normal_range_properties=_normal_range(finding.reference, finding.unit)
        )
    if properties is not None:
        properties.extend(uncertainty)
    return properties


def _normal_range(reference: ReferenceRange, unit: str) -> Any:
    from highdicom import sr
    from pydicom.sr.codedict import codes

    low = _property(codes.SCT.NormalRangeLowerLimit, reference.low, unit)
    high = _property(codes.SCT.NormalRangeUpperLimit, reference.high, unit)
    words = "; ".join(text for text in (reference.population, reference.convention) if text)
    return sr.NormalRangeProperties([low, high], description=words or None, authority=reference.source or None)


def _uncertainty(finding: Finding) -> list[Any]:
    """Half-widths of the interval in the finding's unit (highdicom's own arguments would lose the unit)."""
    if finding.interval is None or not all(map(math.isfinite, finding.interval)):
        return []
    value, (low, high) = float(str(finding.value)), finding.interval
    return [
        _property(_concept(UPPER), high - value, finding.unit),
        _property(_concept(LOWER), value - low, finding.unit),
    ]


def _property(name: Any, value: float, unit: str) -> Any:
    from highdicom.sr import NumContentItem

    return NumContentItem(name, _decimal(value), _unit(unit), relationship_type="HAS PROPERTIES")


def _check(finding: Finding) -> Any:
    from highdicom import sr

    return sr.QualitativeEvaluation(name=_name(finding), value=_concept(PASSED if finding.passed else FAILED))


def _name(finding: Finding) -> Any:
    return _concept(finding.code or Code(finding.key, PRIVATE_SCHEME, finding.label))


def _concept(code: Code) -> Any:
    from highdicom.sr import CodedConcept

    return CodedConcept(code.value, scheme(code), clipped(code.meaning))


def _unit(unit: str) -> Any:
    from highdicom.sr import CodedConcept

    return CodedConcept(unit or "1", "UCUM", unit or "no units")


def _decimal(value: object) -> float:
    """A number that its decimal string of at most 16 characters repeats."""
    return float(f"{float(str(value)):.9g}")


__all__ = ["write_measurements"]
