"""Secrets Manager: for settings that must not stand in an environment, where whoever sees a function reads them."""

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.config import Config

from shared.settings import BadConfiguration, Settings

QUICK = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})
SUBJECT_KEY_CHARACTERS = 8


def with_secrets(settings: Settings) -> Settings:
    """`settings` with the subject key that the named secret holds.

    Where none is named, a local stack keeps its own, and a process in the cloud has none: it never pseudonymises.

    Raises:
        BadConfiguration: the secret cannot be read, or is shorter than a key may be.
    """
    if settings.subject_key_secret is None:
        return settings if settings.env == "local" else settings.model_copy(update={"subject_key": ""})
    key = read_secret(settings.subject_key_secret, "CALLSCRIBE_SUBJECT_KEY_SECRET")
    if len(key) < SUBJECT_KEY_CHARACTERS:
        raise BadConfiguration(
            f"CALLSCRIBE_SUBJECT_KEY_SECRET: the secret holds fewer than {SUBJECT_KEY_CHARACTERS} characters."
        )
    return settings.model_copy(update={"subject_key": key})


def read_secret(arn: str, setting: str) -> str:
    """The text of a secret; `setting` is the name under which its ARN was given.

    Raises:
        BadConfiguration: it cannot be read; the message names `setting` and the right that is needed.
    """
    try:
        return str(SecretsProvider(boto_config=QUICK).get(arn))
    except GetParameterError as error:
        raise BadConfiguration(
            f"{setting}: the secret cannot be read; its role needs secretsmanager:GetSecretValue and kms:Decrypt."
        ) from error
