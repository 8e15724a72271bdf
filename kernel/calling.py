"""HTTP clients of our processes. The certificates are read once, before the zygote forks, and not in every process."""

from typing import Any

import httpx

_TRUST = httpx.create_ssl_context()


def http_client(**options: Any) -> httpx.AsyncClient:
    """A client with httpx's own options; `https` addresses are verified as always."""
    return httpx.AsyncClient(verify=_TRUST, **options)
