"""Models from files: Tests/Fixtures/files holds one tiny model in every layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, smooth_photo

import livephoto

FILES = ROOT / "Tests" / "Fixtures" / "files"


def frames(model: livephoto.Model) -> np.ndarray:
    return livephoto.Pipeline(model).animate(smooth_photo(40, 32), "the camera zooms in", frames=2, steps=1).frames


def moving(base: str, **more: object) -> livephoto.Model:
    parts = {"motion": FILES / "motion_v2.safetensors", "tokenizer": FILES / "base" / "tokenizer", "working_side": 64}
    return livephoto.Model(base=FILES / base, **{**parts, **more})


def test_every_layout_gives_the_same_frames() -> None:
    expected = frames(moving("base"))
    assert np.array_equal(frames(moving("base.safetensors")), expected)
    assert np.array_equal(frames(moving("base.ckpt", motion=FILES / "motion_v2")), expected)
    changed = frames(moving("base", loras=[(FILES / "lora_kohya.safetensors", 2.0), FILES / "motion_lora.ckpt"]))
    assert not np.array_equal(changed, expected)


def test_convert(tmp_path: Path) -> None:
    seen: list[float] = []
    parts = {"motion": FILES / "motion_v1.ckpt", "tokenizer": FILES / "base" / "tokenizer", "working_side": 64}
    made = livephoto.Model.convert(tmp_path / "model", FILES / "base.ckpt", **parts, progress=seen.append)
    assert seen == sorted(seen) and seen[-1] > 0.9
    direct = livephoto.Model(base=FILES / "base.ckpt", **parts)
    again = livephoto.Model(tmp_path / "model")
    assert np.array_equal(frames(made), frames(direct)) and np.array_equal(frames(again), frames(direct))
    with pytest.raises(livephoto.LivePhotoError, match="already"):
        livephoto.Model.convert(tmp_path / "model", FILES / "base.ckpt", **parts)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_inspect() -> None:
    found = livephoto.inspect(FILES / "motion_v1.ckpt")
    assert found["kind"] == "motion" and "version 1" in found["description"] and found["container"] == "PyTorch"
    with pytest.raises(livephoto.ModelError, match="before version 1.6"):
        livephoto.inspect(FILES / "legacy.pt")
    with pytest.raises(livephoto.LivePhotoError):
        livephoto.inspect(FILES / "missing.pt")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"motion": FILES / "pia.ckpt"}, "conditioner"),
        ({"conditioner": FILES / "pia.ckpt"}, "both bring motion modules"),
        ({"loras": [FILES / "base.ckpt"]}, "LoRA is expected"),
        ({"motion": FILES / "motion_v1.ckpt", "loras": [FILES / "motion_lora.ckpt"]}, "does not have"),
    ],
)
def test_files_that_do_not_go_together(change: dict[str, object], message: str) -> None:
    with pytest.raises(livephoto.ModelError, match=message):
        moving("base", **change)


def test_arguments() -> None:
    with pytest.raises(livephoto.ArgumentError, match="base"):
        livephoto.Model(motion=FILES / "motion_v1.ckpt")
    with pytest.raises(livephoto.ArgumentError, match="norm_scope"):
        moving("base", norm_scope="other")
    with pytest.raises(livephoto.ArgumentError, match="finite"):
        moving("base", loras=[(FILES / "lora_peft.safetensors", float("nan"))])
    with pytest.raises(livephoto.ArgumentError, match="working_side"):
        moving("base", working_side=7)
