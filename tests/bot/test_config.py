"""Settings say what is wrong with them, where, and never what a secret is."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.config import ConfigError, Settings, load, variables

SECRET = "0123456789abcdef"  # noqa: S105 - of tests only


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@pytest.fixture(scope="module")
def key() -> str:
    return pem(rsa.generate_private_key(65537, 2048))


def mistakes(environment: dict[str, str], file: str | None = None) -> str:
    with pytest.raises(ConfigError) as raised:
        load({f"CRATEWARDEN_{name}": value for name, value in environment.items()}, file)
    return str(raised.value)


def test_nothing_set_gives_an_embedded_server_on_loopback() -> None:
    settings = load({"HOME": "/nowhere"})
    assert (settings.host, settings.port, settings.github_url) == ("127.0.0.1", 8080, "https://github.com")
    assert settings.database_url.startswith("sqlite:////")
    assert settings.database_url.endswith("/cratewarden.db")


def test_the_data_folder_holds_the_database() -> None:
    settings = load({"CRATEWARDEN_DATA_DIR": "/var/lib/crate warden"})
    assert settings.data_dir == Path("/var/lib/crate warden")
    assert settings.database_url == "sqlite:////var/lib/crate%20warden/cratewarden.db"


def test_a_file_fills_in_what_the_environment_leaves_out(tmp_path: Path, key: str) -> None:
    file = tmp_path / "server.toml"
    (tmp_path / "app.pem").write_text(key)
    file.write_text(
        f'app_id = 5\nport = 9000\nwebhook_secret = ["{SECRET}", "{SECRET}2"]\n'
        f'CRATEWARDEN_PRIVATE_KEY_FILE = "{tmp_path / "app.pem"}"\n'
    )
    settings = load({"CRATEWARDEN_PORT": "9001"}, str(file))
    assert (settings.app_id, settings.port) == (5, 9001)
    assert settings.webhook_secrets == (SECRET, f"{SECRET}2")
    assert settings.private_key == key


def test_a_key_in_a_variable_may_be_on_one_line(key: str) -> None:
    settings = load({"CRATEWARDEN_PRIVATE_KEY": key.replace("\n", "\\n")})
    assert settings.private_key == key


def test_secrets_are_in_no_repr(key: str) -> None:
    settings = Settings(
        private_key=key,
        webhook_secrets=(SECRET,),
        client_secret=SECRET[::-1],
        database_url="postgresql://a:hunter3@b/c",
    )
    for word in (key[40:60], SECRET, SECRET[::-1], "hunter3"):
        assert word not in repr(settings)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"WEBHOOK_SECRETS": SECRET}, "CRATEWARDEN_WEBHOOK_SECRETS in the environment is no setting; did you mean"),
        ({"WEBHOOK_SECRETS": SECRET}, "did you mean CRATEWARDEN_WEBHOOK_SECRET?"),
        ({"XYZZY": "1"}, "CRATEWARDEN_XYZZY in the environment is no setting"),
        ({"PORT": "http"}, "CRATEWARDEN_PORT must be a whole number from 0 to 65535, for example 8080"),
        ({"PORT": "65536"}, "from 0 to 65535"),
        ({"PORT": "-1"}, "from 0 to 65535"),
        ({"PORT": "\u0661"}, "from 0 to 65535"),
        ({"APP_ID": "9" * 5000}, "CRATEWARDEN_APP_ID must be a whole number"),
        ({"APP_ID": " "}, "CRATEWARDEN_APP_ID is empty; leave it out or set it, for example 12345"),
        ({"WEBHOOK_SECRET": "short"}, "secrets of 16 characters or more"),
        ({"WEBHOOK_SECRET": f"{SECRET},"}, "secrets of 16 characters or more"),
        ({"GITHUB_URL": "http://github.example.com"}, "http:// is for loopback only"),
        ({"GITHUB_URL": "http://127.0.0.1.example.com"}, "http:// is for loopback only"),
        ({"GITHUB_URL": "https://user:pw@github.example.com"}, "must not hold a user or password"),
        ({"GITHUB_URL": "github.example.com"}, "must be a web address"),
        ({"GITHUB_URL": "https://"}, "must be a web address"),
        ({"GITHUB_URL": "https://[::1"}, "must be a web address"),
        ({"DATABASE_URL": "mysql://x"}, "must start with postgresql:// or sqlite:///"),
        ({"PRIVATE_KEY": "-----BEGIN RSA PRIVATE KEY-----"}, "holds no private key in PEM form"),
        ({"PRIVATE_KEY_FILE": "/nowhere/app.pem"}, "cannot read /nowhere/app.pem: No such file"),
        ({"KEEP_DAYS": "3"}, "from 4 to 3650"),
    ],
)  # fmt: skip
def test_a_mistake_says_what_to_set(environment: dict[str, str], told: str) -> None:
    assert told in mistakes(environment)


@pytest.mark.parametrize("url", ["http://127.0.0.1:3000/", "http://localhost:1", "http://[::1]:8"])
def test_loopback_needs_no_encryption(url: str) -> None:
    assert load({"CRATEWARDEN_GITHUB_URL": url}).github_url == url.rstrip("/")


def test_a_key_of_another_kind_is_refused_without_quoting_it() -> None:
    text = pem(ec.generate_private_key(ec.SECP256R1()))
    told = mistakes({"PRIVATE_KEY": text})
    assert "not RSA" in told
    assert text.splitlines()[1] not in told


def test_two_keys_are_one_too_many(tmp_path: Path, key: str) -> None:
    (tmp_path / "app.pem").write_text(key)
    told = mistakes({"PRIVATE_KEY": key, "PRIVATE_KEY_FILE": str(tmp_path / "app.pem")})
    assert told == "set CRATEWARDEN_PRIVATE_KEY or CRATEWARDEN_PRIVATE_KEY_FILE, not both"


def test_all_mistakes_are_told_at_once() -> None:
    assert len(mistakes({"PORT": "x", "APP_ID": "x", "HSOT": "x"}).splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("app_idd = 5", "app_idd in {file} is no setting; did you mean app_id?"),
        ("App_Id = 5", "App_Id in {file} is no setting; did you mean app_id?"),
        ("app_id = 5\nCRATEWARDEN_APP_ID = 6", "CRATEWARDEN_APP_ID in {file} is given twice"),
        ("app_id = true", "app_id in {file} must be a text or a number, for example 12345"),
        ("[server]\nport = 1", "server in {file} is no setting"),
        ("port = 1.5", "port in {file} must be a text or a number"),
        ("port = ", "{file} is no valid TOML"),
    ],
)
def test_a_mistake_in_the_file_names_the_file(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "server.toml"
    file.write_text(text)
    assert told.format(file=file) in mistakes({}, str(file))


def test_a_file_that_is_not_there_is_told() -> None:
    assert (
        mistakes({}, "/nowhere/server.toml") == "cannot read /nowhere/server.toml: No such file or directory"
    )


def test_what_is_missing_is_named_where_it_is_needed() -> None:
    with pytest.raises(ConfigError) as raised:
        load({}).require("app_id", "private_key", "webhook_secrets")
    app, key, secret = str(raised.value).splitlines()
    assert app == "CRATEWARDEN_APP_ID is not set; put it into the environment or as app_id into --config FILE"
    assert key.startswith("CRATEWARDEN_PRIVATE_KEY or CRATEWARDEN_PRIVATE_KEY_FILE is not set")
    assert secret.startswith("CRATEWARDEN_WEBHOOK_SECRET is not set")


def test_variables_of_other_parts_are_no_mistake() -> None:
    load({"CRATEWARDEN_CACHE_DIR": "/tmp", "CRATEWARDEN_TRACEBACK": "1", "PATH": "/bin"})  # noqa: S108 - not used
    assert "CRATEWARDEN_RECONCILE_SECONDS" in variables()
