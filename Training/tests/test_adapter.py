"""Adapter training over a tiny random image model: frozen base, levels from the data, resume, export."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from livephoto_training.data.captioned import CaptionedClips, find_clips
from livephoto_training.export.tiny import configuration, random_model, tiny_tokenizer
from livephoto_training.model.base import ZERO_PARTS, animatediff_motion_name, diffusers_motion_name
from livephoto_training.model.livephoto import LivePhotoModel
from livephoto_training.train.adapter import main


@pytest.fixture
def workplace(tmp_path):
    """An image model in diffusers' layout, DINOv2, and six clips that move at their own speeds."""
    config = configuration(latent=True)
    model = random_model(config, 3)
    base = tmp_path / "base"
    for name, file in {"text_encoder": "text_encoder/model", "vae": "vae/diffusion_pytorch_model", "unet": "unet/diffusion_pytorch_model"}.items():
        (base / file).parent.mkdir(parents=True)
        state = {k: v.clone().contiguous() for k, v in getattr(model, name).state_dict().items()}
        if name == "text_encoder":
            state = {f"text_model.{k}": v for k, v in state.items()}
        if name == "unet":
            state = {k: v for k, v in state.items() if not any(p in k for p in (*ZERO_PARTS, "norm_img", "content_proj"))}
            state["conv_in.weight"] = state["conv_in.weight"][:, :4].contiguous()
        save_file(state, base / f"{file}.safetensors")
    (base / "tokenizer").mkdir()
    tiny_tokenizer(config.text_encoder.vocab_size, config.tokenizer.max_length).save(base / "tokenizer")
    save_file({k: v.contiguous() for k, v in model.content_encoder.state_dict().items()}, tmp_path / "dino.safetensors")
    config.save(tmp_path / "config.json")
    clips = tmp_path / "clips"
    clips.mkdir()
    wide = np.random.default_rng(0).integers(0, 255, (12, 40, 3), dtype=np.uint8)
    for number in range(6):
        frames = [Image.fromarray(np.roll(wide, n * (number + 1), 1)).resize((160, 48), Image.BILINEAR) for n in range(24)]
        frames[0].save(clips / f"clip{number}.png", save_all=True, append_images=frames[1:], duration=40)
        (clips / f"clip{number}.txt").write_text(f"the camera pans {'left' if number % 2 else 'right'}\n")
    return tmp_path, model


def arguments(place, out, *more):
    return ["--config", str(place / "config.json"), "--base", str(place / "base"), "--content", str(place / "dino.safetensors"),
            "--data", str(place / "clips"), "-o", str(place / out), "--gaps", "1", "4", "--level-samples", "10", "--batch", "2",
            "--warmup", "2", "--rate", "1e-3", "--samples", "0", *more]


def train(place, out, *more):
    return main(arguments(place, out, *more))


def test_training_resumes_and_exports(workplace):
    place, image_model = workplace
    whole = train(place, "whole", "--steps", "4", "--samples", "1", "--sample-steps", "1", "--export-folder", str(place / "model"))
    (place / "parts").mkdir()
    shutil.copy(place / "whole/levels.json", place / "parts")
    train(place, "parts", "--steps", "2")
    parts = train(place, "parts", "--steps", "4")
    for name, value in whole.parameters.items():
        assert torch.equal(value, parts.parameters[name]), name
    # The image model is what it was; what is trained has moved.
    base = {k: v for k, v in image_model.state_dict().items() if k.startswith(("vae.", "text_encoder.", "content_encoder."))}
    own = whole.model.state_dict()
    assert base and all(torch.equal(v, own[k]) for k, v in base.items())
    assert own["unet.down_blocks.1.motion_modules.0.proj_out.weight"].abs().max() > 0
    assert torch.equal(own["unet.down_blocks.0.resnets.0.conv1.weight"], image_model.state_dict()["unet.down_blocks.0.resnets.0.conv1.weight"])
    assert list((place / "whole").glob("samples-*.png"))

    state = load_file(place / "whole/adapter.safetensors")
    assert state["conv_in.weight"].shape[1] == 10 and "content_proj.weight" in state and "text_reweight.head.weight" in state
    assert any("temporal_transformer.transformer_blocks.0.attention_blocks.1.to_q" in k for k in state)
    assert not any("resnets" in k or "attn1" in k for k in state)
    with safe_open(place / "whole/adapter.safetensors", "pt") as file:
        metadata = file.metadata()
    assert json.loads(metadata["livephoto.channels"]) == ["noise", "reference", "frame", "intensity"]
    edges = json.loads(metadata["livephoto.intensity_edges"])
    assert len(edges) == 9 and edges == sorted(edges, reverse=True)
    # The exported folder is the trained model.
    exported = LivePhotoModel.load(place / "model")
    for (name, ours), theirs in zip(exported.unet.state_dict().items(), whole.model.unet.state_dict().values()):
        assert torch.allclose(ours, theirs, atol=2e-3, rtol=2e-3), name


def test_two_processes_train_as_one(workplace):
    place, _ = workplace

    def together(*more):
        subprocess.run([sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m",
                        "livephoto_training.train.adapter", *arguments(place, "two", *more)],
                       check=True, cwd=Path(__file__).parent.parent, env={**os.environ, "OMP_NUM_THREADS": "1"}, timeout=300)

    together("--steps", "2")
    together("--steps", "4")  # goes on where it stopped
    one = train(place, "one", "--steps", "4", "--batch", "4")
    state = torch.load(place / "two/last.pt", weights_only=True)
    assert state["step"] == 4 and (place / "two/adapter.safetensors").exists()
    assert json.loads((place / "two/levels.json").read_text()) == json.loads((place / "one/levels.json").read_text())
    for name, value in one.parameters.items():
        # Sums in another order: where a gradient is nothing but rounding, Adam makes a step of either sign of it.
        assert (value.detach() - state["trained"][name]).abs().mean() < 2e-5, name


def test_new_parts_have_no_effect_at_first(workplace):
    place, _ = workplace
    run = train(place, "start", "--steps", "1", "--rate", "0")
    unet = run.model.unet
    assert unet.conv_in.weight[:, 4:].abs().max() == 0 and unet.conv_in.weight[:, :4].abs().max() > 0
    assert all(m.weight.abs().max() == 0 for n, m in unet.named_modules() if n.endswith(("attn_img.to_out.0",)) or "motion" in n and n.endswith("proj_out"))


def test_a_table_names_clips_as_webvid_does(tmp_path):
    (tmp_path / "part").mkdir()
    Image.new("RGB", (16, 16)).save(tmp_path / "part/7.mp4", "PNG")
    (tmp_path / "table.csv").write_text("videoid,contentUrl,duration,page_dir,name\n7,x,PT1S,part,\"a dog, running\"\n8,x,PT1S,part,gone\n")
    (clip,) = find_clips(tmp_path / "table.csv")
    assert clip.path == tmp_path / "part/7.mp4" and clip.caption == "a dog, running"


def test_drawing_depends_on_the_number_alone_and_levels_are_even(workplace):
    place, _ = workplace
    clips = CaptionedClips(find_clips(place / "clips"), 6, 48, (1, 4), 5)
    first, again = clips.draw(3), clips.draw(3)
    assert torch.equal(first[0], again[0]) and first[1:] == again[1:] and first[0].shape == (6, 3, 48, 48)
    assert len({clips.draw(n)[2] for n in range(5)}) > 2
    values = torch.tensor([clips.draw((1 << 40) + n)[2] for n in range(20)])
    levels = clips.levels(20).level(values).round().int().tolist()
    assert set(levels) == set(range(1, 11)) and max(np.bincount(levels)) <= 4


def test_videos_are_read(tmp_path):
    cv2 = pytest.importorskip("cv2")
    writer = cv2.VideoWriter(str(tmp_path / "a.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 8, (64, 48))
    for n in range(20):
        writer.write(np.full((48, 64, 3), (0, 0, 10 * n), np.uint8))
    writer.release()
    (tmp_path / "a.txt").write_text("it gets redder")
    frames, caption, _ = CaptionedClips(find_clips(tmp_path), 6, 32, (2, 2), 1).draw(0)
    red = frames[:, 0].float().mean((1, 2))
    assert caption == "it gets redder" and frames[:, 1:].float().mean() < 8 and bool((red.diff() > 10).all())


def test_motion_names_go_both_ways():
    for key in ("down_blocks.0.motion_modules.1.norm.weight", "mid_block.motion_modules.0.transformer_blocks.0.attn2.to_out.0.bias",
                "up_blocks.3.motion_modules.2.transformer_blocks.0.norm3.weight", "up_blocks.1.motion_modules.0.proj_out.weight",
                "up_blocks.1.motion_modules.0.transformer_blocks.0.norm1.weight"):
        assert diffusers_motion_name(animatediff_motion_name(key)) == key
    assert animatediff_motion_name("up_blocks.0.motion_modules.2.transformer_blocks.0.norm3.bias") == (
        "up_blocks.0.motion_modules.2.temporal_transformer.transformer_blocks.0.ff_norm.bias")
