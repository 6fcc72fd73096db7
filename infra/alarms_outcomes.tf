# Do jobs end well, is what they say right, and do they still come?

locals {
  alarms_of_outcomes = {
    jobs-failing = {
      priority  = "P1"
      reason    = "More than two in a hundred jobs fail through our own fault"
      period    = 900
      of        = [1, 1]
      threshold = local.alarm_at.failing_ours_percent
      expressions = {
        percent = join("", [
          "IF(${local.ended} >= ${local.alarm_at.fewest} AND FILL(failed, 0) >= ${local.alarm_at.fewest_failures}, ",
          "100 * FILL(failed, 0) / (${local.ended}), 0)",
        ])
      }
      metrics = merge(local.ended_metrics, {
        failed = { name = "JobsFailed", stat = "Sum", dimensions = { fault = "ours" } }
      })
    }
    input-failing = {
      priority  = "P3"
      reason    = "A fifth of the recordings cannot be transcribed: a caller sends something new or broken"
      period    = 3600
      of        = [1, 1]
      threshold = local.alarm_at.failing_input_percent
      expressions = {
        percent = "IF(${local.ended} >= ${local.alarm_at.fewest}, 100 * FILL(failed, 0) / (${local.ended}), 0)"
      }
      metrics = merge(local.ended_metrics, {
        failed = { name = "JobsFailed", stat = "Sum", dimensions = { fault = "caller" } }
      })
    }
    # An alarm cannot look back a week, so what is usual is written down.
    text-suspect = {
      priority  = "P3"
      reason    = "Three times the usual share of speech is suppressed or decoded again: the model, or what it is given, has changed"
      period    = 3600
      of        = [1, 1]
      threshold = local.alarm_at.suspect_times
      expressions = {
        times = "MAX([${join(", ", [for id in keys(local.suspicions) : "FILL(${id}, 0) / ${local.usual[split("_", id)[0]]}"])}])"
      }
      metrics = local.suspicions
    }
    canary = {
      priority  = "P1"
      reason    = "A known call failed twice running on its way from submit to text"
      period    = 900
      of        = [2, 2]
      threshold = 0
      metrics   = { failures = { name = "CanaryFailures", stat = "Sum" } }
    }
    canary-wer = {
      heading   = "canary"
      priority  = "P1"
      reason    = "A known call came back with other words"
      period    = 900
      of        = [1, 1]
      threshold = local.alarm_at.canary_wer
      metrics   = { wer = { name = "CanaryWer", stat = "Maximum" } }
    }
    submits-missing = {
      priority   = "P3"
      reason     = "Far fewer calls than is usual for these hours were submitted for three hours"
      period     = 3600
      of         = [3, 3]
      comparison = "LessThanLowerThreshold"
      band       = "usual"
      expressions = {
        # Where nobody submits there is no point at all, and that is the case to be told of.
        submitted = "FILL(interactive, 0)"
        usual     = "ANOMALY_DETECTION_BAND(submitted, ${local.alarm_at.band_width})"
      }
      metrics = { interactive = { name = "JobsSubmitted", stat = "Sum", dimensions = { lane = "interactive" } } }
    }
  }
  ended_metrics = merge([for lane in ["interactive", "batch"] : { for status in ["completed", "failed"] :
    "${status}_${lane}" => { name = "JobsEnded", stat = "Sum", dimensions = { lane = lane, status = status } }
  }]...)
  ended = join(" + ", [for id in keys(local.ended_metrics) : "FILL(${id}, 0)"])
  suspicions = merge([for lane in ["interactive", "batch"] : {
    "suppressed_${lane}" = { name = "SuppressedRatio", stat = "Average", dimensions = { lane = lane } }
    "retried_${lane}"    = { name = "RetryRatio", stat = "Average", dimensions = { lane = lane } }
  }]...)
}
