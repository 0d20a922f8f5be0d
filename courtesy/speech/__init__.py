"""From sound to utterances: decoding, voice activity, recognition, a guard against inventions."""

import os

# Nobody outside is told what runs here; see `courtesy.speech.onnx`.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
