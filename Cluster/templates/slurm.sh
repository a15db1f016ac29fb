#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#SBATCH --array=0-999
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=1G
#SBATCH --requeue
#
# The shards of a sweep as an array of jobs: as many as `plimsoll sweep plan` made, on a folder that all nodes share.
#
#   sbatch Cluster/templates/slurm.sh sweep/plan.json

plimsoll sweep run-shard "${1:-sweep/plan.json}" --jobs 1 --quiet
code=$?
# Only 75 is worth another try, and three of them are enough.
if [ $code -eq 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit $code
