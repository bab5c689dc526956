"""`marey simulate heart` at the terminal."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from marey.cli.app import app
from marey.cli.simulate import HeartPreset
from marey.simulate.presets import PRESETS

RUN = CliRunner()


def test_the_command_knows_every_preset() -> None:
    assert {preset.value for preset in HeartPreset} == set(PRESETS)


def test_a_beat_is_written_and_its_page_named(tmp_path: Path) -> None:
    out = tmp_path / "beat"
    done = RUN.invoke(app, ["simulate", "heart", "--resolution", "coarse", "--moments", "4", "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "beat.html" in done.output
    assert (out / "beat.html").exists()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("circulation.heart_rate=75000", "between 25 and 220 1/min"),
        ("circulation.heart_rate=fast", "NAME=VALUE"),
        ("shape.lv_volum=150", "There is no parameter"),
    ],
)
def test_a_wrong_setting_is_a_sentence(tmp_path: Path, setting: str, words: str) -> None:
    done = RUN.invoke(app, ["simulate", "heart", "--set", setting, "-o", str(tmp_path / "beat")])
    assert done.exit_code not in {0, 1}
    assert words in " ".join(done.output.split())
