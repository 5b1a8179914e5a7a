"""Bytes become the text that was meant, whatever is declared."""

from __future__ import annotations

import pytest

from feeds.decode import decode

KY = "Айыл өкмөтү жана жергиликтүү кеңеш элдин демилгелерин колдоду. " * 3
RU = "Органы местного самоуправления обсудили программу развития айылного аймака. " * 3


def xml(charset: str, text: str) -> bytes:
    return f'<?xml version="1.0" encoding="{charset}"?><rss>{text}</rss>'.encode(
        "utf-8" if "utf" in charset else charset
    )


def meta(charset: str, text: str, encoding: str) -> bytes:
    return f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head>{text}'.encode(
        encoding
    )


@pytest.mark.parametrize(
    ("body", "header", "expected", "encoding"),
    [
        pytest.param(KY.encode(), "", KY, "utf-8", id="plain utf-8"),
        pytest.param(KY.encode(), "windows-1251", KY, "utf-8", id="utf-8 labelled windows-1251"),
        pytest.param(b"\xef\xbb\xbf" + KY.encode(), "", KY, "utf-8", id="utf-8 with a mark"),
        pytest.param(KY.encode("utf-16"), "", KY, "utf-16-le", id="utf-16 with a mark"),
        pytest.param(
            f"<rss>{KY}".encode("utf-16-be"), "", f"<rss>{KY}", "utf-16-be", id="utf-16 without a mark"
        ),
        pytest.param(RU.encode("cp1251"), "", RU, "cp1251", id="windows-1251 undeclared"),
        pytest.param(RU.encode("cp1251"), "utf-8", RU, "cp1251", id="windows-1251 labelled utf-8"),
        pytest.param(RU.encode("cp1251"), "iso-8859-1", RU, "cp1251", id="windows-1251 labelled latin-1"),
        pytest.param(RU.upper().encode("cp1251"), "", RU.upper(), "cp1251", id="windows-1251 in capitals"),
        pytest.param(RU.encode("koi8-r"), "", RU, "koi8-r", id="koi8-r undeclared"),
        pytest.param(RU.encode("koi8-r"), "koi8-r", RU, "koi8-r", id="koi8-r declared"),
        pytest.param(RU.encode("koi8-r"), "windows-1251", RU, "koi8-r", id="koi8-r labelled windows-1251"),
        pytest.param(RU.encode("cp866"), "", RU, "cp866", id="dos"),
        pytest.param(
            xml("windows-1251", RU), "", xml("windows-1251", RU).decode("cp1251"), "cp1251", id="xml"
        ),
        pytest.param(
            meta("windows-1251", RU, "cp1251"),
            "utf-8",
            meta("windows-1251", RU, "cp1251").decode("cp1251"),
            "cp1251",
            id="meta against header",
        ),
        pytest.param("Café déjà vu".encode("cp1252"), "", "Café déjà vu", "cp1252", id="western"),
        pytest.param("Žluťoučký".encode("iso-8859-2"), "iso-8859-2", "Žluťoučký", "iso8859-2", id="declared"),
        pytest.param(b"", "", "", "utf-8", id="nothing"),
        pytest.param(b"plain", "no-such-charset", "plain", "utf-8", id="unknown declaration"),
    ],
)
def test_text_is_what_was_meant(body: bytes, header: str, expected: str, encoding: str) -> None:
    decoded = decode(body, header)
    assert (decoded.text, decoded.encoding) == (expected, encoding)


def test_one_stray_byte_does_not_destroy_a_kyrgyz_text() -> None:
    broken = KY.encode()[:60] + b"\xff" + KY.encode()[60:]
    decoded = decode(broken, "windows-1251")
    assert decoded.encoding == "utf-8"
    assert decoded.repaired == 1
    assert decoded.text.replace("\ufffd", "") == KY


def test_characters_that_xml_forbids_are_removed() -> None:
    assert decode(b"a\x00b\x0bc\td\n").text == "abc\td\n"
