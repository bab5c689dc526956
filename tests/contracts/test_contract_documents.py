"""Every command and every Python block of the README runs, and every command of the guide exists."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SMALL = ["--set", "cine.phases=10", "--set", "cine.slices.matrix=128", "--set", "cine.slices.gap=4"]


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all console blocks of the README were run, in their order."""
    folder = tmp_path_factory.mktemp("readme")
    for line in "".join(_blocks(README, "console")).splitlines():
        command = line.removeprefix("$ ").split()
        assert command[0] == "marey", f"only marey commands can be tested, not: {line}"
        _run(command + (SMALL if command[1] == "simulate" else []), folder)
    return folder


def test_console_blocks_give_what_the_readme_promises(workplace: Path) -> None:
    files = {path.name for path in (workplace / "report").iterdir()}
    table = README.split("## What you get")[1].split("## ")[0]
    promised = set(re.findall(r"`([\w.*-]+\.[\w.*-]+)`", table))
    assert promised
    for name in promised:
        assert any(re.fullmatch(name.replace(".", r"\.").replace("*", r"[\w-]+"), file) for file in files), name


def test_python_blocks_run(workplace: Path) -> None:
    blocks = _blocks(README, "python")
    assert blocks
    for block in blocks:
        done = subprocess.run([sys.executable, "-c", block], cwd=workplace, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_commands_of_the_documents_exist() -> None:
    texts = [README, *(page.read_text() for page in (ROOT / "docs").glob("*.md"))]
    named = {
        tuple(found.split())
        for text in texts
        for found in re.findall(r"marey ((?:simulate|train|cohort) \w+|analyze|info)", text)
    }
    assert {("analyze",), ("info",), ("simulate", "study"), ("train", "cine")} <= named
    for command in named:
        assert "Usage: marey" in _run(["marey", *command, "--help"], ROOT)


def test_make_demo_is_what_the_readme_says() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    planned = subprocess.run([make, "-n", "-B", "demo"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    simulate = re.search(r"^\$ (marey simulate study .*) -o exam$", README, re.MULTILINE)
    assert simulate, "the README shows no `marey simulate study ... -o exam`"
    assert f"{simulate[1]} -o demo/exam" in planned
    assert "marey analyze demo/exam -o demo/report" in planned
    assert "constraints.txt" in planned


def test_links_of_the_readme_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_verification_page_is_what_its_command_makes(tmp_path: Path) -> None:
    """All figures are there and shown; two that read measured rows are drawn again."""
    command = [sys.executable, "benchmarks/verification.py", "-o", str(tmp_path), "--only", "niederer", "land2015"]
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = Path("_static") / "verification"
    drawn = {path.name for path in (tmp_path / figures).iterdir()}
    assert drawn == {"niederer.svg", "land2015.svg"}
    shown = re.findall(r"\]\(_static/verification/([\w.]+)\)", (ROOT / "docs" / "verification.md").read_text())
    assert drawn < set(shown)
    assert sorted(shown) == sorted(path.name for path in (ROOT / "docs" / figures).iterdir())


def test_every_page_of_verification_is_in_its_index() -> None:
    folder = ROOT / "tests" / "verification"
    index = (folder / "README.md").read_text()
    pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
    assert pages == set(re.findall(r"\]\((\w+\.md)\)", index))
    for test in set(re.findall(r"(?:tests|benchmarks)/[\w/]+\.py", index)):
        assert (ROOT / test).exists(), test


def test_documentation_builds_without_warnings(tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="the docs extra is not installed")
    pytest.importorskip("torch", reason="the reference of marey.learn needs torch")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "index.html").exists()
