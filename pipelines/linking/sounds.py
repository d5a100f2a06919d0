"""Names by their sound: what remains of a name when it is written in another script.

A name becomes its consonants in a few classes. Two skeletons are made. The *fine* one keeps what alphabets
(Latin, Cyrillic, Greek, Arabic, Hebrew, Indic scripts) tell apart; the *coarse* one joins l with r and m
with n, as Japanese, Chinese and Korean renderings do. Trump, Трамп and ترامب have one fine skeleton;
トランプ and 特朗普 agree with it in the coarse one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

FEWEST = 3
"""Skeletons of fewer consonants say nothing."""

_RULES = (
    (re.compile("[^a-z]"), ""),
    (re.compile("sch|tch|tsch|sh|ch|zh|dz|ts|tz|cz|sz"), "s"),
    (re.compile("ph"), "f"),
    (re.compile("x"), "ks"),
    (re.compile("ck|qu"), "k"),
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("c"), "k"),
)
_FINE = str.maketrans("pvqgdzj", "bfkktss", "aeiouyhw")
_COARSE = str.maketrans("pvqgdzjlmf", "bbkktssrnb", "aeiouyhw")
_REPEATED = re.compile(r"(.)\1+")

_TRANSCRIBING = frozenset(
    "阿埃艾爱奥巴白班邦鲍贝本比宾波博伯布查达戴丹道德邓迪蒂丁东杜多顿恩尔法凡菲费芬丰佛夫弗福盖甘冈高戈格根"
    "古哈海汉豪赫黑亨洪侯胡华怀惠霍基吉加贾杰金卡坎康考柯科克肯库夸拉莱赖兰朗劳勒雷里利莉林卢鲁路伦罗洛马"
    "麦曼芒毛梅门蒙米密明莫默姆穆纳乃南内尼宁纽农努诺欧帕派潘庞佩彭皮平蒲普齐奇恰乔切琼丘让热茹瑞若萨赛桑"
    "瑟森沙尚绍舍申圣施史斯丝思司松苏索塔泰坦汤唐陶特腾提廷通图托瓦万旺韦维威温文翁沃乌伍武西希夏肖谢辛欣兴"
    "休修逊雅亚延扬耶叶伊以因英尤约泽扎詹珍芝朱兹佐辛迈娜娅妮琳珊莎蕾薇丽"
)
"""Chinese characters that transcriptions of foreign names are made of."""


@lru_cache(maxsize=50_000)
def skeletons(name: str) -> tuple[str, str]:
    """Fine and coarse skeleton of a name; empty where they have fewer than `FEWEST` consonants."""
    latin = anyascii(name).casefold()
    for pattern, instead in _RULES:
        latin = pattern.sub(instead, latin)
    fine = _REPEATED.sub(r"\1", latin.translate(_FINE))
    coarse = _REPEATED.sub(r"\1", latin.translate(_COARSE))
    return (fine if len(fine) >= FEWEST else "", coarse if len(coarse) >= FEWEST else "")


def transcribed_runs(text: str) -> list[str]:
    """Runs of three and more Chinese characters that may transcribe a foreign name."""
    runs: list[str] = []
    start = None
    for at, char in enumerate(f"{text} "):
        if char in _TRANSCRIBING:
            start = at if start is None else start
        elif start is not None:
            if at - start >= FEWEST:
                runs.append(text[start:at])
            start = None
    return runs


@lru_cache(maxsize=20_000)
def chinese_skeleton(run: str) -> str:
    """Coarse skeleton of transcribing characters: the initial of each syllable, and a final n."""
    found = ""
    for syllable in re.findall("[A-Z][a-z]*", anyascii(run)):
        found += skeleton_letters(syllable)
    found = _REPEATED.sub(r"\1", found)
    return found if len(found) >= FEWEST else ""


def skeleton_letters(syllable: str) -> str:
    """Consonants of one pinyin syllable; a final ng is n."""
    latin = syllable.casefold()
    if latin.endswith("ng"):
        latin = latin[:-1]
    latin = re.sub("zh|ch|sh|[xqj]", "s", latin)
    return latin.translate(_COARSE)
