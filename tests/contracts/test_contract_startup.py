"""The terminal answers at once: nothing heavy is imported before a command runs."""

import subprocess
import sys

HEAVY = (
    "numpy",
    "scipy",
    "pydicom",
    "highdicom",
    "nibabel",
    "onnxruntime",
    "matplotlib",
    "torch",
    "rich.console",
    "sklearn",
    "lifelines",
)


def test_the_command_line_imports_nothing_heavy() -> None:
    code = f"import sys, marey.cli.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
