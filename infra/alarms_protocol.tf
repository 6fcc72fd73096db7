# Does everything that was accepted move on: doorbells, outbox, deliveries, and the functions of each minute?

locals {
  alarms_of_protocol = {
    # In flight too: the function that settles dead letters holds what it cannot settle, a quarter of an hour at a time.
    dead-letters-interactive = {
      priority    = "P1"
      reason      = "A live call's message came back ten times and nobody could end the job"
      of          = [5, 5]
      threshold   = 0
      expressions = { letters = join(" + ", [for id in keys(local.letters_interactive) : "FILL(${id}, 0)"]) }
      metrics     = local.letters_interactive
    }
    dead-letters-other = {
      priority    = "P2"
      reason      = "A message of the batch lane, an upload, a webhook or a subscriber was given up"
      of          = [5, 5]
      threshold   = 0
      expressions = { letters = join(" + ", [for id in keys(local.letters_other) : "FILL(${id}, 0)"]) }
      metrics     = local.letters_other
    }
    reconcile-silent = {
      priority   = "P1"
      reason     = "Nothing has healed what is stuck for three minutes"
      of         = [3, 3]
      comparison = "LessThanThreshold"
      threshold  = 1
      missing    = "breaching"
      metrics    = { runs = { name = "ReconcileRuns", stat = "Sum" } }
    }
    backlog-silent = {
      priority   = "P1"
      reason     = "Nothing has counted what waits for three minutes, so scaling sees messages instead of seconds"
      of         = [3, 3]
      comparison = "LessThanThreshold"
      threshold  = 1
      missing    = "breaching"
      metrics    = { counts = merge(local.measured["interactive"].queued, { stat = "SampleCount" }) }
    }
    outbox-stuck = {
      priority  = "P2"
      reason    = "A job has ended and its event has not left for five minutes"
      of        = [3, 3]
      threshold = local.alarm_at.outbox_s
      metrics   = { oldest = { name = "OutboxOldestSeconds", stat = "Maximum" } }
    }
    webhooks-failing = {
      priority    = "P2"
      reason      = "A delivery was given up, or one that is due has not been tried for a quarter of an hour"
      of          = [1, 1]
      threshold   = 0
      expressions = { failing = "FILL(dead, 0) + IF(FILL(due, 0) > ${local.alarm_at.delivery_s}, 1, 0)" }
      metrics = {
        dead = { name = "DeliveriesDead", stat = "Sum" }
        due  = { name = "DeliveryOldestDueSeconds", stat = "Maximum" }
      }
    }
  }
  letters_interactive = {
    visible   = merge(local.visible, { dimensions = { QueueName = module.lane["interactive"].dlq_name } })
    in_flight = merge(local.in_flight, { dimensions = { QueueName = module.lane["interactive"].dlq_name } })
  }
  dlqs_other = {
    batch       = module.lane["batch"].dlq_name
    uploads     = aws_sqs_queue.dlq["uploads"].name
    webhooks    = aws_sqs_queue.dlq["webhooks"].name
    subscribers = aws_sqs_queue.dlq["subscribers"].name
  }
  letters_other = merge([for id, name in local.dlqs_other : {
    "${id}_visible"   = merge(local.visible, { dimensions = { QueueName = name } })
    "${id}_in_flight" = merge(local.in_flight, { dimensions = { QueueName = name } })
  }]...)
}
