"""Web addresses: made absolute, and brought to one form so that the same page has one name."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|yclid|ysclid|_ga|mc_[ce]id|igshid|ref_src|from_feed|sphrase_id|phpsessid|jsessionid|sid)$",
    re.I,
)
_VARIANTS = re.compile(r"/(?:amp|print)(?=/|$)|(?<=/)full(?=/\d)")
_LANGUAGE = re.compile(r"(?<=[/=])(?:ru|rus|ky|kg|kgz|kyr|en|eng)(?=[/&]|$)")
_UNSAFE = re.compile(r"[\x00-\x20<>\"{}|\\^`]|[^\x00-\x7f]")
_WEB = ("http", "https")


def absolute(address: str, base: str = "") -> str:
    """An absolute http(s) address with unsafe characters quoted, or "" where there is none."""
    if not (address := address.strip()):
        return ""
    joined = _join(address, base)
    try:
        parts = urlsplit(joined)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in _WEB or not host:
        return ""
    joined = parts.scheme.lower() + joined[len(parts.scheme) :]
    return _UNSAFE.sub(lambda match: quote(match[0]) if ord(match[0]) > 0x20 else "%20", joined)


def with_scheme(address: str) -> str:
    """An address as people write it, `dpi.kg/ru`, with its scheme."""
    address = address.strip()
    return address if "://" in address else f"https://{address}"


def canonical(address: str) -> str:
    """The form in which two addresses of one page are equal: for comparing, not for opening.

    Scheme, `www.`, `amp` and `print` variants, fragments, tracking parameters, a trailing slash and index
    files are dropped.  The language of the address stays: the same number in two languages is not proof of
    one article.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return address.strip()
    if not host:
        return address.strip()
    host = host.removeprefix("www.").rstrip(".")
    host = host.removeprefix("m.") if host.count(".") > 1 else host
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    return host + _canonical_path(parts) + _canonical_query(parts)


def without_language(address: str) -> str:
    """The canonical form without the language that is named in it: what two editions of a page may have in common."""
    return _LANGUAGE.sub("*", canonical(address))


def host_of(address: str) -> str:
    """The host and port of an address, in small letters; "" where there is none."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if port else host


def site_of(address: str) -> str:
    """The host without `www.`: two addresses with the same one are of the same site."""
    return host_of(address).removeprefix("www.")


def _join(address: str, base: str) -> str:
    try:
        return urljoin(base, address) if base else address
    except ValueError:
        return ""


def _canonical_path(parts: SplitResult) -> str:
    path = _VARIANTS.sub("", re.sub(r"/{2,}", "/", parts.path))
    path = re.sub(r"/{2,}", "/", path)
    path = re.sub(r"/index\.(?:html?|php|aspx?)$", "", path, flags=re.I)
    return quote(path.rstrip("/"), safe="/%:@!$&'()*+,;=~-._")


def _canonical_query(parts: SplitResult) -> str:
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None)
        if not _TRACKING.match(name) and name.lower() not in {"amp", "print"}
    ]
    return f"?{urlencode(sorted(kept))}" if kept else ""
