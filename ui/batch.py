"""A file of JSON lines → questions or claims, read in full before the first is answered."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ingest.errors import QuestionError

if TYPE_CHECKING:
    from pydantic import BaseModel

Row = TypeVar("Row", bound="BaseModel")
STDIN = "-"


def read_rows(name: str, form: type["Row"]) -> list["Row"]:
    """Return the lines of a file, or of stdin for "-", each validated as `form`.

    Empty lines are passed over. Raises QuestionError naming the file and the line.
    """
    from pydantic import ValidationError

    rows = []
    for number, line in enumerate(_read_lines(name), 1):
        if not line.strip():
            continue
        try:
            rows.append(form.model_validate_json(line))
        except ValidationError as error:
            problem = error.errors()[0]
            place = "".join(f"{part}: " for part in problem["loc"])
            raise QuestionError(
                f"{name!r}, line {number}: {place}{problem['msg']}; correct that line"
            ) from error
    return rows


def _read_lines(name: str) -> list[str]:
    try:
        content = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
        # Only \n ends a line of JSON lines; str.splitlines would also cut at characters that may
        # stand inside a string.
        return content.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise QuestionError(f"file {name!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"file {name!r} is not UTF-8; convert it to UTF-8") from error
