"""The simulator against what it promises: programs say what is seen, words mean directions, strength means level, seeds repeat."""

import random

import numpy as np
import pytest
import torch

from livephoto_training.simulator import FAMILIES, ClipSimulator, Grammar, LevelScale, PhotoBank, StampBank, calibrate, mean_adjacent_ssim
from livephoto_training.simulator.families import CONTENT, SUBJECT
from livephoto_training.simulator.grammar import ALIASES, FAMILY_WORDS
from livephoto_training.simulator.mist import misty_hills, with_mist
from livephoto_training.simulator.painted import with_cup, with_flag
from livephoto_training.simulator.procedural import procedural_scene
from livephoto_training.simulator.stage import StageSetter


def stamps() -> StampBank:
    """Two round, textured objects."""
    pictures = []
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    for phase in (0.0, 2.0):
        colour = 127 + 120 * np.sin(9 * x + phase) * np.cos(7 * y)
        alpha = np.clip((0.9 - np.hypot(x, y)) * 20, 0, 1) * 255
        pictures.append(np.stack([colour, 255 - colour, colour * 0.5, alpha], -1).astype(np.uint8))
    return StampBank(pictures, ["red apple", "cat"])


@pytest.fixture(scope="module")
def simulator() -> ClipSimulator:
    rng = np.random.default_rng(5)
    return ClipSimulator(PhotoBank([procedural_scene(rng) for _ in range(6)], 0.0), stamps(), seed=3, combined_share=0.0)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_clips_start_from_the_photo_and_are_told(simulator, family):
    batch = simulator.sample(2, 8, 64, 80, family=family, strength=0.6)
    # A shadow's last fringe may touch the first frame, and along a region's soft edge its plate shows.
    change = (batch["photo"] - batch["frames"][:, 0]).abs().amax(1)
    edge = (batch["masks"][:, 1] > 0) & (batch["masks"][:, 1] < 1)
    assert change[~edge].max() < (6e-3 if family.startswith("shadow") else 2e-5)
    assert batch["masks"].min() >= -1e-6 and batch["masks"].max() <= 1 + 1e-6
    target = batch["target"]
    shown = [name for name in batch["family"]]
    for index, name in enumerate(shown):
        assert bool(target["active"][index, 1]) == (name in SUBJECT)
        assert bool(target["effects"][index].any()) == (name in CONTENT)
        if name in SUBJECT:
            assert batch["masks"][index, 0].max() > 0.5


SIGNS = {  # camera family -> trajectory and its sign; the content goes the other way of the camera
    "pan_left": (0, 1), "pan_right": (0, -1), "pan_up": (1, 1), "pan_down": (1, -1), "zoom_in": (2, 1), "zoom_out": (2, -1),
    "roll_clockwise": (3, -1), "roll_counterclockwise": (3, 1), "orbit_left": (4, 1), "orbit_right": (4, -1),
}


@pytest.mark.parametrize("family", sorted(SIGNS))
def test_signs(simulator, family):
    target = simulator.sample(3, 8, 64, 64, family=family, strength=0.8)["target"]
    index, sign = SIGNS[family]
    assert (target["shape"][:, index].sum(-1) * sign > 0).all()


def test_only_the_subject_moves(simulator):
    batch = simulator.sample(4, 8, 64, 64, family="jump", strength=0.9)
    change = (batch["frames"] - batch["photo"][:, None]).abs().amax((1, 2))
    far = torch.nn.functional.max_pool2d(batch["masks"][:, :1], 65, 1, 32)[:, 0] < 0.01
    assert float((change * far).max()) < 1e-4


def test_left_is_left_in_pixels():
    """A bright column moves right when the camera pans left, and left when the object does."""
    photo = np.zeros((200, 200, 3), np.uint8)
    photo[:, 95:105] = 255
    sim = ClipSimulator(PhotoBank([photo], 0.0), StampBank([], []), seed=1, combined_share=0.0)
    seen = 0
    for _ in range(6):
        frames = sim.sample(1, 8, 64, 64, family="pan_left", strength=0.45)["frames"][0].mean((1, 2))  # [F, W]
        if frames[0].max() > 0.5 and frames[3].max() > 0.5 and 10 < frames[0].argmax() < 45:
            assert frames[3].argmax() > frames[0].argmax()
            seen += 1
    assert seen


@pytest.mark.parametrize("family", ["pan_left", "zoom_in", "roll_clockwise", "shake", "orbit_right", "snow", "flicker", "jump"])
def test_strength_lowers_ssim(simulator, family):
    means = [float(simulator.fork(11).sample(8, 16, 64, 64, family=family, strength=a)["ssim"].mean()) for a in (0.0, 0.5, 1.0)]
    assert means[0] > means[1] > means[2]


def test_same_seed_same_clips(simulator):
    one, two, other = (simulator.fork(seed).sample(3, 8, 64, 64) for seed in (9, 9, 10))
    assert one["caption"] == two["caption"] and torch.equal(one["frames"], two["frames"]) and torch.equal(one["masks"], two["masks"])
    assert one["caption"] != other["caption"]


def test_still_clips_have_any_level(simulator):
    batch = simulator.sample(16, 4, 48, 48, family="still")
    assert batch["still"].all() and (batch["ssim"] > 0.9999).all() and batch["level"].std() > 1
    assert (batch["frames"] - batch["photo"][:, None]).abs().max() < 2e-5


def test_ssim_is_the_published_one():
    metrics = pytest.importorskip("skimage.metrics")
    frames = torch.rand(1, 3, 3, 40, 44, generator=torch.Generator().manual_seed(0))
    frames[:, 1] = frames[:, 0] * 0.8 + frames[:, 1] * 0.2
    luma = (frames * torch.tensor([0.299, 0.587, 0.114]).view(1, 1, 3, 1, 1)).sum(2)[0].double().numpy() * 255
    expected = []
    for first, second in zip(luma[:-1], luma[1:]):
        _, full = metrics.structural_similarity(first, second, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, full=True)
        expected.append(full[5:-5, 5:-5].mean())
    assert abs(float(mean_adjacent_ssim(frames)) - np.mean(expected)) < 1e-4


def test_levels_are_deciles(simulator, tmp_path):
    ssim = torch.linspace(0.3, 1, 1001)
    scale = LevelScale.from_samples(ssim)
    counts = torch.bincount(scale.level(ssim).round().long(), minlength=11)[1:]
    assert counts.min() >= 90 and counts.max() <= 110
    assert scale.level(torch.tensor([1.0, 0.2])).tolist() == [1.0, 10.0]
    first = calibrate(simulator.fork(1), n=24, path=tmp_path / "levels.json", frames=4, height=48, measure_size=64)
    assert first == calibrate(simulator.fork(2), n=24, path=tmp_path / "levels.json")
    assert all(a >= b for scale in first for a, b in zip(scale.edges, scale.edges[1:]))


@pytest.mark.parametrize("family", sorted(FAMILY_WORDS))
def test_wordings_are_many_and_disjoint(family):
    rng = random.Random(1)
    train = {Grammar("train").caption(family, rng, "cat").lower().strip(".!") for _ in range(600)}
    held_out = {Grammar("eval").caption(family, rng, "cat").lower().strip(".!") for _ in range(150)}
    assert len(train) > 120 and len(held_out) > 8
    assert len(train & held_out) <= len(held_out) // 5  # only where adverbs or articles make two wordings look alike


def test_every_family_has_words_and_every_word_is_in_the_corpus():
    assert {ALIASES.get(name, name) for name in FAMILIES} <= set(FAMILY_WORDS)
    texts = list(Grammar().corpus(500, ["red apple", "cat"]))
    assert "red apple" in texts and len(texts) > 500


def test_prepare_leaves_out_doubles_blanks_and_held_out(tmp_path):
    from PIL import Image

    from livephoto_training.data.prepare import prepare, stamp_noun

    rng = np.random.default_rng(0)
    folder = tmp_path / "pictures"
    folder.mkdir()
    scene = Image.fromarray(procedural_scene(rng))
    scene.save(folder / "one.png")
    scene.resize((600, 600)).save(folder / "double.png")
    scene.save(folder / "chelsea.png")  # held out
    Image.new("RGB", (300, 300), "white").save(folder / "blank.png")
    stamp = np.zeros((80, 80, 4), np.uint8)
    stamp[10:70, 20:60] = 200
    Image.fromarray(stamp).save(folder / "cat.png")
    (folder / "cat.txt").write_text("A black cat.\nes=gato")
    assert prepare([folder], tmp_path / "cache") == (1, 1)
    bank = StampBank.load(tmp_path / "cache" / "stamps.npz", "all")
    assert bank.nouns == ["black cat"] and bank.stamps[0].shape == (60, 40, 4)
    assert len(PhotoBank.load(tmp_path / "cache" / "photos.npz")) == 1
    assert [stamp_noun(text) for text in ("A “Fuji” apple.", "Mars—the red planet", "Eat your broccoli!")] == ["fuji apple", "mars", ""]


def paintings(draw, least: float, most: float):
    """Six times how much a picture changes by what is painted over it, and the mask of that; ``least`` and ``most``: the mask's share of the picture."""
    picture = torch.from_numpy(procedural_scene(np.random.default_rng(2))).permute(2, 0, 1).float()[:, :96, :128] / 255
    for seed in range(6):
        painted, mask, name = draw(np.random.default_rng(seed), picture)
        assert painted.shape == picture.shape and 0 <= painted.min() and painted.max() <= 1 and name.startswith("the ")
        assert least < float(mask.mean()) < most and 0 <= mask.min() and mask.max() <= 1
        again = draw(np.random.default_rng(seed), picture)
        assert torch.equal(painted, again[0]) and torch.equal(mask, again[1])
        yield (painted - picture).abs().mean(0), mask


@pytest.mark.parametrize("draw", [with_mist, lambda rng, picture: misty_hills(rng, *picture.shape[-2:])])
def test_mist_lies_where_its_mask_says(draw):
    for change, mask in paintings(draw, 0.01, 0.9):
        if draw is with_mist:
            assert float(change[mask > 0.9].mean()) > 2 * float(change[mask < 0.05].mean())


@pytest.mark.parametrize("draw", [with_flag, with_cup])
def test_what_is_painted_lies_where_its_mask_says(draw):
    for change, mask in paintings(draw, 0.005, 0.6):
        assert float(change[mask > 0.9].mean()) > 0.05


def test_mist_is_painted_where_no_photo_has_any(simulator):
    scenes = simulator.fork(4).draw(24, 64, 80, "drift_up")
    painted = [scene for scene in scenes if scene.family == "drift_up"]
    assert painted and all(float(scene.stage.region_mask.max()) > 0.5 for scene in painted)


def test_a_cut_out_can_be_drawn_in_the_colours_behind_it():
    alpha = torch.zeros(1, 8, 8)
    alpha[:, 2:6, 2:6] = 1
    alpha[:, 2, 2:6] = 0.5
    layer = torch.cat([torch.tensor([0.9, 0.2, 0.1])[:, None, None] * alpha, alpha])
    picture = torch.tensor([0.2, 0.6, 0.5])[:, None, None].expand(3, 8, 8)
    like = StageSetter.alike(np.random.default_rng(1), layer, picture)
    assert torch.equal(like[3:], alpha) and bool((like[:3] <= alpha).all()) and float(like.min()) >= 0
    colour = like[:3, 4, 4]
    before, after = (layer[:3, 4, 4] - picture[:, 4, 4]).abs(), (colour - picture[:, 4, 4]).abs()
    assert bool((after < 0.65 * before).all())


def test_some_subjects_are_seen_from_near(simulator):
    covers = [float(simulator.setter.subject(np.random.default_rng(seed), 64, 80).object_mask.mean()) for seed in range(80)]
    near = np.mean(np.array(covers) > 0.5)
    assert 0.04 < near < 0.3 and np.median(covers) < 0.25


def test_wind_ruffles_the_coats_of_animals(simulator):
    setter = simulator.setter
    assert setter.coats == [(1, "fur")]
    stages = [setter.place(np.random.default_rng(seed), "wind", 64, 80) for seed in range(40)]
    furred = [stage for stage in stages if stage is not None and stage.place.endswith(" fur")]
    assert len(furred) > 4 and {"the fur", "the cat's fur"} <= {stage.place for stage in furred}
    assert all(float(stage.region_mask.max()) > 0.5 for stage in furred)
    # Some are seen from near, and fill most of the picture.
    covers = [float(stage.region_mask.mean()) for stage in furred]
    assert max(covers) > 0.6 and min(covers) < 0.25
