"""Single words that say what a question is after, where no rule for them is worth a concept of the lexicon."""

from __future__ import annotations

import re
from typing import Final

ORIGINS: Final = frozenset(
    {
        "швейцарский",
        "швейцар",
        "американский",
        "британский",
        "швейцариялык",
        "америкалык",
        "британиялык",
        "swiss",
        "british",
    }
)
"""Say where a body is from, not that it is asked for."""

COUNTRIES: Final = frozenset({"швейцария", "америка", "британия", "switzerland", "america", "britain"})
"""Stand for what a country does here, unless the question is about the country itself."""

MANY_PROJECTS: Final = re.compile(
    r"проект(?:ы|ов|ах|ам|ами)\Z|программ(?:ы|ах|ам|ами)?\Z|долбоорлор|программалар|pro(?:ject|gram|gramme)s\Z"
)
"""Projects in the plural."""

ABOUT: Final = frozenset(
    {
        "что",
        "кто",
        "о",
        "об",
        "обо",
        "про",
        "по",
        "где",
        "ким",
        "эмне",
        "жонундо",
        "тууралуу",
        "боюнча",
        "about",
        "on",
    }
)
"""Say what a text is to be about."""

HELPED: Final = frozenset({"кому", "кимге", "кимдерге", "whom"})
"""To whom something was given."""

NUMBERS: Final = frozenset({"номер", "номери", "number"})
"""A number, of a phone or of a project at its donor."""

CALLED: Final = frozenset({"называется", "называют", "зовется", "аталат", "аташат", "called"})
"""Ask for the word of something that is told."""

CALLS: Final = frozenset(
    {
        "помощь", "помочь", "помоги", "жардам", "help", "меню", "menu", "пауза", "pause", "справка", "справку",
        "бот", "bot", "стоп", "stop",
    }
)  # fmt: skip
"""Call the bot or one of its screens, with a question after them or without."""

NEWS: Final = frozenset({"новость", "новое", "жанылык", "news", "update", "обновление", "релиз"})
"""Nothing but news."""

OR: Final = frozenset({"или", "либо", "or"})
"""Between two things to choose from."""

PEOPLE: Final = frozenset(
    {"человек", "людей", "участников", "народу", "адам", "киши", "катышуучу", "people", "participants"}
)
"""People who are counted."""

OBLAST: Final = ("облас", "облус", "oblast")
"""How the words for an oblast begin."""

NEW: Final = frozenset({"новый", "жаны", "new", "recent", "последний", "акыркы", "свежий"})
"""News as well as a new thing."""

OBJECTS: Final = frozenset(
    {
        "что", "чего", "кого", "кому", "чему", "кимге", "эмнеге", "эмне", "эмнелерди", "эмнелерге", "эмнени", "кимди",
        "кимдерди", "what", "че", "чё", "чо", "шо",
    }
)  # fmt: skip
"""Ask what was paid for or done, not who did it."""

OVER: Final = frozenset(
    {
        "завершены", "завершенные", "завершился", "завершились", "закончились", "закончены", "закрыты", "прошедшие",
        "прошлые", "аяктаган", "буткон", "аяктады", "completed", "finished", "ended", "over", "closed", "past",
    }
)  # fmt: skip
"""Of projects that have ended."""

GOING_ON: Final = frozenset(
    {
        "сейчас", "действуют", "действующие", "идут", "текущие", "активные", "продолжаются", "ныне", "азыр", "учурда",
        "азыркы", "журуп", "жаткан", "now", "current", "currently", "active", "ongoing", "running",
    }
)  # fmt: skip
"""Of projects that go on."""
