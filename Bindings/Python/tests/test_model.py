"""Models: loading, describing, measuring, words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import MODEL

import livephoto


def test_loading_tells_progress() -> None:
    parts: list[float] = []
    with livephoto.Model(MODEL, progress=parts.append) as model:
        assert model.parameter_count > 0 and "parameters" in repr(model)
    assert parts == sorted(parts) and parts and 0 <= parts[0] <= parts[-1] <= 1
    assert model.closed and repr(model) == "<livephoto.Model closed>"
    with pytest.raises(livephoto.StateError):
        model.name  # noqa: B018


def test_exception_while_loading() -> None:
    def stop(part: float) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        livephoto.Model(MODEL, progress=stop)


def test_describe(model: livephoto.Model) -> None:
    described = model.describe()
    assert described["name"] == model.name
    assert described["parameters"] == model.parameter_count
    assert sum(network["parameters"] for network in described["networks"]) == model.parameter_count


def test_wrong_models(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere") as missing:
        livephoto.Model(tmp_path / "nowhere")
    assert isinstance(missing.value, livephoto.ModelNotFoundError) and missing.value.status == 40
    (tmp_path / "file").write_text("x")
    with pytest.raises(livephoto.ModelError):
        livephoto.Model(tmp_path / "file")
    with pytest.raises(livephoto.ModelError):
        livephoto.Model(tmp_path)
    for path in ("", "a\0b"):
        with pytest.raises(livephoto.ArgumentError):
            livephoto.Model(path)


def test_damaged_models(tmp_path: Path) -> None:
    def copy(name: str) -> Path:
        shutil.copytree(MODEL, tmp_path / name)
        return tmp_path / name

    newer = copy("newer")
    settings = json.loads((newer / "config.json").read_text())
    (newer / "config.json").write_text(json.dumps({**settings, "version": 99}))
    with pytest.raises(livephoto.ModelError) as caught:
        livephoto.Model(newer)
    assert caught.value.status == 43
    for name, damage in [("text", b"{"), ("empty", b""), ("list", b"[]"), ("noise", bytes(range(256)))]:
        broken = copy(name)
        (broken / "config.json").write_bytes(damage)
        with pytest.raises(livephoto.ModelError):
            livephoto.Model(broken)
    cut = copy("cut")
    weights = (cut / "unet.safetensors").read_bytes()
    (cut / "unet.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(livephoto.ModelError, match="unet"):
        livephoto.Model(cut)


def test_words(model: livephoto.Model) -> None:
    words = model.words("the cat blinks slowly")
    assert words == livephoto.words("the cat blinks slowly", model=model)
    assert words == livephoto.Pipeline(model).words("the cat blinks slowly")
    assert " ".join(word.text for word in words) == "the cat blinks slowly"
    for word in words:
        assert word.weights and all(0 <= weight <= 1 for weight in word.weights) and 0 <= word.weight <= 1
    assert model.words("") == []


def test_measure(model: livephoto.Model, clip: livephoto.Clip, tmp_path: Path) -> None:
    clip.save(tmp_path / "clip.png")
    measured = livephoto.measure(tmp_path / "clip.png", model=model)
    assert measured.ssim == pytest.approx(clip.ssim, abs=1e-6)
    assert measured.level == pytest.approx(clip.level, abs=1e-4)
    assert len(measured.curve) == len(clip) - 1
    assert sum(measured.curve) / len(measured.curve) == pytest.approx(measured.ssim)
    with pytest.raises(FileNotFoundError):
        model.measure(tmp_path / "nowhere.mp4")
    (tmp_path / "text.mp4").write_text("no clip")
    with pytest.raises(livephoto.MediaError):
        model.measure(tmp_path / "text.mp4")
    clip[0].image().save(tmp_path / "one.png")
    with pytest.raises(livephoto.MediaError):
        model.measure(tmp_path / "one.png")
