"""One build at a time: the lock on the folder of an index."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import StoreError

LOCK = ".lock"
LOCK_TIMEOUT_S = 600.0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder of an index for a build; wait for another process that builds there.

    Raises StoreError if the other process takes too long, or if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=LOCK_TIMEOUT_S):
            yield
    except Timeout as error:
        raise StoreError(
            f"another process is building the index at {str(folder)!r}; wait for it to end"
        ) from error
    except OSError as error:
        raise StoreError(
            f"index folder {str(folder)!r} cannot be written ({error.strerror}); "
            "name another with --index"
        ) from error
