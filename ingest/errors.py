"""Every error a user can meet, as one tree.

EssayChatError
├── CorpusError        a file of the corpus is missing, unreadable or invalid
├── ModelError         a model cannot be found, or its file is not the expected one
├── StoreError         the index cannot be read or written
│   ├── IndexMissing   no index there yet
│   └── IndexMismatch  built from another corpus, by another model or splitter
├── QuestionError      a question that cannot be answered as it stands: empty, too long, no words
├── SettingsError      a setting that does not exist or has an unusable value
├── CaseError          an evaluation case that is invalid
└── ServeError         the server cannot start

A message names the thing and the next step. The command line prints it as one line.
"""


class EssayChatError(Exception):
    """Base of all errors that a user can mend; `exit_code` is 1 (failed) or 2 (used wrongly)."""

    exit_code = 1


class CorpusError(EssayChatError):
    """A file of the corpus is missing, unreadable or invalid."""


class ModelError(EssayChatError):
    """A model cannot be found or loaded, or its file is not the expected one."""


class StoreError(EssayChatError):
    """The index cannot be read or written."""


class IndexMissing(StoreError):  # noqa: N818
    """There is no index at that place yet."""


class IndexMismatch(StoreError):  # noqa: N818
    """The index was built from another corpus, or by another model or splitter."""


class QuestionError(EssayChatError):
    """The question is empty, too long, or holds no word."""

    exit_code = 2


class SettingsError(EssayChatError):
    """A setting does not exist or has an unusable value."""

    exit_code = 2


class CaseError(EssayChatError):
    """An evaluation case is invalid."""


class ServeError(EssayChatError):
    """The server cannot start."""
