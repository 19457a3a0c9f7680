"""Secrets taken out of command lines: by names that announce one, by the shapes of known tokens, by randomness.

The agent and the server each have this file, word for word: so none leaves its host, and none is stored whoever sends
it. The names are those of Datadog's process scrubber and more. In doubt more is hidden; UUIDs, versions and paths stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[redacted]"
MOST_CHARACTERS = 1000
"""Of a command line; the words beyond are left out."""

_MOST_OF_A_WORD = 512
"""A longer word is a document or a key, and hidden as a whole."""

_LOOKALIKES = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019\u201a", '-------"""""\'\'\''
)
"""Full-width letters, and the dashes and quotation marks that word processors put in."""

_ANNOUNCES = re.compile(
    r"passw(or)?d|passphrase|passcode|secret|credential|authorization|stripetoken|connectionstring|sessionid"
    r"|(api|access|account|app|auth|client|cookie|crypt|deploy|encryption|hmac|jwt|license|master|private|secret|service"
    r"|session|shared|signing|ssh|storage)key"
    r"|passwor[dt]|kennwort|contrase|senha|motdepasse|haslo|has\u0142o|\u043f\u0430\u0440\u043e\u043b\u044c"
    r"|\u5bc6\u7801|\u5bc6\u78bc|\u30d1\u30b9\u30ef\u30fc\u30c9|\ube44\ubc00\ubc88\ud638"
)
_ENDS = re.compile(
    r"(?:(?<!by)(?<!com)pass|pwd|passwd|tokens?|creds?|cookies?)$"
    r"|^(?:auth|bearer|jwt|key|otp|pin|psk|pw|sid|sig|signature|totp)$"
)
_ABOUT = re.compile(
    r"count|dir|enabled|endpoint|expir\w+|file|issuer|length|limit|name|path|policy|size|ttl|type|ur[il]"
)
"""`--token-ttl` and `--password-file` speak of a secret and hold none."""

_SWITCHES = re.compile(r"disable|enable|max|min|no|num|skip")
_BARE = re.compile(r"(?:access|auth|stripe)?token|apikey|credentials|(?:mysql)?pwd|pass(?:phrase|wd|word)?|secret")
"""Words that announce a secret without a dash before or a sign behind."""

_SEGMENTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_a-zA-Z]+")
_HARMLESS = re.compile(
    r"(?i:true|false|none|null|undefined|yes|no|on|off)|\[redacted\]?|\$\{[A-Za-z_]\w*\}"
    r"|(?:~|\.{1,2})?/?(?:[\w.-]+/)*[\w.-]+\.(?:key|pem|crt|cer|der|p12|pfx|json|ya?ml|txt)"
)
_SCHEMES = frozenset(("Bearer", "bearer", "Basic", "Digest", "Negotiate", "Token", "ApiKey"))
_OPTION = re.compile(r"--[a-z][\w.-]*(?:=.*)?|-[A-Za-z]")
_NAMED = re.compile(r"(?:-{1,2}|/)([^\W\d][\w.-]*)")
_OF_P = re.compile(
    r"(?:=?\d{1,5}(?::\d{1,5})*|(?:ackage|arallel|ath|id|lugins?|oll|ort|refix|retty|rint|rod|roduction|rof|rofile"
    r"|rogress|roject|ublic)(?:[=:].*)?)$"
)
"""What may follow `-p` and is no password: a port, or the rest of a long option with one dash."""

_PEM = re.compile(r"-----BEGIN.*?(?:-----END[^-]*-----|$)", re.DOTALL)
_HOOK = re.compile(r"(hooks\.slack\.com/\w+/|/api/webhooks/|api\.telegram\.org/bot)[^\s\"']+")
_ADDRESS = re.compile(r"([A-Za-z][\w+.-]*(?::|%3[Aa])(?:(?:\\?/){2}|(?:%2[Ff]){2}))(\S+)")
_MACHINE = re.compile(r"[\w.-]*(?::\d+)?(?:,[\w.-]+(?::\d+)?)*|\[[\da-fA-F:.]*\](?::\d+)?")
_LOGIN = re.compile(r"(?<![\w/@.-])(?!(?:npm|jsr|workspace):)([\w.+-]+):([^\s/]+)@(?=\w)(?!sha\d)")
_SEPARATOR = re.compile(r"(?:=>|:=|={1,2}|:(?!\\?/\\?/)|%3[AaDd](?!%2[Ff]))\s*")
_KEY = re.compile(r"([\w.\[\]-]*[\w\]])\\*[\"'`]?\]?\s*$")
_QUOTE = re.compile(r"\\*[\"'`]")
_STOPS = {"?": re.compile(r"[&#\s\"']"), "&": re.compile(r"[&#\s\"']"), ";": re.compile(r"[;\"']")}
"""What ends a value whose name has such a sign before it: that of a query, or a connection string."""

_TOKEN = re.compile(
    r"(?:eyJ|AGE-SECRET-KEY-|AIza|GOCSPX-|SG\.|xox[a-z]-|xapp-|gh[a-z]_|github_pat_|glpat-|pypi-|sk-|ya29\.)[\w.-]{10,}"
    r"|(?:A[KS]IA|A[GINPR][A-Z]{2})[A-Z0-9]{12,}"
    r"|(?:[rsp]k_(?:live|test)|do[opr]_v1|hf|npm|sa[eht]|shp[a-z]{2}|whsec)_[\w=-]{10,}"
)
"""What AWS, Google, GitHub, GitLab, npm, PyPI, SendGrid, Slack, Stripe, others and this product give out as secrets."""

_UUID = re.compile(r"([\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12})")
_RUN = re.compile(r"(?<![\w+/-])(sha\d{1,3}[:-][\w+/-]+={0,2})|[A-Za-z0-9+/_-]{20,}={0,2}")
"""A hash, or letters, digits and the signs of base 64."""

_PARTS = re.compile(r"([A-Za-z0-9]+)")
_WORDLIKE = re.compile(r"[A-Z]?[a-z]{2,}(?:[A-Z][a-z]+)*\d{0,3}|[A-Z]{3,}\d{0,3}|\d+|v\d+")
_FOLDERS = re.compile(r"(?:[a-z_-]*\d*/)*")
_SAME_KIND = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")

_LEAST_RANDOM = 20
"""Letters and digits of the shortest value that is judged by its looks; shorter ones are names and versions."""

_MIXED = 4.0
"""Letters or digits in a row, on average, below which a value is random: random letters and digits change their kind
after 1.6 (base 62) to 2.5 (base 36) on average, words and the words in camelCase after 4 and more."""

_NUMBERS = 2
"""Numbers in one long word that show it random as well: by chance base 36 has few digits, and base 16 few letters."""


def redacted(words: Iterable[str]) -> list[str]:
    """The words of a command line without secrets, each in its place."""
    found: list[str] = []
    waits = closing = ""
    for word in map(_plain, words):
        if closing:  # a secret of several words
            closing = "" if closing in word else closing
        elif waits and word in ("=", ":", "=>", ":="):
            found.append(word)
        elif waits and not _OPTION.fullmatch(word):
            found.append(_answer(word, waits))
            if word[:1] in ('"', "'") and word.count(word[0]) == 1:
                closing = word[0]
            waits = "secret" if word in _SCHEMES else ""
        else:
            shown, waits = _judged(word)
            found.append(shown)
            closing = "-----END" if "-----BEGIN" in word and "-----END" not in word else ""
    return found


def joined(words: Iterable[str]) -> str:
    """One text of at most `MOST_CHARACTERS`; words with blanks in quotation marks."""
    line = ""
    for word in words:
        is_plain = word and " " not in word and word[0] != '"'
        quoted = word if is_plain else '"' + re.sub(r'(["\\])', r"\\\1", word) + '"'
        if len(line) + len(quoted) >= MOST_CHARACTERS:
            return line + " ..."
        line += " " + quoted if line else quoted
    return line


def _plain(word: str) -> str:
    if len(word) > _MOST_OF_A_WORD:
        return HIDDEN
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in word).translate(_LOOKALIKES)


def _answer(word: str, waits: str) -> str:
    """What is shown of the word after an option."""
    if waits == "port" and re.fullmatch(r"\d{1,5}(?::\d{1,5})*", word):
        return word
    if waits == "user":
        name, colon, secret = word.partition(":")
        return f"{name}:{HIDDEN}" if colon and not (name + secret).isdigit() else _text(word)
    return word if _HARMLESS.fullmatch(word.strip("\"',;}])")) or word == HIDDEN else HIDDEN


def _judged(word: str) -> tuple[str, str]:
    """What is shown of a word, and what the next one would be: a secret, a user, a port, or nothing special."""
    if " " in word.strip():
        return " ".join(redacted(_text(word).split())), ""
    if word in ("-p", "-P"):
        return word, "port"
    if word in ("-u", "-U", "--user", "--proxy-user"):
        return word, "user"
    named = _NAMED.fullmatch(word)
    waits = "secret" if named and _is_key(named[1]) else ""
    if word[:2] in ("-p", "-P") and not _OF_P.match(word[2:]) and (not waits or _is_key(word[2:])):
        return word[:2] + HIDDEN, waits
    bare = word.strip("\"'[]{}(),").rstrip(":=")
    if waits or word in _SCHEMES or _BARE.fullmatch("".join(_SEGMENTS.findall(bare)).lower()):
        return word, "secret"
    if word.endswith((":", "=")) and _NAMED.fullmatch("-" + bare.strip("\"'-/")) and _is_key(bare):
        return word, "secret"
    return _text(word), ""


def _is_key(key: str) -> bool:
    segments = [segment.lower() for segment in _SEGMENTS.findall(key.removeprefix("-D"))]
    if not segments or _ABOUT.fullmatch(segments[-1]) or _SWITCHES.fullmatch(segments[0]):
        return False
    if segments[-1].isdigit() and len(segments) > 1:
        segments.pop()
    return bool(_ANNOUNCES.search("".join(segments)) or _ENDS.search(segments[-1]))


def _text(text: str) -> str:
    text = _PEM.sub(HIDDEN, text)
    text = _HOOK.sub(rf"\1{HIDDEN}", text)
    text = _ADDRESS.sub(lambda found: found[1] + _address(found[2]), text)
    text = _pairs(text)
    text = _LOGIN.sub(rf"\1:{HIDDEN}@", text)
    text = _TOKEN.sub(HIDDEN, text)
    return _RUN.sub(lambda run: run[0] if run[1] else "".join(map(_without_random, _UUID.split(run[0]))), text)


def _address(rest: str) -> str:
    """What follows `scheme://`, without its user and password; a password may hold any character."""
    authority = re.split(r"[/?#]|%2[Ff]", rest, maxsplit=1)[0]
    sign = "@" if "@" in rest else "%40"
    is_machine = sign not in authority and _MACHINE.fullmatch(authority)
    return rest if is_machine or sign not in rest else HIDDEN + rest[rest.rindex(sign) :]


def _pairs(text: str) -> str:
    """Values behind a name that announces a secret."""
    out, done = "", 0
    for sign in _SEPARATOR.finditer(text):
        least = max(done, sign.start() - 80)
        key = _KEY.search(text[least : sign.start()]) if sign.start() >= done else None
        if key is None or not _is_key(key[1][2:] if text[least + key.start() - 1] == "%" else key[1]):
            continue
        begins, ends = _span(text, least + key.start(), sign.end())
        value = text[begins:ends]
        is_folder = key[1] in ("PWD", "OLDPWD") and value.startswith("/")
        if value.strip() and not is_folder and not _HARMLESS.fullmatch(value.strip("\"' ")):
            out, done = out + text[done:begins] + HIDDEN, ends
    return out + text[done:]


def _span(text: str, key: int, value: int) -> tuple[int, int]:
    """Where a value begins and ends: at its quotation mark, at the next sign of its notation, or with the word."""
    if not text[:key].strip("-/ "):
        return value, len(text)
    quote = _QUOTE.match(text, value)
    if quote:
        ends = text.find(quote[0], quote.end())
        return quote.end(), len(text) if ends < 0 else ends
    stop = _STOPS.get(text[key - 1 : key])
    opened = [re.compile(r"(?<!\\)" + mark) for mark in "\"'" if text.count(mark, 0, key) % 2]
    if stop or opened:
        return value, _next(stop or opened[0], text, value)
    if " " not in text[:key].strip():
        return value, len(text)
    ends = _next(re.compile(r"\s"), text, value)
    return value, _span(text, key, ends + 1)[1] if text[value:ends] in _SCHEMES else ends


def _next(form: re.Pattern[str], text: str, start: int) -> int:
    found = form.search(text, start)
    return found.start() if found else len(text)


def _without_random(run: str) -> str:
    """The run up to where it begins to be random; what looks like a word separates, but may be chance. UUIDs stay."""
    if _UUID.fullmatch(run):
        return run
    begins, group = 0, ""
    for part in (*_PARTS.split(run), "end"):
        if len(part) > 2 and _WORDLIKE.fullmatch(part):
            if _is_random(group):
                return _FOLDERS.match(run[:begins])[0] + HIDDEN  # type: ignore[index]  # it matches nothing too
            begins, group = begins + len(group) + len(part), ""
        else:
            group += part
    return run


def _is_random(group: str) -> bool:
    parts = _PARTS.findall(group)
    size, kinds = sum(map(len, parts)), sum(len(_SAME_KIND.findall(part)) for part in parts)
    numbers = [len(re.findall(r"\d+", part)) for part in parts if len(part) >= _LEAST_RANDOM]
    return size >= _LEAST_RANDOM and (size / kinds < _MIXED or max(numbers, default=0) >= _NUMBERS)
