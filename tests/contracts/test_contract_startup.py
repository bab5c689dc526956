"""The terminal answers at once: nothing heavy is imported before a command runs."""

import subprocess
import sys
import time

HEAVY = ("numpy", "scipy", "pydicom", "highdicom", "nibabel", "onnxruntime", "matplotlib", "torch", "rich.console")


def test_the_command_line_imports_nothing_heavy() -> None:
    code = f"import sys, marey.cli.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_takes_less_than_0_3_seconds() -> None:
    durations = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "marey", "--help"], capture_output=True, check=True)
        durations.append(time.perf_counter() - began)
    assert min(durations) < 0.3, f"the quickest of five took {min(durations):.2f} s"
