"""faster-whisper as its README uses it, and nothing else: what `courtesy score` is compared with.

python tests/bench/bare.py batched MODEL_FOLDER THREADS FILE...
python tests/bench/bare.py sequential MODEL_FOLDER THREADS FILE...
"""

import sys

from faster_whisper import BatchedInferencePipeline, WhisperModel


def main() -> None:
    how, folder, threads, *files = sys.argv[1:]
    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=int(threads))
    for file in files:
        if how == "batched":
            segments, info = BatchedInferencePipeline(model).transcribe(file, batch_size=8)
        else:
            segments, info = model.transcribe(file, language="zh")
        length = sum(len(segment.text) for segment in segments)
        print(f"{info.language} {info.duration:.1f} s {length} characters")


if __name__ == "__main__":
    main()
