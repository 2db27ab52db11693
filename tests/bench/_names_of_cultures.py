"""Names as they occur among authors from all over the world, with many namesakes, and other ways to spell them.

Family names are drawn by a Zipf distribution, which is steep where few families are very many, as in China, Korea and
Vietnam. Given names are made of syllables there, so that many people's names differ in one letter.
"""

from __future__ import annotations

import random
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple


class Culture(NamedTuple):
    """Family names, most frequent first; given names or, with `syllables`, what they are made of."""

    share: float
    family: str
    given: str
    syllables: bool = False
    steep: float = 0.6
    """Exponent of the Zipf distribution of family names."""
    double: float = 0.0
    """Share of people with two family names."""
    middle: float = 0.0
    """Share of people with a second given name, half of them as an initial."""


CULTURES = {
    "chinese": Culture(
        0.34,
        "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Luo Gao Zheng Liang Xie Tang Song "
        "Han Deng Feng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu Ding Ren Yao Shen Jin "
        "Zhong Cui Tan Fan Shi Liao Fu Xia Bai Fang Zou Xiong Meng Qin Qiu Hou Jia Xue Yan Lei Long Duan Hao Kong Shao "
        "Mao Chang Wan Gu Lai Wen Qian Ge Niu Lü Ouyang",
        "xiao ming wei jun hong yan li na jing lei hua ping gang yu chao bo tao hui jie fei ling xin peng yi hao jia "
        "ying ting zhi wen bin xue qing mei dan yang long chun rui ze han zi yuan kai rong shu lin hai guang feng zhen "
        "cheng dong guo jian jiang juan lan liang man min ning qi qiang ran sheng si song tian xiang xiu xu ya yong yue "
        "yun zhao zhong zhu bao bei can cong en fan fu heng jin ke kun mu nan nuo pei shan shuo xi yao ye you",
        syllables=True,
        steep=0.9,
    ),
    "korean": Culture(
        0.10,
        "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Ryu Hong Jeong Yang Ko Moon "
        "Son Bae Baek Heo Yoo Nam Shim Noh Ha Kwak Sung Cha Joo Woo Koo Min Rhee Pak Choe Chung Yi",
        "min jun seo yeon ji hyun woo jin young soo hee sung jae kyung eun hye dong ho hoon jung sang tae won seung yong "
        "chan chul in ki kwang mi na nam sun yoon hwan beom gyu ah bin ha",
        syllables=True,
        steep=1.1,
    ),
    "vietnamese": Culture(
        0.05,
        "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đinh Mai Trịnh",
        "Anh Minh Hùng Dũng Tuấn Hương Linh Lan Thảo Quang Huy Nam Phương Đức Thành Trung Hà Long Hải Khoa Hiếu Tâm Ngọc "
        "Thủy Văn Thị Sơn Việt Bình Cường",
        steep=1.1,
        middle=0.7,
    ),
    "indian": Culture(
        0.08,
        "Kumar Singh Sharma Gupta Patel Jain Agarwal Das Reddy Rao Mishra Verma Mehta Shah Iyer Nair Banerjee Mukherjee "
        "Chatterjee Ghosh Roy Sen Bose Srivastava Pandey Tiwari Joshi Desai Kulkarni Deshpande Menon Pillai Bhattacharya "
        "Bhattacharyya Chakraborty Krishnan Subramanian Venkataraman Raghavan Narayanan Choudhury Chowdhury Saxena "
        "Kapoor Malhotra Bhatia Arora Khanna Goyal Bansal",
        "Amit Rahul Priya Anil Sunil Rajesh Vijay Sanjay Deepak Neha Pooja Anjali Ravi Suresh Ramesh Ashok Manoj Vikram "
        "Arjun Aditya Rohit Rohan Ankit Abhishek Karthik Arvind Lakshmi Divya Kavita Meera Sandeep Pradeep Dinesh Mahesh "
        "Naveen Praveen Harsh Gaurav Saurabh Nikhil",
        steep=0.8,
        middle=0.15,
    ),
    "scandinavian": Culture(
        0.05,
        "Johansson Andersson Hansen Nielsen Jensen Karlsson Eriksson Larsen Sørensen Söderström Lindström Bergström Ødegård "
        "Håkansson Jørgensen Møller Åberg Åkesson Sjögren Björklund Gåsvær Kjær Nygård Østergaard Bødker Lövgren Hägglund "
        "Sandström Strømberg Rønningen Høyland Næss Bråten Mäkelä Hämäläinen Virtanen Järvinen Åström Öberg Þórsson",
        "Anders Björn Jørgen Søren Lars Åsa Åke Håkan Göran Märta Bjørn Øystein Jens Kåre Eiríkur Mikael Tove Ingrid Pål "
        "Gunnar Sølvi Jörgen Päivi Väinö Östen Tor Knut Henrik Erik Karin",
        middle=0.1,
    ),
    "german": Culture(
        0.08,
        "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf "
        "Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Weiß Schütze Köhler König "
        "Böhm Größer Hübner Jäger Strauß Roßmann Kühn Möller Groß Bär Löffler Fröhlich Schönberg Hänsel Straßer Preuß "
        "Großmann Dörr Knöll Förster",
        "Jörg Jürgen Björn Günter Käthe Hans Peter Stefan Thomas Michael Andreas Sören Rüdiger Götz Wolfgang Sebastian "
        "Matthias Anna Julia Lena Bärbel Özlem Jana Katja Tim Felix Lukas Jan Kai Ulrich",
        middle=0.1,
    ),
    "spanish": Culture(
        0.08,
        "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno "
        "Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez Serrano Blanco Molina "
        "Morales Suárez Ortega Delgado Castro Ortiz Rubio Marín Sanz Núñez Iglesias Medina Garrido Cortés Peña Agüero",
        "José María Antonio Juan Manuel Francisco Luis Javier Carlos Miguel Jesús Ángel David Pedro Ana Carmen Laura Marta "
        "Lucía Sofía Raúl Andrés Íñigo Begoña Iván Óscar Sergio Pablo Elena Inés",
        double=0.5,
        middle=0.2,
    ),
    "turkish": Culture(
        0.06,
        "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt "
        "Özkan Şimşek Güneş Işık Çoban Ünal Güngör Özgür Çakır Taş Tüfekçi Eryiğit Oğuz Ağaoğlu Gökçe Göğüş Hürriyetoğlu",
        "Mehmet Mustafa Ahmet Ali Hüseyin Ömer Çağrı Gülşen Ayşe Özge Özlem Gökhan Işıl Tuğba Şule Ümit Burç İbrahim Uğur "
        "Deniz Ebru Barış Cağlar Gözde Yiğit",
        middle=0.1,
    ),
    "slavic": Culture(
        0.08,
        "Novák Dvořák Černý Procházka Kučera Nowak Kowalski Wiśniewski Wójcik Kowalczyk Lewandowski Dąbrowski Zieliński "
        "Łukasiewicz Jovanović Đorđević Petrović Šarić Žižek Kovačević Horvat Babić Marković Nikolić Ilić Đukić Pavlović "
        "Stojanović Ivanov Petrov Sidorov Kuznetsov Volkov Sokolov Mikhailov Shcherbakov Yakovlev Tchaikovsky Chebyshev "
        "Ivanović Łącki Błaszczyk Żak Škoda Šťastný Hajič Bojar Zhukov Yegorov",
        "Jan Petr Ondřej Jiří Łukasz Paweł Michał Małgorzata Đorđe Nikola Miloš Željko Saša Đura Ana Marija Aleksandr "
        "Sergey Dmitry Yuri Alexey Vladimir Oleksandr Tomasz Krzysztof Stanisław Šárka Žofie Zdeněk Katarzyna",
    ),
    "english": Culture(
        0.08,
        "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Jackson Thompson White Harris Clark "
        "Lewis Robinson Walker Young King Wright Scott Green Baker Adams Nelson Hill Campbell Mitchell Roberts Carter "
        "Phillips Evans Turner Parker Collins Edwards Stewart O'Brien McDonald Murphy Kelly Cook Bell Ross",
        "James John Robert Michael William David Richard Joseph Thomas Christopher Daniel Paul Mark Andrew Steven Emily "
        "Sarah Jessica Rachel Samuel Joel Noah Benjamin Matthew Ryan Kevin Brian Laura Karen Susan",
        middle=0.5,
    ),
}
_VARIETY = 0.5
"""Share of family names in the alphabets of Europe and of India that are made of two others."""

_DIGRAPHS = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ő": "oe", "ű": "ue", "ø": "oe", "å": "aa", "æ": "ae", "ß": "ss", "đ": "dj", "þ": "th",
}  # fmt: skip
_BARE = {"ß": "s", "ø": "o", "æ": "a", "đ": "d", "ł": "l", "ı": "i", "þ": "t", "ð": "d"}


def people(number: int, seed: int = 11) -> dict[str, str]:
    """So many different names as they are printed, each with its culture."""
    draw = random.Random(seed)
    makers = {name: _maker(draw, culture) for name, culture in CULTURES.items()}
    names, weights = list(CULTURES), [culture.share for culture in CULTURES.values()]
    made: dict[str, str] = {}
    while len(made) < number:
        culture = draw.choices(names, weights)[0]
        made.setdefault(makers[culture](), culture)
    return made


def _maker(draw: random.Random, culture: Culture) -> Callable[[], str]:
    family = culture.family.split()
    given = culture.given.split()
    choose_family, choose_given = _zipf(draw, family, culture.steep), _zipf(draw, given, 0.4)

    def make() -> str:
        first = _of_syllables(draw, choose_given) if culture.syllables else choose_given()
        if draw.random() < culture.middle:
            second = choose_given()
            first += f" {second[0]}." if draw.random() < 0.5 else f" {second}"
        last = choose_family()
        if not culture.syllables and culture.steep <= 0.8 and draw.random() < _VARIETY:
            other = choose_family()
            last = last[: (len(last) + 1) // 2] + other[len(other) // 2 :].lower()
        if draw.random() < culture.double:
            last += draw.choice("- ") + choose_family()
        return f"{first} {last}"

    return make


def _of_syllables(draw: random.Random, choose: Callable[[], str]) -> str:
    one = choose()
    if draw.random() < 0.25:
        return one.capitalize()
    return draw.choices((f"{one}{choose()}", f"{one}-{choose()}", f"{one} {choose()}"), (0.8, 0.12, 0.08))[0].title()


def _zipf(draw: random.Random, words: Sequence[str], exponent: float) -> Callable[[], str]:
    sums = list(accumulate((rank + 2) ** -exponent for rank in range(len(words))))
    return lambda: words[bisect_left(sums, draw.random() * sums[-1])]


def with_digraphs(name: str) -> str:
    """`Jörg Weiß` as `Joerg Weiss`, `Đorđe` as `Djordje`: how people write it whose keyboard lacks the letter."""
    return "".join(_replaced(_DIGRAPHS, char) for char in unicodedata.normalize("NFC", name))


def bare(name: str) -> str:
    """`Jörg Weiß` as `Jorg Weis`: the letters without what is on, in or through them."""
    changed = "".join(_replaced(_BARE, char) for char in unicodedata.normalize("NFC", name))
    return "".join(char for char in unicodedata.normalize("NFD", changed) if not unicodedata.combining(char))


def _replaced(table: dict[str, str], char: str) -> str:
    other = table.get(char.lower(), char)
    return other.capitalize() if char.isupper() and other != char else other
