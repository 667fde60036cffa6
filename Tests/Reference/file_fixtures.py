"""Writes Tests/Fixtures/files: one tiny random model in every layout in which people have Stable Diffusion 1.5, AnimateDiff,
PIA, LoRA and TAESD files, and the names of the full-size layouts.

    OMP_NUM_THREADS=1 python Tests/Reference/file_fixtures.py

Needs torch, diffusers, transformers, safetensors. Which name of the single-file layout is which of diffusers' comes from
diffusers' own converters; nothing of this project is used. All weights are drawn from a seed, in half precision.
"""

import json
import shutil
from collections import OrderedDict
from pathlib import Path

import diffusers
import torch
import transformers
from diffusers import AutoencoderKL, AutoencoderTiny, MotionAdapter, UNet2DConditionModel
from diffusers.loaders import single_file_utils as single
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "Tests" / "Fixtures" / "files"
TOKENIZER = ROOT / "Tests" / "Fixtures" / "tiny-latent-model"
SEED = 20231204
WIDTHS = (8, 8)


def randomise(module: torch.nn.Module, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """Weights that keep values of order one through the network; norms near one."""
    state = {}
    for name, value in module.state_dict().items():
        if not value.is_floating_point():
            continue
        fan = value[0].numel() if value.dim() > 1 else 16
        noise = torch.randn(value.shape, generator=generator)
        if value.dim() == 1 and "norm" in name and name.endswith("weight"):
            state[name] = 1 + 0.1 * noise
        else:
            state[name] = noise * (0.1 if value.dim() == 1 else fan ** -0.5)
        state[name] = state[name].half()
    module.load_state_dict(state, strict=False)
    module.half()
    return state


# ---------------------------------------------------------------------------------------------------------------------
# Names of the single-file layout, written down from the code of the first Stable Diffusion release.


def ldm_unet_names(levels: int, layers: int, attention: list[bool], shortcuts_up: bool = True) -> list[str]:
    names = ["time_embed.0", "time_embed.2", "input_blocks.0.0", "out.0", "out.2"]

    def resnet(key: str, shortcut: bool) -> None:
        names.extend(f"{key}.{part}" for part in ("in_layers.0", "in_layers.2", "emb_layers.1", "out_layers.0", "out_layers.3"))
        if shortcut:
            names.append(f"{key}.skip_connection")

    def transformer(key: str) -> None:
        names.extend(f"{key}.{part}" for part in ("norm", "proj_in", "proj_out"))
        block = f"{key}.transformer_blocks.0"
        names.extend(f"{block}.norm{n}" for n in (1, 2, 3))
        for attn in ("attn1", "attn2"):
            names.extend(f"{block}.{attn}.{part}" for part in ("to_q", "to_k", "to_v", "to_out.0"))
        names.extend(f"{block}.ff.net.{part}" for part in ("0.proj", "2"))

    number = 1
    for level in range(levels):
        for layer in range(layers):
            # Widths of a level that equal the one before need no shortcut; the caller takes out what is not there.
            resnet(f"input_blocks.{number}.0", layer == 0 and level > 0)
            if attention[level]:
                transformer(f"input_blocks.{number}.1")
            number += 1
        if level < levels - 1:
            names.append(f"input_blocks.{number}.0.op")
            number += 1
    resnet("middle_block.0", False)
    transformer("middle_block.1")
    resnet("middle_block.2", False)
    number = 0
    for level in reversed(range(levels)):
        for layer in range(layers + 1):
            resnet(f"output_blocks.{number}.0", True)
            if attention[level]:
                transformer(f"output_blocks.{number}.1")
            if layer == layers and level > 0:
                names.append(f"output_blocks.{number}.{2 if attention[level] else 1}.conv")
            number += 1
    return names


def ldm_vae_names(levels: int, layers: int, widths: tuple[int, ...]) -> list[str]:
    names = ["quant_conv", "post_quant_conv"]
    for side in ("encoder", "decoder"):
        names.extend(f"{side}.{part}" for part in ("conv_in", "norm_out", "conv_out"))
        for block in ("block_1", "block_2"):
            names.extend(f"{side}.mid.{block}.{part}" for part in ("norm1", "conv1", "norm2", "conv2"))
        names.extend(f"{side}.mid.attn_1.{part}" for part in ("norm", "q", "k", "v", "proj_out"))
    for level in range(levels):
        before = widths[max(level - 1, 0)]
        above = widths[min(level + 1, levels - 1)]
        for layer in range(layers):
            key = f"encoder.down.{level}.block.{layer}"
            names.extend(f"{key}.{part}" for part in ("norm1", "conv1", "norm2", "conv2"))
            if layer == 0 and before != widths[level]:
                names.append(f"{key}.nin_shortcut")
        if level < levels - 1:
            names.append(f"encoder.down.{level}.downsample.conv")
        for layer in range(layers + 1):
            key = f"decoder.up.{level}.block.{layer}"
            names.extend(f"{key}.{part}" for part in ("norm1", "conv1", "norm2", "conv2"))
            if layer == 0 and above != widths[level]:
                names.append(f"{key}.nin_shortcut")
        if level > 0:
            names.append(f"decoder.up.{level}.upsample.conv")
    return names


def parameters(stems: list[str]) -> list[str]:
    bare = (".to_q", ".to_k", ".to_v")
    return [f"{s}.{kind}" for s in stems for kind in (("weight",) if s.endswith(bare) else ("weight", "bias"))]


def unet_pairs(model: UNet2DConditionModel, stems: list[str]) -> dict[str, str]:
    """Single-file name -> diffusers name, as diffusers' converter has it."""
    state = model.state_dict()
    marks = {f"model.diffusion_model.{name}": torch.tensor(float(n)) for n, name in enumerate(parameters(stems))}
    found = single.convert_ldm_unet_checkpoint(dict(marks), dict(model.config))
    by_mark = {float(v): k for k, v in found.items()}
    pairs = {name: by_mark[float(mark)] for name, mark in marks.items() if by_mark.get(float(mark)) in state}
    assert set(pairs.values()) == set(state), sorted(set(state) - set(pairs.values()))[:5]
    return pairs


def vae_pairs(model: AutoencoderKL, stems: list[str]) -> dict[str, str]:
    state = model.state_dict()
    # The converter looks at the shapes of attention weights.
    marks = {}
    for n, name in enumerate(parameters(stems)):
        mark = torch.tensor(float(n))
        marks[f"first_stage_model.{name}"] = mark.reshape(1, 1, 1, 1) if ".attn_1." in name and "norm" not in name else mark.reshape(1)
    found = single.convert_ldm_vae_checkpoint(dict(marks), dict(model.config))
    by_mark = {float(v.reshape(-1)[0]): k for k, v in found.items()}
    pairs = {name: by_mark[float(mark.reshape(-1)[0])] for name, mark in marks.items()}
    assert set(pairs.values()) == set(state), sorted(set(state) ^ set(pairs.values()))[:8]
    return pairs


def text_names(model: CLIPTextModel) -> dict[str, str]:
    """Single-file name -> the name without prefixes."""
    plain = {name.removeprefix("text_model.") for name in model.state_dict() if "position_ids" not in name}
    return {f"cond_stage_model.transformer.text_model.{name}": name for name in plain}


# ---------------------------------------------------------------------------------------------------------------------


def original_motion(state: dict[str, torch.Tensor], rows: int | None) -> dict[str, torch.Tensor]:
    """A MotionAdapter's weights under AnimateDiff's own names; checked with diffusers' converter."""
    out = {}
    for name, value in state.items():
        if "pos_embed" in name:
            continue
        key = name
        if "motion_modules" in name:
            head, rest = name.split(".motion_modules.")
            number, rest = rest.split(".", 1)
            for new, old in (("transformer_blocks.0.attn1", "transformer_blocks.0.attention_blocks.0"),
                             ("transformer_blocks.0.attn2", "transformer_blocks.0.attention_blocks.1"),
                             ("transformer_blocks.0.norm1", "transformer_blocks.0.norms.0"),
                             ("transformer_blocks.0.norm2", "transformer_blocks.0.norms.1"),
                             ("transformer_blocks.0.norm3", "transformer_blocks.0.ff_norm")):
                rest = rest.replace(new, old)
            key = f"{head}.motion_modules.{number}.temporal_transformer.{rest}"
        out[key] = value
        if rows and key.endswith("to_q.weight"):
            out[key.replace("to_q.weight", "pos_encoder.pe")] = torch.zeros(1, rows, value.shape[1], dtype=torch.half)
    back = single.convert_animatediff_checkpoint_to_diffusers(dict(out))
    plain = {k: v for k, v in state.items() if "pos_embed" not in k and "conv_in" not in k}
    assert all(torch.equal(back[k], v) for k, v in plain.items()), "diffusers disagrees on the names"
    return out


def adapter(generator: torch.Generator, mid: bool, rows: int, inputs: int | None = None) -> tuple[MotionAdapter, dict]:
    module = MotionAdapter(
        block_out_channels=WIDTHS, motion_layers_per_block=1, motion_mid_block_layers_per_block=1, motion_num_attention_heads=8,
        motion_norm_num_groups=8, motion_max_seq_length=rows, use_motion_mid_block=mid, conv_in_channels=inputs)
    state = randomise(module, generator)
    return module, {k: v for k, v in state.items() if "pos_embed" not in k}


def full_size_pairs() -> tuple[dict[str, str], dict[str, str]]:
    """Single-file name -> diffusers name of all weights of Stable Diffusion 1.5's UNet and autoencoder."""
    with torch.device("meta"):
        unet = UNet2DConditionModel(
            sample_size=64, in_channels=4, out_channels=4, block_out_channels=(320, 640, 1280, 1280), layers_per_block=2,
            down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",), cross_attention_dim=768, attention_head_dim=8,
            up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3)
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512), layers_per_block=2, down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4)
    u = unet_pairs(unet, [s for s in ldm_unet_names(4, 2, [True, True, True, False]) if s != "input_blocks.10.0.skip_connection"])
    return u, vae_pairs(vae, ldm_vae_names(4, 2, (128, 256, 512, 512)))


def names_of_full_size() -> None:
    """The names of Stable Diffusion 1.5 itself, stems only, both layouts in one order."""
    u, v = full_size_pairs()
    stems = lambda pairs, prefix: [  # noqa: E731
        [k.removeprefix(prefix).removesuffix(".weight"), d.removesuffix(".weight")] for k, d in pairs.items() if k.endswith(".weight")]
    content = {"versions": {"diffusers": diffusers.__version__, "transformers": transformers.__version__, "torch": torch.__version__},
               "unet": stems(u, "model.diffusion_model."), "vae": stems(v, "first_stage_model.")}
    (OUT / "names.json").write_text(json.dumps(content, separators=(",", ":")))


def low_ranks(base: dict[str, torch.Tensor], text: dict[str, torch.Tensor], motion: dict[str, torch.Tensor],
              generator: torch.Generator) -> None:
    """The same kinds of change in every layout, and what some of the weights become."""
    expected = {}

    def pair(weight: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
        inputs = weight[0].numel()
        up = torch.randn(weight.shape[0], rank, generator=generator).half() * 0.3
        down = torch.randn(rank, inputs, generator=generator).half() * 0.3
        return up, down

    q = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
    out = "up_blocks.1.attentions.1.transformer_blocks.0.attn2.to_out.0"
    proj = "mid_block.attentions.0.proj_in"
    conv = "down_blocks.0.resnets.0.conv1"
    word = "encoder.layers.1.self_attn.q_proj"
    merged = lambda w, up, down, scale: (w.float() + scale * (up.float() @ down.float().reshape(down.shape[0], -1)).reshape(w.shape)).half()  # noqa: E731

    kohya, peft, old = {}, {}, {}
    for name in (q, out, proj, conv, word):
        weight = (text if name is word else base)[f"{name}.weight"]
        rank, alpha = 4, 2.0
        up, down = pair(weight, rank)
        stem = ("lora_te_text_model_" if name is word else "lora_unet_") + name.replace(".", "_")
        four = weight.dim() == 4
        kohya[f"{stem}.lora_up.weight"] = up.reshape(-1, rank, 1, 1).contiguous() if four else up
        kohya[f"{stem}.lora_down.weight"] = down.reshape(rank, *weight.shape[1:]).contiguous() if four else down
        kohya[f"{stem}.alpha"] = torch.tensor(alpha).half()
        expected[f"kohya:{name}.weight"] = merged(weight, up, down, 0.5 * alpha / rank)
        if name is conv:
            continue
        prefix = "text_encoder.text_model." if name is word else "unet."
        peft[f"{prefix}{name}.lora_A.weight"] = down.reshape(rank, *weight.shape[1:]).contiguous() if four else down
        peft[f"{prefix}{name}.lora_B.weight"] = up.reshape(-1, rank, 1, 1).contiguous() if four else up
        expected[f"peft:{name}.weight"] = merged(weight, up, down, 1.0)
    save_file(kohya, OUT / "lora_kohya.safetensors")
    save_file(peft, OUT / "lora_peft.safetensors")

    # AnimateDiff's domain adapter: old processor names, no alpha.
    for name in (q, out):
        weight = base[f"{name}.weight"]
        up, down = pair(weight, 2)
        block, layer = name.removesuffix(".0").rsplit(".", 1)
        old[f"{block}.processor.{layer}_lora.down.weight"] = down
        old[f"{block}.processor.{layer}_lora.up.weight"] = up
        expected[f"domain:{name}.weight"] = merged(weight, up, down, 1.0)
    torch.save(old, OUT / "domain_adapter.ckpt")

    motion_lora = {}
    for name in [k.removesuffix(".weight") for k in motion if k.endswith(("to_q.weight", "to_out.0.weight"))]:
        weight = motion[f"{name}.weight"]
        up, down = pair(weight, 2)
        block, layer = name.removesuffix(".0").rsplit(".", 1)
        block = block.replace("transformer_blocks.0.attn1", "temporal_transformer.transformer_blocks.0.attention_blocks.0")
        block = block.replace("transformer_blocks.0.attn2", "temporal_transformer.transformer_blocks.0.attention_blocks.1")
        motion_lora[f"module.{block}.processor.{layer}_lora.down.weight"] = down
        motion_lora[f"module.{block}.processor.{layer}_lora.up.weight"] = up
        if name.startswith("mid_block"):
            expected[f"motion:{name}.weight"] = merged(weight, up, down, 0.75)
    torch.save({"state_dict": motion_lora}, OUT / "motion_lora.ckpt")
    save_file({k: v.contiguous() for k, v in expected.items()}, OUT / "lora_expected.safetensors")


def views(generator: torch.Generator) -> None:
    """Tensors as torch.save may hold them: transposed, cut out, shared, a parameter, nested, other types."""
    whole = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    # The class writes an OrderedDict whose state is built, as torch.nn.Module.state_dict() returns one.
    linear = torch.nn.Linear(3, 2)
    torch.nn.init.constant_(linear.weight, 0.5)
    torch.nn.init.constant_(linear.bias, 0.25)
    torch.save({
        "whole": whole, "transposed": whole.t(), "column": whole[:, 2], "row": whole[1], "steps": whole[::2, 1::2],
        "scalar": torch.tensor(7.0), "empty": torch.zeros(0, 3), "half": whole.half().t(), "brain": whole.bfloat16(),
        "long": torch.arange(3), "parameter": torch.nn.Parameter(whole + 1), "linear": linear.state_dict(),
        "nested": OrderedDict(deep={"er": whole[2:3]}), "note": "text", "numbers": [1, 2.5, None, True, 2 ** 40, 2 ** 70, -3],
    }, OUT / "views.pt")
    torch.save({"x": whole[:1].expand(5, 6)}, OUT / "expanded.pt")
    torch.save({"x": whole}, OUT / "legacy.pt", _use_new_zipfile_serialization=False)


def tiny_autoencoder(generator: torch.Generator) -> None:
    """TAESD: diffusers' file, and the two original ones."""
    module = AutoencoderTiny(
        encoder_block_out_channels=(4, 4, 4, 4), decoder_block_out_channels=(4, 4, 4, 4), num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(1, 1, 1, 1))
    state = randomise(module, generator)
    (OUT / "taesd").mkdir()
    save_file({k: v.contiguous() for k, v in state.items()}, OUT / "taesd.safetensors")
    for half, shift in (("encoder", 0), ("decoder", 1)):
        prefix = f"{half}.layers."
        layers = {}
        for name, value in state.items():
            if name.startswith(prefix):
                number, rest = name.removeprefix(prefix).split(".", 1)
                layers[f"{int(number) + shift}.{rest}"] = value
        torch.save(OrderedDict(layers), OUT / "taesd" / f"taesd_{half}.pth")


def livephoto_adapter(unet: UNet2DConditionModel, motion: dict[str, torch.Tensor], width: int, generator: torch.Generator) -> None:
    """Our own adapter (Models/FORMAT.md): ten input channels, attention to the photo's content, weights of the words."""
    state = {k: v for k, v in motion.items()}

    def add(name: str, *shape: int) -> None:
        fan = 16 if len(shape) == 1 else torch.Size(shape[1:]).numel()
        state[name] = (torch.randn(shape, generator=generator) * fan ** -0.5).half()

    add("conv_in.weight", WIDTHS[0], 10, 3, 3)
    add("conv_in.bias", WIDTHS[0])
    add("content_proj.weight", width, 8)
    add("content_proj.bias", width)
    for name, value in unet.state_dict().items():
        if name.endswith("attn2.to_q.weight"):
            block, channels = name.removesuffix(".attn2.to_q.weight"), value.shape[0]
            for part in ("norm_img.weight", "norm_img.bias"):
                add(f"{block}.{part}", channels)
            add(f"{block}.attn_img.to_q.weight", channels, channels)
            add(f"{block}.attn_img.to_k.weight", channels, width)
            add(f"{block}.attn_img.to_v.weight", channels, width)
            add(f"{block}.attn_img.to_out.0.weight", channels, channels)
            add(f"{block}.attn_img.to_out.0.bias", channels)
    layer = "text_reweight.layers.0"
    for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
        add(f"{layer}.self_attn.{part}.weight", width, width)
        add(f"{layer}.self_attn.{part}.bias", width)
    for part in ("layer_norm1", "layer_norm2"):
        add(f"{layer}.{part}.weight", width)
        add(f"{layer}.{part}.bias", width)
    add(f"{layer}.mlp.fc1.weight", 2 * width, width)
    add(f"{layer}.mlp.fc1.bias", 2 * width)
    add(f"{layer}.mlp.fc2.weight", width, 2 * width)
    add(f"{layer}.mlp.fc2.bias", width)
    add("text_reweight.head.weight", 16, width)
    add("text_reweight.head.bias", 16)
    save_file(state, OUT / "livephoto_adapter.safetensors", {
        "livephoto.channels": json.dumps(["noise", "reference", "frame", "intensity"]), "livephoto.frames": "16",
        "livephoto.intensity_edges": json.dumps([0.99, 0.98, 0.97, 0.96, 0.94, 0.92, 0.9, 0.85, 0.8]),
        "livephoto.intensity_scale": "1", "livephoto.alpha": "[0.033, 0.016]",
        "livephoto.dino": json.dumps({"num_attention_heads": 2, "image_size": 42})})


def main() -> None:
    torch.set_num_threads(1)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    generator = torch.Generator().manual_seed(SEED)
    names_of_full_size()

    width = 8
    unet = UNet2DConditionModel(
        sample_size=16, in_channels=4, out_channels=4, block_out_channels=WIDTHS, layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=width, attention_head_dim=8, norm_num_groups=8)
    vae = AutoencoderKL(
        block_out_channels=(8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=8, sample_size=16,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2)
    vocabulary = len(json.loads((TOKENIZER / "vocab.json").read_text()))
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=32, num_hidden_layers=2, num_attention_heads=1,
        max_position_embeddings=12, hidden_act="quick_gelu", bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1))
    unet_state, vae_state, text_state = (randomise(m, generator) for m in (unet, vae, text))
    text_state = {k.removeprefix("text_model."): v for k, v in text_state.items()}

    base = OUT / "base"
    unet.save_pretrained(base / "unet", max_shard_size="40KB")
    vae.save_pretrained(base / "vae")
    text.save_pretrained(base / "text_encoder")
    (base / "tokenizer").mkdir()
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(TOKENIZER / name, base / "tokenizer" / name)
    (base / "model_index.json").write_text(json.dumps({
        "_class_name": "StableDiffusionPipeline", "_diffusers_version": diffusers.__version__,
        "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}, indent=2))

    # One file, with what such files have besides.
    u = unet_pairs(unet, ldm_unet_names(2, 1, [True, False]))
    v = vae_pairs(vae, ldm_vae_names(2, 1, (8, 8)))
    whole = {k: unet_state[d].contiguous() for k, d in u.items()}
    for k, d in v.items():
        value = vae_state[d]
        is_convolution = ".attn_1." in k and k.endswith("weight") and "norm" not in k
        whole[k] = (value[:, :, None, None] if is_convolution else value).contiguous()
    whole |= {k: text_state[d].contiguous() for k, d in text_names(text).items()}
    whole["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(12)[None]
    whole["alphas_cumprod"] = torch.linspace(0.99, 0.01, 10)
    whole["model_ema.decay"] = torch.tensor(0.5)
    whole["model_ema.diffusion_modeltime_embed0weight"] = torch.zeros(2, 2)
    save_file(whole, OUT / "base.safetensors")
    plain = {k.replace("transformer.text_model.", "transformer."): v for k, v in whole.items()}
    torch.save({"state_dict": plain, "global_step": 840000, "epoch": 3}, OUT / "base.ckpt")

    # The autoencoder alone, as diffusers wrote it before 0.18.
    old = {}
    for name, value in vae_state.items():
        for new, before in (("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")):
            name = name.replace(f"attentions.0.{new}.", f"attentions.0.{before}.")
        old[name] = value
    torch.save(old, OUT / "vae_old_names.bin")

    motions = {}
    for name, mid, rows in (("v1", False, 24), ("v2", True, 32), ("v3", False, 32)):
        module, state = adapter(generator, mid, rows)
        motions[name] = state
        own = original_motion(state, rows)
        if name == "v1":
            torch.save({"state_dict": {f"module.{k}": w for k, w in own.items()}, "animatediff_config": {"kind": "v1"}},
                       OUT / "motion_v1.ckpt")
        elif name == "v2":
            save_file(own, OUT / "motion_v2.safetensors")
            module.save_pretrained(OUT / "motion_v2")
    module, state = adapter(generator, False, 32, inputs=9)
    own = original_motion(state, 32)
    own["time_embedding.linear_1.weight"] = torch.zeros(2, 2).half()  # of the kind that is in it and not used
    torch.save({"state_dict": own}, OUT / "pia.ckpt")

    low_ranks(unet_state, text_state, motions["v2"], generator)
    views(generator)
    tiny_autoencoder(generator)
    livephoto_adapter(unet, motions["v3"], width, generator)
    total = 0
    for path in sorted(OUT.rglob("*")):
        if path.is_file():
            path.chmod(0o644)
            total += path.stat().st_size
            print(f"{path.stat().st_size:8d} {path.relative_to(OUT)}")
    print(f"{total:8d} in all")


if __name__ == "__main__":
    main()
