"""Nothing is kept: memory over rounds, and objects that go when their last reference goes."""

from __future__ import annotations

import gc
import os
import weakref
from typing import Any

import numpy as np
from conftest import MODEL, smooth_photo

import livephoto


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(work: Any, rounds: int, warm: int) -> int:
    """Bytes that the resident set grows in the rounds after the warm ones."""
    for _ in range(warm):
        work()
    gc.collect()
    before = resident()
    for _ in range(rounds):
        work()
    gc.collect()
    return resident() - before


def test_clips(model: livephoto.Model) -> None:
    photo = smooth_photo(512, 384)  # a clip of 2.4 MB: 30 leaked ones would show

    def work() -> None:
        with livephoto.Pipeline(model, threads=1) as pipeline:
            clip = pipeline.animate(photo, frames=4, steps=1)
            assert clip.frames.shape[0] == 4

    assert growth(work, rounds=30, warm=10) < 16 << 20


def test_one_pipeline_again_and_again(model: livephoto.Model) -> None:
    photo = smooth_photo(512, 384)
    with livephoto.Pipeline(model, threads=1) as pipeline:

        def work() -> None:
            for step in pipeline.steps(photo, "the camera zooms in", frames=4, steps=1):
                if step.phase == "denoise":
                    step.preview()
            assert pipeline.clip()[0]

        assert growth(work, rounds=30, warm=10) < 16 << 20


def test_models() -> None:
    def work() -> None:
        with livephoto.Model(MODEL) as model:
            model.words("the camera zooms in")

    assert growth(work, rounds=40, warm=10) < 8 << 20


def test_errors(model: livephoto.Model) -> None:
    photo = smooth_photo(256, 256)
    with livephoto.Pipeline(model, threads=1) as pipeline:

        def stop(step: livephoto.Step) -> None:
            raise ZeroDivisionError

        def work() -> None:
            for progress in (stop, None):
                try:
                    pipeline.animate(photo, intensity=11 if progress is None else 5, frames=2, progress=progress)
                except (livephoto.ArgumentError, ZeroDivisionError):
                    continue
                raise AssertionError

        assert growth(work, rounds=40, warm=10) < 8 << 20


def test_objects_go(model: livephoto.Model) -> None:
    """By their reference counts alone, without the collector."""
    gc.disable()
    try:
        for log in (None, lambda level, text: None):
            pipeline = livephoto.Pipeline(model, log=log)
            clip = pipeline.animate(smooth_photo(), frames=2, steps=1)
            run = weakref.ref(pipeline._run)
            seen = [weakref.ref(pipeline), weakref.ref(clip)]
            del pipeline
            assert seen[0]() is None and run() is not None and np.asarray(clip[0]).size
            del clip
            assert seen[1]() is None and run() is None
    finally:
        gc.enable()
