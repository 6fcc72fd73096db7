output "provider_name" {
  description = "Name of the capacity provider."
  value       = aws_ecs_capacity_provider.gpu.name
}

output "group_name" {
  description = "Name of the Auto Scaling group."
  value       = aws_autoscaling_group.gpu.name
}

output "max_size" {
  description = "Most instances."
  value       = aws_autoscaling_group.gpu.max_size
}

output "guards" {
  description = "What keeps a busy instance from being ended."
  value = {
    protect_from_scale_in  = aws_autoscaling_group.gpu.protect_from_scale_in
    capacity_rebalance     = aws_autoscaling_group.gpu.capacity_rebalance
    termination_protection = aws_ecs_capacity_provider.gpu.auto_scaling_group_provider[0].managed_termination_protection
    draining               = aws_ecs_capacity_provider.gpu.auto_scaling_group_provider[0].managed_draining
  }
}
