"""Teach the masks of what the words name, beside a finished video UNet.

Two lessons go on together: stills with their masks (``stills.py``), and captions with the names of the content encoder's thousand classes and of
what those are kinds of, which teach the mask U-Net's query what such a thing looks like to it.

    python -m livephoto_training.train.masks --config configs/mini.json --run checkpoints/mini/masks --initial checkpoints/mini/video --minutes 90

The run's folder holds ``vae.safetensors``, ``tokenizer/``, ``words.safetensors``, ``program.safetensors``, and ``content_encoder.safetensors``
and ``concepts.npz`` of ``data.image_network``.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data.image_network import Concepts
from ..model.livephoto import LivePhotoModel
from .clips import ClipPool
from .objective import ObjectiveWeights, mask_losses
from .stills import StillSource, collate_stills, draw_forever
from .trainer import Meter, Trainer, parser

#: Of the batches that the video UNet looks at too: the masks must stand without it, and do not wait for it.
TRUNK_SHARE = 0.15
CONCEPT_WEIGHT = 0.15
UNSEEN = 96  # stills to probe with


class MaskObjective(nn.Module):
    """Loss and measurements of one batch; a module, so that DistributedDataParallel can wrap it."""

    def __init__(self, model: LivePhotoModel, concepts: Concepts | None, half: bool = False):
        super().__init__()
        self.model, self.weights, self.half = model, ObjectiveWeights(), half
        if concepts is not None:
            members = torch.from_numpy(concepts.members).float()
            self.register_buffer("members", members / members.sum(1, keepdim=True), persistent=False)
            self.register_buffer("prototypes", torch.from_numpy(concepts.prototypes).float(), persistent=False)

    def forward(self, batch: dict[str, Tensor], trunk: bool) -> tuple[Tensor, dict[str, Tensor]]:
        """``trunk``: the video UNet looks too, not the masks' own eyes alone. Returns the loss and measurements per still [B]."""
        weights, told = self.weights, batch["told"].float()  # 0 where the words were dropped: nothing can be known then
        masks = mask_losses(self.logits(batch, trunk), batch["masks"])
        loss = weights.depth * masks["depth"].mean() + (told * (weights.mask * masks["mask"] + weights.overlap * masks["overlap"])).mean()
        if "concept" in batch:
            masks["concept"] = self.concept_loss(batch["concept_ids"].flatten(0, 1), batch["concept"].flatten()).unflatten(0, (len(told), -1)).mean(1)
            loss = loss + CONCEPT_WEIGHT * masks["concept"].mean()
        return loss, {name: values.detach() for name, values in masks.items()}

    def logits(self, batch: dict[str, Tensor], trunk: bool, time: Tensor | None = None) -> Tensor:
        """What the masks' network says, [B, 3, H / 2, W / 2]; beside the video UNet at noise of any time."""
        model, photo = self.model, batch["photo"]
        b, cells = len(photo), [side // model.config.vae_factor for side in photo.shape[-2:]]
        with torch.autocast(photo.device.type, dtype=torch.bfloat16, enabled=self.half):
            if trunk:
                level = 1 + 9 * torch.rand(b, device=photo.device)
                conditions = model.conditions(photo, batch["ids"], level, torch.rand(b, 1, device=photo.device))
                noise = torch.randn(b, 1, model.config.vae.latent_channels, *cells, device=photo.device)
                time = torch.randint(model.config.scheduler.num_train_timesteps, (b,), device=photo.device) if time is None else time
                return model.predict(noise, time.float(), conditions).motion.logits.float()
            with torch.no_grad():
                text, bag, _ = model.encode_text(batch["ids"], photo.new_full((b, 1), 0.5))
                tokens, pyramid = model.look(photo)
                content = model.unet.content_proj(tokens)
                features = photo.new_zeros(b, model.unet.config.block_out_channels[0], *cells)
            return model.unet.motion_head.photo(pyramid, features, bag[:, 0], text[:, 0], content).float()

    def concept_loss(self, ids: Tensor, concept: Tensor) -> Tensor:
        """How badly the query tells the named classes from the others, per caption [B]."""
        with torch.no_grad():
            text, _, _ = self.model.encode_text(ids, torch.full(ids.shape[:1] + (1,), 0.5, device=ids.device))
        query = self.model.unet.motion_head.photo.query(text[:, 0])
        return F.cross_entropy(query @ self.prototypes.T, self.members[concept], reduction="none")

    @torch.no_grad()
    def found(self, batch: dict[str, Tensor]) -> dict[str, float]:
        """Intersection over union of the masks of some stills, and what is marked where nothing is."""
        logits, result = self.logits(batch, False), {}
        for index, name in enumerate(("object", "region")):
            told, true = logits[:, index] > 0, batch["masks"][:, index] > 0.5
            here = true.sum((1, 2)) > 8
            union = (told | true).sum((1, 2)).clamp(min=1)
            result[name] = float(((told & true).sum((1, 2)) / union)[here].mean()) if here.any() else float("nan")
            result[name + " false"] = float(told[~here].float().mean()) if (~here).any() else float("nan")
        return result


class MasksTrainer(Trainer):
    """The same loop over stills."""

    def make_objective(self) -> nn.Module:
        path = self.arguments.run / "concepts.npz"
        return MaskObjective(self.model, Concepts.load(path) if path.exists() else None, self.arguments.half)

    def make_pool(self, first: int) -> ClipPool:
        return ClipPool(self.settings, first, capacity=2400, reuse=self.arguments.reuse, render=draw_forever, processes=self.arguments.processes)

    def train_step(self, meter: Meter, factor: float) -> None:
        batch = collate_stills(self.pool.batch(self.arguments.batch), self.arguments.text_drop, self.generator, self.device)
        trunk = float(torch.rand(1, generator=self.generator)) < TRUNK_SHARE
        self.update(factor, batch, trunk, meter=meter, counted=batch["told"])

    def probe(self) -> str:
        """What is found in unseen stills, of unseen cut-outs in unseen wordings."""
        if self.unseen is None:
            source = StillSource(self.settings, None, 77, "eval")
            self.unseen = [collate_stills([{k: v[i] for k, v in batch.items()} for i in range(len(batch["family"]))], 0.0, self.generator, self.device)
                           for batch in (source.batch(number, 77) for number in range(UNSEEN // self.settings.batch))]
        found = [self.objective.found(batch) for batch in self.unseen]
        values = {name: [part[name] for part in found if part[name] == part[name]] for name in found[0]}
        return " | unseen: " + " ".join(f"{name} {sum(value) / max(len(value), 1):.2f}" for name, value in values.items())


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--reuse", type=float, default=2.0, help="how often a still is used")
    arguments.add_argument("--processes", type=int, default=1, help="that draw stills")
    arguments.set_defaults(batch=24, average=0.997, text_drop=0.05)
    options = arguments.parse_args()
    options.masks_only, options.freeze_image, options.pairs = True, False, 1
    MasksTrainer(options).run()


if __name__ == "__main__":
    main()
