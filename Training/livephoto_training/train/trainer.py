"""Train a video model on simulated clips.

    python -m livephoto_training.train.trainer --config configs/mini.json --run checkpoints/mini --minutes 95
    torchrun --nproc-per-node 8 -m livephoto_training.train.trainer --config configs/mini.json --folder checkpoints/big --samples 4000000

The run's folder holds ``vae.safetensors``, ``tokenizer/``, ``levels.json`` (made by the other commands) and ``last.pt``, from which a
stopped run goes on. SIGTERM and SIGINT stop it cleanly.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections import defaultdict
from pathlib import Path

import torch
import torch.distributed as distributed
from safetensors.torch import load_file
from torch.nn.parallel import DistributedDataParallel

from ..model.configuration import Configuration
from ..model.initialisation import initialise
from ..model.livephoto import LivePhotoModel
from .clips import ClipPool, ClipSettings, collate
from .objective import Objective, ObjectiveWeights
from .state import Average, Budget, parameter_groups, rate_factor, save_atomically, trained_parameters

CHECKPOINT_SECONDS = 120
LOG_SECONDS = 30
#: Log columns: families that belong together.
GROUPS = {
    "pan": ("pan_left", "pan_right", "pan_up", "pan_down"), "zoom": ("zoom_in", "zoom_out"), "roll": ("roll_clockwise", "roll_counterclockwise"),
    "orbit": ("orbit_left", "orbit_right"), "move": ("move_left", "move_right", "move_up", "move_down"),
    "act": ("jump", "dance", "nod", "sway", "wiggle", "spin_clockwise", "spin_counterclockwise", "grow", "shrink", "breathe"),
    "nature": ("wind", "water", "clouds_left", "clouds_right", "smoke"),
}
GROUP_OF = {family: group for group, families in GROUPS.items() for family in families}


class Meter:
    """Sums of measurements between two log lines."""

    def __init__(self):
        self.sums: dict[str, float] = defaultdict(float)

    def add(self, measures: dict, families: list[str], times: torch.Tensor, worded: torch.Tensor) -> None:
        self.sums["clips"] += len(families)
        for name, values in measures.items():
            self.sums[name] += float(values.detach().sum())
        if "flow" not in measures:
            return
        # Flow that the words alone explain: noisy times only, clips that kept their text.
        for i, family in enumerate(families):
            if times[i] > 600 and worded[i]:
                for group in {"all", GROUP_OF.get(family, "all")}:
                    self.sums[f"flow/{group}"] += float(measures["flow"][i] / (measures["flow_size"][i] + 0.02)) if measures["flow_size"][i] > 0.05 else 0
                    self.sums[f"count/{group}"] += float(measures["flow_size"][i] > 0.05)

    def line(self) -> str:
        """Shares explained: of the flow by group, of the light, of the residual by motion and by everything."""
        s, clips = self.sums, max(self.sums["clips"], 1)
        if "flow" not in s:
            return f"loss {s['residual'] / clips:.4f}"
        flows = " ".join(f"{g} {1 - s[f'flow/{g}'] / max(s[f'count/{g}'], 1):.2f}" for g in ("all", *GROUPS))
        return (f"residual {s['residual'] / clips:.4f} (moved {1 - s['moved'] / max(s['unmoved'], 1e-9):.3f}, "
                f"content {1 - s['content_error'] / max(s['content_size'], 1e-9):.3f}) "
                f"words {s['word_weight'] / clips:.2f} bag {s['word_bag'] / clips:.2f} gradient {s['gradient'] / clips:.2f} light {1 - s['light'] / max(s['light_size'], 1e-9):.2f} | flow {flows}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", "--folder", dest="run", type=Path, required=True, help="folder of the run (torchrun takes only --folder)")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--minutes", type=float, help="budget in minutes of training time, all starts together")
    parser.add_argument("--samples", type=int, help="budget in clips")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--frames", type=int, default=4, help="frames of a clip that one sample shows")
    parser.add_argument("--longer", type=float, default=0.15, help="share of steps with half as many clips of twice as many frames")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--decay", type=float, default=0.01)
    parser.add_argument("--average", type=float, default=0.998)
    parser.add_argument("--text-drop", type=float, default=0.2)
    parser.add_argument("--reuse", type=float, default=2.0, help="how often a rendered clip is used")
    parser.add_argument("--freeze-image", action="store_true", help="train only what makes an image model a video model")
    parser.add_argument("--initial", type=Path, help="model folder to start from (image model for --freeze-image)")
    parser.add_argument("--half", action="store_true", help="products in bfloat16: about twice as fast where the processor has AVX-512 BF16")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


class Trainer:
    """One run: model, optimiser, average, clips, and the loop over them."""

    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else torch.device("cpu")
        if self.world > 1:
            distributed.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
        torch.set_num_threads(arguments.threads)
        self.config = Configuration.load(arguments.config)
        self.model = self.build_model()
        self.parameters = trained_parameters(self.model, arguments.freeze_image)
        self.objective = Objective(self.model, ObjectiveWeights(), arguments.half).to(self.device)
        self.average = Average(self.parameters, arguments.average)
        self.optimiser = torch.optim.AdamW(parameter_groups(self.parameters, arguments.rate, arguments.decay), betas=(0.9, 0.99), fused=True)
        self.step = self.samples = 0
        self.seconds = 0.0
        self.generator = torch.Generator().manual_seed(arguments.seed * 1000 + self.rank)
        first = self.resume()
        self.wrapped = DistributedDataParallel(self.objective, find_unused_parameters=True) if self.world > 1 else self.objective
        self.budget = Budget(arguments.run, arguments.minutes, arguments.samples)
        settings = ClipSettings(arguments.data, arguments.run / "tokenizer", arguments.run / "levels.json", self.config,
                                seed=arguments.seed * 1000 + self.rank, mix=arguments.run / "mix.json")
        self.pool = ClipPool(settings, first, reuse=arguments.reuse)
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, *_) -> None:
        self.stopping = True

    def build_model(self) -> LivePhotoModel:
        model = LivePhotoModel(self.config)
        initialise(model, self.arguments.seed)
        if self.arguments.initial:
            model.load_networks(self.arguments.initial)
        words = self.arguments.run / "words.safetensors"
        if words.exists():
            model.load_state_dict(load_file(words), strict=False)
        vae = self.arguments.run / "vae.safetensors"
        if vae.exists():
            model.vae.load_state_dict(load_file(vae))
        model.unet.to(memory_format=torch.channels_last)
        return model.to(self.device)

    def resume(self) -> int:
        """Read ``last.pt`` if there is one; the number of the next simulator batch."""
        path = self.arguments.run / "last.pt"
        if not path.exists():
            return 0
        state = torch.load(path, map_location="cpu", weights_only=False)
        self.model.load_state_dict(state["model"])
        for name, value in state["average"].items():
            self.average.values[name].copy_(value)
        self.average.updates = state["average_updates"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]
        self.generator.set_state(state["generators"][min(self.rank, len(state["generators"]) - 1)])
        return state["next_clip"]

    def save(self) -> None:
        if self.rank == 0:
            save_atomically({
                "model": self.model.state_dict(), "average": self.average.values, "average_updates": self.average.updates,
                "optimiser": self.optimiser.state_dict(), "step": self.step, "samples": self.samples, "seconds": self.seconds,
                "generators": [self.generator.get_state()], "next_clip": self.pool.next_number, "config": self.config.as_dict(),
            }, self.arguments.run / "last.pt")

    def train_step(self, meter: Meter, factor: float) -> None:
        # Now and then longer clips, so that the motion modules know more than a few neighbours.
        longer = float(torch.rand(1, generator=self.generator)) < self.arguments.longer
        clips, frames = (self.arguments.batch // 2, 2 * self.arguments.frames) if longer else (self.arguments.batch, self.arguments.frames)
        batch = collate(self.pool.batch(clips), frames, self.arguments.text_drop, self.generator)
        times = self.objective.draw_times(batch["is_content"], self.generator)
        cells = [side // self.config.vae_factor for side in batch["photo"].shape[-2:]]
        noise = torch.randn(clips, frames, self.config.vae.latent_channels, *cells, generator=self.generator)
        families, worded = batch.pop("family"), batch["ids"][:, 1] != self.model.eos
        batch = {k: v.to(self.device) for k, v in batch.items()}
        for group in self.optimiser.param_groups:
            group["lr"] = group["base_rate"] * factor
        loss, measures = self.wrapped(batch, times.to(self.device), noise.to(self.device))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        measures["gradient"] = torch.nn.utils.clip_grad_norm_(list(self.parameters.values()), 1.0).detach() * clips
        self.optimiser.step()
        self.average.update(self.parameters)
        self.step += 1
        self.samples += clips * self.world
        meter.add(measures, families, times, worded)

    def probe(self) -> str:
        """Whether the words are used: flow explained from pure noise with right and with wrong captions."""
        if self.model.unet.motion_head is None:
            return ""
        clips = self.pool.moving(12)
        batch = collate(clips, self.arguments.frames, 0.0, torch.Generator().manual_seed(1))
        batch = {k: v.to(self.device) for k, v in batch.items() if isinstance(v, torch.Tensor)}
        right, wrong = self.objective.flow_from_words(batch)
        return f" | from words: right {right:.2f} wrong {wrong:.2f}"

    def run(self) -> None:
        meter, last = Meter(), time.time()
        logged = saved = self.seconds
        logged_samples = self.samples
        while True:
            progress = self.budget.progress(self.samples, self.seconds)
            if self.world > 1:  # all ranks stop together
                flag = torch.tensor([float(self.stopping), progress], device=self.device)
                distributed.all_reduce(flag, distributed.ReduceOp.MAX)
                self.stopping, progress = bool(flag[0] > 0), float(flag[1])
            if self.stopping or progress >= 1:
                break
            factor = rate_factor(progress, self.step)
            self.train_step(meter, factor)
            self.seconds, last = self.seconds + time.time() - last, time.time()
            if self.seconds - logged >= LOG_SECONDS:
                pace = (self.samples - logged_samples) / (self.seconds - logged)
                left = self.seconds / max(progress, 1e-6) * (1 - progress) / 60
                if self.rank == 0:
                    print(f"{time.strftime('%H:%M:%S')} step {self.step} clips {self.samples} {pace:.1f}/s made {self.pool.produced} "
                          f"rate {factor:.2f} left {left:.0f} min | {meter.line()}{self.probe()}", flush=True)
                meter, logged, logged_samples = Meter(), self.seconds, self.samples
                self.budget.refresh()
            if self.seconds - saved >= CHECKPOINT_SECONDS:
                saved = self.seconds
                self.save()
        self.save()
        self.pool.stop()
        if self.rank == 0:
            print(f"{'stopped' if self.stopping else 'finished'} at step {self.step}, {self.samples} clips, {self.seconds / 60:.1f} min", flush=True)
        if self.world > 1:
            distributed.destroy_process_group()


def main() -> None:
    Trainer(parse()).run()


if __name__ == "__main__":
    main()
