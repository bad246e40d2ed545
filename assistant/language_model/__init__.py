"""The language-model seam: the same Reading and Reply types, behind the same rules, gateway and checker.

    reader     messages → the model's form → Reading; consent, flags and mentions stay with the embedded reader
    writer     a checked draft → other words, if the wording check lets them through
    endpoint   one call within a time limit; a rest after a failure

The model decides nothing and acts on nothing: at most it says what a buyer could have said. When it fails, is slow, or
says what may not be said, the embedded path answers. Importing this package is slow (it brings LangChain and the
OpenAI client), so the composition root imports it only when an endpoint is configured.
"""

import httpx2

from assistant.decisions.facts import FactCatalog
from assistant.language_model.endpoint import Endpoint, chat_model
from assistant.language_model.reader import ModelReader, tellable_facts
from assistant.language_model.writer import ModelWriter
from assistant.services import Reader, Writer
from assistant.settings import Settings

__all__ = ["Endpoint", "ModelReader", "ModelWriter", "with_language_model"]


def with_language_model(
    settings: Settings, reader: Reader, writer: Writer, catalog: FactCatalog, http: httpx2.AsyncClient | None = None
) -> tuple[Reader, Writer]:
    """The model's reader and writer, each with the embedded one behind it; `http` lets tests answer in its place."""
    endpoint = Endpoint(chat_model(settings, http), settings.language_model_seconds)
    return ModelReader(endpoint, reader, tellable_facts(catalog)), ModelWriter(endpoint, writer)
