"""From a photo and a sentence to a clip."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from ctypes import byref, c_double, c_int32, c_uint64
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from . import _calls, _native
from .clip import Clip, Run, frame_index
from .errors import ArgumentError, StateError
from .files import PathLike
from .frame import Frame
from .model import Model, Word, create_pipeline, default_model, words_of
from .photo import Photo, PhotoLike

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Bounds", "Estimate", "Pipeline", "Step"]

lib = _native.lib

Sampler = Literal["default", "ddim", "dpm++2m", "euler", "euler-a", "dpm++2m-karras", "unipc", "lcm"]
Fit = Literal["crop", "pad", "stretch"]
Phase = Literal["encode", "denoise", "decode"]
ParameterName = Literal[
    "intensity",
    "frames",
    "steps",
    "guidance",
    "fps",
    "threads",
    "width",
    "height",
    "keep_first_frame",
    "loop",
    "guidance_rescale",
    "calibration",
]
LogListener = Callable[[str, str], object]


class Bounds(NamedTuple):
    """The range of a parameter, for one model."""

    minimum: float
    maximum: float
    default: float


class Estimate(NamedTuple):
    """What the next clip will take."""

    seconds: float
    """On this machine."""
    bytes: int
    """The peak of memory beyond the model's own."""


class Step:
    """One step of a run, finished: encoding, one denoising step of the whole clip, or one decoded frame."""

    def __init__(self, pipeline: Pipeline, token: object, progress: _native.Progress) -> None:
        self._pipeline = pipeline
        self._token = token
        self.step: int = progress.step
        """Steps finished, 1 to ``total``."""
        self.total: int = progress.total
        """Steps of the whole run."""
        self.phase: Phase = _native.PHASES.get(progress.phase, "encode")  # type: ignore[assignment]
        """What this step did."""
        self.phase_step: int = progress.phase_step
        """Steps finished in this phase, 1 to ``phase_total``."""
        self.phase_total: int = progress.phase_total
        """Steps of this phase."""
        self.done: bool = bool(progress.done)
        """Whether the clip is complete."""
        self.seconds: float = progress.seconds
        """Time spent in this run so far."""
        self.seconds_left: float = progress.seconds_left
        """Estimate of the time still needed."""

    @property
    def fraction(self) -> float:
        """The part done, 0 to 1."""
        return self.step / self.total if self.total else 0.0

    def preview(self, frame: int = -1) -> Frame:
        """A quick look at a frame as far as the run has come: cheap, at the model's working size.

        Args:
            frame: its number, from the end if negative. The last one usually shows most of the motion.

        Raises:
            StateError: nothing is denoised yet (the first step), or the run is over or has given way to another.
        """
        if self._pipeline._token is not self._token:
            raise StateError("this run has given way to another: preview the steps of that one")
        return self._pipeline.preview(frame)

    def __repr__(self) -> str:
        return f"<livephoto.Step {self.step} of {self.total}: {self.phase} {self.phase_step} of {self.phase_total}>"


Progress = bool | Callable[[Step], object] | None


class Pipeline:
    """Makes clips of photos. Small beside its model, and meant to be used again and again.

    One thread at a time may use a pipeline; only ``cancel()`` may come from others. Pipelines of different threads may
    share a model. After ``fork()`` a child needs a pipeline of its own.

    Args:
        model: a loaded model, or the path of one; None is the default model.
        threads: threads that a run uses, 0 is one per physical core. Does not change the result.
        log: called with level ("debug", "info", "warning") and text of each line of the library's log.

    Raises:
        ModelError: no model there, damaged, or too new.
    """

    def __init__(
        self,
        model: Model | PathLike | None = None,
        *,
        threads: int | None = None,
        log: LogListener | None = None,
    ) -> None:
        if isinstance(model, Model):
            self._model = model
        else:
            self._model = default_model() if model is None else Model(model)
        self._run: Run | None = None
        self._clip: Callable[[], Clip | None] = lambda: None
        self._token: object = None
        self._log = log
        self._log_error: BaseException | None = None
        self._photo: Photo | None = None
        self._lasting: dict[str, Any] = {}
        self._settings: dict[str, Any] = {}
        # What the handle has now, so that a photo is not decoded again and again.
        self._on_handle: dict[str, Any] = {}
        self._fresh()
        if threads is not None:
            self.configure(threads=threads)

    # Making clips

    def animate(
        self,
        photo: PhotoLike | None = None,
        prompt: str | None = None,
        *,
        intensity: float | None = None,
        seed: int | None = None,
        frames: int | None = None,
        steps: int | None = None,
        guidance: float | None = None,
        guidance_rescale: float | None = None,
        negative_prompt: str | None = None,
        sampler: Sampler | None = None,
        size: tuple[int, int] | None = None,
        fit: Fit | None = None,
        fps: int | None = None,
        keep_first_frame: bool | None = None,
        loop: bool | None = None,
        calibration: bool | None = None,
        progress: Progress = None,
    ) -> Clip:
        """Makes a clip. What is not given here is as ``configure()`` set it, or else the model's default.

        Args:
            photo: a path, a Pillow image, a NumPy array of uint8 (height, width, 3 or 4), or a frame of another clip.
                None is the photo of the last time.
            prompt: how the photo moves, "the camera zooms in".
            intensity: how much moves, 1 (nearly still) to 10 (as much as the model knows).
            seed: any number of 64 bits; the same seed gives the same clip, another one another take.
            frames: number of frames.
            steps: denoising steps; more takes longer and adds detail.
            guidance: how strongly the text counts against the negative one; 1 is off and fastest.
            guidance_rescale: how far the spread that guidance widens is brought back, 0 (off) to 1.
            negative_prompt: what to stay away from; counts when guidance is not 1.
            sampler: rule of the denoising steps.
            size: width and height of the clip, even numbers; (0, 0) follows the photo.
            fit: how a photo of another shape is brought to ``size``.
            fps: frames a second of saved files.
            keep_first_frame: whether frame 0 is the photo itself, pixel by pixel.
            loop: whether the clip's end leads back to its beginning.
            calibration: whether motion is made larger or smaller until the clip measures the intensity (the default).
            progress: True for a bar (if tqdm is installed), or a function that is called with each :class:`Step`. What
                it raises stops the run and comes out here.

        Returns:
            The clip, which lives on its own.

        Raises:
            ArgumentError: a value out of range. TypeError: a value of the wrong kind.
            StateError: no photo, or in use by another thread.
            MediaError: the photo cannot be read.
            Cancelled: ``cancel()`` was called.
            KeyboardInterrupt: Ctrl-C. The pipeline can run again at once, as after all others.
        """
        settings = _given(
            prompt=prompt,
            intensity=intensity,
            seed=seed,
            frames=frames,
            steps=steps,
            guidance=guidance,
            guidance_rescale=guidance_rescale,
            negative_prompt=negative_prompt,
            sampler=sampler,
            size=size,
            fit=fit,
            fps=fps,
            keep_first_frame=keep_first_frame,
            loop=loop,
            calibration=calibration,
        )
        return self._animate(photo, settings, progress)

    def _animate(self, photo: PhotoLike | None, settings: dict[str, Any], progress: Progress) -> Clip:
        show, finish = _shown(progress)
        try:
            for step in self._stepping(photo, settings):
                show(step)
        finally:
            finish()
        return self.clip()

    def steps(
        self,
        photo: PhotoLike | None = None,
        prompt: str | None = None,
        *,
        intensity: float | None = None,
        seed: int | None = None,
        frames: int | None = None,
        steps: int | None = None,
        guidance: float | None = None,
        guidance_rescale: float | None = None,
        negative_prompt: str | None = None,
        sampler: Sampler | None = None,
        size: tuple[int, int] | None = None,
        fit: Fit | None = None,
        fps: int | None = None,
        keep_first_frame: bool | None = None,
        loop: bool | None = None,
        calibration: bool | None = None,
    ) -> Iterator[Step]:
        """Makes a clip step by step, at the caller's pace: ``for step in p.steps(photo, "..."): step.preview()``.

        Arguments and errors are those of ``animate()``. After the last step ``clip()`` returns the clip. Leaving the
        loop early gives up the run; the pipeline can be used again.
        """
        settings = _given(
            prompt=prompt,
            intensity=intensity,
            seed=seed,
            frames=frames,
            steps=steps,
            guidance=guidance,
            guidance_rescale=guidance_rescale,
            negative_prompt=negative_prompt,
            sampler=sampler,
            size=size,
            fit=fit,
            fps=fps,
            keep_first_frame=keep_first_frame,
            loop=loop,
            calibration=calibration,
        )
        return self._stepping(photo, settings)

    def _stepping(self, photo: PhotoLike | None, settings: dict[str, Any]) -> Iterator[Step]:
        """Begins a run at once, so that wrong arguments are told where they were given."""
        given = {**self._lasting, **settings}
        self._apply(given)
        self._put_photo(None if photo is None else Photo(photo))
        token = self._token = object()
        self._settings = {name: value for name, value in given.items() if name != "threads"}
        return self._steps_of(token)

    def _steps_of(self, token: object) -> Iterator[Step]:
        run = self._live()
        progress = _native.Progress()

        def call(_: Any) -> _calls.Result:
            return _native.pipeline_result(run.handle, lib.livephoto_pipeline_step(run.handle, byref(progress)))

        finished = False
        try:
            while not finished:
                if self._token is not token:
                    raise StateError("another run of this pipeline was started, or it was closed")
                result = _calls.run(call, run.cancel)
                self._raise_log_error()
                _native.check(result)
                finished = bool(progress.done)
                yield Step(self, token, progress)
        finally:
            if not finished and self._token is token:
                # Cancelled between two steps, or left: the next run starts anew.
                self._token = None
                lib.livephoto_pipeline_reset(run.handle)

    def clip(self) -> Clip:
        """The clip of the run that is finished.

        Raises:
            StateError: there is none.
        """
        run = self._live()
        clip = self._clip()
        if clip is not None and not clip.closed:
            return clip
        if self.state != "done":
            raise StateError("there is no finished clip: run all steps first")
        width, height, frames = c_int32(), c_int32(), c_int32()
        run.check(lib.livephoto_pipeline_clip_size(run.handle, byref(width), byref(height), byref(frames)))
        clip = Clip(run, width.value, height.value, frames.value, dict(self._settings))
        self._clip = weakref.ref(clip)
        return clip

    def preview(self, frame: int = -1) -> Frame:
        """A quick look at a frame of the run under way or finished; see :meth:`Step.preview`."""
        run = self._live()
        width, height, frames = c_int32(), c_int32(), c_int32()
        run.check(lib.livephoto_pipeline_clip_size(run.handle, None, None, byref(frames)))
        run.check(lib.livephoto_pipeline_preview_size(run.handle, byref(width), byref(height)))
        number = frame_index(frame, frames.value)
        pixels = run.pixels(lib.livephoto_pipeline_preview, number, width.value, height.value)
        return Frame(width.value, height.value, pixels)

    def cancel(self) -> None:
        """Stops the call under way: it raises :class:`Cancelled`. From any thread."""
        run = self._run
        if run is not None:
            run.cancel()

    # Settings

    def configure(
        self,
        photo: PhotoLike | None = None,
        prompt: str | None = None,
        *,
        intensity: float | None = None,
        seed: int | None = None,
        frames: int | None = None,
        steps: int | None = None,
        guidance: float | None = None,
        guidance_rescale: float | None = None,
        negative_prompt: str | None = None,
        sampler: Sampler | None = None,
        size: tuple[int, int] | None = None,
        fit: Fit | None = None,
        fps: int | None = None,
        keep_first_frame: bool | None = None,
        loop: bool | None = None,
        calibration: bool | None = None,
        threads: int | None = None,
    ) -> None:
        """Sets what ``animate()`` and ``steps()`` are to use when they are not told otherwise. See ``animate()``.

        Gives up a run that is under way. If a value is refused, all stay as they were.
        """
        settings = _given(
            prompt=prompt,
            intensity=intensity,
            seed=seed,
            frames=frames,
            steps=steps,
            guidance=guidance,
            guidance_rescale=guidance_rescale,
            negative_prompt=negative_prompt,
            sampler=sampler,
            size=size,
            fit=fit,
            fps=fps,
            keep_first_frame=keep_first_frame,
            loop=loop,
            calibration=calibration,
            threads=threads,
        )
        taken = None if photo is None else Photo(photo)
        lasting = {**self._lasting, **settings}
        try:
            self._apply(lasting)
            if taken is not None:
                self._put_photo(taken)
        except Exception:
            if self._run is not None:
                self._apply(self._lasting)
            raise
        self._lasting = lasting

    def bounds(self, parameter: ParameterName) -> Bounds:
        """The range and the default of a parameter, for this model."""
        run = self._live()
        values = [c_double() for _ in range(3)]
        number = _choice(_native.PARAMETERS, parameter, "parameter")
        run.check(lib.livephoto_pipeline_bounds(run.handle, number, *(byref(value) for value in values)))
        return Bounds(*(value.value for value in values))

    def value(self, parameter: ParameterName) -> float:
        """The value of a parameter as the last run, or ``configure()`` after it, set it."""
        run = self._live()
        value = c_double()
        number = _choice(_native.PARAMETERS, parameter, "parameter")
        run.check(lib.livephoto_pipeline_value(run.handle, number, byref(value)))
        return value.value

    def estimate(self) -> Estimate:
        """What a clip with the settings of the last run, or of ``configure()`` after it, takes. Needs a photo.

        Raises:
            StateError: no photo yet, or a run is under way.
        """
        run = self._live()
        if self.state != "stepping":
            self._put_photo(None)
        seconds, size = c_double(), c_uint64()
        run.check(lib.livephoto_pipeline_estimate(run.handle, byref(seconds), byref(size)))
        return Estimate(seconds.value, size.value)

    def words(self, prompt: str | None = None) -> list[Word]:
        """The words of a prompt (the one set last) with the weights that the model gives them."""
        run = self._live()
        return words_of(run.handle) if prompt is None else self._model.words(prompt)

    @property
    def model(self) -> Model:
        """The model that the pipeline was made of."""
        return self._model

    @property
    def state(self) -> str:
        """ "configured", "stepping" or "done"; "closed" after ``close()``."""
        if self._run is None:
            return "closed"
        return _native.STATES.get(lib.livephoto_pipeline_state(self._run.handle), "none")

    # Inside

    def _live(self) -> Run:
        if self._run is None:
            raise StateError("the pipeline is closed")
        return self._run

    def _put_photo(self, photo: Photo | None) -> None:
        """Hands a photo to the library, or again the last one if a fresh handle does not have it, and remembers it."""
        wanted = photo or self._photo
        if wanted is not None and self._on_handle.get("photo") is not wanted:
            wanted.set_on(self._live().handle)
            self._photo = self._on_handle["photo"] = wanted

    def _exclusive(self) -> Run:
        """The handle, ready for setters: not stepping, and not that of a clip that somebody holds."""
        run = self._live()
        clip = self._clip()
        if clip is not None and not clip.closed:
            return self._fresh()
        self._token = None
        if lib.livephoto_pipeline_state(run.handle) == 2:
            run.check(lib.livephoto_pipeline_reset(run.handle))
        return run

    def _fresh(self) -> Run:
        """A new handle; the old one belongs to its clip."""
        run = Run(create_pipeline(self._model))
        if self._log is not None:
            run.log = _native.LogCallback(_log_callback(self))
            run.check(lib.livephoto_pipeline_set_log_callback(run.handle, run.log, None))
        self._run = run
        self._token = None
        self._clip = lambda: None
        self._on_handle = {}
        return run

    def _apply(self, settings: dict[str, Any]) -> None:
        """Brings the handle to these settings, and to the model's defaults for all others."""
        run = self._exclusive()
        if "negative_prompt" in self._on_handle and "negative_prompt" not in settings:
            run = self._fresh()  # the only way back to the model's own
        handle = run.handle
        run.check(lib.livephoto_pipeline_set_defaults(handle))
        prompt = settings.get("prompt", "")
        run.check(lib.livephoto_pipeline_set_prompt(handle, _native.utf8(prompt, "prompt")))
        if "fit" in settings and "size" not in settings:
            _choice(_native.FITS, settings["fit"], "fit")
        for name, value in settings.items():
            setter = _SETTERS.get(name)
            if setter is not None:
                run.check(setter(handle, value, settings))
                self._on_handle[name] = value

    def _logged(self, level: int, line: bytes | None) -> None:
        try:
            if self._log is not None and self._log_error is None:
                self._log(_native.LOG_LEVELS.get(level, "info"), _native.text(line))
        except BaseException as error:  # C has no exceptions: stop, and raise when it has returned
            self._log_error = error
            self.cancel()

    def _raise_log_error(self) -> None:
        error, self._log_error = self._log_error, None
        if error is not None:
            raise error

    # Life

    @property
    def closed(self) -> bool:
        """Whether ``close()`` was called."""
        return self._run is None

    def close(self) -> None:
        """Gives up the pipeline and a run under way. Its clips live on. May be called again."""
        run, self._run = self._run, None
        if run is None:
            return
        self._token = None
        clip = self._clip()
        if clip is None or clip.closed:
            run.free()

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        name = "" if self._model.closed else f" of {self._model.name!r}"
        return f"<livephoto.Pipeline{name}, {self.state}>"


def _log_callback(pipeline: Pipeline) -> Callable[[int, bytes | None, int | None], None]:
    """A callback that does not keep its pipeline alive."""
    living = weakref.ref(pipeline)

    def logged(level: int, line: bytes | None, _: int | None) -> None:
        owner = living()
        if owner is not None:
            owner._logged(level, line)

    return logged


def _given(**arguments: Any) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _choice(table: dict[str, int], name: str, what: str) -> int:
    if not isinstance(name, str):
        raise TypeError(f"{what} must be a string, not {type(name).__name__}")
    if name not in table:
        raise ArgumentError(f"there is no {what} {name!r}: {', '.join(table)}")
    return table[name]


def _set_size(handle: int, size: Any, settings: dict[str, Any]) -> int:
    try:
        width, height = size
    except (TypeError, ValueError):
        raise TypeError(f"size must be a pair of width and height, not {size!r}") from None
    fit = _choice(_native.FITS, settings.get("fit", "crop"), "fit")
    sides = _native.int32(width, "width"), _native.int32(height, "height")
    status: int = lib.livephoto_pipeline_set_size(handle, *sides, fit)
    return status


def _whole(function: str) -> Callable[[int, Any, dict[str, Any]], int]:
    name = function.rpartition("set_")[2]
    return lambda handle, value, _: getattr(lib, function)(handle, _native.int32(value, name))


def _real(function: str) -> Callable[[int, Any, dict[str, Any]], int]:
    name = function.rpartition("set_")[2]
    return lambda handle, value, _: getattr(lib, function)(handle, _native.real(value, name))


# The setting's name, and what hands it to the library: (handle, value, all settings) -> status.
_SETTERS: dict[str, Callable[[int, Any, dict[str, Any]], int]] = {
    "intensity": _real("livephoto_pipeline_set_intensity"),
    "guidance": _real("livephoto_pipeline_set_guidance"),
    "guidance_rescale": _real("livephoto_pipeline_set_guidance_rescale"),
    "frames": _whole("livephoto_pipeline_set_frames"),
    "steps": _whole("livephoto_pipeline_set_steps"),
    "threads": _whole("livephoto_pipeline_set_threads"),
    "fps": _whole("livephoto_pipeline_set_fps"),
    "size": _set_size,
    "seed": lambda handle, value, _: lib.livephoto_pipeline_set_seed(
        handle, _native.whole(value, "seed", 0, 0xFFFF_FFFF_FFFF_FFFF)
    ),
    "sampler": lambda handle, value, _: lib.livephoto_pipeline_set_sampler(
        handle, _choice(_native.SAMPLERS, value, "sampler")
    ),
    "keep_first_frame": lambda handle, value, _: lib.livephoto_pipeline_set_keep_first_frame(handle, bool(value)),
    "loop": lambda handle, value, _: lib.livephoto_pipeline_set_loop(handle, bool(value)),
    "calibration": lambda handle, value, _: lib.livephoto_pipeline_set_calibration(handle, bool(value)),
    "negative_prompt": lambda handle, value, _: lib.livephoto_pipeline_set_negative_prompt(
        handle, _native.utf8(value, "negative_prompt")
    ),
}


def _shown(progress: Progress) -> tuple[Callable[[Step], object], Callable[[], object]]:
    """What to call with each step, and at the end."""
    if callable(progress):
        return progress, lambda: None
    if not progress:
        return lambda step: None, lambda: None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return lambda step: None, lambda: None
    bar: Any = tqdm(desc="livephoto", unit="step")

    def show(step: Step) -> None:
        bar.total = step.total
        bar.set_description(step.phase, refresh=False)
        bar.update(step.step - bar.n)

    return show, bar.close
