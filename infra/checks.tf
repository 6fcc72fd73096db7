# Promises between computed values. What can be said of variables alone is a validation beside the variable.
# Each of these stops the plan.

resource "terraform_data" "ceiling" {
  input = { for lane, capacity in local.capacity : lane => capacity.max }

  lifecycle {
    precondition {
      condition     = coalesce(var.worker.max, local.peak_workers) >= local.peak_workers
      error_message = "worker.max is below the ${local.peak_workers} workers that the busiest hour of `load` needs: calls would wait without end."
    }
  }
}

resource "terraform_data" "floor" {
  input = { for lane, capacity in local.capacity : lane => capacity.floor }

  lifecycle {
    precondition {
      condition     = alltrue([for capacity in values(local.capacity) : capacity.floor <= capacity.max])
      error_message = "A lane's floor is above its maximum (${jsonencode({ for lane, capacity in local.capacity : lane => capacity.max })})."
    }
  }
}

resource "terraform_data" "pools" {
  input = local.pool_max

  lifecycle {
    precondition {
      condition     = local.pool_max["ondemand"] >= local.peak_workers
      error_message = "worker.on_demand_max is below the ${local.peak_workers} instances of the busiest hour: Spot may be dry."
    }

    precondition {
      condition     = alltrue([for lane in values(var.lanes) : lane.on_demand_base <= local.pool_max["ondemand"]])
      error_message = "A lane's on_demand_base is above what the on-demand pool may hold."
    }
  }
}
