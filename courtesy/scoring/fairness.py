"""Whether the sound is a fair basis to judge anybody by; where it is not, why, with the measures.

A low score must mean a clerk who was not courteous, never a microphone that did not hear.
"""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from courtesy.config import FairnessOptions
from courtesy.messages import Text
from courtesy.records import Interaction, Seconds, SoundQuality, Utterance
from courtesy.scoring.seek import BESIDE

# What each rule says where nothing can be judged; the measures stand once, in the note.
NO_BASIS = Text("声音不足以公平评判", "the sound is no fair basis to judge by")


def unfair(interaction: Interaction, options: FairnessOptions) -> Text | None:
    """Return why the clerk cannot be judged fairly by how the clerk was heard; None if possible.

    Args:
        interaction: with roles, and `sound` where it was heard in sound.
        options: the limits.
    """
    clerk = [u for u in interaction.utterances if u.role == "clerk"]
    missing = _missing(interaction)
    reasons = [*_of_sound(interaction.sound, options), *_of_words(clerk, missing, options)]
    return _sentence(NO_BASIS, reasons)


def _missing(interaction: Interaction) -> Seconds:
    """Return how much sound without words lies in or right beside an interaction.

    A microphone may have been away for long before it, which says nothing of how it was heard.
    """
    start, end = (interaction.start or 0.0) - BESIDE, (interaction.end or 0.0) + BESIDE
    return sum(max(0.0, min(r.end, end) - max(r.start, start)) for r in interaction.lost)


def _of_words(
    clerk: Sequence[Utterance], missing: Seconds, options: FairnessOptions
) -> Iterator[Text]:
    sure = [u.quality for u in clerk if u.quality is not None]
    if sure and median(sure) < options.quality:
        yield Text(
            f"听不清，识别把握只有 {median(sure):.2f}（至少要 {options.quality:g}）",
            f"hardly to be understood, the recogniser is sure by {median(sure):.2f} only "
            f"(at least {options.quality:g})",
        )
    whole = missing + sum((u.end or 0.0) - (u.start or 0.0) for u in clerk)
    if missing > options.lost * whole and whole >= options.seconds:
        yield Text(
            f"有 {missing / whole:.0%} 的声音没有听出字（最多 {options.lost:.0%}）",
            f"no words were made out in {missing / whole:.0%} of the sound "
            f"(at most {options.lost:.0%})",
        )


def unfair_channel(sound: SoundQuality, options: FairnessOptions) -> Text | None:
    """Return why nothing on a channel of a whole recording is fairly judged; None if it can be."""
    side = {0: Text("左声道", "Left channel"), 1: Text("右声道", "Right channel")}
    head = side[sound.channel] if sound.channel is not None else Text("录音", "Recording")
    about = Text(f"{head.zh}：{NO_BASIS.zh}", f"{head.en}: {NO_BASIS.en}")
    found = _sentence(about, _of_sound(sound, options))
    return found and Text(f"{found.zh}。", f"{found.en}.")


def _of_sound(sound: SoundQuality | None, options: FairnessOptions) -> Iterator[Text]:
    if sound is None or sound.seconds < options.seconds:
        return
    if sound.level < options.level_db:
        yield Text(
            f"声音太小或离得太远，只有 {sound.level:.0f} dBFS（至少要 {options.level_db:g}）",
            f"too quiet or too far away, {sound.level:.0f} dBFS (at least {options.level_db:g})",
        )
    if sound.snr < options.snr_db:
        yield Text(
            f"太嘈杂，信噪比 {sound.snr:.1f} dB（至少要 {options.snr_db:g}；"
            f"语音 {sound.level:.0f} dBFS，噪声 {sound.noise:.0f} dBFS）",
            f"too noisy, signal to noise {sound.snr:.1f} dB (at least {options.snr_db:g}; "
            f"speech {sound.level:.0f} dBFS, noise {sound.noise:.0f} dBFS)",
        )
    if sound.clipped > options.clipped:
        yield Text(
            f"声音过载失真，{sound.clipped:.0%} 的采样被削顶（最多 {options.clipped:.0%}）",
            f"clipped, {sound.clipped:.0%} of the samples (at most {options.clipped:.0%})",
        )
    if sound.dropouts_a_minute > options.dropouts_a_minute:
        yield Text(
            f"断音太多，每分钟 {sound.dropouts_a_minute:.0f} 处"
            f"（最多 {options.dropouts_a_minute:g}）",
            f"the sound breaks off {sound.dropouts_a_minute:.0f} times a minute "
            f"(at most {options.dropouts_a_minute:g})",
        )
    if sound.chinese is not None and sound.chinese < options.chinese:
        yield Text(
            f"说的不像汉语，可能性 {sound.chinese:.0%}（至少要 {options.chinese:.0%}）",
            f"does not sound like Chinese, likelihood {sound.chinese:.0%} "
            f"(at least {options.chinese:.0%})",
        )


def _sentence(about: Text, reasons: Iterable[Text]) -> Text | None:
    found = list(reasons)
    if not found:
        return None
    zh, en = "；".join(r.zh for r in found), "; ".join(r.en for r in found)
    return Text(f"{about.zh}：{zh}", f"{about.en}: {en}")
