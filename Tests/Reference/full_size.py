"""Compares the engine with PyTorch at the sizes of Stable Diffusion 1.5, and prints a table.

    python Tests/Reference/full_size.py                       # every network and sampler: parameters, error, memory
    python Tests/Reference/full_size.py --only text,dino_s    # some of them
    python Tests/Reference/full_size.py --time --threads 2    # one denoising step, 16 frames of 256x256, both branches
    python Tests/Reference/full_size.py --probe 256           # memory of a whole run against its estimate, both branches
    python Tests/Reference/full_size.py --probe 256 --files   # the same model as a single-file checkpoint and PIA's file
    python Tests/Reference/full_size.py --folder DIR          # a whole random model folder (f16, 3 GB) for the command line

Weights are drawn at random from a seed and the tensors' names, written as safetensors in f32 and f16 (the tiny autoencoder's f32
as the two .pth files of its release), and run by diffusers and transformers (for what diffusers does not have, the image attention and the original group norm scopes, by network_reference.py,
which its own fixtures compare with diffusers) in f32. The engine runs both files on the same inputs. Each run is a process of its
own. Needs `swift build -c release --product LivePhotoParity` first, torch, diffusers, transformers, and 8 GB of disk.
"""
from __future__ import annotations

import argparse
import json
import multiprocessing
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = ROOT / ".build/release/LivePhotoParity"
SD15 = ROOT / "Training/configs/sd15.json"
# Allowed relative L2 errors.
LIMITS = {"f32": 1e-3, "f16": 5e-3}
# In the engine's order.
SAMPLERS = ("ddim", "dpm++2m", "euler", "euler-a", "dpm++2m-karras", "unipc", "lcm")
SAMPLER_STEPS, NOISE_SEED = 10, 42


def unet_case(channels, parameters, resnet="frame", motion="frame", image=False):
    return {"network": "unet", "parameters": parameters, "changes": {"unet": {
        "in_channels": channels, "resnet_norm_scope": resnet, "motion_norm_scope": motion, "image_cross_attention": image}}}


# Totals: Stable Diffusion 1.5's UNet has 859,520,964 parameters (2,880 for each further input channel), the motion modules
# of AnimateDiff v1, v3 and PIA 417,137,600. The image attention of the adapter: its layers and the projection of its tokens.
SPATIAL, MOTION = 859_520_964, 417_137_600
ADAPTER = sum(n * (2 * c * c + 2 * 768 * c + 3 * c) for n, c in ((5, 320), (5, 640), (6, 1280))) + 768 * 768 + 768
CASES = {
    "unet_4_v3": unet_case(4, SPATIAL + MOTION),
    "unet_4_diffusers": unet_case(4, SPATIAL + MOTION, motion="clip"),
    "samplers": unet_case(4, SPATIAL + MOTION, motion="clip") | {"network": "samplers", "size": 8},
    "unet_9_pia": unet_case(9, SPATIAL + 5 * 2880 + MOTION, resnet="clip"),
    "unet_9_diffusers": unet_case(9, SPATIAL + 5 * 2880 + MOTION, motion="clip"),
    "unet_10_livephoto": unet_case(10, SPATIAL + 6 * 2880 + MOTION + ADAPTER, image=True),
    "vae_encode": {"network": "encoder", "parameters": 34_163_592 + 72 + 49_490_179 + 20},
    "vae_decode": {"network": "decoder", "parameters": 34_163_592 + 72 + 49_490_179 + 20},
    "text": {"network": "text", "parameters": 123_060_480},
    "dino_s": {"network": "content", "parameters": 22_056_576, "changes": {
        "content_encoder": {"hidden_size": 384, "num_attention_heads": 6}, "unet": {"image_embedding_dim": 384}}},
    "dino_b": {"network": "content", "parameters": 86_580_480},
    "taesd_encode": {"network": "tiny_encoder", "parameters": 1_222_532 + 1_222_531},
    "taesd_decode": {"network": "tiny_decoder", "parameters": 1_222_532 + 1_222_531},
}


def configuration(case):
    values = json.loads(SD15.read_text())
    for section, changes in case.get("changes", {}).items():
        values[section].update(changes)
    channels = values["unet"]["in_channels"]
    values["conditioning"]["layout"] = {
        4: [["noise", 4]], 9: [["noise", 4], ["reference", 4], ["frame", 1]],
        10: [["noise", 4], ["reference", 4], ["frame", 1], ["intensity", 1]]}[channels]
    return values


# ------------------------------------------------------------------------------------------------ weights

def shapes_of(case, values):
    """Names and shapes as the model folder has them."""
    import torch

    with torch.device("meta"):
        network = build(case["network"], values)
    shapes = {k: list(v.shape) for k, v in network.state_dict().items() if "pos_embed" not in k and "position_ids" not in k}
    if case["network"] == "text":
        shapes = {k.removeprefix("text_model."): v for k, v in shapes.items()}
    if case["network"] == "content":
        shapes = {released_name(k): v for k, v in shapes.items()}
    if case["network"] == "unet" and values["unet"]["image_cross_attention"]:
        import unet_fixtures

        shapes = unet_fixtures.with_image_attention(shapes, values["unet"])
    return shapes


def released_name(key):
    """transformers' names in memory -> names of released DINOv2 files."""
    for new, old in (("q_proj", "attention.query"), ("k_proj", "attention.key"), ("v_proj", "attention.value"),
                     ("o_proj", "output.dense")):
        key = key.replace(f".attention.{new}.", f".attention.{old}.")
    return key


def draw(name, shape):
    """About unit gain for matrices and kernels; norms and biases random as well, so that no mistake hides behind 0 or 1."""
    import torch

    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()) + 15)
    tensor = torch.empty(shape)
    if len(shape) == 1:
        tensor.uniform_(-0.25, 0.25, generator=generator)
        return tensor + 1 if name.endswith(("weight", "lambda1")) else tensor
    if "embedding" in name and "time" not in name and "patch" not in name or name.endswith("token"):
        return tensor.uniform_(-1, 1, generator=generator)
    limit = (3 / np.prod(shape[1:])) ** 0.5
    return tensor.uniform_(-limit, limit, generator=generator)


def write_weights(case, values, folder, kinds=("f32", "f16")):
    """The network's tensors in each precision, tensor by tensor so that little is in memory."""
    from safetensors.torch import save_file

    import torch

    shapes, written = shapes_of(case, values), folder / "shapes.json"
    if written.exists() and json.loads(written.read_text()) == shapes:
        return  # the case before had the same
    tensors = {name: draw(name, shape) for name, shape in shapes.items()}
    if "f32" in kinds:
        save_file(tensors, str(folder / "f32.safetensors"))
    if case["network"].startswith("tiny_"):
        write_released_taesd(tensors, folder / "taesd")
    if "f16" in kinds:
        for name in tensors:
            tensors[name] = tensors[name].to(torch.float16)
        save_file(tensors, str(folder / "f16.safetensors"))
    written.write_text(json.dumps(shapes))


def write_released_taesd(tensors, folder):
    """The two files of the release: numbered layers, the decoder's counted from one."""
    import torch

    folder.mkdir(exist_ok=True)
    for half, shift in (("encoder", 0), ("decoder", 1)):
        state = {}
        for name, value in tensors.items():
            if name.startswith(f"{half}.layers."):
                number, rest = name.removeprefix(f"{half}.layers.").split(".", 1)
                state[f"{int(number) + shift}.{rest}"] = value
        torch.save(state, folder / f"taesd_{half}.pth")


def write_inputs(case, values, folder, frames, size):
    from safetensors.numpy import save_file

    random = np.random.default_rng(15)
    normal = lambda *shape: random.standard_normal(shape).astype(np.float32)
    network, content = case["network"], values["content_encoder"]["hidden_size"]
    if network in ("unet", "samplers"):
        inputs = {"sample": normal(frames, size, size, values["unet"]["in_channels"]), "timestep": np.float32([481]),
                  "text": normal(frames, 77, 768)}
        if values["unet"]["image_cross_attention"]:
            inputs["content"] = normal(1, 256, content)
    elif network in ("encoder", "tiny_encoder"):
        inputs = {"pixels": np.tanh(normal(1, 256, 256, 3))}
    elif network in ("decoder", "tiny_decoder"):
        inputs = {"latents": (0.18215 if network == "decoder" else 1) * normal(1, 32, 32, 4)}
    elif network == "text":
        ids = np.full(77, 49407, np.float32)
        ids[0], ids[1:9] = 49406, random.integers(0, 49406, 8)
        inputs = {"ids": ids}
    else:
        inputs = {"image": normal(1, 224, 224, 3)}
    save_file(inputs, str(folder / "inputs.safetensors"))


# ------------------------------------------------------------------------------------------------ PyTorch

def build(network, values):
    if network in ("unet", "samplers"):
        from diffusers import UNetMotionModel

        c = values["unet"]
        keys = ("in_channels", "out_channels", "block_out_channels", "layers_per_block", "down_block_types", "up_block_types",
                "cross_attention_dim", "norm_num_groups", "norm_eps", "use_linear_projection", "num_attention_heads",
                "motion_num_attention_heads", "use_motion_mid_block")
        return UNetMotionModel(motion_max_seq_length=32, **{key: c[key] for key in keys})
    if network in ("encoder", "decoder"):
        from diffusers import AutoencoderKL

        c = values["vae"]
        return AutoencoderKL(
            block_out_channels=c["block_out_channels"], layers_per_block=c["layers_per_block"], latent_channels=4,
            down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4)
    if network.startswith("tiny_"):
        from diffusers import AutoencoderTiny

        return AutoencoderTiny()
    if network == "text":
        from transformers import CLIPTextConfig, CLIPTextModel

        return CLIPTextModel(CLIPTextConfig(projection_dim=768, **values["text_encoder"]))
    from transformers import Dinov2Config, Dinov2Model

    c = values["content_encoder"]
    keys = ("hidden_size", "num_hidden_layers", "num_attention_heads", "mlp_ratio", "patch_size", "layer_norm_eps")
    return Dinov2Model(Dinov2Config(image_size=518, **{key: c[key] for key in keys}))


def build_and_load(network, values, state):
    """The network with these weights, which stay in the mapped file."""
    from torch.nn import init

    # Weights that are about to be replaced need not be drawn.
    for name in ("kaiming_uniform_", "uniform_", "normal_", "xavier_uniform_", "trunc_normal_", "zeros_", "ones_"):
        setattr(init, name, lambda tensor, *a, **k: tensor)
    model = build(network, values).eval()
    own = model.state_dict()
    if network == "text" and next(iter(own)).startswith("text_model."):
        state = {"text_model." + k: v for k, v in state.items()}
    if network == "content":
        state = {k: state[released_name(k)] for k in own}
    result = model.load_state_dict(state, strict=False, assign=True)
    assert not result.unexpected_keys and all("pos_embed" in k or "position_ids" in k for k in result.missing_keys), result
    return model


def schedulers(settings):
    """diffusers' schedulers with a model's settings, by our names."""
    import diffusers

    common = {key: settings[key] for key in (
        "num_train_timesteps", "beta_schedule", "beta_start", "beta_end", "prediction_type", "timestep_spacing", "steps_offset")}
    consistent = common | {"clip_sample": False, "set_alpha_to_one": settings["set_alpha_to_one"]}
    multistep = lambda **more: diffusers.DPMSolverMultistepScheduler(**common, algorithm_type="dpmsolver++", solver_order=2, **more)
    found = {
        "ddim": diffusers.DDIMScheduler(**consistent), "dpm++2m": multistep(), "euler": diffusers.EulerDiscreteScheduler(**common),
        "euler-a": diffusers.EulerAncestralDiscreteScheduler(**common), "dpm++2m-karras": multistep(use_karras_sigmas=True),
        "unipc": diffusers.UniPCMultistepScheduler(**common, solver_order=2), "lcm": diffusers.LCMScheduler(**consistent)}
    return [found[name] for name in SAMPLERS]


def run_samplers(model, settings, noise, text):
    """-> where ten steps of every sampler end, [samplers, F, h, w, C], from unit noise [F, h, w, C]"""
    import torch
    from diffusers.schedulers import scheduling_euler_ancestral_discrete, scheduling_lcm

    from sampling_fixtures import normals

    def fresh(step):
        """Our own noise in place of PyTorch's, [F, C, h, w]."""
        frames = [normals(NOISE_SEED, frame, noise[0].numel(), stream=1, step=step) for frame in range(len(noise))]
        return torch.tensor(frames).reshape(noise.shape).movedim(-1, 1)

    ends = []
    for scheduler in schedulers(settings):
        scheduler.set_timesteps(SAMPLER_STEPS)
        x = noise.movedim(-1, 1) * float(scheduler.init_noise_sigma)
        for step, moment in enumerate(scheduler.timesteps):
            for module in (scheduling_euler_ancestral_discrete, scheduling_lcm):
                module.randn_tensor = lambda *a, step=step, **k: fresh(step)
            clip = scheduler.scale_model_input(x, moment).transpose(0, 1)[None]
            output = model(clip, moment, text).sample[0].transpose(0, 1)
            x = scheduler.step(output, moment, x).prev_sample
        ends.append(x.movedim(1, -1))
    return torch.stack(ends)


def run_torch(case, values, folder, threads, runs):
    """-> the result [channels last], and wall and processor seconds of every run."""
    import torch
    from safetensors.torch import load_file

    import network_reference

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    state = load_file(folder / "f32.safetensors")
    inputs = load_file(folder / "inputs.safetensors")
    network = case["network"]
    c = values["unet"]
    if network == "samplers":
        model = build_and_load(network, values, state)
        forward = lambda: run_samplers(model, values["scheduler"], inputs["sample"], inputs["text"])
    elif network == "unet":
        x, t, text = inputs["sample"].movedim(-1, 1), float(inputs["timestep"]), inputs["text"]
        if c["image_cross_attention"] or (c["resnet_norm_scope"], c["motion_norm_scope"]) != ("frame", "clip"):
            forward = lambda: network_reference.unet(state, c, x, t, text, inputs.get("content"))[0].movedim(1, -1)
        else:
            model = build_and_load(network, values, state)
            clip = x.transpose(0, 1)[None]
            forward = lambda: model(clip, t, text).sample[0].movedim(0, -1)
    else:
        model = build_and_load(network, values, state)
        scale = values["vae"]["scaling_factor"]
        forward = {
            "encoder": lambda: model.encode(inputs["pixels"].movedim(-1, 1)).latent_dist.mean.movedim(1, -1) * scale,
            "decoder": lambda: model.decode(inputs["latents"].movedim(-1, 1) / scale).sample.movedim(1, -1),
            "text": lambda: model(inputs["ids"][None].long()).last_hidden_state,
            "tiny_encoder": lambda: model.encode(inputs["pixels"].movedim(-1, 1)).latents.movedim(1, -1),
            "tiny_decoder": lambda: model.decode(inputs["latents"].movedim(-1, 1)).sample.movedim(1, -1),
            "content": lambda: model(inputs["image"].movedim(-1, 1)).last_hidden_state[:, 1:],
        }[network]
    seconds = []
    for _ in range(runs):
        start = time.perf_counter(), time.process_time()
        y = forward()
        seconds.append([time.perf_counter() - start[0], time.process_time() - start[1]])
    y.contiguous().numpy().astype(np.float32).tofile(folder / "torch.bin")
    print(json.dumps({"shape": list(y.shape), "seconds": seconds,
                      "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


# ------------------------------------------------------------------------------------------------ the table

def child(*arguments):
    """Runs a stage of this script in a process of its own; its last line is JSON or nothing."""
    run = subprocess.run([sys.executable, __file__, "--stage", *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(run.stdout.splitlines()[-1]) if run.stdout.strip() else {}


def engine(network, folder, kind, threads, runs=1):
    weights = folder / ("taesd" if network.startswith("tiny_") and kind == "f32" else f"{kind}.safetensors")
    command = [TOOL, folder / "config.json", network, weights, folder / "inputs.safetensors", folder / f"{kind}.bin", threads, runs]
    run = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(run.stdout)


def gigabytes(kibibytes):
    return kibibytes * 1024 / 1e9


def compare(name, folder, threads, frames, size):
    case = CASES[name]
    values = configuration(case)
    (folder / "config.json").write_text(json.dumps(values))
    child("prepare", name, folder, frames, case.get("size", size))
    reference = child("torch", name, folder, threads, 1)
    expected = np.fromfile(folder / "torch.bin", np.float32).astype(np.float64).reshape(reference["shape"])
    passed = True
    for kind in ("f32", "f16"):
        found = engine(case["network"], folder, kind, threads)
        y = np.fromfile(folder / f"{kind}.bin", np.float32).reshape(found["shape"])
        parts = {name: (y, expected)}
        if case["network"] == "samplers":
            parts = {f"{SAMPLER_STEPS} steps of {sampler}": pair for sampler, *pair in zip(SAMPLERS, y, expected)}
        for label, (ours, theirs) in parts.items():
            error = np.linalg.norm(ours - theirs) / np.linalg.norm(theirs) if ours.shape == theirs.shape else np.inf
            good = bool(error <= LIMITS[kind]) and found["parameters"] == case["parameters"]
            passed &= good
            print(f"| {label} | {kind} | {found['parameters']:,} | {error:.1e} | {gigabytes(found['peak_kb']):.2f} | "
                  f"{gigabytes(reference['peak_kb']):.2f} | {'yes' if good else 'NO'} |", flush=True)
    return passed


def apart(function, *arguments):
    """Calls it in a process of its own: a child's peak, as the system counts it, is at least what its parent held when it was started."""
    process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"{function.__name__} failed")


def probe(folder, side, threads, files):
    """A whole run of a random model in 16 frames and one step with both branches: the estimate against the truth."""
    apart(write_folder, folder / "model", "unet_9_pia")
    values = json.loads((folder / "model/config.json").read_text())
    values["working"]["area"] = side * side
    (folder / "model/config.json").write_text(json.dumps(values))
    model = folder / "model"
    if files:
        apart(write_files, folder)
        model = f"base={folder}/base.safetensors,conditioner={folder}/pia.safetensors,tokenizer={folder}/model"
    run = subprocess.run(list(map(str, [TOOL, "pipeline", model, side, 16, 1, threads])), check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(run.stdout)
    print(json.dumps(found))
    print(f"peak {gigabytes(found['peak_kb']):.2f} GB, estimated {gigabytes(found['estimated_kb']):.2f} GB "
          f"({found['estimated_kb'] / found['peak_kb'] - 1:+.0%}); opened in {found['open'][0]:.2f} s")


def measure(folder, threads, runs):
    """One step with both branches, the two engines in turn; the fastest of the runs counts. Processor seconds are of all
    threads: they say something on a busy machine too."""
    name = "unet_9_diffusers"
    (folder / "config.json").write_text(json.dumps(configuration(CASES[name])))
    child("prepare", name, folder, 16, 32)
    ours, torch = [], []
    for _ in range(runs):  # two passes are the two branches
        found = engine("unet", folder, "f16", threads, 2)
        ours.append([sum(column) for column in zip(*found["seconds"])])
        reference = child("torch", name, folder, threads, 2)
        torch.append([sum(column) for column in zip(*reference["seconds"])])
    print("| engine | threads | seconds per step | processor seconds | peak GB |\n|---|---|---|---|---|")
    best = []
    for label, times, peak in (("PyTorch, diffusers, f32", torch, reference), ("this engine, f16 weights", ours, found)):
        best.append([min(column) for column in zip(*times)])
        print(f"| {label} | {threads} | {best[-1][0]:.1f} | {best[-1][1]:.1f} | {gigabytes(peak['peak_kb']):.2f} |")
    print(f"ratio {best[1][0] / best[0][0]:.2f}, of processor seconds {best[1][1] / best[0][1]:.2f}; "
          f"weights opened in {found['load']:.2f} s")


# ------------------------------------------------------------------------------------------------ a model folder

def vocabulary():
    """A tokenizer of CLIP's size: letters joined one by one, in order."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    codes = [*range(33, 127), *range(161, 173), *range(174, 256)]
    symbols = [chr(c) for c in codes] + [chr(256 + i) for i in range(256 - len(codes))]
    symbols += [s + "</w>" for s in symbols]
    merges, level = [], list(letters)
    while len(merges) < 48_894:
        ends = [(a, b + "</w>") for a in level for b in letters]
        middles = [(a, b) for a in level for b in letters]
        merges += ends + middles
        level = [a + b for a, b in middles]
    merges = merges[:48_894]
    symbols += [a + b for a, b in merges] + ["<|startoftext|>", "<|endoftext|>"]
    return {s: i for i, s in enumerate(symbols)}, ["#version: 0.2"] + [f"{a} {b}" for a, b in merges]


def write_folder(folder, name):
    """Every network of one case in f16."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    values = configuration(CASES[name])
    values["text_reweighting"] = None
    if not values["unet"]["image_cross_attention"]:
        values["content_encoder"] = None
    (folder / "config.json").write_text(json.dumps(values, indent=1))
    symbols, merges = vocabulary()
    (folder / "vocab.json").write_text(json.dumps(symbols))
    (folder / "merges.txt").write_text("\n".join(merges) + "\n")
    parts = {"text_encoder": "text", "vae": "vae_encode", "unet": name}
    if values["content_encoder"]:
        parts["content_encoder"] = "dino_b"
    for file, part in parts.items():
        tensors = {k: draw(k, s).to(torch.float16) for k, s in shapes_of(CASES[part], values).items()}
        save_file(tensors, str(folder / f"{file}.safetensors"))
        del tensors


def write_files(folder):
    """The model of `write_folder` as people have it: a checkpoint in one file, and PIA's file."""
    from safetensors.torch import load_file, save_file

    import file_fixtures

    unet, vae = file_fixtures.full_size_pairs()
    weights = load_file(folder / "model/unet.safetensors")
    base = {name: weights[own] for name, own in unet.items()}
    first = "model.diffusion_model.input_blocks.0.0.weight"
    motion = {name: value for name, value in weights.items() if ".motion_modules." in name}
    motion["conv_in.weight"], motion["conv_in.bias"] = base[first], weights["conv_in.bias"]
    base[first] = base[first][:, :4].contiguous()
    save_file(file_fixtures.original_motion(motion, None), str(folder / "pia.safetensors"))
    weights = load_file(folder / "model/vae.safetensors")
    base |= {name: weights[own] for name, own in vae.items()}
    weights = load_file(folder / "model/text_encoder.safetensors")
    base |= {f"cond_stage_model.transformer.text_model.{name}": value for name, value in weights.items()}
    save_file(base, str(folder / "base.safetensors"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default=",".join(CASES), help="names, separated by commas")
    parser.add_argument("--frames", type=int, default=3)
    parser.add_argument("--size", type=int, default=16, help="latent cells a side")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--time", action="store_true", help="time one step at 16 frames of 256x256")
    parser.add_argument("--runs", type=int, default=1, help="with --time")
    parser.add_argument("--probe", type=int, metavar="SIDE", help="run a whole model folder at this size: memory and its estimate")
    parser.add_argument("--files", action="store_true", help="with --probe: the model from a single-file checkpoint and PIA's file")
    parser.add_argument("--folder", type=pathlib.Path, help="write a whole model folder here and stop")
    parser.add_argument("--model", default="unet_9_pia", help="with --folder: the case to write")
    parser.add_argument("--work", type=pathlib.Path, help="folder for temporary files")
    parser.add_argument("--stage", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stage:
        stage, name, folder, *numbers = arguments.stage
        folder, numbers = pathlib.Path(folder), list(map(int, numbers))
        case, values = CASES[name], configuration(CASES[name])
        if stage == "prepare":
            write_weights(case, values, folder)
            write_inputs(case, values, folder, *numbers)
        else:
            run_torch(case, values, folder, *numbers)
        return
    if arguments.folder:
        return write_folder(arguments.folder, arguments.model)
    if not TOOL.exists():
        raise SystemExit(f"{TOOL} is missing: swift build -c release --product LivePhotoParity")
    work = pathlib.Path(tempfile.mkdtemp(dir=arguments.work))
    try:
        if arguments.probe:
            return probe(work, arguments.probe, arguments.threads, arguments.files)
        if arguments.time:
            return measure(work, arguments.threads, arguments.runs)
        print("| network | weights | parameters | relative L2 error | peak GB | PyTorch's | passed |\n|---|---|---|---|---|---|---|")
        passed = [compare(name, work, arguments.threads, arguments.frames, arguments.size) for name in arguments.only.split(",")]
        if not all(passed):
            raise SystemExit("outside the limits")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
