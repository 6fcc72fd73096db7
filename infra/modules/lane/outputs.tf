output "queue_arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.live.arn
}

output "queue_url" {
  description = "URL of the queue."
  value       = aws_sqs_queue.live.url
}

output "queue_name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.live.name
}

output "dlq_arn" {
  description = "ARN of the dead-letter queue."
  value       = aws_sqs_queue.dead_letters.arn
}

output "dlq_url" {
  description = "URL of the dead-letter queue."
  value       = aws_sqs_queue.dead_letters.url
}

output "dlq_name" {
  description = "Name of the dead-letter queue."
  value       = aws_sqs_queue.dead_letters.name
}
