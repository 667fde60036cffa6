"""The labels of photographs: outlines find edges, the cache keeps every mask, the committed files say only what the code understands."""

import numpy as np
import pytest
from PIL import Image

from livephoto_training.data import regions as r
from livephoto_training.data import stamp_names
from livephoto_training.data.prepare import HELD_OUT, photo_name, prepare
from livephoto_training.simulator.banks import PhotoBank
from livephoto_training.simulator.region_bank import RegionBank

BALL = {"kind": "object", "name": "the ball|the red ball", "movable": True,
        "polygons": [[[0.3, 0.2], [0.7, 0.25], [0.72, 0.8], [0.28, 0.75]]]}
SKY = {"kind": "sky", "name": "the sky", "refine": False, "polygons": [[[0, 0], [1, 0], [1, 0.5], [0, 0.5]]]}


def scene() -> tuple[np.ndarray, np.ndarray]:
    """A red ball before a blue-grey noise, uint8 [256, 320, 3], and where the ball is."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:256, 0:320]
    ball = np.hypot(x - 160, y - 128) < 70
    photo = rng.normal((90, 110, 150), 12, (256, 320, 3))
    photo[ball] = rng.normal((200, 40, 30), 12, (int(ball.sum()), 3))
    return photo.clip(0, 255).astype(np.uint8), ball


def overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    return float((mask.astype(bool) & truth).sum() / (mask.astype(bool) | truth).sum())


def test_polygons_are_filled_in_fractions():
    mask = r.filled([[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]], 40, 60)
    assert mask.shape == (40, 60) and mask.dtype == np.uint8
    assert mask[:, :30].all() and not mask[:, 32:].any()


def test_refinement_finds_the_edge():
    pytest.importorskip("cv2")
    photo, ball = scene()
    plain = r.filled(BALL["polygons"], 256, 320)
    assert overlap(plain, ball) < 0.9
    assert overlap(r.refined(photo, plain), ball) > 0.97


def test_without_opencv_the_polygon_stays(monkeypatch):
    monkeypatch.setattr(r, "cv2", None)
    photo, _ = scene()
    [region] = r.photo_regions(photo, {"regions": [BALL]})
    assert (region.mask == r.filled(BALL["polygons"], 256, 320)).all()


def test_what_is_in_front_is_not_sky():
    photo, ball = scene()
    thing, sky = r.photo_regions(photo, {"regions": [BALL, SKY]})
    assert thing.movable and thing.names == ["the ball", "the red ball"] and not sky.movable
    assert not (thing.mask & sky.mask).any() and sky.mask[0].all()


def test_the_cache_keeps_every_mask(tmp_path):
    photo, _ = scene()
    labels = {"scene": {"captions": ["a ball", "a red ball"], "regions": [BALL, SKY]}}
    assert r.write_regions(tmp_path / "regions.npz", [photo[:, :301], photo], ["other", "scene"], labels) == 2
    bank = RegionBank.load(tmp_path / "regions.npz")
    assert len(bank) == 2 and bank.regions(0) == [] and bank.captions == [[], ["a ball", "a red ball"]]
    for stored, fresh in zip(bank.regions(1), r.photo_regions(photo, labels["scene"])):
        assert (stored.kind, stored.names, stored.movable) == (fresh.kind, fresh.names, fresh.movable)
        assert stored.mask.dtype == np.uint8 and (stored.mask == fresh.mask).all()


def test_prepare_names_photographs(tmp_path):
    folder = tmp_path / "Autumn" / "contents" / "images"
    folder.mkdir(parents=True)
    Image.fromarray(scene()[0]).save(folder / "320x256.png")
    assert prepare([tmp_path / "Autumn"], tmp_path / "cache") == (1, 0)
    assert PhotoBank.load(tmp_path / "cache" / "photos.npz").names == ["Autumn-320x256"]
    assert len(RegionBank.load(tmp_path / "cache" / "regions.npz")) == 1
    assert photo_name(folder.with_name("images_dark") / "320x256.png") == "Autumn-320x256-dark"


@pytest.mark.parametrize("held_out", [False, True])
def test_committed_labels_are_sound(held_out):
    labels = r.load_labels(held_out)
    assert labels
    for name, entry in labels.items():
        assert held_out or name not in HELD_OUT
        assert entry["captions"], name
        for region in entry["regions"]:
            assert region["kind"] in r.KINDS, name
            assert all(part.strip() == part and part for part in region["name"].split("|")), name
            for polygon in region["polygons"] + region.get("sure", []):
                assert len(polygon) >= 3 and all(len(point) == 2 for point in polygon), name
            # Round outlines may reach over the border a little: they are cut there.
            assert r.filled(region["polygons"], 200, 300).any(), name


def test_names_of_stamps_are_final():
    assert not set(stamp_names.NAMES.values()) & set(stamp_names.NAMES)
