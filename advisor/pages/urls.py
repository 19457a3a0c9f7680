"""Which address shows which page."""

from __future__ import annotations

from django.urls import path

from advisor.pages import alerts, fleet, health, hosts, mail, recommendation, recommendations

urlpatterns = [
    path("", fleet.fleet, name="fleet"),
    path("services/<int:number>/", fleet.fleet, name="service"),
    path("recommendations/", recommendations.recommendations, name="recommendations"),
    path("recommendations/<int:number>/", recommendation.recommendation, name="recommendation"),
    path("recommendations/<int:number>/acknowledge/", recommendation.acknowledge, name="acknowledge"),
    path("recommendations/<int:number>/dismiss/", recommendation.dismiss, name="dismiss"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<int:number>/test/", alerts.send_test, name="send_test"),
    path("mail/", mail.mail, name="mail"),
    path("mail/<str:name>/", mail.message, name="mail_message"),
    path("hosts/", hosts.hosts, name="hosts"),
    path("hosts/add/", hosts.hosts, name="add_host"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]
