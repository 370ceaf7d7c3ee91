"""Make the built-in samples: text and tables of our own, from word lists and a fixed seed.

``python datasets/make_samples.py [FOLDER]`` writes the same bytes every time. The series
airline and sunspots are not made here: their samples are the published numbers themselves.
"""

import sys
from pathlib import Path

from generators.articles import article_part
from generators.entities import entities
from generators.pairs import tatoeba
from generators.plays import plays
from generators.quatrains import quatrains
from generators.requests import aligned, part
from generators.tables import co2, weather
from generators.tagged import treebank

HERE = Path(__file__).resolve().parent
SAMPLES = {  # file: what makes its text or bytes
    "tinyshakespeare/input.txt": plays,
    "chinese_poetry/poet.tang.0.json": quatrains,
    "ud_chinese/zh_gsdsimp-ud-dev.conllu": lambda: treebank("dev", 80, 4),
    "ud_chinese/zh_gsdsimp-ud-test.conllu": lambda: treebank("test", 80, 5),
    "ud_chinese/zh_pud-ud-test.conllu": lambda: treebank("pud", 160, 6, traditional=True),
    "uner_zh_gsdsimp/zh_gsdsimp-ud-train.iob2": lambda: entities("train", 360, 7),
    "uner_zh_gsdsimp/zh_gsdsimp-ud-dev.iob2": lambda: entities("dev", 60, 8),
    "uner_zh_gsdsimp/zh_gsdsimp-ud-test.iob2": lambda: entities("test", 60, 9),
    "massive_zh/amazon_massive_intent_zh-CN_train.csv": lambda: part("train"),
    "massive_zh/amazon_massive_intent_zh-CN_validation.csv": lambda: part("validation"),
    "massive_zh/amazon_massive_intent_zh-CN_test.csv": lambda: part("test"),
    "massive_zh/amazon_massive_intent_zh_en.csv": aligned,
    "wikitext2/train.txt": lambda: article_part("train"),
    "wikitext2/valid.txt": lambda: article_part("valid"),
    "wikitext2/test.txt": lambda: article_part("test"),
    "timeseries/co2-concentration.csv": co2,
    "timeseries/seattle-weather.csv": weather,
    "tatoeba_cmn_eng/cmn-eng.zip": tatoeba,
}


def main(folder):
    """Write every generated sample below a folder."""
    for name, make in SAMPLES.items():
        place = Path(folder) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        body = make()
        place.write_bytes(body if isinstance(body, bytes) else body.encode())
        print(f"{name}: {place.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else HERE / "samples")
