"""Networks that onnxruntime runs: on one thread each, and telling nobody.

From 1.29 on its builds for Linux and macOS send what is run, and on what, to their maker, as those
for Windows have long done; see its Privacy.md. `ORT_DISABLE_TELEMETRY` keeps the sender from being
made, and is set by the package, before anything can load the library.
"""

from pathlib import Path
from typing import Any


def open_session(path: Path) -> Any:
    """Return a session on one thread; the speech model has the others."""
    import onnxruntime

    # Older builds for Windows know no variable.
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
