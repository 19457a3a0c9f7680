"""`POST /api/v1/enroll`: an agent with an enrolment key asks for the token of its host."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from advisor.fleet.enrolment import EnrolmentRefused, exchange

MOST_BYTES = 4096
MOST_NAME = 200


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def enroll(request: HttpRequest) -> JsonResponse:
    """`{"token": "sah_..."}` for `{"host_name": "..."}` and `Authorization: Bearer sae_...`.

    400 for another body, 401 for a key that makes no token; both say what was wrong in `error`.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return _refusal(401, "Send the header 'Authorization: Bearer <enrolment key>'.")
    try:
        name = _host_name(request)
    except ValueError as error:
        return _refusal(400, str(error))
    try:
        return JsonResponse({"token": exchange(key.strip(), name)})
    except EnrolmentRefused as error:
        return _refusal(401, str(error))


def _host_name(request: HttpRequest) -> str:
    if len(request.body) > MOST_BYTES:
        raise ValueError(f"The body may have {MOST_BYTES} bytes.")
    try:
        name = json.loads(request.body)["host_name"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError('The body must be JSON, as {"host_name": "web-1"}.') from None
    if not isinstance(name, str) or not name.isprintable() or not 1 <= len(name) <= MOST_NAME:
        raise ValueError(f"host_name must be 1 to {MOST_NAME} printable characters.")
    return name


def _refusal(status: int, text: str) -> JsonResponse:
    challenge = {"WWW-Authenticate": 'Bearer realm="advisor"'} if status == 401 else {}
    return JsonResponse({"error": text}, status=status, headers=challenge)
