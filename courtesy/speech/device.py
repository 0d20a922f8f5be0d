"""What the machine has to listen with: a CUDA device, processor cores."""

import os
from pathlib import Path

from courtesy.config import SpeechOptions
from courtesy.errors import SpeechError
from courtesy.messages import Text


def choose_device(options: SpeechOptions) -> str:
    """Return "cuda" or "cpu" as asked and as the machine allows.

    Raises:
        SpeechError: CUDA was asked for by name and there is none.
    """
    import ctranslate2

    cards = ctranslate2.get_cuda_device_count()
    if options.device == "cuda" and not cards:
        raise SpeechError(
            Text(
                "这台机器上没有可用的 CUDA 显卡。请改用 --device cpu。",
                "There is no usable CUDA device on this machine. Use --device cpu.",
            )
        )
    return "cuda" if cards and options.device != "cpu" else "cpu"


def physical_cores() -> int:
    """Return the number of cores without hyper-threads; more threads make decoding slower."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        text = ""
    pairs = {
        (block.get("physical id"), block.get("core id"))
        for block in _cpu_blocks(text)
        if "core id" in block
    }
    allowed = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return max(1, min(len(pairs) or allowed, allowed))


def _cpu_blocks(text: str) -> list[dict[str, str]]:
    blocks = []
    for block in text.split("\n\n"):
        lines = (line.partition(":") for line in block.splitlines())
        blocks.append({key.strip(): value.strip() for key, _, value in lines})
    return blocks
