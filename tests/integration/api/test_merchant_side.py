"""The merchant's side over HTTP: a report from filing to the file, a warning, and a release, each in its own words."""

from tests.integration.api.laying import ORDER, lay_case
from tests.integration.api.serving import Server, error_of, picture

REPORT = {"kind": "swapped_return", "words": "退回的是旧的", "serial": "SN1"}


def test_a_report_goes_from_the_shop_to_the_buyers_file(server: Server) -> None:
    """Filed with a picture, answered, upheld: the buyer reads the finding, its ground and what follows."""
    buyer, shop, lin = server.buyer(), server.merchant(), server.staff("lin")
    case = lay_case(server, buyer, buyer.opened())
    shown = shop.post("/v1/merchant/pictures", files={"file": ("a.png", picture(), "image/png")}).json()["id"]
    filed = shop.post(f"/v1/merchant/cases/{case}/reports", REPORT | {"pictures": [shown]})
    assert filed.status_code == 201, filed.text
    report = filed.json()["report"]
    assert (report["state"], report["evidence"]["pictures"], filed.json()["refund_held"]) == ("hearing", [shown], False)
    mine = buyer.get("/v1/integrity").json()["reports"][0]
    assert (mine["evidence"]["pictures"], mine["evidence"]["words"]) == ([], "退回的是旧的")
    answered = buyer.post(f"/v1/integrity/reports/{report['id']}/answer", {"words": "我寄的就是原来的"})
    assert answered.json()["state"] == "review"
    assert report["id"] in [one["id"] for one in lin.get("/v1/desk/reports?state=review").json()["reports"]]
    decided = lin.post(f"/v1/desk/reports/{report['id']}/decide", {"result": "upheld", "words": "序列号不符"})
    assert decided.status_code == 200, decided.text
    file = buyer.get("/v1/integrity?lang=en").json()
    assert file["level"] == 2
    assert file["findings"][0]["because"] == "序列号不符"
    assert [one["id"] for one in file["follows"]] == ["warning", "no_fast_lane"]
    assert lin.get(f"/v1/desk/integrity?buyer={buyer.name}&lang=en").json()["findings"] == file["findings"]


def test_staff_see_merchants_pictures_and_other_shops_do_not(server: Server) -> None:
    """A shop's picture is the shop's and the desk's."""
    shown = server.merchant().post("/v1/merchant/pictures", files={"file": ("a.png", picture(), "image/png")}).json()
    assert server.staff("lin").get(shown["url"]).status_code == 200
    assert server.buyer().get(shown["url"]).status_code == 404


def test_a_warning_hints_and_decides_nothing(server: Server) -> None:
    """The shop reads what is worth a look; the buyer's file stays empty."""
    buyer = server.buyer()
    case = lay_case(server, buyer, buyer.opened())
    found = server.merchant().get(f"/v1/merchant/cases/{case}/warning?lang=en").json()
    assert (found["level"], found["noticed"]) == ("low", [])
    assert buyer.get("/v1/integrity").json() == {"level": 0, "findings": [], "follows": [], "reports": []}


def test_tokens_of_other_parties_open_nothing(server: Server) -> None:
    """A buyer can't file reports, a shop can't decide them."""
    buyer, shop = server.buyer(), server.merchant()
    case = lay_case(server, buyer, buyer.opened())
    assert error_of(buyer.post(f"/v1/merchant/cases/{case}/reports", REPORT)) == "unauthorised"
    assert error_of(shop.get("/v1/desk/reports")) == "unauthorised"


def test_a_release_says_what_came_of_each_order(server: Server) -> None:
    """An order that isn't the shop's is not there; the request is kept and can be read again."""
    asked = {"goods": [{"order_id": ORDER, "item_id": f"{ORDER}-1"}], "noticed_at": "2026-11-20T08:00:00+08:00",
             "words": "少写了一位"}
    shop = server.merchant()
    release = shop.post("/v1/merchant/releases", asked)
    assert [one["outcome"] for one in release.json()["lines"]] == ["not_found"]
    assert shop.get(f"/v1/merchant/releases/{release.json()['id']}").json() == release.json()
    assert release.json()["id"] in [one["id"] for one in shop.get("/v1/merchant/releases").json()["releases"]]
