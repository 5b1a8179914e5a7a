"""The reading process: parsing happens beside the event loop, and what it breaks is its own.

A job goes in and an answer comes out through pipes, each a length and a pickle; both ends are ours.  A job that takes
too long is ended with its process; the next one starts a new process.  The process ends itself when it has grown.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import signal
import struct
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO, Final

from feeds.errors import FeedError, ReaderFailed
from feeds.reading import Job, read

_LENGTH: Final = struct.Struct(">I")
_GROWN_BYTES: Final = 90_000_000
_ADDRESS_SPACE: Final = 2_000_000_000
_log = logging.getLogger(__name__)


class Reader:
    """Reads jobs in a process of its own, one after another.

    The process starts with the first job.  Close it when done.
    """

    def __init__(self, timeout_seconds: float = 20.0) -> None:
        self._timeout = timeout_seconds
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process that reads now, None before the first job."""
        return self._process.pid if self._process else None

    async def read(self, job: Job) -> Any:
        """What `feeds.reading.read` gives; its `FeedError`s are raised here.

        Raises `ReaderFailed` where the process crashed or took too long: that is an error of this source alone.
        """
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(self._timeout):
                    answer = await self._exchange(job)
            except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
                await self._end()
                raise ReaderFailed(url=job.page.url) from error
            except BaseException:
                await self._end()
                raise
        return _opened(answer, job)

    async def close(self) -> None:
        """Ends the process."""
        async with self._one_at_a_time:
            await self._end()

    async def _exchange(self, job: Job) -> tuple[Any, ...]:
        process = await self._running()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(_packed(job))
        await process.stdin.drain()
        (size,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
        answer: tuple[Any, ...] = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301  (from our own process)
        if answer[-1] == "retiring":
            await self._end()
        return answer

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            await self._end()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "feeds.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        # The transport of a killed process is closed by the loop's next turns; its pipes are closed here so that
        # nothing is left for the garbage collector to complain of.
        if process.stdin is not None:
            process.stdin.close()
            with contextlib.suppress(ConnectionError):
                await process.stdin.wait_closed()


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answers jobs until there are no more, or until the process has grown."""
    while header := jobs.read(_LENGTH.size):
        (size,) = _LENGTH.unpack(header)
        job: Job = pickle.loads(jobs.read(size))  # noqa: S301  (from our own process)
        outcome = _outcome(job)
        retiring = resident_bytes() > _GROWN_BYTES
        answers.write(_packed((*outcome, "retiring" if retiring else "staying")))
        answers.flush()
        if retiring:
            return


def resident_bytes() -> int:
    """Memory of this process that is really in use; 0 on systems that do not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _outcome(job: Job) -> tuple[Any, ...]:
    try:
        return ("read", read(job))
    except FeedError as error:
        return ("refused", type(error), error.params)
    except (Exception, RecursionError):
        return ("crashed", traceback.format_exc())


def _opened(answer: tuple[Any, ...], job: Job) -> Any:
    match answer[:-1]:
        case ("read", result):
            return result
        case ("refused", kind, params):
            raise kind(**params)
        case (_, trace):
            _log.error("reading %s failed:\n%s", job.page.url, trace)
    raise ReaderFailed(url=job.page.url)


def _packed(value: Any) -> bytes:
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    _main()
