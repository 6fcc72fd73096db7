"""A plan as `terraform show -json` prints it, with as little in it as the reader needs."""

import copy

POLICY = "aws_appautoscaling_policy"
ALARM = "aws_cloudwatch_metric_alarm"


def resource(kind, key, values, module=""):
    return {
        "address": f'{module}{kind}.it["{key}"]', "mode": "managed", "type": kind, "name": "it", "index": key,
        "values": values,
    }  # fmt: skip


def query(name, **given):
    return {"id": name, "expression": "", "return_data": None, "metric": [], "metric_stat": []} | given


def queries(kind, returns):
    metric = {"metric_name": "QueuedAudioSeconds"}
    return [
        query("queued", return_data=False, **{kind: [metric if kind == "metric" else {"metric": [metric]}]}),
        query("work_s", expression="FILL(queued, 0)", return_data=returns),
    ]


def pool(name):
    managed = {"minimum_scaling_step_size": 1, "maximum_scaling_step_size": 2, "instance_warmup_period": 60}
    module = f'module.gpu_pool["{name}"].'
    return [
        resource(
            "aws_ecs_capacity_provider", 0, {"auto_scaling_group_provider": [{"managed_scaling": [managed]}]}, module
        ),
        resource("aws_autoscaling_group", 0, {"max_size": 5 if name == "spot" else 4}, module),
    ]


def lane(name):
    step = {"metric_interval_lower_bound": "0", "metric_interval_upper_bound": "", "scaling_adjustment": 1}
    stepped = {"adjustment_type": "ExactCapacity", "cooldown": 60, "min_adjustment_magnitude": None}
    tracked = {
        "target_value": 90, "scale_out_cooldown": 60, "scale_in_cooldown": 600, "disable_scale_in": False,
        "customized_metric_specification": [{"metrics": queries("metric_stat", True)}],
    }  # fmt: skip
    strategy = [
        {"capacity_provider": "x-spot", "base": 0, "weight": 3},
        {"capacity_provider": "x-ondemand", "base": 1, "weight": 1},
    ]
    alarm = {
        "alarm_name": f"x-{name}-wake", "comparison_operator": "GreaterThanThreshold", "threshold": 0,
        "evaluation_periods": 2, "datapoints_to_alarm": None, "treat_missing_data": "notBreaching",
        "metric_query": queries("metric", True),
    }  # fmt: skip
    bounds = {"min_capacity": 1, "max_capacity": 4}
    return [
        resource("aws_appautoscaling_target", name, {"min_capacity": 0, "max_capacity": 4}),
        resource("aws_ecs_service", name, {"capacity_provider_strategy": strategy}),
        resource(
            "aws_appautoscaling_scheduled_action", f"{name}-up",
            {"schedule": "cron(45 7 ? * MON-FRI *)", "scalable_target_action": [bounds]},
        ),
        resource(
            POLICY, f"{name}-wake",
            {"name": f"x-{name}-wake", "policy_type": "StepScaling",
             "step_scaling_policy_configuration": [stepped | {"step_adjustment": [step]}]},
        ),
        resource(
            POLICY, name,
            {"name": f"x-{name}-wait", "policy_type": "TargetTrackingScaling",
             "target_tracking_scaling_policy_configuration": [tracked]},
        ),
        resource(ALARM, f"{name}-wake", alarm),
    ]  # fmt: skip


def plan(*more, without=None):
    """A plan with two like lanes; `more` resources, and no resource whose type is `without`."""
    found = [*lane("interactive"), *lane("batch"), *pool("ondemand"), *pool("spot"), *more]
    inside = [one for one in found if one["address"].startswith("module.") and one["type"] != without]
    top = [one for one in found if not one["address"].startswith("module.") and one["type"] != without]
    given = {
        "worker": {"measured_r": 90}, "load": {"reps": 300}, "nightly": {"start": "21:30"}, "egress": "nat",
        "region": "eu-north-1", "gpu_instance_types": {"on_demand": ["g5.xlarge"]}, "fast_scale_in": "true",
    }  # fmt: skip
    return copy.deepcopy(
        {
            "variables": {name: {"value": value} for name, value in given.items()},
            "planned_values": {
                "outputs": {
                    "capacity": {"value": {"lanes": {"interactive": {"goal_s": 330}, "batch": {"goal_s": 14_400}}}}
                },
                "root_module": {"resources": top, "child_modules": [{"resources": inside}]},
            },
        }
    )
