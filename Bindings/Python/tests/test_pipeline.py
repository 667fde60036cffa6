"""Making clips: parameters, steps, previews, errors."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from conftest import MODEL, smooth_photo

import livephoto

QUICK: dict[str, Any] = {"frames": 3, "steps": 2}


def test_shape_and_names(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    assert repr(pipeline) == f"<livephoto.Pipeline of {pipeline.model.name!r}, configured>"
    clip = pipeline.animate(photo, "the camera zooms in", intensity=6, seed=1, **QUICK)
    assert pipeline.state == "done"
    assert clip.frames.shape == (3, 48, 64, 3) and clip.frames.dtype == np.uint8
    assert clip.settings == {"prompt": "the camera zooms in", "intensity": 6, "seed": 1, **QUICK}


def test_defaults_are_the_models(model: livephoto.Model, photo: np.ndarray) -> None:
    with livephoto.Pipeline(model) as pipeline:
        clip = pipeline.animate(photo)
        described = model.describe()
        assert len(clip) == described["frames"]["default"] == pipeline.bounds("frames").default
        assert clip.fps == described["frames"]["fps"]


def test_same_bytes(model: livephoto.Model, photo: np.ndarray) -> None:
    """Of any number of threads, any pipeline, any time; not of another seed, level or prompt."""
    arguments: dict[str, Any] = {"prompt": "the camera zooms in", "intensity": 8, "seed": 7, **QUICK}
    clips = []
    for threads in (1, 2, 3):
        with livephoto.Pipeline(model, threads=threads) as pipeline:
            assert pipeline.value("threads") == threads
            clips += [pipeline.animate(photo, **arguments), pipeline.animate(photo, **arguments)]
    for clip in clips[1:]:
        assert np.array_equal(clip.frames, clips[0].frames)
    with livephoto.Pipeline(model) as pipeline:
        for change in [{"seed": 8}, {"intensity": 2}]:
            other = pipeline.animate(photo, **{**arguments, **change})
            assert not np.array_equal(other.frames, clips[0].frames), change


def test_clip_outlives_the_next_run(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    first = pipeline.animate(photo, seed=1, intensity=9, **QUICK)
    pixels = first.frames.copy()
    second = pipeline.animate(photo[::-1].copy(), seed=2, intensity=9, **QUICK)
    pipeline.close()
    assert np.array_equal(np.stack([frame.array() for frame in first]), pixels)
    assert not np.array_equal(second.frames, pixels)
    assert first.level and second.level


def test_arguments_count_for_one_clip(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    pipeline.configure(frames=2, steps=1, intensity=3, size=(32, 48))
    assert (pipeline.value("width"), pipeline.value("intensity")) == (32, 3)
    other = pipeline.animate(photo, frames=4, intensity=9, size=(0, 0))
    assert len(other) == 4 and other.size == (64, 48)
    clip = pipeline.animate()
    assert len(clip) == 2 and clip.size == (32, 48) and pipeline.value("intensity") == 3
    del clip
    assert len(pipeline.animate(steps=2)) == 2


def test_refused_value_changes_nothing(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    pipeline.configure(photo, intensity=3, frames=2, steps=1)
    with pytest.raises(livephoto.ArgumentError):
        pipeline.configure(steps=2, intensity=11)
    assert (pipeline.value("intensity"), pipeline.value("steps")) == (3, 1)
    with pytest.raises(livephoto.MediaNotFoundError):
        pipeline.configure("nowhere.jpg", intensity=4)
    assert pipeline.value("intensity") == 3
    assert len(pipeline.animate()) == 2


def test_negative_prompt_goes_back_to_the_models(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    plain = pipeline.animate(photo, "the cat runs", guidance=4, **QUICK)
    other = pipeline.animate(photo, "the cat runs", guidance=4, negative_prompt="zooms in", **QUICK)
    again = pipeline.animate(photo, "the cat runs", guidance=4, **QUICK)
    assert np.array_equal(plain.frames, again.frames)
    assert not np.array_equal(plain.frames, other.frames)


@pytest.mark.parametrize(
    "sampler", ["default", "ddim", "dpm++2m", "euler", "euler-a", "dpm++2m-karras", "unipc", "lcm"]
)
def test_samplers(pipeline: livephoto.Pipeline, photo: np.ndarray, sampler: Any) -> None:
    assert len(pipeline.animate(photo, sampler=sampler, frames=2, steps=3)) == 2


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_fits(pipeline: livephoto.Pipeline, photo: np.ndarray, fit: Any) -> None:
    assert pipeline.animate(photo, size=(48, 32), fit=fit, frames=2, steps=1).size == (48, 32)


@pytest.mark.parametrize(
    "wrong",
    [
        {"intensity": 0.9},
        {"intensity": 10.1},
        {"intensity": float("nan")},
        {"intensity": float("inf")},
        {"frames": 0},
        {"frames": 10**6},
        {"frames": 2**32 + 2},
        {"steps": 0},
        {"steps": -1},
        {"steps": 1001},
        {"guidance": -1},
        {"guidance": float("nan")},
        {"seed": -1},
        {"seed": 2**64},
        {"size": (63, 64)},
        {"size": (64, 0)},
        {"size": (100_000, 64)},
        {"size": (2**33, 64)},
        {"sampler": "ddpm"},
        {"fit": "cover"},
        {"fps": 0},
        {"prompt": "a\0b"},
        {"prompt": "\ud800"},
        {"prompt": "x" * 20_000},
        {"negative_prompt": "a\0b"},
    ],
    ids=str,
)
def test_wrong_values(pipeline: livephoto.Pipeline, photo: np.ndarray, wrong: dict[str, Any]) -> None:
    with pytest.raises(livephoto.ArgumentError) as caught:
        pipeline.animate(photo, **wrong)
    assert isinstance(caught.value, ValueError) and caught.value.status == 10 and str(caught.value)
    assert len(pipeline.animate(photo, frames=2, steps=1)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"intensity": "6"},
        {"intensity": [6]},
        {"frames": 2.5},
        {"frames": "2"},
        {"seed": 1.5},
        {"size": 64},
        {"size": (64, 48, 3)},
        {"size": ("64", "48")},
        {"sampler": 1},
        {"prompt": 5},
        {"prompt": b"bytes"},
    ],
    ids=str,
)
def test_wrong_kinds(pipeline: livephoto.Pipeline, photo: np.ndarray, wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        pipeline.animate(photo, **wrong)
    assert len(pipeline.animate(photo, frames=2, steps=1)) == 2


def test_numpy_numbers(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    clip = pipeline.animate(
        photo, intensity=np.float32(4), frames=np.int64(2), steps=np.uint8(1), seed=np.uint64(2**64 - 1)
    )
    assert len(clip) == 2


def test_unicode_prompts(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    for prompt in ["", "猫が走る", "🐈 " * 50, "naïve café", "x" * 16_000]:
        pipeline.animate(photo, prompt, frames=2, steps=1)


def test_steps(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    seen = []
    for step in pipeline.steps(photo, "the camera zooms in", frames=3, steps=2, seed=5):
        seen.append((step.step, step.total, step.phase, step.phase_step, step.phase_total, step.done))
        assert step.seconds >= 0 and step.seconds_left >= 0 and 0 < step.fraction <= 1
        if step.phase == "encode":
            with pytest.raises(livephoto.StateError):
                step.preview()
        else:
            preview = step.preview()
            assert preview.array().shape == (preview.height, preview.width, 3)
            assert step.preview(0) == step.preview(-3)
            for wrong in (3, -4):
                with pytest.raises(IndexError):
                    step.preview(wrong)
    assert seen == [
        (1, 6, "encode", 1, 1, False),
        (2, 6, "denoise", 1, 2, False),
        (3, 6, "denoise", 2, 2, False),
        (4, 6, "decode", 1, 3, False),
        (5, 6, "decode", 2, 3, False),
        (6, 6, "decode", 3, 3, True),
    ]
    clip = pipeline.clip()
    assert pipeline.clip() is clip
    whole = pipeline.animate(photo, "the camera zooms in", frames=3, steps=2, seed=5)
    assert np.array_equal(clip.frames, whole.frames)


def test_leaving_the_loop(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    for step in pipeline.steps(photo, **QUICK):
        if step.phase == "denoise":
            break
    assert pipeline.state == "configured"
    with pytest.raises(livephoto.StateError):
        pipeline.clip()
    with pytest.raises(livephoto.StateError):
        step.preview()
    assert len(pipeline.animate(**QUICK)) == 3


def test_two_loops_at_once(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    first = iter(pipeline.steps(photo, **QUICK))
    next(first)
    second = iter(pipeline.steps(photo, **QUICK))
    step = next(second)
    with pytest.raises(livephoto.StateError, match="another run"):
        next(first)
    assert step.step == 1 and next(second).step == 2
    pipeline.configure(intensity=4)
    with pytest.raises(livephoto.StateError):
        next(second)


def test_wrong_arguments_are_told_before_the_loop(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    with pytest.raises(livephoto.ArgumentError):
        pipeline.steps(photo, intensity=0)


def test_progress_function(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    seen: list[livephoto.Step] = []
    pipeline.animate(photo, progress=seen.append, **QUICK)
    assert [step.step for step in seen] == [1, 2, 3, 4, 5, 6]


def test_exception_of_a_progress_function(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    def stop(step: livephoto.Step) -> None:
        if step.phase == "denoise":
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        pipeline.animate(photo, progress=stop, **QUICK)
    assert pipeline.state == "configured"
    assert len(pipeline.animate(photo, **QUICK)) == 3


def test_progress_bar(pipeline: livephoto.Pipeline, photo: np.ndarray, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.animate(photo, progress=True, **QUICK)
    output = capsys.readouterr()
    assert output.out == "" and "6/6" in output.err
    pipeline.animate(photo, **QUICK)
    assert capsys.readouterr() == ("", "")


def test_cancel_from_another_thread(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    def cancel(step: livephoto.Step) -> None:
        if step.step == 2:
            other = threading.Thread(target=pipeline.cancel)
            other.start()
            other.join()

    with pytest.raises(livephoto.Cancelled) as caught:
        pipeline.animate(photo, progress=cancel, **QUICK)
    assert caught.value.status == 30
    assert len(pipeline.animate(photo, **QUICK)) == 3
    pipeline.cancel()  # nothing is under way: nothing is kept
    assert len(pipeline.animate(photo, **QUICK)) == 3


def test_cancel_in_the_middle_of_a_call(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    timer = threading.Timer(0.3, pipeline.cancel)
    timer.start()
    with pytest.raises(livephoto.Cancelled):
        pipeline.animate(photo, frames=8, steps=1000)
    timer.join()
    assert len(pipeline.animate(photo, **QUICK)) == 3


def test_threads_share_a_model(model: livephoto.Model, photo: np.ndarray) -> None:
    wanted = livephoto.Pipeline(model).animate(photo, seed=3, **QUICK).frames
    found: list[Any] = [None] * 4

    def work(index: int) -> None:
        with livephoto.Pipeline(model, threads=1) as pipeline:
            found[index] = pipeline.animate(photo, seed=3, **QUICK).frames

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(found))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(frames, wanted) for frames in found)


def test_closing_in_another_thread(model: livephoto.Model, photo: np.ndarray) -> None:
    pipeline = livephoto.Pipeline(model)
    timer = threading.Timer(0.3, pipeline.close)
    timer.start()
    with pytest.raises(livephoto.LivePhotoError):
        pipeline.animate(photo, frames=8, steps=1000)
    timer.join()
    assert pipeline.closed


def test_closed(model: livephoto.Model, photo: np.ndarray) -> None:
    with livephoto.Pipeline(model) as pipeline:
        clip = pipeline.animate(photo, **QUICK)
    pipeline.close()
    assert pipeline.closed and pipeline.state == "closed" and "closed" in repr(pipeline)
    for use in (pipeline.animate, pipeline.clip, pipeline.estimate, pipeline.preview, pipeline.steps, pipeline.words):
        with pytest.raises(livephoto.StateError, match="closed"):
            use()
    pipeline.cancel()
    assert len(clip) == 3 and clip[0].size == (64, 48)


def test_estimate_and_bounds(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    pipeline.configure(photo, **QUICK)
    few = pipeline.estimate()
    pipeline.configure(steps=50)
    many = pipeline.estimate()
    assert 0 < few.seconds < many.seconds and few.bytes > 0
    assert pipeline.bounds("intensity") == (1, 10, pipeline.model.describe()["intensity"]["default"])
    with pytest.raises(livephoto.ArgumentError):
        pipeline.bounds("speed")  # type: ignore[arg-type]


def test_log(model: livephoto.Model, photo: np.ndarray) -> None:
    lines: list[tuple[str, str]] = []
    with livephoto.Pipeline(model, log=lambda level, text: lines.append((level, text))) as pipeline:
        pipeline.animate(photo, **QUICK)
    assert lines and {level for level, _ in lines} <= {"debug", "info", "warning"}
    assert all(text and "\n" not in text for _, text in lines)


def test_exception_of_a_log_function(model: livephoto.Model, photo: np.ndarray) -> None:
    def refuse(level: str, text: str) -> None:
        raise RuntimeError("no logs please")

    with livephoto.Pipeline(model, log=refuse) as pipeline:
        with pytest.raises(RuntimeError, match="no logs please"):
            pipeline.animate(photo, **QUICK)


def test_model_by_path_and_default(photo: np.ndarray) -> None:
    for model in (MODEL, str(MODEL), None):
        with livephoto.Pipeline(model) as pipeline:
            assert pipeline.model.name == livephoto.Model(MODEL).name
    with livephoto.Pipeline() as one, livephoto.Pipeline() as two:
        assert one.model is two.model


def test_model_may_be_closed_first(photo: np.ndarray) -> None:
    model = livephoto.Model(MODEL)
    pipeline = livephoto.Pipeline(model)
    model.close()
    assert len(pipeline.animate(smooth_photo(), **QUICK)) == 3
    with pytest.raises(livephoto.StateError, match="closed"):
        livephoto.Pipeline(model)
