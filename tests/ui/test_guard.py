"""Which origins, hosts and settings are let in."""

import pytest

from ingest.errors import SettingsError
from ui.guard import allowed_hosts, read_origins


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://example.org", "https://example.org"),
        ("https://Example.ORG:443", "https://example.org"),
        ("http://example.org:80", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_origin_is_read_as_browsers_write_it(written: str, read: str) -> None:
    assert read_origins([written]) == {read}


@pytest.mark.parametrize(
    "bad",
    [
        "*",
        "null",
        "",
        "example.org",
        "https://*.example.org",
        "https://example.org/",
        "https://example.org/blog",
        "ftp://a.org",
        "https://a.org https://b.org",
        "https://a.org;script-src *",
        "https://user@a.org",
        "https://a.org:99999",
        "https://a.org:0",
        "https://a.org?x",
        "https://a.org\n",
        "https://[::1",
    ],
)
def test_what_is_no_origin_is_named(bad: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_origins(["https://good.org", bad])
    assert repr(bad) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"])
def test_on_loopback_only_its_names_and_the_allowed_origins_are_hosts(address: str) -> None:
    hosts = allowed_hosts(address, ["https://chat.example.org:8443"])
    assert hosts == frozenset({"127.0.0.1", "localhost", "[::1]", "chat.example.org"})


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5", "chat.example.org"])
def test_beyond_loopback_any_host_is_served(address: str) -> None:
    assert allowed_hosts(address, []) is None
