"""Every kind of secret goes, whatever stands around it; what only looks like one stays."""

import base64
import json
import random
import string
from collections.abc import Callable

import pytest

from git_naturecode.redact import Redactor

_RANDOM = random.Random(20261122)
_ALNUM = string.ascii_letters + string.digits
_B64 = _ALNUM + "+/"


def some(length: int, alphabet: str = _ALNUM) -> str:
    """Random text that has letters and digits in it; nothing in this file is a real secret."""
    text = "".join(_RANDOM.choice(alphabet) for _ in range(length - 2))
    return "q" + text[: length // 2] + "7" + text[length // 2 :] if alphabet != "hex" else text


def hexa(length: int) -> str:
    return "".join(_RANDOM.choice("0123456789abcdef") for _ in range(length))


def upper(length: int) -> str:
    return "".join(_RANDOM.choice(string.ascii_uppercase + "234567") for _ in range(length))


def web_token() -> str:
    header = json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode()
    claims = json.dumps({"sub": some(9), "iat": 1790000000}).encode()
    parts = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (header, claims)]
    return ".".join([*parts, some(43)])


TOKENS = {
    "github classic": "ghp" + "_" + some(36),
    "github app": "ghs" + "_" + some(36),
    "github fine-grained": "github" + "_pat_" + some(22) + "_" + some(59),
    "gitlab": "glpat" + "-" + some(20),
    "aws id": "AKIA" + upper(16),
    "aws temporary id": "ASIA" + upper(16),
    "google": "AIza" + some(35),
    "openai": "sk" + "-" + some(48),
    "openai project": "sk-" + "proj-" + some(74) + "_" + some(40),
    "anthropic": "sk-" + "ant-api03-" + some(80) + "-" + some(12),
    "slack": "xox" + "b-" + "248163970551-2481639705513-" + some(24),
    "slack webhook": "https://hooks.slack.com"
    + "/services/T0"
    + upper(8)
    + "/B0"
    + upper(8)
    + "/"
    + some(24),
    "stripe": "sk" + "_live_" + some(24),
    "stripe restricted": "rk" + "_live_" + some(24),
    "npm": "npm" + "_" + some(36),
    "pypi": "pypi" + "-AgEIcHlwaS5vcmc" + some(120),
    "hugging face": "hf" + "_" + some(34),
    "sendgrid": "SG" + "." + some(22) + "." + some(43),
    "twilio": "SK" + hexa(32),
    "json web token": web_token(),
    "age": "AGE-SECRET" + "-KEY-1" + upper(58),
    "digitalocean": "dop" + "_v1_" + hexa(64),
    "vault": "hvs" + "." + some(90),
    "discord webhook": "https://discord.com/api" + "/webhooks/" + "123456789012345678/" + some(68),
}
AROUND: dict[str, Callable[[str], str]] = {
    "alone": lambda s: s,
    "prose": lambda s: f"please use {s}, it works.",
    "lines": lambda s: f"first\n{s}\nlast",
    "json": lambda s: json.dumps({"a": s}),
    "json in json": lambda s: json.dumps(json.dumps({"a": "x\n" + s})),
    "after an escaped line end": lambda s: "one\\n" + s + "\\ntwo",
    "after an escaped quote": lambda s: "a\\u0022" + s + "\\u0022",
    "after a quoted equals sign": lambda s: "a%3D" + s + "%26",
    "shell": lambda s: f"export X={s} && run",
    "call": lambda s: f"client = Client('{s}')",
    "beside other letters": lambda s: f"é{s}→ 日本 İ",
    "in an address": lambda s: f"GET /x?key={s}&y=1",
    "base64": lambda s: base64.b64encode(f"A=b\nX={s}\nC=d\n".encode()).decode(),
    "wrapped base64": lambda s: base64.encodebytes(
        f"A=b\nNAME={s}\nHOME=/x\n".encode() * 2
    ).decode(),
    "wrapped base64 in json": lambda s: json.dumps(
        base64.encodebytes(f"N={s}\n".encode() * 2).decode()
    ),
    "folded": lambda s: s[: len(s) // 2] + "\\\n" + s[len(s) // 2 :],
}


def leaks(secret: str, text: str) -> bool:
    """An independent look: any 12 characters of the secret, plain or as they are within base64."""
    pieces = {secret[at : at + 12] for at in range(len(secret) - 11)}
    if "://" in secret:
        pieces = {piece for piece in pieces if secret.index(piece) > 40}
    inner = [base64.b64encode(b"\0" * skip + secret.encode()).decode()[4:-4] for skip in range(3)]
    pieces |= {form[at : at + 12] for form in inner for at in range(len(form) - 11)}
    return any(piece in text.replace("\n", "").replace("\\n", "") for piece in pieces)


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_of_a_service_goes_wherever_it_stands(kind: str, around: str) -> None:
    text = AROUND[around](TOKENS[kind])
    clean, labels = Redactor().text(text)
    assert labels
    assert not leaks(TOKENS[kind], clean), clean
    assert Redactor().text(clean) == (clean, ())


VALUE = some(24)
PASSWORDS = ["Xk9-aaP2mQ", "p4$$w0rd!x9", "zR7kq2Lm", "hunter27", "7d!Kq_0z"]
CONTEXTS = {
    "env": "DB_PASSWORD={}\n",
    "env with more of a name": "export API_KEY_PROD={}\n",
    "after a letter that lower case makes two": "İİ DB_PASSWORD={}\n",
    "quoted env": 'SECRET_KEY="{}"',
    "yaml": "  password: {}\n",
    "yaml block": "password: |\n    {}\n",
    "json": '{{"client_secret": "{}"}}',
    "escaped json": '{{\\"client_secret\\": \\"{}\\", \\"a\\": 1}}',
    "twice escaped json": '\\\\\\"apiKey\\\\\\": \\\\\\"{}\\\\\\"',
    "python": "password = '{}'",
    "typed python": "api_key: str = '{}'",
    "go": 'secret := "{}"',
    "ruby": ":password => '{}'",
    "call": "os.environ.setdefault('DB_PASSWORD', '{}')",
    "option": "tool --password {} run",
    "option with equals": "tool --api-key={} run",
    "xml": "<password>{}</password>",
    "address": "postgres://app:{}@db.example.org/x",
    "escaped address": "https:\\/\\/bot:{}@example.org\\/x",
    "query": "GET /v1?access_key={}&page=2",
    "words": "the password is {} as I said",
    "subscript": "config['passwd'] = '{}'",
    "folded": "PASSWORD=\\\n{}",
}


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("secret", [*PASSWORDS, VALUE])
def test_a_value_goes_by_the_word_before_it(context: str, secret: str) -> None:
    if context == "query" and "$" in secret:
        secret = secret.replace("$", "S")
    clean, labels = Redactor().text(CONTEXTS[context].format(secret))
    assert secret not in clean
    assert len(labels) == 1
    assert clean.count("[REDACTED:") == 1
    before, _, after = CONTEXTS[context].partition("{}")
    assert clean.startswith(before.format())
    assert clean.endswith(after.format())


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {VALUE}",
        f"curl -H 'Authorization: token {VALUE}' https://example.org",
        f'"authorization": "Basic {base64.b64encode(f"me:{VALUE}".encode()).decode()}"',
        f"fetch(url, {{headers: {{Authorization: `Bearer {VALUE}`}}}})",
        f"curl -u admin:{VALUE} https://example.org",
        f"git clone https://{VALUE}@github.com/a/b",
        f"auth_token: {VALUE}",
        f"aws: AKIA{upper(16)} {VALUE}{some(16)}",
        f"_authToken={VALUE}",
        f"STRIPE_KEY={VALUE}",
    ],
)
def test_headers_and_neighbours_betray_a_value(text: str) -> None:
    clean, labels = Redactor().text(text)
    assert VALUE not in clean
    assert base64.b64encode(VALUE.encode()).decode()[4:-4] not in clean
    assert labels


NOT_SECRET = [
    "password = os.environ['DB_PASSWORD']",
    'password = os.getenv("DB_PASSWORD", "")',
    "const token = process.env.GITHUB_TOKEN_2",
    "API_KEY=${API_KEY_2}",
    "api_key: ${{ secrets.API_KEY_1 }}",
    "password: <your-password-1>",
    "password=********",
    "PASSWORD=changeme1",
    "secret: getSecret('db1')",
    "token := parser.nextToken2()",
    "def login(password: str, api_key: Optional[str] = None) -> Token:",
    "password: SecretStr1",
    "type Config struct { Secret string; Token2 *Token }",
    "max_tokens: 40960000",
    "tokens=123456789012345678901234",
    "next_page_token: eJx9kM1qwzAQhF9lWeg1",
    "The token is stored in ~/.config/app/token_v2.json",
    "secret_name: my-app-secrets-v2",
    "secretKeyRef: {name: db-secret-2, key: password}",
    "key: 550e8400-e29b-41d4-a716-446655440000",
    "commit 7f3a1c9e5b2d4f6a8c0e1b3d5f7a9c2e4b6d8f0a",
    "cache_key=7f3a1c9e5b2d4f6a8c0e1b3d5f7a9c2e4b6d8f0a",
    "token: 7f3a1c9e5b2d4f6a8c0e1b3d5f7a9c2e4b6d8f0a",
    '"integrity": "sha512-' + base64.b64encode(bytes(range(64))).decode() + '"',
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "hash=sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "github.com/user/repo v1.2.3 h1:2XkQ0Zt8i8fUq1v5h9w6mS3l4r7n0p5y8a1c4e7g0k3=",
    "https://example.org:8080/path?x=1@2",
    "http://user@example.org and mail ada@example.org",
    "https://github.com/entireio/cli/pull/102",
    "postgres://postgres:password@localhost/db",
    "redis://:${REDIS_PASSWORD}@cache:6379",
    "disk-based-storage-with-long-name and task-runner-for-everything-2",
    "sk-learn-estimator-with-a-very-long-name",
    "Author: Ada Lovelace <ada@example.org>",
    "authors: [ada1, bob2]",
    "-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(bytes(range(200))).decode(),
    "if strings.Contains(s, '-----BEGIN PRIVATE KEY-----') { return '-----END PRIVATE KEY-----' }",
    "eyJub3QiOiJhIHRva2VuIn0 is base64 of a JSON object",
    "/Users/ada/work/naturecode/src/components/authentication/PasswordResetForm2.tsx",
    "github_patterns = 1; npm_config_registry=https://packages.example.org/",
    "AKIAIOSFODNN7EXAMPLE",
    "password_reset_token_generator2 = PasswordResetTokenGenerator()",
    'assert user.check_password("test-password-1")',
    "git log --author=ada --format=%H",
    "the secret is that v1.2.3 works",
    "Key: Value2, Other-Key: application/json; charset=utf-8",
]


@pytest.mark.parametrize("text", NOT_SECRET)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert Redactor().text(text) == (text, ())


def _pem(name: str = "RSA PRIVATE KEY") -> tuple[str, str]:
    body = base64.encodebytes(bytes(_RANDOM.randrange(256) for _ in range(600))).decode()
    lines = body.replace("\n", "")
    lines = "\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    return f"-----BEGIN {name}-----\n{lines}\n-----END {name}-----", lines


PEM, PEM_BODY = _pem()
BLOCKS = {
    "whole": f"key:\n{PEM}\nafter",
    "openssh": "a\n" + PEM.replace("RSA", "OPENSSH") + "\nafter",
    "pkcs8": PEM.replace("RSA ", "") + "\nafter",
    "json": json.dumps({"private_key": PEM + "\n", "z": "after"}),
    "json in json": json.dumps(json.dumps({"k": PEM, "z": "after"})),
    "on one line": PEM.replace("\n", " ") + " after",
    "without breaks": PEM.replace("\n", "") + " after",
    "carriage returns": PEM.replace("\n", "\r\n") + "\r\nafter",
    "indented": "k: |\n" + "\n".join("    " + line for line in PEM.split("\n")) + "\nafter",
    "quoted lines": "\n".join(f'  "{line}\\n" +' for line in PEM.split("\n")) + "\nafter",
    "numbered": "\n".join(f"{n:6}→{line}" for n, line in enumerate(PEM.split("\n"), 1)) + "\nafter",
    "a diff": "\n".join("+" + line for line in PEM.split("\n")) + "\nafter",
    "cut at its end": PEM[: len(PEM) // 2],
    "cut in the first line": PEM[:60],
    "cut at its beginning": PEM[len(PEM) // 2 :] + "\nafter",
    "encrypted": PEM.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n\n", 1) + "\nafter",
}


@pytest.mark.parametrize("form", BLOCKS)
def test_private_keys_go_whole_cut_and_escaped(form: str) -> None:
    clean, labels = Redactor().text(BLOCKS[form])
    pieces = [line[at : at + 12] for line in PEM_BODY.split("\n") for at in range(len(line) - 11)]
    assert not [piece for piece in pieces if piece in clean]
    assert labels == ("private-key:1",)
    if "after" in BLOCKS[form]:
        assert "after" in clean
