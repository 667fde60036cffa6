"""The training objective: diffusion of new content and the masks of what moves; and the program of the motion (``train.program``).

Letters: B clips, F frames, C latent channels, h x w latent cells, K trajectories, T basis functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..model.livephoto import LivePhotoModel
from ..model.motion_heads import LayerPrediction
from ..model.motion_program import EFFECTS, WAVES, Program, basis, slices
from ..pipeline.schedule import NoiseSchedule

#: New content of one part in this many of a latent cell's area already makes the whole cell new.
CELL_OPACITY = 20.0


@dataclass
class ObjectiveWeights:
    """How the parts of the loss are weighed."""

    residual: float = 0.5
    content: float = 4.0  # further weight of the squared error where there is new content
    mask: float = 2.0
    overlap: float = 1.0
    depth: float = 1.0


def program_losses(program: Program, target: dict[str, Tensor], speed: Tensor) -> dict[str, Tensor]:
    """How far a program is from the simulator's, per clip [B]: form (each group at size 1), sizes, effects, and the smaller parts."""
    t = torch.linspace(0, 1, 16)
    error = torch.einsum("bkt,ft->bfk", program.shape - target["shape"], basis(t))  # [B, 16, K]
    active = target["active"].float()
    form = torch.zeros(len(error))
    for index, part in enumerate(slices().values()):
        square = error[..., part].square().sum(-1).mean(1)
        if index == 2:
            square = square + (program.wave_forms - target["waves"]).square().sum((1, 2))
        if index == 3:
            square = square + 0.1 * (program.sweep_form - target["sweep"]).square()
        form = form + (square + 1e-4).sqrt() + square
    start = 2 * len(WAVES)
    effects = F.binary_cross_entropy_with_logits(program.static[:, start:start + len(EFFECTS)], target["effects"], reduction="none").sum(-1)
    pivot = F.binary_cross_entropy_with_logits(program.static[:, -3], target["pivot"], reduction="none") * active[:, 1]
    others = (program.wind - target["wind"]).square() + (program.speed - speed).square()
    sizes = ((program.gain - target["sizes"]).abs() * active).sum(-1)
    return {"form": form, "effects": effects, "pivot": pivot, "others": others, "sizes": sizes}


def program_cost(parts: dict[str, Tensor], sizes: float = 0.3) -> Tensor:
    """The parts of ``program_losses`` together, per clip [B]."""
    return parts["form"] + parts["effects"] + 0.5 * parts["pivot"] + parts["others"] + sizes * parts["sizes"]


def mask_losses(logits: Tensor, masks: Tensor) -> dict[str, Tensor]:
    """Cross-entropy and lack of overlap of object and region, and error of depth, per clip [B]. Both [B, 3, h, w]."""
    crossed = F.binary_cross_entropy_with_logits(logits[:, :2], masks[:, :2], reduction="none").mean((2, 3))  # [B, 2]
    told, true = torch.sigmoid(logits[:, :2]), masks[:, :2]
    area = true.sum((2, 3))
    overlap = 1 - (2 * (told * true).sum((2, 3)) + 8) / (told.sum((2, 3)) + area + 8)
    return {"mask": crossed.sum(1), "overlap": (overlap * (area > 8)).sum(1), "depth": (torch.sigmoid(logits[:, 2]) - masks[:, 2]).abs().mean((1, 2))}


class Objective(nn.Module):
    """Loss and measurements of one batch; a module, so that DistributedDataParallel can wrap it."""

    def __init__(self, model: LivePhotoModel, weights: ObjectiveWeights = ObjectiveWeights(), half: bool = False):
        super().__init__()
        self.model, self.weights, self.half = model, weights, half
        schedule = NoiseSchedule(model.config.scheduler)
        self.prediction = model.config.scheduler.prediction_type
        self.register_buffer("alphas", torch.tensor(schedule.alphas_cumprod, dtype=torch.float32), persistent=False)

    def draw_times(self, is_content: Tensor, generator: torch.Generator) -> Tensor:
        """Training times: mostly noisy ones, evenly spread for clips with new content; and for half of the others almost pure noise, where the
        words and the photo are all there is."""
        uniform = torch.rand(len(is_content), generator=generator)
        draw = torch.where(is_content.cpu(), uniform, uniform.sqrt())
        pure = torch.rand(len(is_content), generator=generator) < 0.5
        draw = torch.where(pure & ~is_content.cpu(), 0.92 + 0.08 * uniform, draw)
        return (draw * len(self.alphas)).long().clamp(max=len(self.alphas) - 1)

    def forward(self, batch: dict, time: Tensor, noise: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """batch from ``collate``; time [B]; noise [B, F, C, h, w].

        Returns the loss and per-clip measurements [B]."""
        model, config, weights = self.model, self.model.config, self.weights
        scale = config.conditioning.residual_scale
        with torch.autocast(batch["photo"].device.type, dtype=torch.bfloat16, enabled=self.half):
            conditions = model.conditions(batch["photo"], batch["ids"], batch["level"], batch["progress"])
        with torch.no_grad():
            conditions.reference = model.vae.encode(batch["photo"] * 2 - 1)
            latents = model.encode_frames(batch["frames"])
            residual = config.conditioning.latent_space == "residual"
            target = (latents - conditions.reference[:, None]) / scale if residual else latents
            alpha = self.alphas[time].view(-1, 1, 1, 1, 1)
            noised = alpha.sqrt() * target + (1 - alpha).sqrt() * noise
        with torch.autocast(batch["photo"].device.type, dtype=torch.bfloat16, enabled=self.half):
            output = model.predict(noised, time.float(), conditions)
        output.sample = output.sample.float()
        if output.motion is None:
            return self.plain_loss(output.sample, target, noise, alpha)

        # The residual is asked for new content alone (flakes, drops, sparks). Asked for all that the motion misses, it paints a blurred
        # second guess of the move over the moved photo, which shows as halos in every sample.
        new = (batch["content"] * CELL_OPACITY).clamp(max=1)
        wanted = new * target
        error = (config.conditioning.residual_gain * output.sample - wanted).square().mean(2, keepdim=True)  # [B, F, 1, h, w]
        residual_loss = (error * (1 + weights.content * new)).mean()

        measured = {"residual": error.mean((1, 2, 3, 4)), "content_size": wanted.square().mean((1, 2, 3, 4))}
        masks_loss, measures = self.motion_loss(output.motion, batch)
        return weights.residual * residual_loss + masks_loss, {name: values.detach() for name, values in {**measured, **measures}.items()}

    def motion_loss(self, motion: LayerPrediction, batch: dict) -> tuple[Tensor, dict[str, Tensor]]:
        """Loss of the masks, and measurements per clip of masks and program."""
        weights = self.weights
        program = Program(motion.program.shape.float(), motion.program.static.float(), motion.program.gain.float())
        told = batch["told"].float()  # 0 where the words were dropped: nothing can be known then
        masks = mask_losses(motion.logits.float(), batch["masks"])
        loss = weights.depth * masks["depth"].mean() + (told * (weights.mask * masks["mask"] + weights.overlap * masks["overlap"])).mean()
        return loss, {**masks, **program_losses(program, batch["target"], batch["speed"])}

    @torch.no_grad()
    def told_from_noise(self, batch: dict) -> dict[str, float]:
        """What is known of unseen clips from pure noise: intersection over union of the masks, and how much of the form is explained."""
        noise = torch.randn(*batch["frames"].shape[:2], self.model.config.vae.latent_channels,
                            *(side // self.model.config.vae_factor for side in batch["photo"].shape[-2:]), generator=torch.Generator().manual_seed(5))
        time = torch.full((len(noise),), float(len(self.alphas) - 1))
        with torch.autocast(batch["photo"].device.type, dtype=torch.bfloat16, enabled=self.half):
            conditions = self.model.conditions(batch["photo"], batch["ids"], batch["level"], batch["progress"])
            motion = self.model.predict(noise, time, conditions).motion
        found = {}
        for index, name in enumerate(("object", "region")):
            told, true = torch.sigmoid(motion.logits[:, index].float()) > 0.5, batch["masks"][:, index] > 0.5
            here = true.sum((1, 2)) > 8
            union = (told | true).sum((1, 2)).clamp(min=1)
            found[name] = float(((told & true).sum((1, 2)) / union)[here].mean()) if here.any() else float("nan")
            found[name + " false"] = float(told[~here].float().mean()) if (~here).any() else float("nan")
        program = Program(motion.program.shape.float(), motion.program.static.float(), motion.program.gain.float())
        parts = program_losses(program, batch["target"], batch["speed"])
        found["form"], found["effects"] = float(parts["form"].mean()), float(parts["effects"].mean())
        return found

    def plain_loss(self, sample: Tensor, target: Tensor, noise: Tensor, alpha: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The paper's objective: no motion head, plain squared error of the network's own prediction type."""
        wanted = {"sample": target, "epsilon": noise, "v_prediction": alpha.sqrt() * noise - (1 - alpha).sqrt() * target}[self.prediction]
        error = (sample - wanted).square().mean((1, 2, 3, 4))
        return error.mean(), {"residual": error.detach()}
