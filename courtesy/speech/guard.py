"""Takes out what recognisers write when nobody spoke, and says why.

Whisper fills silence, noise and music with text from its training: subtitles' credits, requests to
subscribe, thanks for watching. In this product that would be credit for a courtesy that nobody
said.
"""

import re
import zlib

from courtesy.messages import Text
from courtesy.records import Removed
from courtesy.speech.recognise import LOOP, Transcribed
from courtesy.text.normalize import normalize

# Credits and calls that no one says at a counter, in simplified script without marks. From reports
# on Whisper (faster-whisper #183, whisper_streaming #68 and #179) and our own noise and music.
_CREDITS = re.compile(
    "字幕(由|志愿者|制作|组|提供|by)|不吝点赞|点赞订阅|订阅转发|打赏支持|明镜与?点点|明镜需要您"
    "|优优独播|独播剧场|yoyotelevision|amara|由.{0,6}社群提供"
    "|thanksforwatching|thankyouforwatching|ご視聴|ありがとう|시청해"
)
# The same, where a person might say the words among others.
_ALONE = re.compile(
    "(谢谢|感谢)(大家|您|各位)?的?(观看|收看|收听)(下期再见)?|(请|欢迎)?(点赞|订阅|转发)+|下期(再见|节目)"
    "|作[词曲].{0,6}作[词曲].{0,6}|(作词|作曲|编曲|词曲|演唱)*李宗盛|(中文)?字幕|以下是普通话的句子|本字幕.*"
)
# (音樂播放中), [掌声]: a description of sound, not words.
_DESCRIPTION = re.compile(r"^\s*[(\[（【♪*].*[)\]）】♪*]\s*$", re.DOTALL)
# Fast speakers reach nine characters a second; twice that is no voice.
_FASTEST = 16.0
# zlib ratio of a text that repeats itself; faster-whisper's own threshold is 2.4.
_REPEATS = 2.4
_WORTH_A_WORD = 1.0  # seconds, padding included
_NO_SPEECH = 0.6
_UNSURE = 0.5
_GUESS = 0.25
_LATIN = re.compile("[a-z]{4,}")


def invented(result: Transcribed) -> Removed | None:
    """Return why one stretch of sound gives no words to believe; None when its text stands.

    A short stretch without words gives None too: a click, a breath.
    """
    reason = _reason(result) if result.text else _nothing(result)
    if reason is None:
        return None
    speech = result.speech
    return Removed(result.text, speech.start, speech.end, reason, speech.channel)


def _nothing(result: Transcribed) -> Text | None:
    if result.speech.end - result.speech.start < _WORTH_A_WORD:
        return None
    return Text("像是有人说话，但没有听出字", "somebody seems to speak, but no words were made out")


def _reason(result: Transcribed) -> Text | None:
    text = normalize(result.text).text
    seconds = max(result.speech.end - result.speech.start, 0.1)
    if not text:
        return Text("只有标点，没有字", "only marks, no words")
    if _DESCRIPTION.match(result.text):
        return Text("是对声音的描述，不是说的话", "a description of a sound, not words")
    if _CREDITS.search(text) or _ALONE.fullmatch(text):
        return Text(
            "是识别模型在无人说话时常写的字幕语",
            "a subtitle line that the model writes when nobody speaks",
        )
    if len(text) / seconds > _FASTEST:
        return Text(
            f"{seconds:.1f} 秒里不可能说 {len(text)} 个字",
            f"nobody says {len(text)} characters in {seconds:.1f} s",
        )
    if LOOP.search(text) and (result.quality < _UNSURE or _ratio(text) > _REPEATS):
        return Text(
            "同样的字反复出现，是识别在打转",
            "the same words over and over: the recogniser is looping",
        )
    if result.no_speech > _NO_SPEECH and result.alone and result.quality < _UNSURE:
        return Text("识别模型认为这里没有人说话", "the recogniser holds that nobody speaks here")
    if result.quality < _GUESS:
        return Text(
            f"识别把握太低（{result.quality:.2f}）",
            f"the recogniser is only guessing ({result.quality:.2f})",
        )
    if _LATIN.search(text) and len(re.sub("[a-z]", "", text)) < 2 and result.quality < _UNSURE:
        return Text("不是中文，把握也低", "not Chinese, and unsure")
    return None


def _ratio(text: str) -> float:
    data = text.encode("utf-8")
    return len(data) / len(zlib.compress(data))
