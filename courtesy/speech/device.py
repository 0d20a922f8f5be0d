"""What the machine has to listen with: a CUDA device, processor cores, and who has them."""

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


def abilities() -> tuple[list[str], int]:
    """Return in which numbers the processor can recognise, and how many CUDA cards there are."""
    import ctranslate2

    kinds = ctranslate2.get_supported_compute_types("cpu")
    return sorted(kinds), ctranslate2.get_cuda_device_count()


def leave_cores_alone() -> None:
    """Have numpy multiply on one thread, from now on and in the whole process.

    Its products here are small. The threads that OpenBLAS keeps for large ones wait for the next
    one at full speed and take the cores from the recogniser: 15 of 180 processor seconds.
    """
    import numpy as np  # noqa: F401 - its library is only found once it is loaded
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


def physical_cores() -> int:
    """Return the number of cores without hyper-threads; more threads make decoding slower.

    `OMP_NUM_THREADS` limits it, as it limits others: Ray sets it to a worker's share.
    """
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
    told = os.environ.get("OMP_NUM_THREADS", "")
    most = int(told) if told.isdecimal() and int(told) else allowed
    return max(1, min(len(pairs) or allowed, allowed, most))


def _cpu_blocks(text: str) -> list[dict[str, str]]:
    blocks = []
    for block in text.split("\n\n"):
        lines = (line.partition(":") for line in block.splitlines())
        blocks.append({key.strip(): value.strip() for key, _, value in lines})
    return blocks
