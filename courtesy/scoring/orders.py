"""Bare orders: what a clerk tells the customer to do with neither 请 nor any other softness.

Polite clerks, too, ask without 请: 您填一下, 坐吧, 等一下啊，我接个电话. None of these is an order.
An order sends away (自己看, 你去问银行), puts off (明天再来), pushes about (排好队, 站线外头),
hurries (快点), silences (别吵) or demands (身份证拿来). Where the words around it are soft, or tell
how something goes (到时候把材料拿来), none is seen: a clerk is rather spared than blamed for a tone
that is not in the words.
"""

import re
from collections.abc import Iterator, Sequence

# Who is spoken to and how, before the order itself.
_LEAD = "^(?:那|好|行了?|嗯|来|哎|喂|你|你们|就|先|再|都|快|赶紧|赶快|给我|老实|统统|全部?)*"
# What may hang on an order and leaves it one: 吧 on what sends away or puts off, while elsewhere it
# makes a proposal of an order. 了 would make it something done.
_END = "[吧呗啊呀啦]*$"
_HARD_END = "[呗啊呀啦]?$"

_SELF = "(?:自己|自个儿?|自己个儿|自家|各人)"
_LOOK_UP = "(?:找|查|翻|问|想|瞧|看|弄|琢磨|打听|解决|对照|研究|操作)"
_WRITE = "(?:办|填|写|抄|拿|取|算|数|打印?|复印|下载|缴|交)"
_BOARDS = "(?:墙上|网上|牌子|公告栏?|说明书?|手册|须知|指南|屏幕|手机|样本|大厅|门口)"
_FIELDS = "(?:名字|姓名|卡号|账号|电话|手机号|号码|地址|住址|日期|单位|金额|身份证号码?)"
_ASIDE = "(?:外[面头边]|门口|后[面头边]|前[面头]|旁边|边上|一边|边儿|那[儿边里])"
_ERRAND = "(?:缴费|交费|交钱|取号|拿号|复印|拍照|排队|办理?|领|拿|盖章|填|打印|体检|问)"
# Vague times put off; 下午再来 and 周一再来 may answer when to come.
_LATER = "(?:明天|明儿个?|明早|赶明儿|后天|改天|改日|过两天|过几天|回头|(?:过|待)一?会儿)"
_ONE = "(?:一?[张份遍个])"
# 有意见找领导去 dares the customer to complain: it asks for nothing, and is a forbidden phrase.
_COMPLAIN = "(?:领导|主任|局长|科长|所长|处长|站长|经理|主管|上级|上头|哪儿?|谁)"

_ORDERS = {
    "fend for yourself": f"""
        {_SELF}(?:上网|去?网上|去那边|回去|回家|到.{{1,4}}|上.{{1,4}})?[去来]?
            {_LOOK_UP}(?:找|看|查|翻|问|瞧|办法)?去?{_END}
        | {_SELF}[看找查问]{_BOARDS}$
        | {_SELF}(?:去|到.{{1,6}}去?){_WRITE}去?{_HARD_END}
        | {_SELF}{_WRITE}去{_END}
        | ^你{_SELF}{_WRITE}{_HARD_END}
        | (?:{_SELF}|{_LEAD})看着办{_END}
        | (?:上网|网上|手机上)(?:查|看|搜|办|弄|下载|申请)去{_END}
    """,
    "go and ask": f"""
        ^(?=.*[你己]){_LEAD}(?:还是|得|要|自己|直接)*去[问找](?!问|找|一下|着|题|到|对|错|{_COMPLAIN}).{{1,12}}$
        | ^你们?[上到去].{{1,6}}(?<!前)[问找]去?$
        | ^你(?:上.{{1,3}}|到.{{1,3}}|去)?打听(?!一下)
        | [问找看](?![上下]去|.{{0,3}}{_COMPLAIN})
            (?:{_BOARDS}|.{{0,6}}[^过回出进上下再儿里带寄送拿没不先才要])去{_HARD_END}
        | ^要问[就得]?[到去上找].{{2,8}}$
    """,
    "not now": f"""
        等(?:一?会儿?|一下子?|一哈|着)再?[办说]{_END}
        | (?:{_LEAD}|没空|关门了|停了){_LATER}再[来说][办问说取]?{_END}
        | {_LEAD}[叫喊](?:到?[你号]|号)了?再[来过进].?{_END}
        | {_LEAD}没[叫到号]到?你?[号就]?别.{{0,2}}[来过进]
        | {_LEAD}[到去在]?{_ASIDE}[坐站等待呆].{{0,2}}再[来过进].?{_END}
        | [取补备弄拿带凑搞改填写盖签拍印交开](?:了.{{0,3}}|(?:齐|全|好|完|够|清楚).{{0,3}})
            再(?:[过拿]|拿过)?来{_HARD_END}
        | ^等我.{{1,8}}再[说办]{_END}
        | {_LEAD}等着(?:就是了|去)?{_END}
        | {_LEAD}(?:回去|回家)(?:等(?:通知|消息)?{_HARD_END}|[等坐排站]着{_END})
        | {_LEAD}(?:回去|回家)(?:重新?)?[补拍改开盖写填弄拿取][去好齐全]?{_HARD_END}
        | 拿回去(?:重[新填写弄打盖]?|改|补|好好)
        | ^(?:材料|资料|东西|表格?)?[你都先]*拿回去{_END}
        | [跑来]一趟呗$
    """,
    "stand there": f"""
        {_LEAD}(?:[到上去往]?{_ASIDE}|重新)?去?排(?:好?队|着|去)去?{_HARD_END}
        | {_LEAD}[在到去上坐站]*{_ASIDE}(?:去|[等站待呆候歇坐杵][着去]+等?(?:就是了)?){_HARD_END}
        | 一?边儿?去?(?:待着|呆着|凉快|杵着)
        | {_LEAD}站.{{0,3}}(?:线[外后][面头边]?|后[面头]|一边|边上|外[面头]|远点|开)
            [去儿]?{_HARD_END}
        | {_LEAD}(?:站好|站直了|让开点?|闪开|走开|躲开|退后|靠边站?|靠后)[去了]?{_HARD_END}
        | {_LEAD}[坐站]回去{_END}
        | {_LEAD}往(?:后|边上|旁边|外)[站退排靠走挪]去?{_HARD_END}
        | ^.{{0,6}}滚(?:蛋|开|回去|出去|远点|一边|吧|$)
        | {_LEAD}出去[等说打吵排站]?(?:着|去|电话|队)?{_HARD_END}
        | {_LEAD}过来$
        | {_LEAD}[放搁撂扔][在到]?(?:那[儿里边]?|桌上|台子?上|着){_HARD_END}
        | {_LEAD}[撂扔](?:那[儿里边]?|着){_END}
        | 你给我[站坐等听闭老放把排让回走安快出]
        | ^(?:你|给我)+听好了?$
        | {_LEAD}老实(?:点|[待坐等]着)
    """,
    "hurry": """
        ^(?:那|来|喂|哎)?[你您]?们?(?:给我)?(?:手脚|动作|说话)?(?:给我)?
            (?:快点儿?|快着点|快些|麻[利溜][索落]?[一儿]?[点些的]儿?|放?利[索落]点|痛快点|干脆点
                |抓紧[点些]?儿?|赶紧的?|赶快的?)
            (?:[说讲填签写办走拿交弄掏](?:[过上出]?[来去完好])?)?[啊吧呀呗]?$
        | ^[你您]?[说讲]快一?[点些]
        | 手脚(?:给我)?放?(?:快|麻利|利[索落])[点些]
        | ^(?:有话|有事|喂)*快[说讲][啊吧呀]?$
        | ^[喂快]*说话[啊呀]?$
    """,
    "be quiet": """
        (?:别|少|甭|莫|不许|不准)(?:再|老是?|总|在这[儿里]?|跟我|给我|来|往)*
            (?:烦(?:我|了|啦|啊|人)|[问找催缠]我|吵(?![醒着到])|闹(?!心)|嚷|喊|叫唤|废话|啰嗦|罗嗦|磨[蹭叽唧]|墨迹
            |插队|插嘴|打岔|转悠|晃悠|堵[在着这门]|挡(?!.{0,3}[眉脸眼头])|[趴围][在着这]|乱[翻摸拿]
            |说了$|问了$|插话|打断|抢话|说两句|多嘴|狡辩|胡搅|跟我(?!.{0,2}客气|见外)|瞎(?![担操想猜着]))
        | ^(?:你|都|给我|先)*(?:闭嘴|住口|住嘴|安静一?点|小声点|小点儿?声|声音小一?点)[啊呀吧]?$
        | ^(?:你|给我|先)*(?:[说讲](?:普通话|重点|人话|大声点|清楚点)|把话[说讲]清楚)[啊呀吧]?$
    """,
    "hand over": f"""
        {_LEAD}把?.{{0,10}}?(?:拿|[拿交递掏亮][过出上进])来(?:我?(?:看看|瞧瞧|看一?下))?{_HARD_END}
        | ^(?:那就?|你|快|赶紧)+拿.{{1,6}}来$
        | {_LEAD}拿{_ONE}走
        | ^把?你?的?{_FIELDS}(?:写上|填上|签上|[写填]这[儿里]?)$
        | {_LEAD}把.{{1,5}}[填签交写办按]了$
        | {_LEAD}把(?:门|窗户?)(?:带上|关上|关了){_END}
        | {_LEAD}把.{{1,6}}(?:[拿端清]走|拿开|收走|挪开|收起来){_HARD_END}
        | ^把?你?的?(?:手|胳膊|脚|包|东西|伞|手机|杯子|孩子|车子?)
            [拿抱收挪搬推](?:走|开|下去|出去|一边去){_HARD_END}
        | 换个.{{0,6}}[人的]来{_HARD_END}
    """,
    "do it": f"""
        {_LEAD}(?:到旁边|在?那边|在?这[里儿]?|去)?(?:
            签字|签名|填表|按手印|[重再][填写签盖]{_ONE}?
            |重新(?:[填写盖签开]|取号|排队|打印|复印){_ONE}?
        )去?$
        | (?:{_ERRAND}|拍|查|印|坐着|站着|排着|等着)去{_HARD_END}
        | ^你?(?:赶紧|快|自己)+[去到].{{1,10}}{_ERRAND}{_HARD_END}
        | [让叫喊]你(?P<told>.{{1,3}})你?就去?(?P=told)
    """,
}
_ORDER = {name: re.compile(pattern, re.VERBOSE) for name, pattern in _ORDERS.items()}
# No 您 and no apology beside it makes hurrying somebody any softer.
_EVEN_IF_SOFT = frozenset({"hurry"})

# Words that make a whole utterance soft.
_SOFT = re.compile(
    """您|咱|[二两几各诸]位|大家|大爷|大妈|大娘|大叔|大姐|大哥|阿姨|叔叔|师傅|老师|同学|老人家
    |小朋友|宝宝|对不[起住]|不好意思|抱歉|过意不去|谢谢|辛苦|麻烦|劳驾|慢走|慢点走|再见|别着?急
    |不[着用]?急(?!$)|别担心|没关系|没事(?![别找])|不要紧|好吗|好不好|行吗|行不行|可以吗|成吗|一下吧|帮忙
    |我[先来]?[帮给替教陪带扶](?!你?[说讲])|我来|哈哈|不用[再重]|镜头|摄像头|拍照|笑一""",
    re.VERBOSE,
)
# Beside an order's own words: told, offered, allowed, done, asked or reported (他让你自己找).
_TOLD = re.compile(
    """我|您|他|已经?|刚|可能|[能会想愿肯该得需]|要(?!问)|[叫让]|们|还是|或者?|最好|建议
    |之后|然后|接着|最后|时候|万一|的话|比如|例如|只要|只有|怎么|什么|哪|谁|就成|也行|也成|没有?$
    |吗$|孩子|老人|家人|家属|爱人|单位(?!.*去)|公司|[说讲](?!普通话|重点|人话|大声|清楚|明天|话)""",
    re.VERBOSE,
)
# The same anywhere: 下次把身份证拿来, 材料不用拿来.
_NOT_NOW = re.compile("不[用必]|下[次回]|到时|以后|已经|可以|如果|要是|就行|就好")
# What a clause before may say that makes the next one tell a case or a step.
_CASE = re.compile(
    "如果|要是|万一|的话|时候|到时|以后|只要|没过|下次|第[一二三]步|先.*再|然后|可以|就行"
)
# Where a clause ends though no mark says so: 还没上班等一下办, 不知道你去问银行.
_PAUSE = re.compile(
    """(?<=不知道)|(?<=不清楚)|(?<=不晓得)|(?<=没上班)|(?<=下班了)|(?<=早来)|(?<=有牌子)|(?<=有电脑)
    |(?<=[急催慌]什么)(?!时)|(?<=忙[着呢吗吧])(?![着呢吗吧])|(?<=还不懂)|(?<=归我管)|(?<=下一个)
    |(?=我[要先这还])|(?=后面还有)""",
    re.VERBOSE,
)

# 急什么，等一下 is no 请稍等.
_GRUFF = re.compile(
    """[急慌催挤吵]什么|没看我|没看见我|没瞧见|正?忙着|还?没上班|没空|烦不烦|[没有]完没了|瞎嚷|吵死""",
    re.VERBOSE,
)
_WAIT = re.compile(f"{_LEAD}等(?:一下|一哈|一?会儿?|等|着)(?:再来|再说|就是了)?{_END}")

# The counter's nouns. 材料 alone is a demand; 身份证 alone may answer what is needed.
_PAPER = """(?:二代)?(?:
    身份证|户口[本簿]|结婚证|离婚证|出生证|驾驶证|行驶证|驾照|房产证|房本|不动产权证|营业执照|执照
    |毕业证|居住证|残疾证|社保卡|医保卡|银行卡|护照|照片|(?:租房|购房|劳动)?合同|委托书|介绍信|病历
    |诊断书|发票|回执|复印件|原件|证明|申请[表书]
)"""
_ANY = "(?:材料|资料|证件|手续|东西|表格?|单子|号码?|号单|票|卡|证)"
_NOUN = f"(?:{_PAPER}|{_ANY})(?:原件|复印件)?"
_NOUNS = f"(?:你的?)?{_NOUN}(?:(?:和|跟|还有)?{_NOUN})*"
_GIVE = re.compile(f"{_LEAD}(?:把?{_NOUNS}[先都也]?)?给我$", re.VERBOSE)
_JUST_NOUNS = re.compile(f"^{_NOUNS}$", re.VERBOSE)
_ASKED_FOR = re.compile("^你?的?(?:材料|资料|证件|手续|单子|号码?|号单)$")
_NEXT = re.compile("^(?:下一[个位]|来|那|哎|喂|嗯|好|说|说吧|什么事|干嘛的|办什么)$")


def orders(clauses: Sequence[str], *, loud: bool = False) -> int:
    """Count the bare orders in the clauses of one utterance.

    Args:
        clauses: normalized.
        loud: the utterance ends in an exclamation mark, as a transcriber writes 身份证！

    >>> orders(["有牌子", "自己看"]), orders(["您自己看一下"]), orders(["手机上可以自己查"])
    (1, 0, 0)
    """
    whole = "".join(clauses)
    soft = _SOFT.search(whole) is not None
    found = 0 if soft else _demands(clauses, loud=loud)
    gruff = not soft and _GRUFF.search(whole) is not None
    before = ""
    for clause in _parts(clauses):
        if not _CASE.search(before) and (
            _ordered(clause, soft=soft) or (gruff and _WAIT.search(clause))
        ):
            found += 1
        before = clause
    return found


def _parts(clauses: Sequence[str]) -> Iterator[str]:
    for clause in clauses:
        yield from filter(None, _PAUSE.split(clause))


def _ordered(clause: str, *, soft: bool) -> bool:
    if _NOT_NOW.search(clause):
        return False
    for name, pattern in _ORDER.items():
        if soft and name not in _EVEN_IF_SOFT:
            continue
        hit = pattern.search(clause)
        # What is told is told beside the order's own words: the 我 of 别烦我 is part of it.
        if hit and not _TOLD.search(f"{clause[: hit.start()]} {clause[hit.end() :]}"):
            return True
    return False


def _demands(clauses: Sequence[str], *, loud: bool) -> int:
    """Count what is demanded where an utterance holds nothing but things: 驾驶证，行驶证，给我.

    Things alone are as often the answer to what is needed, so that one of them must be asked for.
    """
    rest = [clause for clause in clauses if not _NEXT.search(clause)]
    asked = [clause for clause in rest if _GIVE.search(clause)]
    if not all(_GIVE.search(clause) or _JUST_NOUNS.search(clause) for clause in rest):
        return 0
    if loud or (len(rest) == 1 and _ASKED_FOR.search(rest[0])):
        return min(len(rest), 1)
    return len(asked)
