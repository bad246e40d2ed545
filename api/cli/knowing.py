"""`fairdesk ask`, `search` and `ingest`: the knowledge from the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.operating import settings_from_environment
from api.cli.output import AsJson, BatchIn, BatchOut, as_text, print_json, read_lines, write_lines
from assistant.clock import utc_now
from assistant.decisions.jurisdiction import jurisdiction_of
from assistant.knowing import knowledge_for
from knowledge.errors import BadInput
from knowledge.search import POLICIES, Hit, SearchQuery
from knowledge.service import Answered, Knowledge
from knowledge.text import Language, Text

Collection = Annotated[str | None, typer.Option(help="A collection that was ingested; the shipped corpus without it.")]


def ask(question: str, json: AsJson = False) -> None:
    """Answer a question from the policies, with citations; or say that they don't cover it."""
    if not question.strip():
        raise BadInput("say what to ask")
    language = language_of(question)
    asked = _knowledge().ask(_query(question, None))
    found = asked.answer if isinstance(asked, Answered) else None
    if json:
        print_json(
            {
                "question": question, "covered": found is not None, "probability": asked.coverage.probability,
                "answer": found.text if found else None, "citations": list(found.citations) if found else [],
                "hits": [_hit(hit, language) for hit in asked.hits],
            }
        )
        return
    if found is None:
        print(_NOT_COVERED.in_(language))
        return
    print(found.text)
    for n, clause in enumerate(found.citations, start=1):
        print(f"  [{n}] {clause}")


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many.")] = 10,
    collection: Collection = None,
    batch: BatchIn = None,
    out: BatchOut = None,
    json: AsJson = False,
) -> None:
    """Find clauses by meaning and words."""
    knowledge = _knowledge()
    if batch:
        write_lines(out, _searched(knowledge, batch, k, collection))
        return
    if not query.strip():
        raise BadInput("say what to search for, or give --batch FILE")
    hits = [_hit(hit, language_of(query)) for hit in _find(knowledge, query, k, collection)]
    if json:
        print_json({"query": query, "hits": hits})
        return
    for hit in hits:
        print(f"{hit['score']:.3f}  {hit['clause']}  {hit['text'][:80]}")


def _searched(knowledge: Knowledge, batch: Path, k: int, collection: str | None) -> Iterator[dict[str, Any]]:
    rows = read_lines(batch, "id", "query")
    lines = [(row["id"], as_text(row["query"], f"query of {row['id']}")) for row in rows]
    for key, query in lines:
        hits = _find(knowledge, query, k, collection) if query.strip() else []
        yield {"id": key, "hits": [_hit(hit, language_of(query)) for hit in hits]}


def _find(knowledge: Knowledge, query: str, k: int, collection: str | None) -> list[Hit]:
    return knowledge.search(_query(query, collection), k)


def _query(text: str, collection: str | None) -> SearchQuery:
    settings = settings_from_environment()
    today = jurisdiction_of(settings.jurisdiction).calendar.local_day(utc_now())
    return SearchQuery(text, today, language_of(text), tenant=settings.tenant, collection=collection or POLICIES)


def _hit(hit: Hit, language: Language) -> dict[str, Any]:
    return {"clause": hit.clause.id, "text": hit.clause.text.in_(language), "score": round(float(hit.score), 4)}


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: Markdown, text, HTML, JSONL.")],
    collection: Annotated[str, typer.Option(help="The collection to put them into.")] = "default",
    json: AsJson = False,
) -> None:
    """Take in documents as clauses that can be searched and cited."""
    report = _knowledge().ingest(paths, collection, settings_from_environment().tenant)
    if json:
        print_json(report)
        return
    kept = f"{report.unchanged} unchanged, {report.removed} removed"
    print(f"{collection}: {report.added} added, {report.changed} changed, {kept}")


_NOT_COVERED = Text("规则里没有写到，需要时请转人工。", "Not covered by the policies; ask for a person.")


def language_of(text: str) -> Language:
    """The language of a text."""
    from assistant.understanding.language import language_of as detected

    return detected(text)


def _knowledge() -> Knowledge:
    return knowledge_for(settings_from_environment())
