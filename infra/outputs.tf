output "api_url" {
  description = "Where clients with a key reach the API, without /v1."
  value       = local.api_url["public"]
}

output "internal_api_url" {
  description = "Where callers with an AWS role reach it, without /v1."
  value       = local.api_url["internal"]
}

output "bucket" {
  description = "Bucket of audio, requests, checkpoints and transcripts."
  value       = aws_s3_bucket.calls.bucket
}

output "table" {
  description = "Table with a row a job."
  value       = aws_dynamodb_table.jobs.name
}

output "queue_urls" {
  description = "URL of each queue, dead-letter queues included."
  value = merge(
    { for lane, queue in module.lane : lane => queue.queue_url },
    { for lane, queue in module.lane : "${lane}-dlq" => queue.dlq_url },
    { uploads = aws_sqs_queue.uploads.url, webhooks = aws_sqs_queue.webhooks.url },
    { for key, queue in aws_sqs_queue.dlq : "${key}-dlq" => queue.url },
  )
}

output "topic_arns" {
  description = "ARN of the topics of events and alarms."
  value       = { events = aws_sns_topic.events.arn, alarms = aws_sns_topic.alarms.arn }
}

output "cluster" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.main.name
}

output "services" {
  description = "Name of the service of each lane."
  value       = { for lane, service in aws_ecs_service.worker : lane => service.name }
}

output "capacity" {
  description = "What `load` and `worker` come to: peak in call-seconds a second, effective speed of a worker, per lane bounds, target of the wait in seconds and the rule that wakes it, per pool the most instances."
  value = {
    peak        = local.peak
    effective_r = local.effective_r
    pools       = local.pool_max
    lanes = {
      for lane, capacity in local.capacity : lane => merge(capacity, {
        wake    = local.wake_rule[lane]
        burst_s = 3 * capacity.target_wait_s
      })
    }
  }
}

output "role_arns" {
  description = "ARN of the role of each function, and of the worker."
  value       = merge(local.function_roles, { worker = aws_iam_role.worker.arn })
}

output "function_versions" {
  description = "Newest version of each function: the next deploy's functions.stable_versions."
  value       = { for key, function in aws_lambda_function.function : key => function.version }
}

output "dashboard_url" {
  description = "The dashboard in the console."
  value       = "https://${var.region}.console.aws.amazonaws.com/cloudwatch/home?region=${var.region}#dashboards:name=${local.name}"
}

output "worker_environment" {
  description = "Environment of the workers of each lane."
  value       = local.worker_environment
}

output "function_environment" {
  description = "Environment of the functions; the secrets and the cluster are told only to those that read them."
  value       = local.function_environment
}
