"""Where the default weights lie: inside installed packages.

Each file is checked against its known hash before it is loaded.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from ingest.errors import ModelError


def packaged_folder(package: str, inside: str) -> Path:
    """Return the folder of an installed package without importing the package.

    Raises ModelError if the package is not installed.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelError(
            f"package {package!r}, which holds the default weights, is not installed; "
            "run `make chat` again"
        )
    return Path(spec.origin).parent / inside


def check_hash(file: Path, sha256: str) -> Path:
    """Return the file if its content has that hash (hexadecimal).

    Raise ModelError if it has not, or is not there.
    """
    try:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"model file {str(file)!r} cannot be read: {error.strerror}; reinstall with `make chat`"
        ) from error
    if digest != sha256:
        raise ModelError(
            f"model file {str(file)!r} is not the expected one "
            f"(sha256 {digest[:12]}…, expected {sha256[:12]}…); "
            "remove .venv and run `make chat` again"
        )
    return file
