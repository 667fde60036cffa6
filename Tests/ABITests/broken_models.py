#!/usr/bin/env python3
"""Damages a model in every way that a disk, a download or a newer trainer can, and expects the right status.

    broken_models.py MODEL LOAD_STATUS

LOAD_STATUS is the program of load_status.c. Damage whose effect depends on where it falls (flipped bits) may also load,
or be refused as any model error; it must not crash.
"""

import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

FILES = ["text_encoder", "text_reweighting", "content_encoder", "vae", "unet"]
failures = []


def status(folder):
    """Status name and message of loading `folder`, in a process of its own."""
    result = subprocess.run([program, folder], capture_output=True, text=True, errors="replace", timeout=60)
    if result.returncode != 0:
        return f"CRASH {result.returncode}", result.stderr[-300:]
    name, _, message = result.stdout.strip().partition(" ")
    return name, message


def expect(label, folder, *wanted, mentions=None):
    name, message = status(folder)
    if name.removeprefix("LIVEPHOTO_") not in wanted:
        failures.append(f"{label}: {name} ({message}), expected {' or '.join(wanted)}")
    elif name != "LIVEPHOTO_OK" and (len(message) < 10 or (mentions and mentions not in message)):
        failures.append(f"{label}: the message says too little: {message!r}")


class Copy:
    """A copy of the model to be damaged, gone at the end of a `with`."""

    def __enter__(self):
        self.folder = os.path.join(work, "model")
        shutil.copytree(model, self.folder)
        return self

    def __exit__(self, *_):
        subprocess.run(["chmod", "-R", "u+rwx", self.folder], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)

    def configuration(self, change):
        settings = json.loads(self.read("config.json"))
        change(settings)
        self.write("config.json", json.dumps(settings).encode())

    def header(self, name, change):
        """Rewrites a safetensors header, keeping the data."""
        data = self.read(name)
        length = struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8:8 + length])
        change(header)
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        self.write(name, struct.pack("<Q", len(text)) + text + data[8 + length:])


def folders():
    expect("missing folder", os.path.join(work, "nothing"), "ERROR_MODEL_NOT_FOUND", mentions="nothing")
    expect("a file", __file__, "ERROR_MODEL_UNREADABLE")
    empty = os.path.join(work, "empty")
    os.mkdir(empty)
    expect("empty folder", empty, "ERROR_MODEL_NOT_FOUND", "ERROR_MODEL_UNREADABLE", "ERROR_MODEL_FORMAT", mentions="config.json")
    expect("path that is not UTF-8", b"/tmp/\xff\xfe".decode("utf-8", "surrogateescape"), "ERROR_ARGUMENT")
    expect("empty path", "", "ERROR_ARGUMENT")
    expect("long path", "x" * 5000, "ERROR_ARGUMENT")


def files():
    for name in ["config.json", "vocab.json", "merges.txt"] + [f"{part}.safetensors" for part in FILES]:
        with Copy() as copy:
            os.remove(copy.path(name))
            expect(f"{name} missing", copy.folder, "ERROR_MODEL_UNREADABLE", "ERROR_MODEL_NOT_FOUND", mentions=name)
            copy.write(name, b"")
            expect(f"{name} empty", copy.folder, "ERROR_MODEL_UNREADABLE", "ERROR_MODEL_FORMAT", mentions=name)
            os.remove(copy.path(name))
            os.mkdir(copy.path(name))
            expect(f"{name} a folder", copy.folder, "ERROR_MODEL_UNREADABLE", "ERROR_MODEL_FORMAT", mentions=name)
            if os.geteuid() != 0:  # root reads everything
                os.rmdir(copy.path(name))
                copy.write(name, b"x")
                os.chmod(copy.path(name), 0)
                expect(f"{name} unreadable", copy.folder, "ERROR_MODEL_UNREADABLE", mentions=name)


def settings():
    cases = {
        "another kind": (lambda s: s.update(format="other"), "ERROR_MODEL_FORMAT"),
        "no format": (lambda s: s.pop("format"), "ERROR_MODEL_FORMAT"),
        "newer version": (lambda s: s.update(version=2), "ERROR_MODEL_VERSION"),
        "version of another type": (lambda s: s.update(version="one"), "ERROR_MODEL_VERSION"),
        "huge version": (lambda s: s.update(version=10**30), "ERROR_MODEL_VERSION"),
        "negative size": (lambda s: s["unet"].update(in_channels=-4), "ERROR_MODEL_FORMAT"),
        "huge size": (lambda s: s["text_encoder"].update(hidden_size=2**40), "ERROR_MODEL_FORMAT"),
        "zero heads": (lambda s: s["text_encoder"].update(num_attention_heads=0), "ERROR_MODEL_FORMAT"),
        "eight edges": (lambda s: s["intensity"]["edges"].pop(), "ERROR_MODEL_FORMAT"),
        "rising edges": (lambda s: s["intensity"]["edges"].reverse(), "ERROR_MODEL_FORMAT"),
        "no unet": (lambda s: s.pop("unet"), "ERROR_MODEL_FORMAT"),
        "layout of another sum": (lambda s: s["conditioning"]["layout"].pop(), "ERROR_MODEL_FORMAT"),
        "unknown key": (lambda s: s.update(future={"a": [1]}), "OK"),
        "wider than the weights": (lambda s: s["text_reweighting"].update(intermediate_size=24), "ERROR_MODEL_TENSOR"),
        "more layers than weights": (lambda s: s["text_encoder"].update(num_hidden_layers=3), "ERROR_MODEL_TENSOR"),
        "fewer layers than weights": (lambda s: s["text_encoder"].update(num_hidden_layers=1), "ERROR_MODEL_TENSOR"),
    }
    for label, (change, wanted) in cases.items():
        with Copy() as copy:
            copy.configuration(change)
            expect(f"config.json: {label}", copy.folder, wanted)
    with Copy() as copy:
        text = copy.read("config.json")
        for count in range(0, len(text) - 2, 97):
            copy.write("config.json", text[:count])
            expect(f"config.json cut to {count}", copy.folder, "ERROR_MODEL_FORMAT", "ERROR_MODEL_UNREADABLE")
        copy.write("config.json", b"[" * 100000)
        expect("config.json nested deeply", copy.folder, "ERROR_MODEL_FORMAT")
        copy.write("config.json", b"\xff\xfe\x00")
        expect("config.json not UTF-8", copy.folder, "ERROR_MODEL_FORMAT")


def tensors():
    def rename(header):
        key = sorted(k for k in header if k != "__metadata__")[0]
        header["x" + key] = header.pop(key)

    def reshape(header):
        key = next(k for k in sorted(header) if k != "__metadata__" and len(header[k]["shape"]) == 2 and min(header[k]["shape"]) > 1)
        header[key]["shape"] = [1, header[key]["shape"][0] * header[key]["shape"][1]]

    def beyond(header):
        header[sorted(k for k in header if k != "__metadata__")[0]]["data_offsets"] = [0, 2**40]

    def negative(header):
        header[sorted(k for k in header if k != "__metadata__")[0]]["shape"] = [-1, 2**62]

    def kind(header):
        header[sorted(k for k in header if k != "__metadata__")[0]]["dtype"] = "I64"

    for part in FILES:
        name = f"{part}.safetensors"
        for label, change, wanted in [
            ("tensor missing", rename, ["ERROR_MODEL_TENSOR"]),
            ("tensor misshapen", reshape, ["ERROR_MODEL_TENSOR"]),
            ("data beyond the file", beyond, ["ERROR_MODEL_FORMAT", "ERROR_MODEL_TENSOR"]),
            ("impossible shape", negative, ["ERROR_MODEL_FORMAT", "ERROR_MODEL_TENSOR"]),
            ("unknown precision", kind, ["ERROR_MODEL_FORMAT", "ERROR_MODEL_TENSOR"]),
        ]:
            with Copy() as copy:
                copy.header(name, change)
                expect(f"{name}: {label}", copy.folder, *wanted, mentions=part)
    with Copy() as copy:
        name = "text_reweighting.safetensors"
        data = copy.read(name)
        for count in [1, 7, 8, 9, 100, len(data) // 2, len(data) - 1]:
            copy.write(name, data[:count])
            expect(f"{name} cut to {count}", copy.folder, "ERROR_MODEL_FORMAT", "ERROR_MODEL_TENSOR", mentions=name)
        for length in [0, 1, len(data), 2**31, 2**63, 2**64 - 1]:
            copy.write(name, struct.pack("<Q", length) + data[8:])
            expect(f"{name}: header of {length}", copy.folder, "ERROR_MODEL_FORMAT", mentions=name)
        copy.write(name, data[:-4] + struct.pack("<f", float("nan")))
        expect(f"{name}: not a number", copy.folder, "ERROR_MODEL_TENSOR", "ERROR_MODEL_FORMAT", mentions=name)


def flips():
    """Seeded bit flips in every file; the part of a file that is not pixels or weights is its beginning."""
    any_error = ["OK"] + [f"ERROR_MODEL_{e}" for e in ["FORMAT", "TENSOR", "VERSION", "UNREADABLE", "NOT_FOUND"]]
    random.seed(1)
    for name in ["config.json", "vocab.json", "merges.txt", "unet.safetensors", "vae.safetensors"]:
        with Copy() as copy:
            data = bytearray(copy.read(name))
            for _ in range(12):
                place = random.randrange(min(len(data), 6000))
                bit = 1 << random.randrange(8)
                data[place] ^= bit
                copy.write(name, data)
                expect(f"{name}: bit {bit} of byte {place}", copy.folder, *any_error)
                data[place] ^= bit


model, program = sys.argv[1:3]
with tempfile.TemporaryDirectory() as work:
    expect("the sound model", model, "OK")
    for group in [folders, files, settings, tensors, flips]:
        group()
for failure in failures:
    print(failure, file=sys.stderr)
sys.exit(1 if failures else 0)
