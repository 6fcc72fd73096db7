# Does a call wait longer than was promised? The promise is the goal of its lane.

locals {
  alarms_of_waiting = {
    interactive-wait = {
      priority  = "P1"
      reason    = "A live call has waited for twice the promised time"
      of        = [5, 5]
      threshold = 2 * local.alarm_at.wait_s
      metrics   = { age = local.oldest["interactive"] }
    }
    interactive-wait-early = {
      priority  = "P2"
      reason    = "A live call has waited for the promised time, so the promise is about to be broken"
      of        = [3, 3]
      threshold = local.alarm_at.wait_s
      metrics   = { age = local.oldest["interactive"] }
    }
    batch-late = {
      priority  = "P2"
      reason    = "A call of the batch lane has waited for a day, so one whole night did not reach it"
      of        = [1, 1]
      threshold = local.alarm_at.batch_age_s
      metrics   = { age = local.oldest["batch"] }
    }
    # CloudWatch knows the hour in UTC only: in Paris that is one hour after the deadline in winter, two in summer.
    nightly-unfinished = {
      priority  = "P2"
      reason    = "The night's calls are not done after their deadline, or the night was never begun"
      of        = [1, 1]
      threshold = 0
      expressions = {
        left = join(" ", [
          "FILL(IF(HOUR(open) >= ${floor(local.hour_of[var.nightly.deadline])} AND HOUR(open) < ${local.alarm_at.nightly_until_hour}, open, 0), 0)",
          "+ FILL(never_begun, 0)",
        ])
      }
      metrics = {
        open        = { name = "NightlyOpenJobs", stat = "Maximum" }
        never_begun = merge(local.visible, { dimensions = { QueueName = aws_sqs_queue.dlq["nightly"].name } })
      }
    }
  }
  oldest = { for lane in ["interactive", "batch"] : lane => {
    name = "OldestJobAgeSeconds", stat = "Maximum", dimensions = { lane = lane }
  } }
}
