"""The client of the service in Python: typed, synchronous, safe to repeat and to share between threads.

    from api.client import Client, Wishes

    client = Client("https://stt.example.com", key)
    print(client.transcribe("call.wav", Wishes(language="fr")).text)

It speaks HTTP and nothing else, so it works against any deployment. There is no asynchronous twin: where an event loop
runs, call it with `asyncio.to_thread`.
"""

from api.client.batches import JobBatch, Preview
from api.client.calling import Patience
from api.client.client import BY_CONTENT, Client, Format, Step
from api.client.errors import ApiError, JobEnded, NotTheService, StoreRefused, TookTooLong, Unreachable
from api.client.listening import Peaks, Sound
from api.client.service import Model, Queue
from api.client.transcripts import Transcript
from api.client.views import Erasure, Event, Job
from api.client.webhooks import Delivery, Webhook
from api.client.wishes import Item, Selector, Wishes

__all__ = [
    "BY_CONTENT",
    "ApiError",
    "Client",
    "Delivery",
    "Erasure",
    "Event",
    "Format",
    "Item",
    "Job",
    "JobBatch",
    "JobEnded",
    "Model",
    "NotTheService",
    "Patience",
    "Peaks",
    "Preview",
    "Queue",
    "Selector",
    "Sound",
    "Step",
    "StoreRefused",
    "TookTooLong",
    "Transcript",
    "Unreachable",
    "Webhook",
    "Wishes",
]
