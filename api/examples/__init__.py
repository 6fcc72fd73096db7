"""Receivers to copy: signed webhooks, SNS over HTTPS, a queue. They stand alone and know nothing of the service."""
