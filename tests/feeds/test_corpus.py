"""The feeds that a feed parser's own suite ships: hostile, ancient and odd ones, none of them ours."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from feeds.decode import decode
from feeds.errors import NotAFeed
from feeds.items import Heard
from feeds.syndication import read_feed

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
FEWEST_FILES = 1_500


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tests of feedparser's source distribution, fetched from the package index; skips where it is out of reach."""
    folder = tmp_path_factory.mktemp("corpus")
    wanted = f"feedparser=={version('feedparser')}"
    options = ["--no-deps", "--no-binary", ":all:", "--disable-pip-version-check"]
    fetched = subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, "--timeout", "10", "--dest", str(folder), wanted],
        capture_output=True,
        text=True,
    )
    archive = next(folder.glob("*.tar.gz"), None)
    if archive is None:
        pytest.skip(f"the package index is out of reach: {fetched.stderr.strip()[-200:]}")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return next(folder.glob("feedparser-*/tests"))


def read(path: Path) -> tuple[Heard | None, float]:
    started = time.process_time()
    try:
        heard = read_feed(decode(path.read_bytes()).text, "https://corpus.example/feed", NOW)
    except NotAFeed:
        heard = None
    return heard, time.process_time() - started


def files(corpus: Path) -> Iterator[Path]:
    return (path for path in sorted(corpus.rglob("*")) if path.is_file())


def test_every_file_is_read_quickly_with_absolute_links_and_aware_dates(corpus: Path) -> None:
    count = read_well = 0
    for path in files(corpus):
        heard, seconds = read(path)
        count += 1
        assert seconds < 1, path
        read_well += heard is not None
        for item in heard.items if heard else ():
            assert item.id, path
            assert not item.url or item.url.startswith(("http://", "https://")), path
            for at in (item.published_at, item.updated_at):
                assert at is None or (at.tzinfo is not None and at <= NOW), path
    assert count > FEWEST_FILES
    assert read_well > count * 0.95
