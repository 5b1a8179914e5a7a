"""An answer as JSON, for scripts: the form that `jarchy ask --json` prints, one object a question."""

from __future__ import annotations

from typing import Any

from bot.answers.model import Answer, plain_text


def as_json(query: str, answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object: query, kind, entity, text, sources, suggestions; language besides.

    The kinds are a promise to scripts: an answer that staff gave for good counts among them as `help`.
    """
    entity = answer.entity
    return {
        "query": query,
        "kind": "help" if answer.kind == "faq" else answer.kind,
        "entity": list(entity) if isinstance(entity, tuple) else entity,
        "text": plain_text(answer),
        "sources": [
            {"title": source.title, "url": source.url, "date": str(source.date) if source.date else None}
            for source in answer.sources
        ],
        "suggestions": list(answer.suggestions),
        "language": answer.language,
    }
