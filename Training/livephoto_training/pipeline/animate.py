"""The reference pipeline: a photo and a sentence to the frames of a clip, exactly as Models/FORMAT.md says.

Slow, plain, and the measure of the Swift engine: ``trace`` receives every intermediate result that the golden fixtures hold.

Letters: F frames, C latent channels, H x W working pixels, h x w latent cells, L tokens, D text width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..model.livephoto import Conditions, LivePhotoModel
from ..model.motion_field import move, scaled_motion
from ..model.tokenizer import Tokenizer
from ..model.motion_program import Program
from ..model.transformer import MotionModule
from ..model.motion_heads import LayerPrediction, MotionPrediction
from ..model.unet import UNetOutput
from . import conditioners
from .noise import clip_noise
from .samplers import SAMPLERS, DDIMInverter
from .schedule import NoiseSchedule

Trace = Callable[[str, object], None]


@dataclass
class Request:
    """What a user asks for; None takes the model's default."""

    prompt: str = ""
    negative: str | None = None
    level: float | None = None
    frames: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str | None = None
    seed: int = 0
    guidance_rescale: float | None = None
    loop: bool = False


@dataclass
class Prediction:
    """One step's guided output: the sampler's target, and what it was made of."""

    output: Tensor  # in the schedule's prediction type, [F, C, h, w]
    motion: MotionPrediction | None = None
    base: Tensor | None = None  # E(moved photo), [F, C, h, w]


def working_size(width: int, height: int, area: int, multiple: int, minimum_side: int, maximum_side: int) -> tuple[int, int]:
    """(H, W) of about ``area`` pixels with the photo's proportions."""
    k = math.sqrt(area / (width * height))
    sides = (int(math.floor(k * side / multiple + 0.5)) * multiple for side in (height, width))
    return tuple(min(max(side, minimum_side), maximum_side) for side in sides)


class Animator:
    """Animates photos with one model."""

    def __init__(self, model: LivePhotoModel, tokenizer: Tokenizer, trace: Trace | None = None):
        self.model, self.config, self.tokenizer = model.eval(), model.config, tokenizer
        self.schedule = NoiseSchedule(self.config.scheduler)
        self.trace = trace or (lambda name, value: None)
        self.head = self.config.unet.motion_head
        self.residual_space = self.config.conditioning.latent_space == "residual"
        self.anchored = bool(self.config.composition.get("anchor_first_frame", False))

    @torch.no_grad()
    def animate(self, photo: np.ndarray, request: Request) -> np.ndarray:
        """Photo uint8 [H, W, 3] to frames uint8 [F, H, W, 3]."""
        defaults = self.config.defaults
        frames = request.frames or self.config.frames.default
        steps = request.steps or defaults.steps
        guidance = defaults.guidance if request.guidance is None else request.guidance
        level = self.config.intensity.default if request.level is None else request.level
        negative = conditioners.negative_prompt(self.config) if request.negative is None else request.negative
        self.level, self.loops = float(level), request.loop
        self.rescale = defaults.get("guidance_rescale", 0.0) if request.guidance_rescale is None else request.guidance_rescale
        for module in self.model.unet.modules():
            if isinstance(module, MotionModule):
                module.scale = conditioners.motion_scale(self.config, self.level)

        full = torch.from_numpy(photo.astype(np.float32) / 255).permute(2, 0, 1)[None]  # [1, 3, H', W']
        self.photo = self.resized(full)
        self.trace("photo_working", self.photo)
        conditions = [self.conditions(text, level, frames) for text in ([request.prompt] if guidance == 1 else [negative, request.prompt])]
        self.times = conditions[-1].progress
        self.trace_conditions(request.prompt, conditions[-1])

        sampler = SAMPLERS[SAMPLER_NAMES.get(request.sampler or defaults.sampler, request.sampler or defaults.sampler)](
            self.schedule, steps, lambda index: self.fresh_noise(conditions[-1].reference, frames, request.seed, index))
        first = steps - conditioners.steps_taken(self.config, steps)
        u = self.starting_noise(conditions[-1].reference, level, frames, request.seed, sampler.times)
        self.trace("start", u)
        u = self.begun(u, conditions[-1].reference, sampler, first)
        for index in range(first, steps):
            prediction = self.predict(sampler.model_input(u, index), sampler.times[index], conditions, guidance, index, first=index == first)
            clean = sampler.original(u, prediction.output, index)
            u = sampler.step(u, prediction.output, index)
            if index == first:
                self.trace("u_after_first_step", u)
        self.trace("u", u)
        return self.compose(full, clean, prediction, conditions[-1].reference)

    # Before the steps

    def resized(self, full: Tensor) -> Tensor:
        """The photo at the working size [1, 3, H, W]."""
        settings = self.config.working
        size = working_size(full.shape[3], full.shape[2], settings.area, settings.multiple, settings.minimum_side, settings.maximum_side)
        return F.interpolate(full, size=size, mode="bilinear", align_corners=False, antialias=True)

    def conditions(self, text: str, level: float, frames: int) -> Conditions:
        """What the network is told, for one prompt."""
        progress = torch.linspace(0, 1, frames)[None] if frames > 1 else torch.zeros(1, 1)
        return self.model.conditions(self.photo, self.tokenizer.batch([text]), torch.tensor([float(level)]), progress)

    def trace_conditions(self, prompt: str, conditions: Conditions) -> None:
        ids = self.tokenizer.batch([prompt])
        states, bag, weights = self.model.encode_text(ids, conditions.progress)
        for name, value in (("ids", ids), ("text_states", states), ("text_bag", bag), ("word_weights", weights),
                            ("content_tokens", conditions.content), ("reference", conditions.reference)):
            if value is not None:
                self.trace(name, value[0])

    def starting_noise(self, reference: Tensor, level: float, frames: int, seed: int, times: list[float]) -> Tensor:
        """Prior inversion (paper eq. 6): noise that leans towards the photo's own."""
        _, c, h, w = reference.shape
        noise = torch.from_numpy(clip_noise(seed, frames, h, w, c, bool(self.config.conditioning.zero_mean_noise)))
        self.trace("noise", noise)
        prior = self.config.prior
        if not prior or prior.mode == "off":
            return noise
        start = torch.zeros_like(reference) if self.residual_space else reference
        inverted = start if prior.mode == "latent" else self.inverted(start, level, times)
        self.trace("inverted", inverted[0])
        place = torch.linspace(0, 1, frames) if frames > 1 else torch.zeros(1)
        alpha = (prior.alpha_first + (prior.alpha_last - prior.alpha_first) * place).view(-1, 1, 1, 1)
        rest = (1 - alpha ** 2).sqrt() if prior.variance_preserving else 1 - alpha
        return alpha * inverted + rest * noise

    def begun(self, noise: Tensor, reference: Tensor, sampler, first: int) -> Tensor:
        """u before the first step: noise, or the photo with noise on it where the run begins later."""
        if first == 0:
            return noise * sampler.initial_scale
        signal, rest = sampler.mixture(first)
        return signal * (torch.zeros_like(reference) if self.residual_space else reference) + rest * noise

    def fresh_noise(self, reference: Tensor, frames: int, seed: int, step: int) -> Tensor:
        """What a step adds, [F, C, h, w]."""
        _, c, h, w = reference.shape
        return torch.from_numpy(clip_noise(seed, frames, h, w, c, bool(self.config.conditioning.zero_mean_noise), 1, step))

    def inverted(self, u: Tensor, level: float, times: list[float]) -> Tensor:
        """DDIM inversion of the photo as a clip of one frame, with the empty prompt."""
        conditions = self.conditions("", level, 1)
        inverter = DDIMInverter(self.schedule, times)
        for index, time in enumerate(inverter.times):
            output = self.model.predict(u[None], torch.tensor([float(time)]), conditions).sample[0]
            if self.head:
                output = self.config.conditioning.residual_gain * output
                output = output if self.residual_space else conditions.reference + output
            u = inverter.step(u, output, index)
        return u

    # Steps

    def evaluate(self, u: Tensor, time: float, conditions: Conditions, step: int) -> UNetOutput:
        """The network's output for all frames; a long or closed clip goes through it in parts, whose overlaps are mixed."""
        frames, settings = len(u), self.config.frames
        window = settings.get("window", settings.maximum)
        channels = conditioners.network_input(self.config, u, conditions.reference, self.level, self.loops)
        if self.head or not self.config.unet.use_motion_modules or frames == 1 or not (self.loops or frames > window):
            return self.network(channels, time, conditions, list(range(frames)))
        total, weights = torch.zeros(frames, self.config.unet.out_channels, *u.shape[2:]), torch.zeros(frames, 1, 1, 1)
        for part in conditioners.stretches(frames, window, settings.get("overlap", window // 4), self.loops, step):
            weight = conditioners.pyramid(len(part)).view(-1, 1, 1, 1)
            total[part] += weight * self.network(channels[part], time, conditions, part).sample[0]
            weights[part] += weight
        return UNetOutput((total / weights)[None], None)

    def network(self, channels: Tensor, time: float, conditions: Conditions, part: list[int]) -> UNetOutput:
        """One pass for some frames of the clip, which count from 0 in it. channels [n, C_in, h, w]"""
        progress = torch.linspace(0, 1, len(part))[None] if len(part) > 1 else torch.zeros(1, 1)
        return self.model.unet(
            channels[None], torch.tensor([float(time)]), self.model.motion_positions(progress), conditions.progress[:, part],
            conditions.level[:, part], conditions.text[:, part], conditions.text_bag[:, part], conditions.content,
            conditions.pyramid)

    def predict(self, u: Tensor, time: float, conditions: list[Conditions], guidance: float, step: int, first: bool) -> Prediction:
        """The guided output in the schedule's prediction type."""
        outputs = [self.evaluate(u, time, c, step) for c in conditions]
        output = outputs[0] if len(outputs) == 1 else guided(outputs[0], outputs[1], guidance, self.rescale)
        if first:
            self.trace("first_e", outputs[-1].sample[0])
            if isinstance(output.motion, LayerPrediction):
                program = outputs[-1].motion.program
                for name, value in (("logits", outputs[-1].motion.logits), ("shape", program.shape), ("static", program.static), ("gain", program.gain)):
                    self.trace(f"first_{name}", value[0])
            elif output.motion is not None:
                self.trace("first_motion_dense", outputs[-1].motion.dense[0])
                self.trace("first_motion_affine", outputs[-1].motion.affine[0])
        if output.motion is None:
            return Prediction(output.sample[0])
        moved = self.model.moved_photo(self.photo, output.motion, self.anchored, times=conditions[0].progress)
        base = self.model.encode_frames(moved)[0]  # [F, C, h, w]
        if first:
            self.trace("first_moved", moved[0])
            self.trace("first_base", base)
        reference, settings = conditions[0].reference, self.config.conditioning
        clean = base + 0
        if self.residual_space:
            clean = (base - reference) / settings.residual_scale
        clean = clean + settings.residual_gain * output.sample[0]
        if self.anchored:
            clean[0] = 0 if self.residual_space else reference[0]
        return Prediction(clean, output.motion, base)

    # After the steps

    def compose(self, full: Tensor, clean: Tensor, prediction: Prediction, reference: Tensor) -> np.ndarray:
        """The frames at the photo's own size."""
        size = tuple(full.shape[2:])
        latents = reference + self.config.conditioning.residual_scale * clean if self.residual_space else clean
        self.trace("latents", latents)
        decoded = self.model.vae.decode(latents)  # [F, 3, H, W]
        if prediction.motion is None:
            frames = F.interpolate(((decoded + 1) / 2).clamp(0, 1), size=size, mode="bilinear", align_corners=False)
        elif isinstance(prediction.motion, LayerPrediction):
            # The plain composition, at the working size: what previews show. The engine's final frames have finer masks, plates with texture,
            # a size calibrated to the intensity, and drawn content.
            added = self.new_content(decoded, prediction)
            frames = (self.model.moved_photo(self.photo, prediction.motion, self.anchored, times=self.times)[0] + added).clamp(0, 1)
            if self.anchored:
                frames[0] = self.photo[0]
        else:
            added = self.new_content(decoded, prediction)
            added = F.interpolate(added, size=size, mode="bilinear", align_corners=False)
            flow, gain = scaled_motion(prediction.motion, size, self.head.flow_scale, self.head.light_scale, self.anchored)
            self.trace("flow", flow[0])
            moved = torch.cat([move(full, flow[:, n:n + 1], gain[:, n:n + 1], self.config.composition.border, "bicubic")[0]
                               for n in range(flow.shape[1])])
            frames = (moved + added).clamp(0, 1)
            if self.anchored:
                frames[0] = full[0]
        pixels = (frames.permute(0, 2, 3, 1).double() * 255 + 0.5).floor().clamp(0, 255).to(torch.uint8).numpy()
        self.trace("frames", pixels)
        return pixels


    def new_content(self, decoded: Tensor, prediction: Prediction) -> Tensor:
        """What the decoder adds to the moved photo, [F, 3, H, W]."""
        added = (decoded - self.model.vae.decode(prediction.base)) / 2
        added = added.sign() * (added.abs() - self.config.composition.residual_threshold).clamp(min=0)
        self.trace("added", added)
        return added


#: config.json's names of samplers that the command line spells otherwise.
SAMPLER_NAMES = {"dpmpp_2m": "dpm++2m", "dpmpp_2m_karras": "dpm++2m-karras", "euler_a": "euler-a"}


def guided(negative: UNetOutput, positive: UNetOutput, guidance: float, rescale: float = 0.0) -> UNetOutput:
    """negative + guidance (positive - negative), on everything the network says; the sample's spread brought back by ``rescale``."""
    def mix(n: Tensor, p: Tensor) -> Tensor:
        return n + guidance * (p - n)

    motion = None
    if isinstance(positive.motion, LayerPrediction):
        n, p = negative.motion.program, positive.motion.program
        program = Program(mix(n.shape, p.shape), mix(n.static, p.static), mix(n.gain, p.gain))
        motion = LayerPrediction(mix(negative.motion.logits, positive.motion.logits), program)
    elif positive.motion is not None:
        motion = MotionPrediction(mix(negative.motion.dense, positive.motion.dense), mix(negative.motion.affine, positive.motion.affine))
    sample = mix(negative.sample, positive.sample)
    if rescale > 0:
        sample = rescale * sample * positive.sample.std() / sample.std() + (1 - rescale) * sample
    return UNetOutput(sample, motion)
