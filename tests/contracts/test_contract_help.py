"""The help and the documents say the same as the program."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from marey.cli.app import app
from marey.cli.exits import MEANINGS

ROOT = Path(__file__).parents[2]
COMMANDS = (
    ["analyze"], ["info"], ["simulate", "study"], ["simulate", "heart"], ["simulate", "population"], ["train", "cine"],
    ["cohort", "survival"], ["cohort", "classify"], ["cohort", "phenogroups"],
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example_and_the_exit_statuses(command: list[str]) -> None:
    shown = CliRunner().invoke(app, [*command, "--help"])
    assert shown.exit_code == 0
    assert f"marey {' '.join(command)}" in shown.stdout.split("For example:")[1]
    text = " ".join(shown.stdout.split())
    for code, meaning in MEANINGS.items():
        assert f"{code.value} {meaning}" in text


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_option_is_explained(command: list[str]) -> None:
    found = typer.main.get_command(app)
    for name in command:
        found = found.commands[name]  # type: ignore[attr-defined]
    assert found.params
    assert all(parameter.help for parameter in found.params)  # type: ignore[attr-defined]


def test_guide_has_the_table_of_exit_statuses() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text()
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in guide


def test_presets_are_those_of_the_generators() -> None:
    from marey.cli.simulate import HeartPreset
    from marey.simulate import presets

    assert {preset.value for preset in HeartPreset} == set(presets.PRESETS)
    page = (ROOT / "docs" / "beating_heart.md").read_text()
    assert [name for name in presets.PRESETS if f"`{name}`" not in page] == []
