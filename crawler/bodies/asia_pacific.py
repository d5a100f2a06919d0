"""Asia and the Pacific."""

from __future__ import annotations

from crawler.bodies.body import Country, body

COUNTRIES = {
    "au": Country(("Australian", "Australia's"), ("of Australia",)),
    "cn": Country(
        ("Chinese", "China's"), ("of China", "of the People's Republic of China", "中华人民共和国", "中国")
    ),
    "id": Country(("Indonesian", "Indonesia's"), ("of Indonesia", "Republik Indonesia", "RI")),
    "in": Country(("Indian", "India's"), ("of India", "भारत")),
    "jp": Country(("Japanese", "Japan's"), ("of Japan", "日本")),
    "kr": Country(
        ("Korean", "South Korean", "Korea's"),
        ("of Korea", "of the Republic of Korea", "of South Korea"),
    ),
    "nz": Country(("New Zealand", "New Zealand's"), ("of New Zealand",)),
    "sg": Country(("Singapore", "Singapore's"), ("of Singapore",)),
}

BODIES = (
    body(
        "au.pm",
        en=("Prime Minister of Australia", "~Prime Minister", "~Office of the Prime Minister"),
    ),
    body(
        "cn.mfa",
        en=(
            "Ministry of Foreign Affairs of China",
            "~Ministry of Foreign Affairs",
            "~Foreign Ministry",
        ),
        zh=("中华人民共和国外交部", "中国外交部", "~外交部"),
    ),
    body(
        "id.kemlu",
        "Kemlu",
        en=("Ministry of Foreign Affairs of Indonesia", "~Ministry of Foreign Affairs"),
        id=("Kementerian Luar Negeri Republik Indonesia", "~Kementerian Luar Negeri"),
    ),
    body(
        "in.government",
        en=("Press Information Bureau", "Government of India"),
        hi=("पत्र सूचना कार्यालय", "भारत सरकार"),
    ),
    body(
        "in.mea",
        "~MEA",
        en=("Ministry of External Affairs",),
        hi=("विदेश मंत्रालय",),
    ),
    body(
        "in.pmo",
        en=("Prime Minister's Office of India", "~Prime Minister's Office"),
        hi=("प्रधानमंत्री कार्यालय",),
    ),
    body(
        "in.commerce",
        en=("Ministry of Commerce & Industry", "Ministry of Commerce and Industry"),
        hi=("वाणिज्य एवं उद्योग मंत्रालय",),
    ),
    body("in.home", en=("Ministry of Home Affairs of India", "~Ministry of Home Affairs"), hi=("गृह मंत्रालय",)),
    body("in.defence", en=("Ministry of Defence of India", "~Ministry of Defence"), hi=("रक्षा मंत्रालय",)),
    body("in.finance", en=("Ministry of Finance of India", "~Ministry of Finance"), hi=("वित्त मंत्रालय",)),
    body(
        "in.president",
        en=("President of India", "President's Secretariat"),
        hi=("राष्ट्रपति सचिवालय",),
    ),
    body(
        "jp.mofa",
        "MOFA Japan",
        "~MOFA",
        en=("Ministry of Foreign Affairs of Japan", "~Ministry of Foreign Affairs", "~Foreign Ministry"),
        ja=("日本国外務省", "~外務省"),
    ),
    body(
        "kr.mofa",
        "~MOFA",
        en=(
            "Ministry of Foreign Affairs of the Republic of Korea",
            "~Ministry of Foreign Affairs",
            "~Ministry of Foreign Affairs and Trade",
        ),
        ko=("대한민국 외교부", "~외교부", "~외교통상부"),
    ),
    body("nz.government", en=("New Zealand Government", "Government of New Zealand")),
    body(
        "sg.mfa",
        en=("Ministry of Foreign Affairs of Singapore", "~Ministry of Foreign Affairs"),
    ),
)
