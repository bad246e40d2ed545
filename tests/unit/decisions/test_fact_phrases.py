"""The phrases of the catalogue, read as the reader reads them: what tired people type is understood as they mean it."""

import pytest

from assistant.decisions.facts import Fact, default_catalog
from assistant.understanding.facts import read_facts
from assistant.understanding.reader import words_of_facts

CATALOG = default_catalog()
WORDS = words_of_facts(CATALOG.facts.values()).phrases

REASONS = {
    "changed_mind": (
        "没有坏，就是不喜欢这个颜色", "唉拍错了", "我老公不让买", "家里已经有一个了不需要", "没啥原因", "买重了一袋",
        "就是不想要了",
        "I ordered the wrong one", "just don't want it anymore", "found a better one, plans changed",
        "no particular reason",
    ),
    "quality": (
        "耳机右边没声音了", "洗衣机不转了", "坏了，不转", "右边没声音了", "充不进电", "才穿一次就开线", "洗一次掉色",
        "螺丝是松的", "一直自动关机",
        "不能用了", "my rice cooker died", "it died on me after a week", "won't turn on",
        "the zipper broke first time i wore it",
        "the sole came off", "it is broken",
    ),
    "damaged": (
        "送到就凹了", "冰箱送来就是凹的", "锅到手把手就是断的", "快递摔坏了", "送来就是坏的", "全碎了", "瘪了一大块",
        "瓶子漏了一箱子", "屏幕裂了",
        "the vase arrived in pieces", "it came broken", "arrived with a dent in the door", "box was crushed",
        "screen is cracked",
        "broken when I opened the box",
    ),
    "missing": (
        "箱子里就两样，奶瓶少一个", "少发了一件", "说好的赠品没发", "没有说明书和充电器", "打开是空盒", "数量不对",
        "漏了一个",
        "one missing", "you forgot the charger", "only got one", "the box was empty", "no charger in the box",
    ),
    "wrong_item": (
        "收到的颜色不对，我买的是米色，发来个藏青", "发成黑色的了", "这不是我买的", "型号不对", "给我发了个别人的",
        "明明买的38",
        "got a necklace instead of the bracelet I paid for", "you sent me the wrong colour", "not what I ordered",
        "they sent the wrong size",
    ),
    "not_as_described": (
        "货不对板", "跟图上完全两个颜色", "色差太大了", "不是纯棉的", "跟直播间说的不一样", "实物差太多",
        "The bag is not the one in the photo", "looks nothing like the picture", "not as described",
        "not same with the picture",
    ),
    "size": (
        "小了一号", "衣服太大了", "鞋子挤脚", "穿不上", "裤腰有点紧", "码数不对", "大一码就好了",
        "too small for me", "the coat doesn't fit", "runs small", "need a size up", "too tight round the waist",
    ),
    "allergy": (
        "用完脸又红又痒", "脸上又红又痒", "红痒", "宝宝屁股全红了", "起疹子了", "擦了不舒服", "脸肿了",
        "my face went red", "it gave me a rash", "broke out in bumps", "itchy all over", "the eye cream burns my skin",
    ),
    "counterfeit": (
        "这包绝对是假的", "专柜不认", "怀疑不是正品", "高仿吧", "鉴定没过", "it's a fake", "not authentic",
        "serial number doesn't exist", "knock-off",
    ),
    "spoiled": (
        "虾送来全臭了", "两份都臭了", "水果烂了一半", "虾死了好几只", "牛奶馊了", "长毛了", "里面有虫", "坏果太多",
        "they were rotten", "it went bad", "mouldy strawberries", "melted and warm when it arrived", "smells off",
    ),
    "late": (
        "说好前天发的到今天没动静", "说好前天发的到今天还没动静", "怎么还不发货", "催了好几次都没用", "物流咋不动了",
        "迟迟不发", "好几天没到", "等太久了",
        "still hasn't shipped", "three days late", "taking forever", "it was supposed to arrive Monday",
        "stuck in transit",
    ),
    "not_received": (
        "都显示签收两天了我人在家根本没收到", "不是我签收的", "快递丢了", "包裹不见了", "驿站说没有",
        "says delivered but nothing is here", "never arrived",
        "lost in transit", "someone took it",
    ),
    "price_drop": (
        "刚买就降价", "买贵了", "补差价", "现在更便宜", "it's 30 bucks cheaper now", "the price dropped",
        "on sale now",
    ),
}
CONDITIONS = {
    "unopened": (
        "封条都没撕", "没撕封条", "都没拆", "快递没拆", "塑封还在", "原封不动", "膜都没撕", "一动没动过", "没开封",
        "still sealed", "haven't opened it", "never even opened", "still in the packaging", "untouched",
    ),
    "opened_intact": (
        "就拆开看了一眼没用", "拆开看了一眼没用", "吊牌还在没穿过", "只试了一下", "试穿了一下", "没用过",
        "打开看了看", "试戴了一下",
        "tags still on never worn", "tags are on, never worn", "tried it on once", "only opened the box",
        "never used", "opened but not used",
    ),
    "used": (
        "穿出去两次了", "已经穿出去两次了", "用了几天", "洗过一次", "吊牌剪了", "装上了", "没用几次", "穿了一次",
        "喝了半瓶",
        "wore it twice", "used it for a week", "been washed", "took the tags off", "already used it", "installed it",
    ),
    "damaged_by_buyer": (
        "我不小心摔了", "掉水里了", "被孩子弄坏了", "狗咬的", "自己摔的", "I dropped it myself", "my dog chewed it",
        "my own fault", "got it wet",
    ),
}
UNSAID = (
    "我有个问题想问", "你好在吗", "用了100元券", "我用了优惠券", "给我女儿买的", "我的锅什么时候到", "现在才发现",
    "我只有一个问题", "年纪大了",
    "手机号码不对了", "不想要换货", "能少一点吗", "a gift for my daughter", "I used a coupon",
    "exchange it for a different colour",
    "I don't want to complain", "sorry, wrong order", "I forgot the password", "the other one",
    "is it too late to return", "just because",
)


def told(text: str, fact: str) -> object:
    """What the text says of a fact."""
    return read_facts(text, {fact: WORDS[fact]}).get(fact)


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in REASONS.items() for text in texts])
def test_a_reason_is_understood_as_it_is_typed(reason: str, text: str) -> None:
    """Nobody has to find the right word for what is wrong."""
    assert told(text, "claim.reason") == reason


@pytest.mark.parametrize(("value", "text"), [(value, text) for value, texts in CONDITIONS.items() for text in texts])
def test_a_condition_is_understood_as_it_is_typed(value: str, text: str) -> None:
    """Whether goods were opened, tried or used is read from plain words."""
    assert told(text, "item.condition") == value


@pytest.mark.parametrize("text", UNSAID)
def test_what_was_not_said_is_not_heard(text: str) -> None:
    """Words that merely look like a reason or a condition put none into the buyer's mouth."""
    assert told(text, "claim.reason") is None
    assert told(text, "item.condition") is None


@pytest.mark.parametrize("text", ["不是质量问题", "it isn't broken", "没有破损", "not damaged"])
def test_a_denied_reason_is_no_reason(text: str) -> None:
    """Saying that nothing is broken doesn't claim that something is."""
    assert told(text, "claim.reason") is None


@pytest.mark.parametrize("fact", sorted(set(WORDS) - {"claim.kind"}))
def test_every_phrase_alone_says_its_own_value(fact: str) -> None:
    """No phrase is swallowed by one of another value, or taken for a denial."""
    values = WORDS[fact]
    wrong = [(phrase, value) for value, said in values.items() for phrase in said if told(phrase, fact) != value]
    assert wrong == []


@pytest.mark.parametrize("fact", ["claim.reason", "item.condition"])
def test_common_answers_have_many_wordings(fact: str) -> None:
    """Each answer that people give often is known in at least 25 Chinese and 15 English wordings."""
    for language, least in (("zh", 25), ("en", 15)):
        counts = {value: len(said) for value, said in CATALOG.phrases(language)[fact].items()}  # type: ignore[arg-type]
        assert min(counts.values()) >= least, counts


ASKED = tuple(fact for fact in CATALOG.facts.values() if fact.known_by == "buyer")
FORMS = {
    "bool": ("chips", "photo"), "enum": ("chips",), "list": ("chips",), "int": ("number",), "number": ("number",),
    "money": ("number",), "date": ("date",), "datetime": ("date",), "string": ("text",),
}


@pytest.mark.parametrize("fact", ASKED, ids=lambda fact: fact.name)
def test_every_question_can_be_asked_and_answered(fact: Fact) -> None:
    """It is a sentence in both languages, in a form that fits its type, and each chip can be said in other words."""
    assert fact.ask
    assert fact.ask.zh[-1] in "？。"
    assert fact.ask.en[-1] in "?."
    assert fact.input in FORMS[fact.type]
    for option in fact.options:
        assert option.label.zh
        assert option.label.en
        if option.by == "buyer":
            assert min(len(option.phrases.get(language, ())) for language in ("zh", "en")) >= 2, option.value
