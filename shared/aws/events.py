"""SNS: where finished jobs are told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.errors.transient import EventsUnavailable
from shared.protocol.intents import Publish

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

LARGEST_BYTES = 262_144
"""What SNS takes, attributes included."""


@dataclass(frozen=True, slots=True)
class Events:
    """The topic of all events."""

    client: "SNSClient"
    topic_arn: str

    def publish(self, intent: Publish) -> None:
        """Publish one event, in the three tries that every call has.

        Raises:
            EventsUnavailable: the topic refused each time; the event stays pending in its row.
        """
        told = [intent.body, *intent.attributes, *intent.attributes.values()]
        assert sum(len(text.encode()) for text in told) <= LARGEST_BYTES, "an event is a pointer, never a text"
        try:
            self.client.publish(
                TopicArn=self.topic_arn,
                Message=intent.body,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in intent.attributes.items()
                },
            )
        except (ClientError, BotoCoreError) as error:
            raise EventsUnavailable from error
