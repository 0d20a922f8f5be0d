"""Words that tell how a phrase is meant, as patterns over normalized text; `context` uses them.

Patterns that end in `$` are looked for in what stands before a phrase, those that begin with `^` in
what follows. Spaces in them mean nothing.
"""

import re


def _cue(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE)


_NOT = """(?:
    不(?:能|要|可以|许|准|得|会|应该?|敢|想|兴|愿|是|用|必|至于|存在|允许|(?=说|讲|骂|叫))
    |没(?:有|谁|人)?|别|从不|从来[不没]|未|勿|禁止|杜绝|避免|防止|并[不非]|[绝决]不
    |哪[能敢会有]|谁[也都会敢]|用不着|免得|省得
)"""
_SAY = "(?:说|讲|喊|骂|嚷|吼|叫|回答|答复|回复|告诉|问|写|念)"
_THINK = "(?:认为|觉得|以为|当成|感到|怕|担心)"
_MAKE = "(?:让|叫|使|挂着|遇到|碰到|见到|看[到见]|听[到见]?|出现|发生|存在|允许)"
# Neither of the two who speak.
_THEY = """(?:
    [他她]们?|人家|别人|有人|有[的些]人|谁|哪[位个]|同事|保安|导办|志愿者|前台|前面|后面|上一位|上次|刚才那
    |那个人|[那这有一]位|位大[爷妈姐哥叔]|老伴|儿子|女儿|邻居|朋友|顾客|群众|客户|医院|单位|公司|银行|社区|街道
    |村里|派出所|[税社][务保]局|窗口的?|楼[上下]|科长|局长|主任|领导|网上|电话里|微信里|新闻里
)"""
# 跟您说 has the clerk for its subject.
_YOU = "(?<![跟给和对向问])(?:您|你|大家|你们|你家)"
# What may stand between a verb of speech and what is said.
_TO = """(?:
    我们?|[他她]们?|您|你们?|咱们|别?人|大家|群众|[了的是过着道叫出起都就要得去来这那]|一句|什么
    |[这那]句|这种话|这事|这个|不想等了
)*"""

# Directly before the phrase.
DENIED = _cue(
    f"""(?:{_NOT}|不会有|谁说的?|归|无论|不论)
    (?:再|随便|这样|这么|什么|让您|叫您|让人|让你|您|随意|出现|发生|任何|因为|轻易)?$"""
)
# Anywhere before it in its clause, with a verb that takes it for its object.
DENIED_SPEECH = _cue(rf"{_NOT}.{{0,8}}?(?:{_SAY}|{_THINK}|{_MAKE}|以)[过着到出]?.{{0,4}}$")
# The same at any distance in the clause: 我可不会说不是给您讲了吗怎么还不明白.
DENIED_AT_LENGTH = _cue(f"{_NOT}.{{0,3}}(?:说|讲)(?!.{{0,2}}[了过]吗)")
REPORTED = _cue(
    f"""(?:{_THEY}|{_YOU}).{{0,8}}?(?:{_SAY}|{_THINK}|让|要求|嫌)过?{_TO}$
    |(?:原话|说法|意思|规矩|态度|口头禅|回复|答复|回答|写的|说的|印象|第?[一头][句条]|那句话?)[就正也]?是?{_TO}$
    |说$
    |^(?:也|还|又|再|就)?(?:叫|让|骂|喊|吼|说|讲)(?:您|人家?|你|什么|他|她|我|谁)?$"""
)
# The clause before ends in a verb of speech whose subject is somebody else.
ANNOUNCED = _cue(
    f"""(?:{_THEY}|{_YOU}(?!.{{0,2}}[跟和找去对向])).{{0,8}}?
    (?:[说讲喊骂嚷吼]|回答|告诉[我他她您])(?:道|的是)?$"""
)
# 不管你怎么说 announces nothing.
WHATEVER = _cue("怎么|什么|不管|无论|随你")
# For courtesies: 他跟我说谢谢了, but not 有问题您打电话告诉我们，再见.
TOLD_OF = _cue("([他她]们?|人家|别人|有人|同事|那个人|[那有]位|顾客|群众|客户).{0,6}(说|讲|喊)过?$")
# The clerk's own: 我说不归我管, 都跟你说了不归我管, 你说你急什么.
OWN_SPEECH = _cue(
    """^(?:先生|女士|同志|大[爷妈姐哥]|阿姨|师傅|刚才|早就?|那|可|不是)?
        [我咱](?!们不).{0,4}(?:说|讲|告诉).{0,3}$
    |(?:[跟和给对]|告诉)你们?[说讲]?[了过得]?(?:很?清楚|明白|多少遍|几遍)?了?$
    |^你说$"""
)
# It is said of somebody who is neither of the two: 银行下班了, 孩子这都不懂.
OF_OTHERS = _cue(
    f"""(?<![叫让喊])(?:{_THEY}|孩子|老人家?|家里|食堂|法院|学校|社保|对方|现在)
    (?:[那这]边|已经|[都也们]|可能|恐怕|应该|早就)*$"""
)
# What may stand before an insult in its clause: 没材料就滚蛋, but not 球滚出去了.
INSULTED = _cue(
    """^(?:[你您真就都快还又可再这个那先嗯啊呃哦哎唉诶]|你们|给我|赶[紧快]|马上|真是|简直|我[看说]|要不|怎么|是不是|没.{1,4}就|都?说了
        |不.{1,4}就|再.{1,4}就?|要是|如果|先生|女士|同志|大[爷妈姐哥]|阿姨|师傅|他妈的?|小心|信不信|叫保安|让保安|妈的)*$"""
)
# 您怎么不早来啊，早上人少 is said in good part; 您快点，我要下班了 is not.
REPROACH = _cue("^(?:怎么|急|催|喊|叫)")
ADDRESSED = _cue(
    """(您|你们?|大家|他们?|老人家|同志|师傅|阿姨|先生|女士|家属|孩子|本人|如果|要是|假如|万一|即使|就算|哪怕
        |是不是|有没有|会不会|可以|能|想|要|先|帮[您你])
    ([们也还都要想再先]|可以|一时)?$"""
)
MATTERS_NOT = _cue(
    "^[也都]?(没关系|没事|不要紧|不用(担心|着急|怕)|可以问|就问|的话|的可以|的地方|的|吗)"
)
# Only supposed; what concedes (就算…也) may be part of the refusal itself.
SUPPOSED = _cue(
    """(?:如果|要是|假如|假使|假设|万一|倘若|若是)
    (?:您|你|我们?|这事|这个|有人|[对跟]您说|[我你]说|说|遇到|碰到|确实|真的?|[也还])*$"""
)
CONCEDED = _cue(
    """(?:即使|即便|就算|哪怕|虽然|虽说|尽管|(?<!我)不管|无论|不论)
    (?:您|你|我们?|这件?事|这个|确实|真的?|[也还这])*$"""
)
CONCESSION = _cue("[也都]")
STILL = _cue("^.{0,4}也")
# 你要是再吵，把你轰出去: the condition belongs to the threat.
THREAT = _cue("^(?:再|把|就|给我|让保安|叫保安|信不信)")
# Directly behind the phrase: it is named, not said.
NAMED = _cue(
    """^[啊呀呢]?(?:
        [这那][种样类句些个]?的?(?:话|说法|情况|现象|道理|态度|做法|词)|[这那](?:回事|一说|一套)
        |[这那]?[一两三四五六七八几]?(?:个字|几句|句话?)|这样[冷的]|之类|一类|等等|为由
        |的(?:话|说法|情况|现象|道理|态度|意思|做法|回事|人)
        |(?:是|属于|都是|也是|就是|算)?(?:不允许|服务忌语|忌语|禁语|错的|不对的)
        |不是(?:理由|借口|道理)|可不行
    )"""
)
# After a mark too, where the words can mean nothing else: 不归我管，这话不对.
NAMED_NEXT = _cue(
    """^[这那](?:(?:句|些)?话(?![我轮你])|种话|样的话|几句话?|几?个字|回事|些?都是|是错的|可不是|是以前|不成)
    |^哪有这(?:回事|种)"""
)
LISTED = _cue("(?:忌语|禁语|例如|比如|譬如|所谓|比方说|像|包括)[有是的]?(?:包括)?$")
TALK_OF_RULES = _cue("忌语|禁语")
# 不归我们管的材料: it tells what something is like.
ATTRIBUTE = _cue("^的..")
# What follows takes the edge off: nobody who is being rude says 没关系 or 我念给您听 next.
SOFTENED = _cue(
    """^(?:
        没关系|没事儿?(?!找)|不要紧|[不别]着急|您?别急(?!着)|您?慢慢[来填说看找写]|我等[您你]|不怪您|哈哈|开玩笑
        |老人家|您也|要带|[您请]先坐|先坐[下会着吧]
        |[那来]?我(?:[再来先去]|马上|这就|可以)*[给帮替陪带领教念扶送]给?[您你]
        |我[再来](?:讲|说|念|解释)|我[念讲说]给[您你]
    )"""
)
# The clerk takes it back.
TAKEN_BACK = _cue(
    "不该|收回|说重了|说错话|道歉|赔不是|赔礼|是我不对|我的不[是对]|态度不好|失礼|失言|做得不[好对]|没做好"
)
# It is asked whether: 他说不归我管，是吗.
ASKED = _cue("^(?:是吗|对吗|对吧|是吧|是不是|对不对|是这样吗)")
HELP = _cue(
    """[帮给替][您你]|稍等|稍候|麻烦您
    |我(?:[来去先再]|马上|这就|可以)*.{0,2}(?:查|问(?!谁)|看|打电话|带|讲|联系|请|翻|想办法)
    |我再?找(?:一下|同事|人|科长|文件)|我第一个|咱们?一(?:起|块儿?)
    |请您?[到去找问看坐先打再进]|您先?进来坐|建议您|[他她]们?(?:专门)?负责|咨询台|等系统
    |您最好|您可以[^不]|[您请].{0,6}(?:楼|窗口|大厅|办公室|科|局|中心|柜台)|系统坏|实在对不起
    |^(?:真的?|实在|很)?(?:对不起|抱歉|不好意思)"""
)
# The next one is called, or this one sent away: what follows is no help for this one.
DISMISSED = _cue("下一[位个]|后面的|你走|走吧|让开|你爱")
# Particles after which a new sentence begins in speech that has no marks; not the 了 of 说了.
SENTENCE_END = _cue("(?:(?<![说讲诉过问])了(?:没有?(?![人谁说讲]))?|[吗吧呢啦])(?![吗吧呢啦的])")
