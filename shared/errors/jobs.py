"""What a job can fail of: the one list of job error codes (api/README.md, "Errors of a job").

`retryable` is advice to the customer: may the same call succeed later, unchanged?
"""

from shared.errors.root import CallscribeError


class JobError(CallscribeError):
    """A named error that ends a job, or is kept as its cause."""


class UploadExpired(JobError):
    """No object arrived within 24 h of the submission."""

    code = "upload_expired"
    sentence = "The audio was not uploaded within 24 hours. Submit the call again."


class UploadMismatch(JobError):
    """The object's size or sha256 is not what was declared."""

    code = "upload_mismatch"
    sentence = "The uploaded audio is not what was declared: its size or sha256 differs. Submit the call again."


class AudioNotFound(JobError):
    """The audio object is gone."""

    code = "audio_not_found"
    sentence = "The audio does not exist."


class AudioExpired(JobError):
    """Retention removed the audio."""

    code = "audio_expired"
    sentence = "The audio was removed at the end of its retention."


class AudioChanged(JobError):
    """The object is not the pinned version."""

    code = "audio_changed"
    sentence = "The audio was replaced after it had been submitted. Submit the new audio as a job of its own."


class AudioAccessDenied(JobError):
    """The bucket refuses the worker."""

    code = "audio_access_denied"
    retryable = True
    sentence = "The bucket refuses access to the audio. Allow the service to read it, then retry the job."


class UnsupportedFormat(JobError):
    """No accepted container, by its first bytes."""

    code = "unsupported_format"
    sentence = (
        "The file is no audio of an accepted format. Accepted: WAV, MP3, FLAC, Ogg, AAC, AMR, M4A, WebM, CAF, AIFF, AU."
    )


class UnsupportedCodec(JobError):
    """An accepted container around a codec that is not accepted."""

    code = "unsupported_codec"
    sentence = "The file holds audio of a codec that is not accepted."


class UnsupportedSampleRate(JobError):
    """The sample rate lies outside 4,000 to 192,000 Hz."""

    code = "unsupported_sample_rate"
    sentence = "The sample rate is outside 4,000 to 192,000 Hz."


class UnsupportedChannels(JobError):
    """The number of channels lies outside 1 to 8."""

    code = "unsupported_channels"
    sentence = "The number of channels is outside 1 to 8."


class NoAudioStream(JobError):
    """A container without an audio stream."""

    code = "no_audio_stream"
    sentence = "The file holds no audio."


class MultipleAudioStreams(JobError):
    """A container with more than one audio stream."""

    code = "multiple_audio_streams"
    sentence = (
        "The file holds more than one audio stream. Send one file a stream, or one stream with a channel a party."
    )


class InvalidSamples(JobError):
    """Float audio with NaN, Inf or a magnitude above 8."""

    code = "invalid_samples"
    sentence = "The audio holds values that are no samples (NaN, infinite or far out of range)."


class EmptyFile(JobError):
    """Zero bytes."""

    code = "empty_file"
    sentence = "The file is empty."


class NoAudioDecoded(JobError):
    """A header without 20 ms of usable samples."""

    code = "no_audio_decoded"
    sentence = "The file has a header but no usable audio."


class DecodeFailed(JobError):
    """Broken beyond reading, or the decoder process died."""

    code = "decode_failed"
    sentence = "The audio could not be read: the file is broken."


class DecodeTimeout(JobError):
    """The decoder passed its time limit."""

    code = "decode_timeout"
    sentence = "Reading the audio took too long."


class DecodeMemoryLimit(JobError):
    """The decoder passed its memory limit."""

    code = "decode_memory_limit"
    sentence = "Reading the audio took too much memory."


class AudioTooLong(JobError):
    """More than 14,400 s of audio."""

    code = "audio_too_long"
    sentence = "The audio is longer than 4 hours."


class ChannelMappingInvalid(JobError):
    """A role names a channel that the audio does not have."""

    code = "channel_mapping_invalid"
    sentence = "options.channels.roles names a channel that the audio does not have."


class WarningIsFailure(JobError):
    """A warning that the submission lists in `fail_on`; its code is the warning's."""

    sentence = "The job has a warning that it was told to fail on (options.fail_on)."

    def __init__(self, warning: str) -> None:
        """Fail with the code of `warning`."""
        super().__init__(f"The job has the warning {warning!r}, which options.fail_on makes a failure.")
        self.code = warning  # type: ignore[misc]  # the one class whose code is data


class ProcessingTimeout(JobError):
    """Two hours in `processing`, all attempts together."""

    code = "processing_timeout"
    retryable = True
    sentence = "The job took more than two hours."


class DeadlinePassed(JobError):
    """Not started by `deadline_at`."""

    code = "deadline_passed"
    sentence = "The job was not started before its deadline_at."


class AttemptsExhausted(JobError):
    """Three charged claims."""

    code = "attempts_exhausted"
    retryable = True
    sentence = "Three attempts at this job ended without a result; `cause` names the last reason."


class InternalError(JobError):
    """Unclassified: a bug of ours."""

    code = "internal_error"
    retryable = True
    sentence = "Something went wrong on our side."
