"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Who sent the request: behind our proxy the last address it wrote down, which a sender cannot forge.

    An IPv6 sender owns a network of 64 bits, so that network is its address.
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    if settings.PROXY_TLS:
        text = request.headers.get("X-Forwarded-For", text).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    if (mapped := address.ipv4_mapped) is not None:
        return str(mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
