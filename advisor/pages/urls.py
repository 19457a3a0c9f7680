"""Which address shows which page."""

from __future__ import annotations

from django.urls import path

from advisor.pages import (
    add_host,
    alerts,
    downloads,
    enroll,
    fleet,
    handbook,
    health,
    host,
    hosts,
    keys,
    limits,
    mail,
    recommendation,
    recommendations,
    series,
    service,
    sign_in,
)

urlpatterns = [
    path("", fleet.fleet, name="fleet"),
    path("services/<int:number>/", service.service, name="service"),
    path("services/<int:number>/series.json", series.series_json, name="series_json"),
    path("services/<int:number>/limits/", limits.limits_of_service, name="limits_of_service"),
    path("services/<int:number>/limits/<slug:name>/", limits.limits_of_entry, name="limits_of_entry"),
    path("services/<int:number>/<slug:chart>.csv", series.series_csv, name="series_csv"),
    path("recommendations/", recommendations.recommendations, name="recommendations"),
    path("recommendations/<int:number>/", recommendation.recommendation, name="recommendation"),
    path("recommendations/<int:number>/acknowledge/", recommendation.acknowledge, name="acknowledge"),
    path("recommendations/<int:number>/dismiss/", recommendation.dismiss, name="dismiss"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/webhooks/", alerts.add_webhook, name="add_webhook"),
    path("alerts/<int:number>/test/", alerts.send_test, name="send_test"),
    path("mail/", mail.mail, name="mail"),
    path("mail/<str:name>/", mail.message, name="mail_message"),
    path("hosts/", hosts.hosts, name="hosts"),
    path("hosts/<int:number>/", host.host, name="host"),
    path("hosts/<int:number>/series.json", series.host_series_json, name="host_series_json"),
    path("hosts/<int:number>/<slug:chart>.csv", series.host_series_csv, name="host_series_csv"),
    path("hosts/add/", add_host.add_host, name="add_host"),
    path("hosts/keys/", keys.keys, name="keys"),
    path("hosts/keys/<int:number>/revoke/", keys.revoke, name="revoke_key"),
    path("api/v1/enroll", enroll.enroll, name="enroll"),
    path("agent/advisor-agent.pyz", downloads.agent, name="agent_file"),
    path("agent/advisor-probe.tgz", downloads.probe, name="probe_file"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/<str:token>/", sign_in.redeem, name="redeem"),
    path("rules/", handbook.handbook, name="handbook"),
    path("rules/<slug:name>/", handbook.entry, name="handbook_entry"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]
