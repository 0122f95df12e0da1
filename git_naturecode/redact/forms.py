"""The forms of the tokens of well-known services, told by their prefixes."""

import re
from collections.abc import Iterable
from typing import NamedTuple

# A token begins where no word goes on; but an escape sequence before it (\n in JSON, %3D in a
# URL, \u0022) ends in a letter or digit and is no word.
_START = (
    r"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=%[0-9A-Fa-f]{2})"
    r"|(?<=\\u[0-9a-fA-F]{4})|(?<=\\x[0-9a-fA-F]{2}))"
)
_END = r"(?![A-Za-z0-9])"


class Form(NamedTuple):
    """The form of a service's tokens.

    `hints` are their beginnings, as far as a word of 20 characters or more would show them.
    """

    rule: str
    hints: str
    pattern: str


# Sources: what each service says about its tokens. The first form that fits names the rule.
FORMS = (
    Form("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{30,255}"),
    Form("github-token", "github_pat_", r"github_pat_\w{30,255}"),
    Form(
        "gitlab-token",
        "gl[a-z]{2,7}-",
        r"gl(?:pat|ptt|rt|dt|cbt|ft|soat|agent|imt|ffct)-[\w-]{20,255}",
    ),
    Form("aws-key", "AKIA ASIA", rf"(?:AKIA|ASIA)[A-Z0-9]{{16}}{_END}"),
    Form("google-key", "AIza", r"AIza[\w-]{35}(?![\w-])"),
    Form("google-key", "GOCSPX-", r"GOCSPX-[\w-]{28}"),
    Form("anthropic-key", "sk-ant-", r"sk-ant-[\w-]{20,512}"),
    Form("openai-key", "sk-", r"sk-(?:proj-|svcacct-|admin-|or-v1-)?[\w-]{20,512}"),
    Form("slack-token", "xox xapp- xwfp-", r"(?:xox[a-z]-(?:\d-)?|xapp-|xwfp-)[\w.%-]{10,512}"),
    Form("stripe-key", "sk_ rk_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}"),
    Form("stripe-key", "whsec_", r"whsec_[A-Za-z0-9+/=]{24,255}"),
    Form("npm-token", "npm_", rf"npm_[A-Za-z0-9]{{36}}{_END}"),
    Form("pypi-token", "pypi-", r"pypi-[\w-]{50,512}"),
    Form("huggingface-token", "hf_ api_org_", rf"(?:hf_|api_org_)[A-Za-z0-9]{{30,64}}{_END}"),
    Form("twilio-key", "SK[0-9a-f]", rf"SK[0-9a-f]{{32}}{_END}"),
    Form("age-key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50,2048}"),
    Form("digitalocean-token", "do[opr]_v1_", rf"do[opr]_v1_[a-f0-9]{{64}}{_END}"),
    Form("shopify-token", "shp[a-z]{2}_", rf"shp[a-z]{{2}}_[a-fA-F0-9]{{32}}{_END}"),
    Form("docker-token", "dckr_", r"dckr_(?:pat|oat)_[\w-]{24,64}"),
    Form("supabase-key", "sb_secret_", r"sb_secret_[\w-]{20,64}"),
    Form("supabase-key", "sbp_", rf"sbp_[a-f0-9]{{40}}{_END}"),
    Form("groq-key", "gsk_", rf"gsk_[A-Za-z0-9]{{40,64}}{_END}"),
    Form("replicate-token", "r8_", rf"r8_[A-Za-z0-9]{{37}}{_END}"),
    Form("linear-key", "lin_api_", rf"lin_api_[A-Za-z0-9]{{40}}{_END}"),
    Form("atlassian-token", "ATATT3 ATCTT3", r"AT[AC]TT3[\w=-]{60,255}"),
    Form("postman-key", "PMAK-", rf"PMAK-[a-f0-9]{{24}}-[a-f0-9]{{34}}{_END}"),
    Form("databricks-token", "dapi[a-f0-9]", rf"dapi[a-f0-9]{{32}}(?:-\d)?{_END}"),
    Form("tailscale-key", "tskey-", r"tskey-[a-z]{3,12}-[A-Za-z0-9-]{20,128}"),
    Form("grafana-token", "glsa_", r"glsa_\w{32,64}"),
    Form("grafana-token", "glc_", r"glc_[A-Za-z0-9+/=]{32,400}"),
    Form("xai-key", "xai-", rf"xai-[A-Za-z0-9]{{70,90}}{_END}"),
    Form("rubygems-key", "rubygems_", rf"rubygems_[a-f0-9]{{48}}{_END}"),
    Form("nvidia-key", "nvapi-", r"nvapi-[\w-]{60,80}"),
    Form(
        "notion-token",
        "ntn_ secret_",
        rf"(?:ntn_[A-Za-z0-9]{{40,64}}|secret_[A-Za-z0-9]{{43}}){_END}",
    ),
    Form("sentry-token", "sntrys_", r"sntrys_[\w=+/-]{60,400}"),
    Form("square-token", "sq0", r"sq0(?:csp|atp)-[\w-]{22,64}"),
    Form("posthog-key", "ph[cx]_", rf"ph[cx]_[A-Za-z0-9]{{40,64}}{_END}"),
    Form("figma-token", "figd_", r"figd_[\w-]{40,64}"),
    Form("1password-token", "ops_eyJ", r"ops_eyJ[\w-]{100,2048}"),
    Form("new-relic-key", "NRAK-", rf"NRAK-[A-Z0-9]{{27}}{_END}"),
    Form("perplexity-key", "pplx-", rf"pplx-[A-Za-z0-9]{{40,64}}{_END}"),
    Form("mailgun-key", "key-[a-f0-9]", rf"key-[a-f0-9]{{32}}{_END}"),
    # A word of 20 characters follows these, but they are no part of it.
    Form("sendgrid-key", "", r"SG\.[\w-]{16,64}\.[\w-]{30,64}"),
    Form("google-token", "", r"ya29\.[\w-]{30,2048}"),
    Form("vault-token", "", r"hv[sb]\.[\w-]{24,512}"),
)
_DOTTED = r"(?:SG|ya29|hv[sb])\."


def _by_first(hints: Iterable[str]) -> str:
    """An alternation that looks at the first character once (they are tried one after another)."""
    groups: dict[str, list[str]] = {}
    for hint in hints:
        groups.setdefault(hint[0], []).append(hint[1:])
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in groups.items())


_HINTS = _by_first(["eyJ", *(hint for form in FORMS for hint in form.hints.split())])
# For what `glance.long_runs` gives: a token begins a run, or follows a dash or an underscore in
# it, or the letters of an escape sequence.
HINT = re.compile(
    rf"[ _-](?:{_HINTS})|{_DOTTED} "
    rf"|[\\%] (?:[nrtbf]|u[0-9a-fA-F]{{4}}|x?[0-9a-fA-F]{{2}})(?:{_HINTS})".encode()
)
# For anything else, such as the inside of a binary file.
LOOSE_HINT = re.compile(f"{_HINTS}|{_DOTTED}".encode())
TOKEN = re.compile(f"{_START}(?:{'|'.join(f'(?P<r{i}>{f.pattern})' for i, f in enumerate(FORMS))})")
