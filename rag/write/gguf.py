"""`gguf:PATH`: a GGUF file served by llama.cpp in a child process on loopback.

It is talked to as to any OpenAI-compatible server. It has a process of its own, because llama.cpp
ends the process it runs in when memory runs out or a file is broken. The child takes a free port
and a key made for it, so that no page in a browser and no other user can use it, and ends when the
pipe to its parent closes, however the parent ended.
"""

import json
import secrets
import subprocess
import sys
import weakref
from pathlib import Path
from typing import IO

from langchain_core.language_models import BaseChatModel

from ingest.errors import ModelError
from ingest.settings import Settings
from rag.write.providers import GGUF, installed, missing_package

# Rules, examples and six passages have 2,000; a second try adds the first reply.
CONTEXT_TOKENS = 6144
STOP_TIMEOUT_S = 5.0


def load_gguf(path: str, settings: Settings) -> BaseChatModel:
    """Start the server and return the chat model that talks to it; the server ends with the model.

    Raises ModelError if the extra is not installed, or the file is missing or not a model that
    llama.cpp can load.
    """
    name = f"{GGUF}:{path}"
    if not (installed("xllamacpp") and installed("langchain_openai")):
        raise ModelError(missing_package(name, GGUF))
    if not Path(path).is_file():
        raise ModelError(f"model {name!r}: {path!r} is not a file; give the path of a .gguf file")
    from langchain.chat_models import init_chat_model

    key = secrets.token_urlsafe()
    server, address = _start(path, key)
    model: BaseChatModel = init_chat_model(
        Path(path).stem,
        model_provider="openai",
        base_url=f"{address}/v1",
        api_key=key,
        temperature=settings.model_temperature or 0.0,
        max_tokens=settings.model_max_tokens,
        timeout=settings.model_timeout_s,
        max_retries=0,
    )
    weakref.finalize(model, stop, server)  # also runs as the interpreter ends
    return model


def _start(path: str, key: str) -> tuple["subprocess.Popen[str]", str]:
    # The key goes through the pipe: arguments can be read by others.
    # -P: no folder that happens to be called rag here.
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "rag.write.gguf"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdin
    assert server.stdout
    server.stdin.write(json.dumps({"path": path, "key": key}) + "\n")
    server.stdin.flush()
    address = server.stdout.readline().strip()  # nothing, if it ended
    if not address:
        stop(server)
        name = f"{GGUF}:{path}"
        raise ModelError(
            f"model {name!r} cannot be loaded by llama.cpp; "
            "it may be broken or too big for the memory"
        )
    return server, address


def stop(server: "subprocess.Popen[str]") -> None:
    """End the server: first by closing its pipe, then by force."""
    for pipe in (server.stdin, server.stdout):
        if pipe:
            pipe.close()
    try:
        server.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def serve(orders: IO[str], answers: IO[str]) -> None:
    """Serve the file named in the first line of `orders` until `orders` closes.

    Its address is written to `answers`.
    """
    import xllamacpp

    order = json.loads(orders.readline())
    params = xllamacpp.CommonParams()
    params.model.path = order["path"]
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [order["key"]]
    params.n_ctx, params.n_parallel, params.offline = CONTEXT_TOKENS, 1, True
    params.ui = params.endpoint_props = params.endpoint_slots = False
    server = xllamacpp.Server(params)
    answers.write(f"{server.listening_address}\n")
    answers.flush()
    orders.read()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
