"""SNS: where finished jobs are told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from shared.errors.transient import EventsUnavailable
from shared.protocol.intents import Publish

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

TRIES = 3


@dataclass(frozen=True, slots=True)
class Events:
    """The topic of all events."""

    client: "SNSClient"
    topic_arn: str

    def publish(self, intent: Publish) -> None:
        """Publish one event, in three tries.

        Raises:
            EventsUnavailable: the topic refused each time; the event stays pending in its row.
        """
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in intent.attributes.items()}
        tries = Retrying(
            stop=stop_after_attempt(TRIES),
            wait=wait_random_exponential(multiplier=0.2, max=2),
            retry=retry_if_exception_type((ClientError, BotoCoreError)),
            reraise=True,
        )
        try:
            tries(
                self.client.publish,
                TopicArn=self.topic_arn,
                Message=intent.body,
                MessageAttributes=attributes,
            )
        except (ClientError, BotoCoreError) as error:
            raise EventsUnavailable from error
