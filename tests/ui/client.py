"""A client of the whole app, without a browser and without a port."""

from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from ingest.settings import read_settings
from tests.ui.scripted_chain import Script
from ui.server import create_app

HOME = "http://127.0.0.1:7860"
ALLOWED = "https://blog.example.org"


def client_of(script: Script, **settings: Any) -> TestClient:
    app: FastAPI = create_app(script.chain(), read_settings(allowed_origins=(ALLOWED,), **settings))
    return TestClient(app, base_url=HOME, raise_server_exceptions=False)
