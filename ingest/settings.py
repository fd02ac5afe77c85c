"""Settings: one frozen object of plain values, for every stage.

Read once, each above the one before: defaults, the TOML file that `ESSAY_CHAT_CONFIG` names,
`ESSAY_CHAT_*` variables, what the caller passes.
"""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ingest.errors import SettingsError

PREFIX = "ESSAY_CHAT_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
DEFAULT_EMBEDDING = "all-MiniLM-L6-v2"
DEFAULT_RERANKER = "ms-marco-MiniLM-L-12-v2"
DEFAULT_SUPPORT = "features"


class Settings(BaseSettings):
    """Names and numbers, never live models."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True
    )

    corpus: Path | None = Field(
        None, description="folder of .txt and .md files; none: the essay that ships"
    )
    index: Path | None = Field(
        None, description="folder of the index; none: under the user's data folder"
    )
    embedding_model: str = Field(
        DEFAULT_EMBEDDING, min_length=1, description="the packaged model, a folder, or a hub name"
    )
    reranker: str = Field(
        DEFAULT_RERANKER,
        min_length=1,
        description="the packaged model, a folder or hub name of a CrossEncoder, or none",
    )
    reader: Literal["packaged", "none"] = Field(
        "packaged", description="what reads passages for the answer: packaged, or none"
    )
    max_chars: int = Field(600, ge=80, le=4000, description="characters of a passage at most")
    candidates: int = Field(
        30, ge=1, le=100, description="sentences of the main texts, and notes, that are reranked"
    )
    max_question_chars: int = Field(
        2000, ge=10, le=20000, description="characters of a question at most"
    )
    model: str | None = Field(
        None,
        description="a chat model, provider:name or gguf:PATH (models.md); none: answer by quoting",
    )
    model_url: str | None = Field(
        None, description="address of the model's server; none: the provider's own"
    )
    model_timeout_s: float = Field(
        120.0, gt=0, le=3600, description="seconds a reply of the model may take"
    )
    model_max_tokens: int = Field(
        2000, ge=16, le=32000, description="tokens of a reply at most, what it thinks included"
    )
    model_temperature: float | None = Field(
        None, ge=0, le=2, description="none: the provider's own; 0 for ollama and gguf"
    )
    model_candidates: int = Field(
        1, ge=1, le=8, description="replies of the model, of which the best borne out is taken"
    )
    model_structured: bool = Field(
        False, description="ask the provider for the reply as data, where it can; not all can"
    )
    support: str = Field(
        DEFAULT_SUPPORT,
        min_length=1,
        description=(
            "what checks written sentences: features, or the folder or hub name of a classifier"
        ),
    )
    host: str = Field("127.0.0.1", description="address the server listens on")
    port: int = Field(
        7860, ge=0, le=65535, description="port the server listens on; 0: any free one"
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description="origins that may embed the chat, as a JSON list"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the TOML file below the variables.

        See "Customise settings sources" in the documentation of pydantic-settings.
        """
        file = os.environ.get(CONFIG_VARIABLE)
        if not file:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file))


def read_settings(**values: Any) -> Settings:
    """Return the settings, with `values` above everything else; None stands for "not given".

    Raises SettingsError for a name that does not exist, a value that cannot be used, or a file that
    cannot be read.
    """
    _refuse_unknown_variables()
    file = os.environ.get(CONFIG_VARIABLE)
    if file and not Path(file).is_file():
        raise SettingsError(
            f"{CONFIG_VARIABLE} names {file!r}, which is not a file; correct it or unset it"
        )
    passed = {name: value for name, value in values.items() if value is not None}
    try:
        return Settings(**passed)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"setting {name!r}: {first['msg']}; docs/settings.md lists the settings"
        ) from error
    # A TOML file that does not parse, a variable that is not JSON.
    except ValueError as error:
        raise SettingsError(f"settings cannot be read: {error}") from error


def _refuse_unknown_variables() -> None:
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} | {CONFIG_VARIABLE}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsError(
                f"variable {name!r} is no setting of essay-chat; unset it or see docs/settings.md"
            )
