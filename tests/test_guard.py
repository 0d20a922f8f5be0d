"""What recognisers invent is taken out, visibly; what people say at a counter never is."""

import pytest
from fakes import speech, transcribed
from hypothesis import given
from hypothesis import strategies as st

from courtesy.messages import LANGUAGES
from courtesy.speech.guard import invented

INVENTED = [
    "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
    "字幕由Amara.org社群提供",
    "字幕由 Amara.org 社區提供",
    "中文字幕志愿者 李宗盛",
    "字幕志愿者 杨茜茜",
    "字幕製作：貝爾",
    "谢谢观看",
    "谢谢大家观看！",
    "感謝收看",
    "謝謝大家收看,下期再見",
    "謝謝收聽",
    "優優獨播劇場——YoYo Television Series Exclusive",
    "作词：李宗盛 作曲：李宗盛",
    "以下是普通话的句子",
    "Thank you for watching",
    "Thanks for watching!",
    "ご視聴ありがとうございました",
    "(音樂播放中)",
    "（掌声）",
    "[音乐]",
    "♪♪",
    "……",
    "。",
]

REAL = [
    "谢谢",
    "谢谢。",
    "謝謝",
    "谢谢您",
    "谢谢大家",
    "感谢您的来电，再见。",
    "感谢您的配合",
    "再见",
    "您好",
    "好",
    "嗯",
    "请坐",
    "请您点击这里确认",
    "请您看屏幕上的字",
    "请您关注我们的公众号",
    "订单号是多少",
    "您登记的是作词还是作曲？",
    "李宗盛先生，请到三号窗口。",
    "您叫李宗盛，对吗？",
    "对对对对",
    "不用不用不用",
    "等一下等一下等一下",
    "没有没有没有没有没有",
    "零零零零零零零零一",
    "身份证号一一零一零一一九九零零一零一",
    "A037号请到三号窗口",
    "OK",
    "我不知道，这不归我管。",
    "请稍等，请稍等，请稍等。",
]


@pytest.mark.parametrize("text", INVENTED)
@pytest.mark.parametrize("quality", [0.3, 0.6, 0.9])
def test_what_recognisers_invent_is_taken_out(text: str, quality: float) -> None:
    removed = invented(transcribed(text, speech(4.0, 10.0), quality))
    assert removed is not None
    assert (removed.heard, removed.start, removed.end) == (text, 10.0, 14.0)
    assert all(removed.reason.say(lang) for lang in LANGUAGES)
    assert removed.reason.zh != removed.reason.en


@pytest.mark.parametrize("text", REAL)
@pytest.mark.parametrize("quality", [0.55, 0.8, 0.99])
def test_what_people_say_stays(text: str, quality: float) -> None:
    seconds = max(0.6, len(text) * 0.2)
    assert invented(transcribed(text, speech(seconds), quality)) is None


def test_speech_without_words_is_not_taken_for_silence() -> None:
    assert invented(transcribed("", speech(0.5), 0.0)) is None
    removed = invented(transcribed("", speech(3.0), 0.0))
    assert removed is not None
    assert removed.heard == ""


def test_more_than_a_voice_can_say() -> None:
    assert invented(transcribed("请问您要办什么业务请出示身份证" * 2, speech(0.8))) is not None
    assert invented(transcribed("请问您要办什么业务", speech(1.2))) is None


def test_a_loop() -> None:
    assert invented(transcribed("请慢走" * 20, speech(20.0), 0.4)) is not None
    assert invented(transcribed("请慢走" * 40, speech(20.0), 0.9)) is not None


def test_mere_guessing() -> None:
    assert invented(transcribed("我不知道", speech(1.5), 0.1)) is not None


def test_a_window_without_speech_is_doubted_only_where_the_words_are_unsure_too() -> None:
    def doubted(quality: float, no_speech: float, alone: bool) -> bool:
        return invented(transcribed("谢谢", speech(0.8), quality, no_speech, alone)) is not None

    assert doubted(0.4, 0.9, alone=True)
    assert not doubted(0.9, 0.9, alone=True)
    assert not doubted(0.4, 0.1, alone=True)
    # With neighbours in the window its probability says nothing about this one.
    assert not doubted(0.4, 0.9, alone=False)


@given(
    st.text(st.characters(exclude_categories=()), max_size=80),
    st.floats(0, 30),
    st.floats(0, 1),
    st.floats(0, 1),
    st.booleans(),
)
def test_any_result_can_be_looked_at(
    text: str, seconds: float, quality: float, no_speech: float, alone: bool
) -> None:
    removed = invented(transcribed(text, speech(seconds), quality, no_speech, alone))
    assert removed is None or removed.heard == text.strip()
