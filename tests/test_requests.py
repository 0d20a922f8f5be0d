"""What asks the customer to do something, politely or as a bare order, and what only seems to."""

import pytest

from courtesy.scoring.requests import requests

POLITE = """
    请出示身份证 请您填一下这张表 请把材料给我 请坐 请稍等 请过来 请到三号窗口 请不要着急
    请别挂机 我想请您签个字 得请您去一趟 还要请您签字 那就请您再补一张 可以请您出示一下吗
    烦请您填一下 麻烦您稍等 麻烦签个字 麻烦把号单给我 麻烦各位排好队 麻烦您跑一趟 劳驾让一下
    有劳您
"""
# 请 and 麻烦 that ask for nothing to be done.
NO_REQUEST = """
    请问您办什么 请问您 申请已经受理 您申请的材料 请假条要盖章 请两天假 请了病假 请不起律师
    请律师也行 我请同事帮您 我们请测绘的去看 可以请同事帮您 敬请谅解 请您多包涵 还请您多多包涵
    请您理解 请放心 请您一定放心 请便 把这老东西请出去 叫保安请你出去 请你出去 不麻烦
    给您添麻烦了 这个挺麻烦的 太麻烦了 麻烦您了 麻烦你了啊 您别怕麻烦 麻烦事
"""
ORDERS = """
    自己找 自己看 有牌子自己看 有牌子，自己看嘛 自个儿翻去 自己去网上查 上网查去 自己看说明
    你自己填 各人去看 自己想办法 你自己看着办 操作手册自己找 我不知道，你去问银行 去问你们村里
    找社区去 问保安去 看墙上去 要问到导办台问 你上楼打听打听去 明天再来 下班了，明天再来吧
    下班了明天再来办 过两天再来 过会儿再来 等一下办 还没上班，等一下再办 急什么，等一下
    没看我正忙着吗，等会儿 等着 等着吧 回去等通知 叫到号再来 叫你了再来 外头坐会儿再进来
    补齐了再来 取了号再来 填完再过来 等我忙完再说 坐回去 手拿开 别插话 少说两句 表填好了再来
    没叫到你别过来 拿回去重弄 材料你先拿回去 排好队 排队去 到后面排队去 后面排着 重新排队 站好
    站黄线外头 站到后面去 往后站 都往后退 靠边站 让开 让开点 一边去 边儿去 一边待着去
    你先一边待着去 坐那儿等着 外面等着 在那儿站着等就是了 出去 都出去 滚出去 滚回去 放那儿
    扔那儿吧 你给我站好 你听好了 老实坐着 快点 您快点，我要下班了 你快点我要下班了 快点填
    快点儿拿过来吧 赶紧签 动作快点 麻溜的 麻利些吧 你手脚给我放利索点 说快一点 有事快说 说话
    别吵 别烦了啊 别烦我 别磨蹭 少啰嗦 少问我 别来问我 照片的事别找我 别在这儿转悠 别挡着 莫吵
    闭嘴 小声点 说普通话 说重点 身份证拿来 材料交上来 门头照片拿来 发票清单都拿出来 把材料递进来
    身份证拿来我看看 那就拿身份证来 把表填了 把钱交了 卡号写上 日期填上 把门带上 把东西拿走
    拿一张走 签字 先填表 按手印 重写 重新填 重新盖 再填一张 复印去 缴费去 打电话问去
    去照相馆拍去 到三楼缴费去 你自己去三号窗口缴费 让你盖你就去盖 叫你等着就等着 把身份证给我
    身份证给我 驾驶证，行驶证，都给我 材料 号 下一个，材料 身份证！
"""
# What polite clerks say without 请.
INNOCENT = """
    坐吧 坐 您坐 您稍等 稍等一下 等一下 等一下啊，我接个电话 等会儿给您 你等一会儿，我去拿
    给您放这儿了 您拿好 慢走 证件收好 回执收好 东西别落 填一下这个表 在这儿签个字 签这儿
    您把字签了就行 您填一下 放这儿吧 材料放这儿就行 您把身份证给我 您好，身份证给我，登记一下
    旧证给我，地址变了没有 身份证给我用一下 照片给我看看 来，看镜头，别动 往左一点 往后靠一点
    再抬一点 再来一遍啊 到时候带身份证来就行 下次把身份证拿来 材料不用拿来 已经拿来了
    您明天再来一趟吧 明天再来拿就行 没关系，明天再来也行 对不起，系统坏了，明天再来吧
    下午再来可以吗 几点再来 想好了再签 治好了再来 可以自己查 手机上自己查就行 自己看着填就可以
    自己来也行 您自己看一下对不对 让他自己找时间 他让您自己找是吧 不用自己找 自己找工作的也算
    自己打印的也行 孩子自己签字 密码您自己输 你去问一下社区 问一下社区就知道 可以去问问社区
    我去问问 找社区开个证明就行 我去给您复印 去三号窗口缴费 您可以去三号窗口缴费
    在二楼，出电梯右拐 先去体检，再来拍照 到三楼交费就行 出去右拐 不用排队 要排队的
    前面还有三个人在排队 大家别挤，一个一个来 小朋友别闹 您别烦 别着急 别急 您快点好起来
    我快点给您办 审核快一点 快了快了 最快明天再来取 回去等消息就好 如果没带，回去拿
    要是材料齐了，补好再来 不会让您再跑一趟 不是让你等着吗 吵到您了 别弄丢了 别忘了签字
    别站在水里 本人签字 签字盖章 要签字 不用签字 签好了 我帮您填 我来填吧 空调开着，把门带上就行
    风大，我把门关上 你到二楼交费 别跟我客气 别吵醒孩子 别瞎担心 站好，看镜头
    补齐了再来，不用重新排队 想好了再来 身份证、户口本 三样，身份证、户口本、照片 身份证就行
    下一位 有意见找领导去 补填上
"""


def sentences(block: str) -> list[str]:
    return block.split()


@pytest.mark.parametrize("heard", sentences(POLITE))
def test_asked_politely(heard: str) -> None:
    assert requests(heard) == (1, 0)


@pytest.mark.parametrize("heard", sentences(NO_REQUEST))
def test_no_request_for_all_its_polite_words(heard: str) -> None:
    assert requests(heard) == (0, 0)


@pytest.mark.parametrize("heard", sentences(ORDERS))
def test_ordered(heard: str) -> None:
    polite, bare = requests(heard)
    assert not polite
    assert bare


@pytest.mark.parametrize("heard", ["", *sentences(INNOCENT)])
def test_not_ordered(heard: str) -> None:
    assert requests(heard) == (0, 0)


@pytest.mark.parametrize("order", ["把材料拿来", "签字", "排好队", "把表填了"])
def test_soft_words_in_the_same_utterance_make_it_no_order(order: str) -> None:
    for soft in ("对不起，", "您别急，", "同学，", "我来办，"):
        assert requests(soft + order) == (0, 0)


def test_a_polite_word_covers_what_follows_it() -> None:
    assert requests("请填表，签字") == (1, 0)
    assert requests("排好队，请坐") == (1, 1)
