"""Mail. `config`: `to`, a list of addresses; empty means `settings.MAIL_TO`."""

from __future__ import annotations

from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from advisor.alerts.channels.base import ChannelError
from advisor.alerts.message import subject_line
from advisor.alerts.models import Delivery


def send(delivery: Delivery) -> str:
    """Send one mail, text first; its `Message-ID` is the delivery's id, so repeats can be told."""
    to = list(delivery.channel.config.get("to") or settings.MAIL_TO)
    mail = compose(delivery, to)
    try:
        mail.send()
    except (OSError, SMTPException, ValueError) as error:
        raise ChannelError(f"{type(error).__name__}: {error}") from error
    return f"sent to {', '.join(to)}"


def compose(delivery: Delivery, to: list[str]) -> EmailMultiAlternatives:
    """The mail of a delivery: the same words as text and as HTML."""
    context = {**delivery.payload["data"], "type": delivery.payload["type"]}
    mail = EmailMultiAlternatives(
        subject=subject_line(delivery.subject),
        body=render_to_string("email/recommendation.txt", context),
        to=to,
        headers={
            "Message-ID": f"<{delivery.id}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("email/recommendation.html", context), "text/html")
    return mail
