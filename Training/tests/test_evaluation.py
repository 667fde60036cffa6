"""The evaluation against clips whose motion is known, and its command line against a stand-in program."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from livephoto_training.evaluation import CommandLine, Photo, contact_sheet, evaluate, judge, measure, motion_cases
from livephoto_training.evaluation.self_check import self_check
from livephoto_training.simulator import ClipSimulator, PhotoBank
from livephoto_training.simulator.procedural import landscape

from test_simulator import stamps


def pictures() -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 0.06, (288, 288, 1))
    return [(np.clip(landscape(rng) + noise, 0, 1) * 255).astype(np.uint8) for _ in range(3)]


@pytest.fixture(scope="module")
def simulator() -> ClipSimulator:
    return ClipSimulator(PhotoBank(pictures(), 0.0), stamps(), seed=8, combined_share=0.0)


@pytest.mark.parametrize("family", ["pan_left", "pan_up", "zoom_out", "roll_clockwise", "move_right", "grow", "darken", "snow", "still"])
def test_true_clips_pass(simulator, family):
    assert self_check(simulator, [family], clips=3, size=96)[family] >= 0.66


OPPOSITES = [("pan_left", "pan_right"), ("zoom_in", "zoom_out"), ("roll_clockwise", "roll_counterclockwise"), ("darken", "brighten"), ("snow", "still")]


@pytest.mark.parametrize("shown,asked", OPPOSITES)
def test_the_wrong_motion_fails(simulator, shown, asked):
    from livephoto_training.simulator.preview import to_pixels

    batch = simulator.sample(2, 8, 96, 96, family=shown, strength=0.75)
    assert not any(judge(asked, measure(to_pixels(frames)))[0] for frames in batch["frames"])


def test_a_still_clip_does_nothing_else():
    frames = np.repeat(pictures()[0][None, :96, :96], 6, 0)
    measures = measure(frames, frames[0])
    assert measures.psnr == 99 and measures.ssim > 0.9999 and measures.amount < 1e-3 and measures.sharpness == pytest.approx(1)
    assert [family for family in ("pan_left", "zoom_in", "jump", "snow", "darken", "wind", "shake") if judge(family, measures)[0]] == []


PROGRAM = """#!{python}
import sys
import numpy as np
from PIL import Image
photo, prompt, folder = sys.argv[2], sys.argv[3], sys.argv[sys.argv.index("-o") + 1]
level = float(sys.argv[sys.argv.index("--intensity") + 1])
pixels = np.asarray(Image.open(photo))
if "explode" in prompt:
    sys.exit("no such thing")
for n in range(8):
    Image.fromarray(np.roll(pixels, round(n * level / 6), 1)).save(f"{{folder}}frame_{{n:04d}}.png")
"""


def test_command_line_report(tmp_path):
    program = tmp_path / "livephoto"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    photos = tmp_path / "photos"
    photos.mkdir()
    for index, pixels in enumerate(pictures()):
        Image.fromarray(pixels[:128, :160]).save(photos / f"picture{index}.png")
    done = subprocess.run([sys.executable, "-m", "livephoto_training.evaluation", "--cli", program, "--photos", photos, "--family", "pan_left",
                           "--family", "pan_right", "--per-family", "2", "--data", tmp_path, "-o", tmp_path / "report"],
                          cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    shares = {row["family"]: row["pass"] for row in report["families"]}
    assert shares == {"pan_left": 1.0, "pan_right": 0.0}
    assert all(row["order"] >= 0.75 for row in report["levels"])
    assert (tmp_path / "report" / "camera.png").exists() and (tmp_path / "report" / "levels.png").exists()
    assert "pan_left" in (tmp_path / "report" / "report.txt").read_text()


def test_a_failing_program_is_reported(tmp_path):
    program = tmp_path / "livephoto"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    cases = motion_cases([Photo("p", pictures()[0])], 1, families=["pan_left"])
    cases[0].prompt = "explode"
    report = evaluate(CommandLine(program), cases)
    assert not report.results[0].passed and "no such thing" in report.results[0].error


def test_contact_sheet_takes_any_sizes():
    sheet = contact_sheet([np.zeros((16, 20, 30, 3), np.uint8), np.zeros((3, 40, 10, 3), np.uint8)], ["one", "zwei ü"])
    assert sheet.dtype == np.uint8 and sheet.ndim == 3
