"""All the files that come out of an analysed exam."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from marey.io.derived import has_dicom_source
from marey.io.encapsulated import write_encapsulated_pdf
from marey.io.nifti_out import write_labels, write_probability
from marey.io.segmentation import write_segmentation
from marey.io.structured_report import write_measurements
from marey.report.exam import Exam
from marey.report.page import write_html
from marey.report.pdf import write_pdf
from marey.report.pictures import cut_out
from marey.report.tables import write_csv, write_json

TITLE = "Cardiac MR report"


def write_results(exam: Exam, folder: Path, progress: Callable[[float, str], None]) -> tuple[Path, ...]:
    """Write the exam in every form that its source allows; independent files are written side by side.

    Args:
        exam: what was analysed.
        folder: where the files shall be.
        progress: told the fraction done and what is being written.

    Returns:
        All files, for the manifest.

    Raises:
        CannotWrite: one of them could not be written; the others may be there, the manifest is not.
    """
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(job) for job in _jobs(exam, folder)]
        try:
            for done, job in enumerate(jobs):
                progress(done / len(jobs), "writing the report")
                job.result()
        finally:
            for job in jobs:
                job.cancel()
    return tuple(sorted(path for job in jobs for path in job.result()))


def _jobs(exam: Exam, folder: Path) -> list[Callable[[], tuple[Path, ...]]]:
    """The longest first."""
    jobs = [lambda: _documents(exam, folder), lambda: _labels(exam, folder), lambda: _tables(exam, folder)]
    if has_dicom_source(exam.image):
        jobs.insert(1, lambda: _dicom(exam, folder))
    return jobs


def _documents(exam: Exam, folder: Path) -> tuple[Path, ...]:
    pictures = cut_out(exam.image, exam.labels)
    html = write_html(folder / "report.html", exam, pictures)
    pdf = write_pdf(folder / "report.pdf", exam, pictures)
    if not has_dicom_source(exam.image):
        return html, pdf
    return html, pdf, write_encapsulated_pdf(folder / "report.pdf.dcm", pdf, exam.image, TITLE)


def _tables(exam: Exam, folder: Path) -> tuple[Path, ...]:
    chosen = {"end_diastole": exam.phases.end_diastole, "end_systole": exam.phases.end_systole}
    extra = {"phases": chosen, "levels": [str(level) for level in exam.levels]}
    return (
        write_json(folder / "measurements.json", exam.report, extra),
        write_csv(folder / "measurements.csv", exam.report),
    )


def _labels(exam: Exam, folder: Path) -> tuple[Path, ...]:
    written = [write_labels(folder / "labels.nii.gz", exam.labels), folder / "labels.json"]
    if exam.labels.probability is not None:
        images = write_probability(folder / "probability.nii.gz", exam.labels)
        written += [*images, *(path.with_name(path.name.replace(".nii.gz", ".json")) for path in images)]
    for view, labels in exam.long_axes.items():
        name = f"labels_{str(view).replace('-', '_')}"
        written += [write_labels(folder / f"{name}.nii.gz", labels), folder / f"{name}.json"]
    return tuple(written)


def _dicom(exam: Exam, folder: Path) -> tuple[Path, ...]:
    """One Segmentation per key phase: viewers that know only space would lay several phases over each other."""
    image, labels = exam.image, exam.labels
    return (
        *(
            write_segmentation(
                folder / f"labels_{short}.seg.dcm", image, labels, phases=[phase], description=f"Marey, {name}"
            )
            for short, name, phase in (
                ("ed", "end-diastole", exam.phases.end_diastole),
                ("es", "end-systole", exam.phases.end_systole),
            )
        ),
        write_measurements(folder / "measurements.sr.dcm", exam.report, image),
    )


__all__ = ["TITLE", "write_results"]
