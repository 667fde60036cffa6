"""Loaded models, and what a model alone can tell."""

from __future__ import annotations

import ctypes
import json
import weakref
from collections.abc import Callable
from ctypes import byref, c_double, c_float, c_int32, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _calls, _native
from .errors import ArgumentError, StateError, error_of_status
from .files import FileList, LowRanks, PathLike

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Measurement", "Model", "Word", "measure", "words"]

lib = _native.lib


class Measurement(NamedTuple):
    """How much a clip moves."""

    level: float
    """1 (nearly still) to 10 (lively): where ``ssim`` falls among the clips that the model was trained on."""
    ssim: float
    """Mean structural similarity of adjacent frames, up to 1 (nothing moves)."""
    curve: tuple[float, ...]
    """The similarity of each pair of adjacent frames."""


class Word(NamedTuple):
    """A word of a prompt, and how much the motion listens to it."""

    text: str
    weights: tuple[float, ...]
    """0 to 1: one weight, or one for each frame of the model's training; empty if the model does not weigh words."""

    @property
    def weight(self) -> float:
        """The mean of the weights."""
        return sum(self.weights) / len(self.weights) if self.weights else 0.0


class Model:
    """Weights and settings. Does not change after loading; serves any number of pipelines and threads.

    A model is a folder (``path``), or is put together from files that people have (``base`` and what goes over it).

    Args:
        path: the model's folder; None is the default: the environment variable ``LIVEPHOTO_MODEL``, or the model that
            came with the library.
        base: a Stable Diffusion 1.x checkpoint in one file, a diffusers folder, or a model folder.
        motion: motion modules of AnimateDiff or AnimateLCM.
        conditioner: PIA, or a LivePhoto adapter.
        content_encoder: DINOv2, for a LivePhoto adapter that does not bring it.
        vae: an autoencoder in place of the base's.
        taesd: a tiny autoencoder.
        tokenizer: folder with CLIP's vocab.json and merges.txt, where the base brings none.
        loras: files, or pairs of a file and its strength, merged in order.
        norm_scope: "native" as the model's makers compute group norms, or "diffusers".
        working_side: side of the square with as many pixels as the network works on; None leaves it to the model.
        progress: called with the part loaded, 0 to 1.

    Raises:
        ModelError: no model there, damaged, too new, or files that do not go together.
    """

    def __init__(
        self,
        path: PathLike | None = None,
        *,
        base: PathLike | None = None,
        motion: PathLike | None = None,
        conditioner: PathLike | None = None,
        content_encoder: PathLike | None = None,
        vae: PathLike | None = None,
        taesd: PathLike | None = None,
        tokenizer: PathLike | None = None,
        loras: LowRanks = (),
        norm_scope: str = "native",
        working_side: int | None = None,
        progress: Callable[[float], object] | None = None,
    ) -> None:
        self._handle: int | None = None
        handle = c_void_p()
        parts = (motion, conditioner, content_encoder, vae, taesd, tokenizer)
        loras = list(loras)
        if base is None:
            if loras or any(part is not None for part in parts):
                raise ArgumentError("name the base that these files go over")
            self._take(handle, _folder_loader(path, handle), progress)
        elif path is None:
            self._take(handle, FileList(base, *parts, loras, norm_scope, working_side).load(handle), progress)
        else:
            raise ArgumentError("a model is either a folder or a base with files, not both")

    def _take(self, handle: c_void_p, load: _calls.Call, progress: Callable[[float], object] | None) -> None:
        try:
            result = _calls.run(load, lambda: None, progress)
            _native.check(result)
        except BaseException:
            lib.livephoto_model_free(handle)
            raise
        self._handle = handle.value
        self._finalizer = weakref.finalize(self, lib.livephoto_model_free, handle.value)
        self._settings: dict[str, Any] | None = None

    @classmethod
    def convert(
        cls,
        folder: PathLike,
        base: PathLike,
        *,
        motion: PathLike | None = None,
        conditioner: PathLike | None = None,
        content_encoder: PathLike | None = None,
        vae: PathLike | None = None,
        taesd: PathLike | None = None,
        tokenizer: PathLike | None = None,
        loras: LowRanks = (),
        norm_scope: str = "native",
        working_side: int | None = None,
        dtype: str = "f16",
        progress: Callable[[float], object] | None = None,
    ) -> Model:
        """Packs files into a new model folder, and loads it. The folder is there when it is complete, or not at all.

        Args:
            folder: to be made; there must be nothing of that name.
            dtype: "f16" or "f32", of all weights.
        """
        if dtype not in _native.PRECISIONS:
            raise ArgumentError(f"dtype is {dtype!r}; one of {', '.join(_native.PRECISIONS)} is expected")
        parts = (motion, conditioner, content_encoder, vae, taesd, tokenizer)
        files = FileList(base, *parts, loras, norm_scope, working_side)
        handle = c_void_p()
        model = cls.__new__(cls)
        model._handle = None
        target = _native.path_bytes(folder, "folder")
        model._take(handle, files.convert(handle, target, _native.PRECISIONS[dtype]), progress)
        return model

    def _live(self) -> int:
        if self._handle is None:
            raise StateError("the model is closed")
        return self._handle

    @property
    def name(self) -> str:
        """The model's name, "livephoto-mini"."""
        return _native.text(lib.livephoto_model_name(self._live()))

    @property
    def parameter_count(self) -> int:
        """Number of weights in all networks."""
        return int(lib.livephoto_model_parameter_count(self._live()))

    def describe(self) -> dict[str, Any]:
        """Name, path, networks with their sizes, settings and abilities."""
        handle = self._live()
        size = c_size_t()
        _native.check(_native.model_result(handle, lib.livephoto_model_describe(handle, None, 0, byref(size))))
        buffer = ctypes.create_string_buffer(size.value)
        status = lib.livephoto_model_describe(handle, buffer, size.value, None)
        _native.check(_native.model_result(handle, status))
        description: dict[str, Any] = json.loads(buffer.value.decode("utf-8"))
        return description

    def measure(self, path: PathLike) -> Measurement:
        """Measures how much a video or an animation moves. Its first 4096 frames count.

        Raises:
            MediaError: no such file, or not a clip of at least two frames.
        """
        handle = self._live()
        file = _native.path_bytes(path, "path")
        result = _native.Measurement()
        capacity = 4096
        curve = (c_double * capacity)()

        def call(callback: Any) -> _calls.Result:
            status = lib.livephoto_model_measure_file(handle, file, byref(result), curve, capacity, callback, None)
            return _native.model_result(handle, status)

        _native.check(_calls.run(call, lambda: None))
        return Measurement(result.level, result.mean_ssim, tuple(curve[: min(result.pair_count, capacity)]))

    def words(self, prompt: str) -> list[Word]:
        """The words of a prompt with the weights that the model gives them."""
        handle = create_pipeline(self)
        try:
            encoded = _native.utf8(prompt, "prompt")
            _native.check_pipeline(handle, lib.livephoto_pipeline_set_prompt(handle, encoded))
            return words_of(handle)
        finally:
            lib.livephoto_pipeline_free(handle)

    @property
    def closed(self) -> bool:
        """Whether ``close()`` was called."""
        return self._handle is None

    def close(self) -> None:
        """Gives up the model. Pipelines that were made of it keep what they need. May be called again."""
        if self._handle is not None:
            self._handle = None
            self._finalizer()

    def __enter__(self) -> Model:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._handle is None:
            return "<livephoto.Model closed>"
        return f"<livephoto.Model {self.name!r}, {self.parameter_count / 1e6:.1f} M parameters>"


def _folder_loader(path: PathLike | None, handle: c_void_p) -> _calls.Call:
    folder = None if path is None else _native.path_bytes(path, "model")

    def load(callback: Any) -> _calls.Result:
        status = lib.livephoto_model_load(folder, callback, None, byref(handle))
        return _native.model_result(handle.value or 0, status)

    return load


def create_pipeline(model: Model) -> int:
    """A new handle of a pipeline, the caller's to free."""
    handle = c_void_p()
    status, message = _native.pipeline_result(
        handle.value or 0, lib.livephoto_pipeline_create(model._live(), byref(handle))
    )
    if status != 0 or handle.value is None:
        message = _native.text(lib.livephoto_pipeline_message(handle)) or message
        lib.livephoto_pipeline_free(handle)
        raise error_of_status(status or 70, message)
    return handle.value


def words_of(handle: int) -> list[Word]:
    """The words of a pipeline's prompt."""
    count, frames = c_int32(), c_int32()
    _native.check_pipeline(handle, lib.livephoto_pipeline_word_count(handle, byref(count), byref(frames)))
    weights = (c_float * max(frames.value, 1))()
    found = []
    for index in range(count.value):
        size = c_size_t()
        ask = lib.livephoto_pipeline_word
        _native.check_pipeline(handle, ask(handle, index, None, 0, byref(size), None, 0))
        word = ctypes.create_string_buffer(max(size.value, 1))
        _native.check_pipeline(handle, ask(handle, index, word, len(word), None, weights, len(weights)))
        found.append(Word(word.value.decode("utf-8", "replace"), tuple(weights[: frames.value])))
    return found


_default: Callable[[], Model | None] = lambda: None  # noqa: E731


def default_model() -> Model:
    """The default model, shared by all who use it at the same time."""
    global _default
    model = _default()
    if model is None or model.closed:
        model = Model()
        _default = weakref.ref(model)
    return model


def measure(path: PathLike, *, model: Model | None = None) -> Measurement:
    """Measures how much a video or an animation moves, on the scale of a model (the default one)."""
    return (model or default_model()).measure(path)


def words(prompt: str, *, model: Model | None = None) -> list[Word]:
    """The words of a prompt with the weights that a model (the default one) gives them."""
    return (model or default_model()).words(prompt)
