"""A model name → a LangChain chat model.

`provider:name` goes to `init_chat_model`; `gguf:PATH` runs that file here (`rag.write.gguf`).
"""

import os

from langchain_core.language_models import BaseChatModel

from ingest.errors import ModelError
from ingest.settings import Settings
from rag.write.gguf import load_gguf
from rag.write.providers import GGUF, KEYS, arguments, missing_package


def load_chat(settings: Settings) -> BaseChatModel:
    """Return the chat model that the settings name.

    Raises ModelError naming it and the next step.
    """
    name = settings.model or ""
    provider, _, model = name.partition(":")
    if not model:
        raise ModelError(
            f"model {name!r} has no provider; "
            "write provider:name, such as ollama:qwen3:4b (docs/models.md)"
        )
    if provider == GGUF:
        return load_gguf(model, settings)
    return _init(name, provider, settings)


def _init(name: str, provider: str, settings: Settings) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    try:
        model: BaseChatModel = init_chat_model(name, **arguments(provider, settings))
    except ImportError as error:
        raise ModelError(missing_package(name, provider)) from error
    except ValueError as error:
        if "Unsupported provider" in str(error) or "infer model provider" in str(error):
            raise ModelError(
                f"model {name!r}: there is no provider {provider!r}; docs/models.md shows some"
            ) from None
        raise ModelError(_not_set_up(name, provider)) from None
    # What providers raise for a missing key is their own; its text may hold what they were given.
    except Exception:
        raise ModelError(_not_set_up(name, provider)) from None
    return model


def _not_set_up(name: str, provider: str) -> str:
    variable = KEYS.get(provider)
    lacks_key = variable is not None and not os.environ.get(variable)
    step = f"set {variable}, and " if lacks_key else ""
    return f"model {name!r} cannot be set up; {step}see docs/models.md"
