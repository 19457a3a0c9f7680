from __future__ import annotations

import pytest

from advisor_agent.claims import claims_of, clean


def environ(**variables):
    return "\0".join(f"{key}={value}" for key, value in variables.items()) + "\0"


def test_the_service_name_of_its_own_variable_wins():
    claims = claims_of(environ(OTEL_SERVICE_NAME="checkout", OTEL_RESOURCE_ATTRIBUTES="service.name=other"))
    assert claims.resource == {"service.name": "checkout"}


def test_resource_attributes_are_decoded_and_only_known_ones_kept():
    text = "service.name=my%20shop, service.version=1.2 ,secret.key=abc,deployment.environment.name=prod,broken"
    assert claims_of(environ(OTEL_RESOURCE_ATTRIBUTES=text)).resource == {
        "service.name": "my shop",
        "service.version": "1.2",
        "deployment.environment.name": "prod",
    }


def test_where_a_process_runs_is_kept_and_what_else_stands_beside_it_is_not():
    text = "k8s.pod.name=shop-7d9f,k8s.pod.token=abc,container.image.name=acme/shop,container.command_args=--key"
    assert claims_of(environ(OTEL_RESOURCE_ATTRIBUTES=text)).resource == {
        "k8s.pod.name": "shop-7d9f",
        "container.image.name": "acme/shop",
    }


@pytest.mark.parametrize(("text", "expected"), [("50%", "50%"), ("a%zzb", "a%zzb"), ("%C3%A9", "é"), ("%FF", "\ufffd")])
def test_bad_percent_signs_do_no_harm(text, expected):
    assert claims_of(environ(OTEL_RESOURCE_ATTRIBUTES=f"service.name={text}")).resource == {"service.name": expected}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ('{"name":"shop","env":{"name":"other","TOKEN":"s3cret"},"pm_id":0}', "shop"),
        ('{"pm_id":0}', ""),
        ('{"name":7}', ""),
        ('["name"]', ""),
        ('"name"', ""),
        ('{"name":"shop"', ""),
        ("[" * 100_000, ""),
    ],
)
def test_in_cluster_mode_pm2_hands_over_one_variable(given, name):
    assert claims_of(environ(pm2_env=given)).pm2_name == name


def test_name_is_pm2s_only_beside_its_id():
    assert claims_of(environ(name="api", pm_id="0")).pm2_name == "api"
    assert claims_of(environ(name="somebody")).pm2_name == ""


def test_a_cluster_worker_is_known_by_its_id():
    assert claims_of(environ(NODE_UNIQUE_ID="1")).is_worker
    assert not claims_of(environ(PATH="/bin")).is_worker


def test_nothing_else_is_kept():
    claims = claims_of(environ(DATABASE_PASSWORD="hunter2", OTEL_SERVICE_NAME="a"))
    assert "hunter2" not in repr([getattr(claims, slot) for slot in claims.__slots__])


def test_line_breaks_and_length_are_taken_from_names():
    assert clean("shop\r\nBcc: all\0") == "shopBcc: all"
    assert len(clean("x" * 1000)) == 255
