"""The networks against diffusers and transformers: same tensor names, same numbers. Skipped where those are not installed."""

import pytest
import torch

from livephoto_training.export.tiny import configuration, random_model
from livephoto_training.model.configuration import Configuration
from livephoto_training.model.content_encoder import ContentEncoder
from livephoto_training.model.autoencoder import Autoencoder
from livephoto_training.model.text_encoder import TextEncoder
from livephoto_training.model.unet import VideoUNet

TOLERANCE = 2e-5


def close(ours: torch.Tensor, theirs: torch.Tensor) -> bool:
    return (ours - theirs).abs().max().item() < TOLERANCE * max(1.0, theirs.abs().max().item())


@torch.no_grad()
@pytest.mark.parametrize("heads", [2, 4])
def test_unet_is_diffusers_motion_unet(heads):
    diffusers = pytest.importorskip("diffusers")
    torch.manual_seed(0)
    theirs = diffusers.UNetMotionModel(
        in_channels=10, out_channels=4, down_block_types=("CrossAttnDownBlockMotion", "CrossAttnDownBlockMotion", "DownBlockMotion"),
        up_block_types=("UpBlockMotion", "CrossAttnUpBlockMotion", "CrossAttnUpBlockMotion"), block_out_channels=(8, 16, 16), layers_per_block=2,
        norm_num_groups=4, cross_attention_dim=12, num_attention_heads=heads, motion_num_attention_heads=heads, use_motion_mid_block=True,
        motion_max_seq_length=24).eval()
    for parameter in theirs.parameters():
        parameter.normal_(0, 0.15)
    config = Configuration({
        "in_channels": 10, "out_channels": 4, "block_out_channels": [8, 16, 16], "layers_per_block": 2,
        "down_block_types": ["CrossAttnDownBlockMotion", "CrossAttnDownBlockMotion", "DownBlockMotion"],
        "up_block_types": ["UpBlockMotion", "CrossAttnUpBlockMotion", "CrossAttnUpBlockMotion"],
        "num_attention_heads": heads, "cross_attention_dim": 12, "norm_num_groups": 4, "norm_eps": 1e-5,
        "resnet_time_scale_shift": "default", "resnet_norm_scope": "frame", "use_motion_modules": True, "use_motion_mid_block": True,
        "motion_num_attention_heads": heads, "motion_norm_scope": "clip", "motion_positions": "index"})
    ours = VideoUNet(config, 12).eval()
    ours.load_state_dict({k: v for k, v in theirs.state_dict().items() if "pos_embed" not in k}, strict=True)
    frames, height, width = 5, 10, 14  # sides that do not halve evenly
    x, text, time = torch.randn(1, frames, 10, height, width), torch.randn(1, 7, 12), torch.tensor([321.0])
    expected = theirs(x.transpose(1, 2), time, encoder_hidden_states=text.expand(frames, -1, -1)).sample.transpose(1, 2)
    zeros = torch.zeros(1, frames)
    got = ours(x, time, torch.arange(frames)[None].float(), zeros, zeros, text[:, None].expand(1, frames, 7, 12)).sample
    assert close(got, expected)


@torch.no_grad()
def test_autoencoder_is_diffusers_autoencoder():
    diffusers = pytest.importorskip("diffusers")
    torch.manual_seed(0)
    theirs = diffusers.AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3, block_out_channels=(4, 8, 8), layers_per_block=2,
        latent_channels=4, norm_num_groups=2).eval()
    for parameter in theirs.parameters():
        parameter.normal_(0, 0.2)
    ours = Autoencoder(Configuration({
        "in_channels": 3, "out_channels": 3, "latent_channels": 4, "block_out_channels": [4, 8, 8], "layers_per_block": 2, "norm_num_groups": 2,
        "mid_block_add_attention": True, "use_quant_conv": True, "use_post_quant_conv": True, "scaling_factor": 0.18215, "kl_encoder": True})).eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    pixels = torch.rand(2, 3, 24, 16) * 2 - 1
    latents = theirs.encode(pixels).latent_dist.mean * 0.18215
    assert close(ours.encode(pixels), latents)
    assert close(ours.decode(latents), theirs.decode(latents / 0.18215).sample)


@torch.no_grad()
def test_text_encoder_is_clip():
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    settings = dict(vocab_size=60, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24, max_position_embeddings=9,
                    hidden_act="quick_gelu", layer_norm_eps=1e-5)
    theirs = transformers.CLIPTextModel(transformers.CLIPTextConfig(**settings, eos_token_id=59, bos_token_id=58, pad_token_id=59)).eval()
    state = {k.removeprefix("text_model."): v for k, v in theirs.state_dict().items() if "position_ids" not in k}
    ours = TextEncoder(Configuration(settings)).eval()
    ours.load_state_dict(state, strict=True)
    ids = torch.randint(0, 58, (2, 9))
    assert close(ours(ids), theirs(ids).last_hidden_state)


@torch.no_grad()
@pytest.mark.parametrize("registers, swiglu", [(0, False), (4, True)])
def test_content_encoder_is_dinov2(registers, swiglu):
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    shared = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, mlp_ratio=4, patch_size=14, image_size=42, layer_norm_eps=1e-6,
                  use_swiglu_ffn=swiglu)
    if registers:
        theirs = transformers.Dinov2WithRegistersModel(transformers.Dinov2WithRegistersConfig(**shared, num_register_tokens=registers)).eval()
    else:
        theirs = transformers.Dinov2Model(transformers.Dinov2Config(**shared)).eval()
    for parameter in theirs.parameters():
        parameter.normal_(0, 0.2)
    ours = ContentEncoder(Configuration({**shared, "num_register_tokens": registers, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]})).eval()
    renamed = {}
    for key, value in theirs.state_dict().items():
        for new, old in (("attention.q_proj", "attention.attention.query"), ("attention.k_proj", "attention.attention.key"),
                         ("attention.v_proj", "attention.attention.value"), ("attention.o_proj", "attention.output.dense")):
            key = key.replace(new, old)
        renamed[key] = value
    for i in range(2 if swiglu else 0):  # released files fuse gate and value
        for kind in ("weight", "bias"):
            prefix = f"encoder.layer.{i}.mlp."
            renamed[f"{prefix}weights_in.{kind}"] = torch.cat([renamed.pop(f"{prefix}gate_proj.{kind}"), renamed.pop(f"{prefix}up_proj.{kind}")])
            renamed[f"{prefix}weights_out.{kind}"] = renamed.pop(f"{prefix}down_proj.{kind}")
    missing = set(ours.state_dict()) ^ set(renamed)
    assert not missing, missing
    ours.load_state_dict(renamed)
    photo = torch.rand(1, 3, 42, 42)
    expected = theirs(ours.prepare(photo)).last_hidden_state[:, 1 + registers:]
    assert close(ours(photo), expected)


@torch.no_grad()
@pytest.mark.parametrize("latent", [False, True])
def test_one_frame_skips_the_motion_modules(latent):
    """A clip of one frame does not depend on the motion modules' weights."""
    model = random_model(configuration(latent), 3)
    photo, ids, progress = torch.rand(1, 3, 48, 48), torch.zeros(1, 12, dtype=torch.long), torch.zeros(1, 1)
    noised = torch.randn(1, 1, model.vae.latent_channels, 6, 6)
    outputs = []
    for scale in (1.0, 3.0):
        for name, parameter in model.unet.named_parameters():
            if "motion_modules" in name:
                parameter.mul_(scale)
        outputs.append(model.predict(noised, torch.tensor([500.0]), model.conditions(photo, ids, torch.tensor([5.0]), progress)).sample)
    assert torch.equal(*outputs)
