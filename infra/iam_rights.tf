# What each function may: one role a function, its rights as data. `keys` are the beginnings of the rows that a right
# reaches (T#<tenant>… is a tenant's; K#, A# and KEYS hold who may call: only people write there, see iam_operator.tf).
# `prefixes` are the folders of the bucket whose versions may be listed.

locals {
  lanes    = [local.queue_arn["batch"], local.queue_arn["interactive"]]
  indexes  = values(local.index_arn)
  rows     = ["T#*#BATCHES", "T#*#ERASED", "T#*#ERASURES", "T#*#J#*"]
  folder   = { for name in ["audio", "listening", "requests", "transcripts", "work"] : name => "${local.bucket_arn}/${name}/*" }
  folders  = values(local.folder)
  prefixes = [for name in keys(local.folder) : "${name}/*"]

  function_rights = {
    api = [
      { sid = "ReadRow", actions = ["dynamodb:GetItem"], resources = [local.table_arn], keys = concat(local.rows, ["A#*", "BACKLOG", "HEALTH", "K#*", "T#*#I#*", "T#*#W#*", "T#*#WEBHOOKS"]) },
      { sid = "ReadRows", actions = ["dynamodb:BatchGetItem"], resources = [local.table_arn], keys = ["T#*#BATCHES", "T#*#ERASED", "T#*#J#*"] },
      { sid = "ListRows", actions = ["dynamodb:Query"], resources = [local.table_arn], keys = ["T#*#BATCHES", "T#*#J#*", "T#*#W#*", "T#*#WEBHOOKS", "WORKERS"] },
      { sid = "FindRows", actions = ["dynamodb:Query"], resources = local.indexes },
      { sid = "WriteRows", actions = ["dynamodb:PutItem"], resources = [local.table_arn], keys = concat(local.rows, ["BACKLOG", "T#*#ALLOWANCES", "T#*#I#*", "T#*#W#*", "T#*#WEBHOOKS"]) },
      { sid = "ChangeRows", actions = ["dynamodb:UpdateItem"], resources = [local.table_arn], keys = ["T#*#ALLOWANCES", "T#*#BATCHES", "T#*#ERASURES", "T#*#J#*", "T#*#W#*", "T#*#WEBHOOKS"] },
      { sid = "RemoveEndpoints", actions = ["dynamodb:DeleteItem"], resources = [local.table_arn], keys = ["T#*#WEBHOOKS"] },
      { sid = "ReadObjects", actions = ["s3:GetObject"], resources = [for name in ["audio", "listening", "requests", "transcripts"] : local.folder[name]] },
      # What is heard by a presigned URL too: it is allowed what its signer is.
      { sid = "LookAtPinnedAudio", actions = ["s3:GetObjectVersion"], resources = [local.folder["audio"]] },
      # A presigned upload likewise: audio/.
      { sid = "KeepAudioAndRequests", actions = ["s3:PutObject"], resources = [local.folder["audio"], local.folder["requests"]] },
      { sid = "EraseObjects", actions = ["s3:DeleteObjectVersion"], resources = local.folders },
      { sid = "FindVersions", actions = ["s3:ListBucketVersions"], resources = [local.bucket_arn], prefixes = local.prefixes },
      { sid = "LookAtSources", actions = ["s3:GetObject", "s3:GetObjectVersion"], resources = local.source_objects },
      { sid = "SeeWhatIsMissing", actions = ["s3:ListBucket"], resources = concat([local.bucket_arn], var.source_buckets) },
      { sid = "RingDoorbells", actions = ["sqs:SendMessage"], resources = concat(local.lanes, [local.queue_arn["webhooks"]]) },
      { sid = "TellEvents", actions = ["sns:Publish"], resources = [local.events_arn] },
    ]

    uploaded = [
      { sid = "QueueJobs", actions = ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources = [local.table_arn], keys = ["T#*#J#*"] },
      { sid = "LookAtAudio", actions = ["s3:GetObject"], resources = [local.folder["audio"]] },
      { sid = "SeeWhatIsMissing", actions = ["s3:ListBucket"], resources = [local.bucket_arn] },
      { sid = "KeepRequests", actions = ["s3:PutObject"], resources = [local.folder["requests"]] },
      { sid = "EraseLateUploads", actions = ["s3:DeleteObjectVersion"], resources = [local.folder["audio"], local.folder["requests"]] },
      { sid = "FindVersions", actions = ["s3:ListBucketVersions"], resources = [local.bucket_arn], prefixes = ["audio/*", "requests/*"] },
      { sid = "RingDoorbells", actions = ["sqs:SendMessage"], resources = local.lanes },
      { sid = "TellEvents", actions = ["sns:Publish"], resources = [local.events_arn] },
      { sid = "TakeNotices", actions = local.consume, resources = [local.queue_arn["uploads"]] },
    ]

    reconcile = [
      { sid = "ReadRow", actions = ["dynamodb:GetItem"], resources = [local.table_arn], keys = concat(local.rows, ["LANES", "T#*#W#*", "T#*#WATERMARKS"]) },
      { sid = "ReadRows", actions = ["dynamodb:BatchGetItem"], resources = [local.table_arn], keys = ["T#*#BATCHES", "T#*#ERASED", "T#*#J#*"] },
      { sid = "ListRevisions", actions = ["dynamodb:Query"], resources = [local.table_arn], keys = ["T#*#J#*"] },
      { sid = "WriteRows", actions = ["dynamodb:PutItem"], resources = [local.table_arn], keys = ["LANES", "T#*#ERASED", "T#*#ERASURES", "T#*#J#*"] },
      { sid = "ChangeRows", actions = ["dynamodb:UpdateItem"], resources = [local.table_arn], keys = ["T#*#BATCHES", "T#*#ERASURES", "T#*#J#*", "T#*#W#*"] },
      { sid = "FindRows", actions = ["dynamodb:Query"], resources = local.indexes },
      { sid = "LookAtObjects", actions = ["s3:GetObject"], resources = [local.folder["audio"], local.folder["requests"]] },
      { sid = "LookAtPinnedAudio", actions = ["s3:GetObjectVersion"], resources = [local.folder["audio"]] },
      { sid = "LookAtSources", actions = ["s3:GetObject", "s3:GetObjectVersion"], resources = local.source_objects },
      { sid = "SeeWhatIsMissing", actions = ["s3:ListBucket"], resources = concat([local.bucket_arn], var.source_buckets) },
      { sid = "KeepRequests", actions = ["s3:PutObject"], resources = [local.folder["requests"]] },
      { sid = "EraseObjects", actions = ["s3:DeleteObjectVersion"], resources = local.folders },
      { sid = "FindVersions", actions = ["s3:ListBucketVersions"], resources = [local.bucket_arn], prefixes = local.prefixes },
      { sid = "CountDoorbells", actions = ["sqs:GetQueueAttributes"], resources = local.lanes },
      { sid = "RingDoorbells", actions = ["sqs:SendMessage"], resources = concat(local.lanes, [local.queue_arn["webhooks"]]) },
      { sid = "TellEvents", actions = ["sns:Publish"], resources = [local.events_arn] },
    ]

    backlog = [
      { sid = "ListWorkers", actions = ["dynamodb:Query"], resources = [local.table_arn], keys = ["WORKERS"] },
      { sid = "FindJobs", actions = ["dynamodb:Query"], resources = [local.index_arn["belonging"], local.index_arn["due"]] },
      { sid = "ReadNight", actions = ["dynamodb:GetItem"], resources = [local.table_arn], keys = ["NIGHT"] },
      { sid = "ReadBatches", actions = ["dynamodb:BatchGetItem"], resources = [local.table_arn], keys = ["T#*#BATCHES"] },
      { sid = "KeepCount", actions = ["dynamodb:PutItem"], resources = [local.table_arn], keys = ["BACKLOG"] },
    ]

    deliver = [
      { sid = "ReadRow", actions = ["dynamodb:GetItem"], resources = [local.table_arn], keys = ["T#*#J#*", "T#*#WEBHOOKS"] },
      { sid = "ListEndpoints", actions = ["dynamodb:Query"], resources = [local.table_arn], keys = ["T#*#WEBHOOKS"] },
      { sid = "MakeDeliveries", actions = ["dynamodb:PutItem"], resources = [local.table_arn], keys = ["T#*#W#*"] },
      { sid = "SettleDeliveries", actions = ["dynamodb:UpdateItem"], resources = [local.table_arn], keys = ["T#*#W#*", "T#*#WEBHOOKS"] },
      { sid = "TakeAndRing", actions = concat(local.consume, ["sqs:SendMessage"]), resources = [local.queue_arn["webhooks"]] },
    ]

    deadletters = [
      { sid = "EndJobs", actions = ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources = [local.table_arn], keys = ["T#*#J#*"] },
      { sid = "TellEvents", actions = ["sns:Publish"], resources = [local.events_arn] },
      { sid = "TakeDeadLetters", actions = local.consume, resources = [local.queue_arn["batch-dlq"], local.queue_arn["interactive-dlq"]] },
    ]

    nightly = [
      { sid = "ReadRow", actions = ["dynamodb:GetItem"], resources = [local.table_arn], keys = ["BACKLOG", "T#*#BATCHES", "T#*#I#*", "T#*#J#*"] },
      { sid = "ReadRows", actions = ["dynamodb:BatchGetItem"], resources = [local.table_arn], keys = ["T#*#BATCHES", "T#*#ERASED", "T#*#J#*"] },
      { sid = "ListRows", actions = ["dynamodb:Query"], resources = [local.table_arn], keys = ["T#*#J#*", "WORKERS"] },
      { sid = "FindRows", actions = ["dynamodb:Query"], resources = [for index in ["listed", "called", "belonging", "due"] : local.index_arn[index]] },
      { sid = "WriteRows", actions = ["dynamodb:PutItem"], resources = [local.table_arn], keys = ["BACKLOG", "NIGHT", "T#*#BATCHES", "T#*#I#*", "T#*#J#*"] },
      { sid = "ChangeRows", actions = ["dynamodb:UpdateItem"], resources = [local.table_arn], keys = ["T#*#BATCHES", "T#*#J#*"] },
      { sid = "ReadRequests", actions = ["s3:GetObject"], resources = [local.folder["requests"]] },
      { sid = "LookAtPinnedAudio", actions = ["s3:GetObjectVersion"], resources = [local.folder["audio"]] },
      { sid = "LookAtSources", actions = ["s3:GetObject", "s3:GetObjectVersion"], resources = local.source_objects },
      { sid = "SeeWhatIsMissing", actions = ["s3:ListBucket"], resources = concat([local.bucket_arn], var.source_buckets) },
      { sid = "KeepRequests", actions = ["s3:PutObject"], resources = [local.folder["requests"]] },
      { sid = "DropRequests", actions = ["s3:DeleteObjectVersion"], resources = [local.folder["requests"]] },
      { sid = "FindVersions", actions = ["s3:ListBucketVersions"], resources = [local.bucket_arn], prefixes = ["requests/*"] },
      { sid = "RingDoorbells", actions = ["sqs:SendMessage"], resources = local.lanes },
      { sid = "TellEvents", actions = ["sns:Publish"], resources = [local.events_arn] },
      # Lambda sends it there in the function's name, when a night failed for good.
      { sid = "KeepFailedNight", actions = ["sqs:SendMessage"], resources = [local.queue_arn["nightly-dlq"]] },
    ]

    canary = [
      { sid = "ReadOwnKey", actions = ["secretsmanager:GetSecretValue"], resources = [local.secret_arn["canary-key"]] },
    ]
  }

  # They alone are told of people by name, and keep a pseudonym; and api signs cursors with a key derived from it.
  reads_subject_key = ["api", "nightly"]

  # What Lambda asks in the name of a function that a queue feeds.
  consume = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]

  only_decrypt = ["backlog", "canary"]

  # By way of which services each role uses the one key.
  key_services = {
    api         = ["dynamodb", "s3", "secretsmanager", "sns", "sqs"]
    backlog     = ["dynamodb"]
    canary      = ["secretsmanager"]
    deadletters = ["dynamodb", "sns", "sqs"]
    deliver     = ["dynamodb", "sqs"]
    nightly     = ["dynamodb", "s3", "secretsmanager", "sns", "sqs"]
    operator    = ["dynamodb", "s3", "secretsmanager", "sqs"]
    reconcile   = ["dynamodb", "s3", "sns", "sqs"]
    scheduler   = []
    uploaded    = ["dynamodb", "s3", "sns", "sqs"]
    worker      = ["dynamodb", "s3", "sns", "sqs"]
  }
}
