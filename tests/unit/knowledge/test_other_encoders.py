"""Encoders that a platform may set in place of the embedded one."""

import json

import httpx
import numpy as np
import pytest
import respx

from knowledge.encoder.elsewhere import AT_ONCE, EndpointEncoder, SentenceTransformersEncoder
from knowledge.errors import Unavailable

URL = "https://models.example/v1"


def answering(request: httpx.Request) -> httpx.Response:
    """An endpoint whose vectors tell the length of each text, sent back to front."""
    texts = json.loads(request.content)["input"]
    rows = [{"index": place, "embedding": [float(len(text)), 1.0]} for place, text in enumerate(texts)]
    return httpx.Response(200, json={"data": rows[::-1]})


@respx.mock
def test_vectors_come_in_the_order_of_the_texts() -> None:
    """Many texts go in several requests; each row is that of its text, whatever order the endpoint answers in."""
    route = respx.post(f"{URL}/embeddings").mock(side_effect=answering)
    texts = ["x" * (n % 7 + 1) for n in range(AT_ONCE + 5)]
    rows = EndpointEncoder(URL, "m", key="secret").passages(texts)
    assert np.allclose(rows[:, 0] / rows[:, 1], [len(text) for text in texts], rtol=1e-4)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert route.call_count == 2
    assert route.calls[0].request.headers["Authorization"] == "Bearer secret"


@respx.mock
def test_a_question_asked_twice_is_sent_once() -> None:
    """Reading and searching one message costs one request."""
    route = respx.post(f"{URL}/embeddings").mock(side_effect=answering)
    encoder = EndpointEncoder(URL + "/", "m")
    assert encoder.query("退货运费") is encoder.query("退货运费")
    assert route.call_count == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"error": "no"}),
        httpx.Response(200, json={"data": []}),
        httpx.Response(200, json={"data": [{"index": 0, "embedding": "AAAA"}]}),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
)
@respx.mock
def test_an_endpoint_that_fails_is_unavailable(answer: httpx.Response | httpx.HTTPError) -> None:
    """Whatever an endpoint does instead of answering, search hears that there are no vectors and goes by words."""
    respx.post(f"{URL}/embeddings").mock(**{"side_effect" if isinstance(answer, Exception) else "return_value": answer})
    with pytest.raises(Unavailable):
        EndpointEncoder(URL, "m").query("退货")


def test_a_model_that_is_not_there_is_unavailable() -> None:
    """A missing extra or a wrong model name is told at the start, in words."""
    with pytest.raises(Unavailable):
        SentenceTransformersEncoder("/no/such/model")
