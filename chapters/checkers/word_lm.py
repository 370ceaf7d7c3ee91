"""Checkers of chapter 12."""

import numpy as np

from rnnbook.notebook.answers import Wrong, number, received, texts
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import blame, compare, near, on_cases


@exercise(function, hint="逐个词问它在不在 known 里；分母是 len(words)，同一个词出现几次就算几次。")
def oov_rate(call):
    """The share of tokens outside a vocabulary."""
    value = number(call("a b b c c c d".split(), {"a", "b", "x", "y", "z"}))
    otherwise = f"a b b c c c d，词表里有 a、b：应当是 4/7，你的函数给出 {value:g}。"
    compare(value, 4 / 7, [
        (3 / 7, "算成了认识的比例：要的是不在词表里的。"),
        (2 / 4, "按词的种类算了：c 出现三次就算三次，分母是 len(words)。"),
        (2 / 7, "分子按词的种类数了：c 出现三次就算三次。"),
        (4, "这是个数，不是比例：还要除以 len(words)。"),
        (3 / 5, "数反了：这是词表里有多少词没有用到。"),
    ], otherwise)
    if number(call(["a", "a"], {"a"})):
        raise Wrong("每个词都在词表里时，应当是 0。")
    return "正确：按词次算，同一个生词出现几次就算几次"


@exercise(function, hint="V·E + 4H(E + H + 1) + (H·E + E) + V：四块，表只数一次。")
def tied_params(call):
    """The number of parameters of a tied word language model."""

    def count(tables=1, gates=4, lstm_bias=1, weights=1, bias=1, out=1):
        return lambda v, e, h: (tables * v * e + gates * h * (e + h + lstm_bias)
                                + weights * h * e + bias * e + out * v)

    on_cases(call, [(10, 3, 5), (2000, 64, 96), (33_278, 144, 400)], count(), [
        (count(tables=2), "表数了两次：绑定就是读和写用同一张。"),
        (count(gates=1), "LSTM 有四组权重，不是一组。"),
        (count(gates=3), "LSTM 有四组权重，三组是 GRU。"),
        (count(lstm_bias=0), "LSTM 的偏置忘了数：4·H 个。"),
        (count(weights=0, bias=0), "投影忘了数：H·E 个权重，E 个偏置。"),
        (count(out=0), "softmax 的偏置忘了数：V 个，它不在表里。"),
        (count(tables=0), "表也是参数：V·E 个。"),
        (count(bias=0), "投影的偏置忘了数：E 个。"),
    ], "V={}、E={}、H={} 时应当是 {right}，你的函数给出 {given:g}。", tolerance=0)
    return "正确：与 model.count_params() 一致，表只数一次"


@exercise(function, hint="总奈特数不变：words·ln(ppl) = characters·ln(答案)。")
def per_character(call):
    """Perplexity per word turned into perplexity per character."""
    cases = [(100.0, 10, 50), (288.1, 245_568, 1_280_000), (7.0, 3, 3)]
    on_cases(call, cases, lambda p, w, c: p ** (w / c), [
        (lambda p, w, c: p * w / c, "困惑度不能按比例缩：先取对数，按比例缩的是奈特。"),
        (lambda p, w, c: p ** (c / w), "指数倒了：字符更多，每个字符应当更好猜。"),
        (lambda p, w, c: np.log(p) * w / c, "这是每字符的奈特数：最后还要取指数。"),
        (lambda p, w, c: 2 ** (np.log(p) * w / c), "底不一致：用 ln 就要用 exp 还原。"),
    ], "每词困惑度 {}、{} 个词、{} 个字符：应当是 {right:.4f}，你的函数给出 {given:g}。")
    return "正确：开的是“每词字符数”次方"


@exercise(hint="先用 Counter(train) 数好，再逐个看 test 的词。")
def cut_rare(answer):
    """Rare words replaced by <unk>, by the counts of the training text."""
    call = function(answer, intact="你的函数改掉了输入的列表：返回一个新的列表。")
    result = call("a a a b b c".split(), "a b c d b d d".split(), 2)
    said = " ".join(texts(result, f"要返回词的列表，收到的是{received(result)}。"))
    right = "a b <unk> <unk> b <unk> <unk>"
    blame([
        ("a <unk> <unk> <unk> <unk> <unk> <unk>", "差了一次：正好出现 least 次的词要留下。"),
        ("a b c <unk> b <unk> <unk>", "出现一次的 c 不到 2 次，也要换掉，不只是没见过的词。"),
        ("<unk> b <unk> d b d d", "次数要在 train 里数：测试文本不能决定词表。"),
        ("a b <unk> d b d d", "在 train 里从未出现的 d 也不到 2 次，要换掉。"),
        ("a b b", "不能把词删掉：换成 <unk>，长度不变，否则每词的损失就变了。"),
        ("a a a b b <unk>", "换的是 train：要换的是 test。"),
    ], lambda wrong: said == wrong)
    if said != right:
        raise Wrong("train = a a a b b c，test = a b c d b d d，least = 2："
                    f"应当是 {right}，你的函数给出 {said[:60]}。")
    if texts(call(["x"], ["x", "y"], 1), "要返回词的列表。") != ["x", "<unk>"]:
        raise Wrong("least=1 时，见过一次的词要留下，没见过的换掉。")
    return "正确：词表只由训练文本决定"


@exercise(function, hint="每个 <unk> 多付 ln(kinds) 奈特；先平均，再取指数。")
def charged_perplexity(call):
    """Perplexity where each <unk> also pays for naming its word."""
    nats, unknown = np.array([1.0, 2.0, 3.0, 0.5]), np.array([False, True, False, True])
    kinds = 50
    extra = unknown * np.log(kinds)
    value, right = number(call(nats, unknown, kinds)), np.exp((nats + extra).mean())
    compare(value, right, [
        (np.exp(nats.mean()), "<unk> 还没有付钱：每个再加 ln(kinds)。"),
        (np.log(right), "这是平均奈特：最后还要取指数。"),
        (np.exp(nats + extra).mean(), "先平均奈特，再取指数；不是反过来。"),
        (np.exp((nats + np.log(kinds)).mean()), "只有 <unk> 付钱，别的词不付。"),
        (np.exp((nats + unknown * kinds).mean()),
         "从 kinds 个里均匀地猜，代价是 ln(kinds)，不是 kinds。"),
        (np.exp((nats - extra).mean()), "符号反了：多猜一次，代价变大。"),
        (np.exp(nats[~unknown].mean()), "不能把 <unk> 丢掉不算：难的词都在里面。"),
        (np.exp((nats + unknown * np.log2(kinds)).mean()), "单位不一致：nats 用自然对数，不是 log2。"),
        (np.exp((nats + extra).sum()), "忘了除以词数。"),
    ], f"nats = {nats.tolist()}、第 2 和第 4 个是 <unk>、kinds = 50："
        f"应当是 {right:.3f}，你的函数给出 {value:g}。")
    if not near(number(call(nats, np.zeros(4, bool), kinds)), np.exp(nats.mean())):
        raise Wrong("没有 <unk> 时，应当就是普通的困惑度。")
    return "正确：这样一来，砍词表不再占便宜"


@exercise(function,
          hint="先去掉 ids == y 的，再减 ln(chance)，与 target 一起做 logsumexp，最后减 target。")
def sampled_loss(call):
    """The loss estimated from drawn words."""
    logits, ids = np.array([1.0, -0.5, 2.0, 0.25]), np.array([7, 3, 5, 9])
    chance, target = np.array([0.9, 0.2, 0.5, 0.1]), 2.0
    keep, everyone = ids != 5, np.ones(4, bool)

    def loss(keep, weight=1 / chance, own=True, minus=target):
        return np.log(own * np.exp(target) + (np.exp(logits) * weight)[keep].sum()) - minus

    found = number(call(target, logits, ids, chance, 5))
    compare(found, loss(keep), [
        (loss(everyone), "抽到的词里有 y，算了两次：去掉 ids == y 的那个。"),
        (loss(keep, 1), "没有除以被抽到的概率：不常抽到的词要替同类多算几份。"),
        (loss(keep, chance), "乘了概率：应当除以它（logits 减 ln(chance)）。"),
        (loss(keep, own=False), "真正的词自己也在分母里：Z 里要有 exp(target)。"),
        (loss(keep, minus=0), "还要减去 target：损失是 ln Z − target。"),
        (-loss(keep), "符号反了：损失是 ln Z − target，不会是负的概率。"),
        (loss(everyone, own=False), "y 不一定被抽到：它自己的一项要用 target，不除以概率。"),
    ], f"例子里应当是 {loss(keep):.4f}，你的函数给出 {found:g}。")
    if not near(number(call(target, logits, ids, chance, 1)), loss(everyone)):
        raise Wrong("y 没有被抽到时，抽到的词一个也不该去掉。")
    try:
        large = number(call(target + 998, logits + 998, ids, chance, 5))
    except Wrong:
        large = np.nan
    if not near(large, loss(keep), tolerance=1e-4):
        raise Wrong("logits 大到 1000 时溢出了：先减去最大的一个再取指数。")
    return "正确：与 rnnbook.language.sampled_softmax 一致"
