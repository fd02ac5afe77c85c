"""Settings come from defaults, a file, variables and the caller, each above the one before.

Nothing unknown is passed over.
"""

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import DEFAULT_EMBEDDING, Settings, read_settings


def test_defaults_need_nothing() -> None:
    settings = read_settings()
    assert (settings.corpus, settings.embedding_model, settings.allowed_origins) == (
        None,
        DEFAULT_EMBEDDING,
        (),
    )


def test_each_place_stands_above_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "chat.toml"
    file.write_text("candidates = 3\nport = 7000\nhost = 'localhost'\n")
    monkeypatch.setenv("ESSAY_CHAT_CONFIG", str(file))
    monkeypatch.setenv("ESSAY_CHAT_PORT", "7001")
    monkeypatch.setenv("ESSAY_CHAT_HOST", "::1")
    settings = read_settings(host="0.0.0.0")
    assert (settings.candidates, settings.port, settings.host) == (3, 7001, "0.0.0.0")


def test_none_is_a_value_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESSAY_CHAT_PORT", "7001")
    assert read_settings(port=None).port == 7001


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        pytest.param("ESSAY_CHAT_PROT", "1", "'ESSAY_CHAT_PROT'", id="unknown variable"),
        pytest.param("ESSAY_CHAT_PORT", "high", "'port'", id="not a number"),
        pytest.param("ESSAY_CHAT_PORT", "70000", "'port'", id="out of range"),
        pytest.param(
            "ESSAY_CHAT_ALLOWED_ORIGINS", "https://a.org", "allowed_origins", id="not JSON"
        ),
        pytest.param("ESSAY_CHAT_CONFIG", "gone.toml", "'gone.toml'", id="no such file"),
    ],
)
def test_a_bad_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, named: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=named):
        read_settings()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        pytest.param(b"colour = 'blue'", "'colour'", id="unknown name"),
        pytest.param(b"port = ", "cannot be read", id="not TOML"),
        pytest.param(b"host = '\xff'", "cannot be read", id="not UTF-8"),
        pytest.param(b"embedding_model = ''", "'embedding_model'", id="no model"),
        pytest.param(b"reranker = ''", "'reranker'", id="no reranker"),
    ],
)
def test_a_bad_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, named: str
) -> None:
    (tmp_path / "chat.toml").write_bytes(content)
    monkeypatch.setenv("ESSAY_CHAT_CONFIG", str(tmp_path / "chat.toml"))
    with pytest.raises(SettingsError, match=named):
        read_settings()


def test_settings_cannot_be_changed() -> None:
    settings = read_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
