"""What differs from provider to provider: packages, keys, and the names of arguments."""

import importlib.util
import os
from typing import Any

from ingest.settings import Settings

GGUF = "gguf"
EXTRAS = {"openai": "openai", "anthropic": "anthropic", "ollama": "ollama", GGUF: "local"}
KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


def installed(package: str) -> bool:
    """Tell whether a package is there, without importing it."""
    return importlib.util.find_spec(package) is not None


def missing_package(name: str, provider: str) -> str:
    """Return the sentence that says which package a provider needs."""
    if provider in EXTRAS:
        extra = EXTRAS[provider]
        return f"model {name!r} needs the extra {extra!r}: .venv/bin/pip install -e '.[{extra}]'"
    return (
        f"model {name!r} needs LangChain's package for {provider!r}: "
        f".venv/bin/pip install langchain-{provider}"
    )


def arguments(provider: str, settings: Settings) -> dict[str, Any]:
    """Return what a provider is told.

    Each names some of it otherwise. No retries: the quotes are there at once.
    """
    if provider == "ollama":
        # A model that thinks aloud first would take minutes on a CPU.
        told: dict[str, Any] = {
            "reasoning": False,
            "temperature": 0.0,
            "num_predict": settings.model_max_tokens,
            "client_kwargs": {"timeout": settings.model_timeout_s},
        }
    else:
        told = {
            "max_tokens": settings.model_max_tokens,
            "timeout": settings.model_timeout_s,
            "max_retries": 0,
        }
    if settings.model_temperature is not None:
        told["temperature"] = settings.model_temperature
    if settings.model_url is not None:
        told["base_url"] = settings.model_url
        if provider == "openai" and not os.environ.get(KEYS[provider]):
            # A server of one's own asks for no key, but the client asks for one.
            told["api_key"] = "none"
    return told
