"""The subject key out of a secret: read once, refused where it cannot be used."""

import boto3
import pytest

from api.access.pseudonyms import pseudonym
from shared.aws.secrets import with_secrets
from shared.settings import BadConfiguration, Settings

REQUIRED = dict.fromkeys(("bucket", "table", "topic_arn", "queue_interactive_url", "queue_batch_url"), "x")


@pytest.fixture
def account(mocked_aws):
    return boto3.client("secretsmanager")


def settings_with(arn):
    return Settings(**REQUIRED, subject_key_secret=arn)


def test_the_key_of_the_secret_replaces_the_default(account):
    arn = account.create_secret(Name="callscribe-test/subject-key", SecretString="k" * 40)["ARN"]

    settings = with_secrets(settings_with(arn))

    assert settings.subject_key == "k" * 40


def test_without_a_secret_the_settings_stay_as_they_are():
    settings = settings_with(None)

    assert with_secrets(settings) is settings


def test_a_process_in_the_cloud_without_a_secret_has_no_key():
    settings = with_secrets(Settings(**REQUIRED, env="prod"))

    with pytest.raises(AssertionError, match="no subject key"):
        pseudonym("rep-17", "sales", settings.subject_key)


def test_a_missing_secret_is_refused_by_the_name_of_its_setting(account):
    missing = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-a1b2c3"

    with pytest.raises(BadConfiguration, match=r"CALLSCRIBE_SUBJECT_KEY_SECRET.*GetSecretValue"):
        with_secrets(settings_with(missing))


def test_a_secret_too_short_for_a_key_is_refused(account):
    arn = account.create_secret(Name="callscribe-test/subject-key", SecretString="short")["ARN"]

    with pytest.raises(BadConfiguration, match="fewer than 8 characters"):
        with_secrets(settings_with(arn))
