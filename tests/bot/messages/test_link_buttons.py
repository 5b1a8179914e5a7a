"""Lines that become buttons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.link_buttons import MOST_BUTTONS, BadButton, TooManyButtons, with_buttons
from storage.parts import Part


def _buttons(part: Part) -> list[tuple[str, str]]:
    rows = part.params.get("reply_markup", {}).get("inline_keyboard", [])
    return [(button["text"], button["url"]) for row in rows for button in row]


@pytest.mark.parametrize(
    "line",
    [
        "Кнопка: Записаться — https://forms.example/1",
        "баскыч: Записаться - https://forms.example/1",
        "Button: Записаться | https://forms.example/1",
        "Кнопка:Записаться https://forms.example/1",
    ],
)
def test_a_button_is_read_however_it_is_written(line: str) -> None:
    made = with_buttons(Part("sendMessage", {"text": f"Семинар\n\n{line}\n"}))
    assert made.params["text"] == "Семинар"
    assert _buttons(made) == [("Записаться", "https://forms.example/1")]


def test_several_buttons_keep_their_order_and_formatting_ends_with_the_text() -> None:
    text = "Семинар 😀\nКнопка: Раз — https://a.example\nКнопка: Два — https://b.example"
    bold = {"type": "bold", "offset": 0, "length": 40}
    url = {"type": "url", "offset": 27, "length": 17}
    made = with_buttons(Part("sendMessage", {"text": text, "entities": [bold, url]}))
    assert [label for label, _ in _buttons(made)] == ["Раз", "Два"]
    assert made.params["entities"] == [{"type": "bold", "offset": 0, "length": 10}]


def test_a_file_may_have_nothing_but_a_button() -> None:
    made = with_buttons(Part("sendPhoto", {"photo": "x", "caption": "Кнопка: Раз — https://a.example"}))
    assert made.params.keys() == {"photo", "reply_markup"}


@pytest.mark.parametrize(
    "text",
    [
        "Семинар\nКнопка: Записаться",
        "Семинар\nКнопка: Записаться — javascript:alert(1)",
        "Семинар\nКнопка: — https://a.example",
        "Кнопка: Раз — https://a.example",
        "Семинар\nКнопка: " + "очень " * 20 + "— https://a.example",
    ],
)
def test_what_is_no_button_is_refused(text: str) -> None:
    with pytest.raises(BadButton):
        with_buttons(Part("sendMessage", {"text": text}))


def test_more_buttons_than_are_looked_at_are_refused() -> None:
    lines = "\n".join(f"Кнопка: {n} — https://a.example/{n}" for n in range(MOST_BUTTONS + 1))
    with pytest.raises(TooManyButtons):
        with_buttons(Part("sendMessage", {"text": f"Семинар\n{lines}"}))


@given(st.text(max_size=80))
def test_a_text_without_such_lines_is_left_alone(text: str) -> None:
    part = Part("sendMessage", {"text": text.replace(":", "")})
    assert with_buttons(part) is part
