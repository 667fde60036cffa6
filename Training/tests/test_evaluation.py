"""The judges against clips whose motion is known, the table's figures, the ablations, and the command against a stand-in program."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from livephoto_training.evaluation import __main__ as command
from livephoto_training.evaluation import table
from livephoto_training.evaluation.ablation import PARTS, without
from livephoto_training.evaluation.cases import LEVELS, Case, CaseMaker
from livephoto_training.evaluation.energy import energy
from livephoto_training.evaluation.generators import CommandLine
from livephoto_training.evaluation.groups import CONTENT, FAMILIES, GROUPS
from livephoto_training.evaluation.judges import JUDGES, judge
from livephoto_training.evaluation.measures import measure, to_tensor
from livephoto_training.evaluation.pictures import Cutout, Photo, composite, load_photos
from livephoto_training.evaluation.prompts import Prompt, Prompts, renamed, split_words
from livephoto_training.evaluation.sheet import contact_sheet
from livephoto_training.evaluation.subject import follow
from livephoto_training.evaluation.suite import Budget, Result, run_blocks
from livephoto_training.evaluation.synthetic import known_clip, noisy_clip


def texture(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Smooth coloured spots, uint8."""
    small = rng.integers(30, 226, (height // 8, width // 8, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.BICUBIC))


@pytest.fixture(scope="module")
def photo() -> Photo:
    return Photo("spots", texture(np.random.default_rng(3), 96, 128))


@pytest.fixture(scope="module")
def cutout() -> Cutout:
    pixels = np.zeros((80, 56, 4), np.uint8)
    pixels[..., :3] = texture(np.random.default_rng(5), 80, 56)
    pixels[:20, :, :3] //= 3  # a head, so that up is not down
    y, x = np.mgrid[:80, :56]
    pixels[..., 3] = 255 * (((x - 27.5) / 27) ** 2 + ((y - 39.5) / 39) ** 2 < 1)
    return Cutout(pixels, "red robot")


def shown(family: str, photo: Photo, cutout: Cutout, seed: int = 2):
    clip = known_clip(family, photo, cutout, np.random.default_rng(seed), 0.8)
    return measure(clip.frames, photo.pixels, clip.mask, clip.region)


def test_every_family_has_a_judge_that_says_how_it_is_fooled():
    assert set(JUDGES) == set(FAMILIES) and len(CONTENT) == 11


TRUE = ["pan_left", "pan_down", "zoom_out", "roll_clockwise", "jump", "move_right", "sway", "turn", "grow", "clouds_left", "water", "darken",
        "snow", "rain", "sparks", "fire", "lightning", "stars", "still"]


@pytest.mark.parametrize("family", TRUE)
def test_true_clips_pass(family, photo, cutout):
    assert judge(family, shown(family, photo, cutout))[0]


WRONG = [("pan_left", "pan_right"), ("zoom_in", "zoom_out"), ("roll_clockwise", "roll_counterclockwise"), ("darken", "brighten"), ("snow", "rain"),
         ("move_left", "move_right"), ("grow", "shrink"), ("jump", "spin_clockwise"), ("clouds_left", "clouds_right"), ("sparks", "snow")]


@pytest.mark.parametrize("family,asked", WRONG)
def test_the_wrong_motion_fails(family, asked, photo, cutout):
    assert not judge(asked, shown(family, photo, cutout))[0]


def wisps(photo: Photo, speed: float, colour=(0.9, 0.9, 0.9)) -> np.ndarray:
    """Pale lumps that come up out of nothing and move down at so many pictures a clip."""
    y, x = np.mgrid[:96, :128] / 96
    frames = []
    for time in np.linspace(0, 1, 16):
        clear = np.ones((96, 128))
        for k in range(7):
            part = (0.37 * k + time) % 1
            place = (0.15 + 0.17 * k, 0.3 + 0.1 * (k % 3) + speed * (part - 0.5))
            clear *= 1 - 0.8 * min(4 * time, 1) * np.sin(np.pi * part) * np.exp(-((x - place[0]) ** 2 + (y - place[1]) ** 2) / 0.005)
        frames.append(photo.pixels * clear[..., None] + 255 * np.array(colour) * (1 - clear[..., None]))
    return np.stack(frames).round().astype(np.uint8)


def test_mist_may_show_by_new_wisps_that_rise(photo):
    region = np.zeros((96, 128), np.float32)
    region[:60] = 1
    for speed, colour, rises in ((-0.6, (0.9, 0.9, 0.9), True), (0.6, (0.9, 0.9, 0.9), False), (-0.6, (1, 0.4, 0.1), False)):
        assert judge("drift_up", measure(wisps(photo, speed, colour), photo.pixels, None, region))[0] == rises, (speed, colour)


@pytest.mark.parametrize("clip", ["still", "noise"])
def test_nothing_is_seen_where_nothing_happens(clip, photo, cutout):
    frames = noisy_clip(photo, np.random.default_rng(1), 0.02).frames if clip == "noise" else np.repeat(photo.pixels[None], 8, 0)
    mask = np.zeros((96, 128), np.float32)
    mask[30:70, 40:80] = 1
    measures = measure(frames, photo.pixels, mask, mask)
    assert [family for family in FAMILIES if family not in ("still", "wind", "water", "waves") and judge(family, measures)[0]] == []
    assert judge("still", measures)[0]
    if clip == "still":
        assert measures.psnr == measures.psnr_photo == 99 and measures.amount < 1e-3


def test_the_object_is_followed(photo, cutout):
    clip = known_clip("move_right", photo, cutout, np.random.default_rng(4), 0.8)
    track = follow(to_tensor(clip.frames), torch.from_numpy(clip.mask))
    assert track.centre[-1, 0] == pytest.approx(0.6 * 0.8 * track.height, rel=0.1) and abs(track.centre[-1, 1]) < 0.02
    assert track.sure.mean() > 0.8
    clip = known_clip("spin_clockwise", photo, cutout, np.random.default_rng(4), 0.5)
    assert follow(to_tensor(clip.frames), torch.from_numpy(clip.mask)).turn[-1] == pytest.approx(1.0, abs=0.15)


def test_energy_tells_an_object_from_the_picture(photo, cutout):
    alone = energy(shown("jump", photo, cutout))
    assert alone.share > 0.9 and alone.flicker < 0.5
    mask = np.zeros((96, 128), np.float32)
    mask[30:70, 50:80] = 1
    panned = known_clip("pan_left", photo, cutout, np.random.default_rng(1), 0.4)
    assert energy(measure(panned.frames, photo.pixels, mask)).share < 0.6
    assert energy(measure(np.repeat(photo.pixels[None], 4, 0), photo.pixels, mask)).share == 0


def test_sharpness_of_a_moved_picture(photo, cutout):
    clip = known_clip("zoom_in", photo, cutout, np.random.default_rng(1), 0.4)
    assert measure(clip.frames, photo.pixels).sharpness == pytest.approx(1, abs=0.12)
    blurred = np.stack([np.asarray(Image.fromarray(frame).resize((16, 12)).resize((128, 96))) for frame in clip.frames])
    blurred[0] = clip.frames[0]
    assert not measure(blurred, photo.pixels).sharpness > 0.8


def result(family: str, level: float, measured: float, ssim: float, purpose: str = "levels") -> Result:
    return Result(Case(Photo("p", np.zeros((4, 4, 3), np.uint8)), family, "words", level, 1, purpose), level=measured, ssim=ssim)


def test_level_figures():
    results = [result("snow", level, level + 0.5, 1 - level / 20) for level in LEVELS]
    assert table.level_figures(results) == (1.0, 1.0, 10)
    results[4].ssim, results[4].level = 0.99, 1.0
    order, near, _ = table.level_figures(results)
    assert order == pytest.approx(0.6) and near == pytest.approx(0.8)
    results[4].ssim = float("nan")
    assert table.level_figures(results)[0] == pytest.approx(0.6)


def test_rows_say_what_is_missing():
    rows = table.rows([])
    assert all(row.met is None for row in rows) and "not measured" in table.text(rows, [])
    failed = [Result(Case(Photo("p", np.zeros((4, 4, 3), np.uint8)), "pan_left", "w", 6, 1), error="boom")]
    assert next(row for row in table.rows(failed) if row.key == "camera").met is False


def test_cases_are_balanced_wherever_they_are_cut(photo, cutout):
    maker = CaseMaker([photo], [cutout, Cutout(cutout.pixels, "old lamp")], Prompts(None), seed=1)
    blocks = maker.round(0)
    families = {block[0].family for block in blocks if block[0].purpose == "motion"}
    assert families >= set(GROUPS["camera"] + GROUPS["subject"] + GROUPS["content"])
    head = blocks[:len(blocks) // 3]
    assert {block[0].purpose for block in head} >= {"motion", "levels", "pair"}
    assert all(block[0].photo.noun in block[0].prompt.lower() for block in blocks if block[0].purpose == "pair")
    assert [len(block) for block in blocks if block[0].purpose == "levels"] == [5] * 4  # no photo has trees for the wind


def test_prompts(tmp_path):
    path = tmp_path / "prompts.json"
    path.write_text(json.dumps([{"prompt": "An old man waves", "family": "wave", "noun": "old man"}, {"prompt": "fireworks!", "family": "fireworks"}]))
    prompts = Prompts(path)
    assert prompts.draw("wave", 0, "robot").text == "A robot waves"
    assert prompts.draw("fireworks", 0).text == "fireworks!"
    assert renamed(Prompt("a cat jumps", "cat"), "apple", ()).text == "an apple jumps"
    assert split_words(["the", "red", "ball", "jumps", "high."], "red ball") == ([3, 4], [1, 2])
    for family in FAMILIES:
        assert Prompts(None).draw(family, 1).text


def test_two_objects(photo, cutout):
    both = composite(photo, [cutout, cutout], np.random.default_rng(1), two=True)
    assert both.mask.sum() > 100 and both.other.sum() > 100 and not ((both.mask > 0.5) & (both.other > 0.5)).any()


def test_photos_of_training_are_left_out(tmp_path, photo):
    for name in ("casa-mila.png", "somebody.png"):
        Image.fromarray(photo.pixels).save(tmp_path / name)
    assert [found.name for found in load_photos([tmp_path])] == ["casa-mila"]
    assert len(load_photos([tmp_path], any_photo=True)) == 2


@pytest.fixture
def model(tmp_path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    config = {"conditioning": {"layout": [["noise", 2], ["reference", 2], ["frame", 1], ["intensity", 1]]}, "prior": {"mode": "ddim"},
              "text_encoder": {"hidden_size": 4}, "text_reweighting": {"num_hidden_layers": 1}}
    (folder / "config.json").write_text(json.dumps(config))
    names = {"conv_in.weight": (3, 6, 3, 3), "content_proj.weight": (4, 4), "conditioning_embedding.linear_1.weight": (4, 8),
             "down_blocks.0.motion_modules.0.proj_out.weight": (3, 3), "motion_head.conv_2.weight": (3, 3), "motion_head.conv_1.weight": (3, 3),
             "motion_head.photo.laterals.0.weight": (3, 3, 1, 1), "motion_head.photo.likeness.weight": (3, 2, 1, 1), "motion_head.photo.trunk_proj.weight": (3, 3, 1, 1), "motion_program.size_1.weight": (3, 7), "motion_program.shape.weight": (3, 3)}
    save_file({name: torch.ones(shape) for name, shape in names.items()}, folder / "unet.safetensors")
    return folder


def test_each_part_can_be_removed(model):
    before = {name: tensor.sum() for name, tensor in load_file(model / "unet.safetensors").items()}
    changed = {}
    for part in PARTS:
        with without(model, part) as folder:
            weights = load_file(folder / "unet.safetensors")
            changed[part] = {name for name, tensor in weights.items() if tensor.sum() != before[name]}
            if part == "reference latent":
                assert weights["conv_in.weight"].sum((0, 2, 3)).tolist() == [27, 27, 0, 0, 27, 27]
            if part == "prior inversion":
                assert json.loads((folder / "config.json").read_text())["prior"]["mode"] == "off"
            if part == "intensity":
                assert weights["motion_program.size_1.weight"].sum(0).tolist() == [3, 3, 3, 3, 0, 0, 0]
    assert changed["prior inversion"] == changed["text re-weighting"] == set()
    assert changed["motion modules"] == {"down_blocks.0.motion_modules.0.proj_out.weight"}
    assert changed["motion head"] == {"motion_head.conv_2.weight", "motion_program.shape.weight"}
    assert changed["content encoder"] == {"content_proj.weight", "motion_head.photo.laterals.0.weight", "motion_head.photo.likeness.weight"}
    assert changed["the masks' query by name"] == {"motion_head.photo.likeness.weight"}
    assert changed["the masks' look at the video UNet"] == {"motion_head.photo.trunk_proj.weight"}


PROGRAM = """#!{python}
import sys
import numpy as np
from PIL import Image
photo, prompt, out = sys.argv[2], sys.argv[3], sys.argv[sys.argv.index("-o") + 1]
level = float(sys.argv[sys.argv.index("--intensity") + 1]) if "--intensity" in sys.argv else 5
pixels = np.asarray(Image.open(photo))
if "explode" in prompt:
    sys.exit("no such thing")
frames = [Image.fromarray(np.roll(pixels, round(n * level / 6), 1)) for n in range(8)]
frames[0].save(out if out.endswith(".png") else out + ".png", save_all=True, append_images=frames[1:])
print('{{"event": "done", "level": %g, "mean_ssim": %g}}' % (level, 1 - level / 20))
"""


@pytest.fixture
def program(tmp_path) -> Path:
    path = tmp_path / "livephoto"
    path.write_text(PROGRAM.format(python=sys.executable))
    path.chmod(0o755)
    return path


def test_a_failing_clip_is_reported_and_the_rest_goes_on(program, photo):
    cases = [[Case(photo, "pan_left", words, 6, 1)] for words in ("explode", "the camera pans left")]
    results = run_blocks(CommandLine(program), cases, 2, Budget(), progress=False)
    assert "no such thing" in results[0].error and not results[0].passed
    assert results[1].passed and results[1].level == 6
    assert run_blocks(CommandLine(program), cases, 2, Budget(1e-9), progress=False)[1:] == []


def test_the_command(program, model, tmp_path, photo):
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.fromarray(photo.pixels).save(photos / "coffee.png")
    done = subprocess.run([sys.executable, "-m", "livephoto_training.evaluation", "--cli", program, "--through-cli", "--model", model, "--photos", photos,
                           "--family", "pan_left", "--family", "pan_right", "--rounds", "1", "--data", tmp_path, "--quiet", "--card", tmp_path / "card.md",
                           "--json", tmp_path / "results.json", "--sheet", tmp_path / "sheet.png"], cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr  # half of the pans go the wrong way
    report = json.loads((tmp_path / "results.json").read_text())
    assert {row["family"]: row["passed"] for row in report["families"]} == {"pan_left": 1, "pan_right": 0}
    values = {row["key"]: row["value"] for row in report["rows"]}
    assert values["camera"] == 0.5 and values["order"] == 1 and values["near"] == 1 and values["decoder"] is None
    assert "| camera prompts" in (tmp_path / "card.md").read_text() and (tmp_path / "sheet.png").exists()
    assert "no autoencoder" in done.stdout


def test_contact_sheet_takes_any_sizes():
    sheet = contact_sheet([np.zeros((16, 20, 30, 3), np.uint8), np.zeros((3, 40, 10, 3), np.uint8)], ["one", "zwei ü"])
    assert sheet.dtype == np.uint8 and sheet.ndim == 3


def test_ablations_compare_the_same_clips(photo, monkeypatch, tmp_path):
    """A column that was cut off early must not be compared with clips that it never came to."""
    @contextmanager
    def without_it(model, part):
        yield None if part == "none" else tmp_path

    def results(passed: list[bool]) -> list[Result]:
        return [Result(Case(photo, "pan_left", "pan left", 6, 1), passed=value) for value in passed]

    monkeypatch.setattr(command.ablation, "without", without_it)
    monkeypatch.setattr(command.ablation, "PARTS", {"one": None, "two": None, "none": None})
    evaluation = object.__new__(command.Evaluation)
    evaluation.given, evaluation.budget = SimpleNamespace(model=tmp_path, minutes=None), Budget(None)
    runs = iter([results([True, True, False, False]), results([True, False, True, True, True]), results([False, False, True])])
    evaluation.clips = lambda *_: next(runs)
    lines = evaluation.without_parts().splitlines()
    assert lines[0].endswith("| without none | clips |")
    assert next(line for line in lines if line.startswith("| camera")) == "| camera prompts going the right way | 67 % | 67 % | 33 % | no such part | 3 |"
