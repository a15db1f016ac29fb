#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs Cluster/templates/slurm.sh on a real slurmctld of this machine, with jobs that are
# requeued by force, and compares the database with that of one process. As root on Debian with slurm-wlm and munge:
#
#   Cluster/plimsoll-ray/tests/slurm.sh COMMAND

set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
command=$(readlink -f "$1")
work=$(mktemp -d /tmp/plimsoll-slurm.XXXXXX)
chmod 755 "$work"
host=$(hostname -s)
mkdir -p "$work/spool" "$work/state" "$work/bin"
ln -s "$command" "$work/bin/plimsoll"

# A key, a socket and a log of its own: the machine's, if it has any, are left alone.
dd if=/dev/urandom of="$work/munge.key" bs=1 count=1024 2>/dev/null
chmod 600 "$work/munge.key"
munged --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munged.pid" \
  --log-file="$work/munged.log" --seed-file="$work/munge.seed"

cat >"$work/slurm.conf" <<END
ClusterName=plimsoll
SlurmctldHost=$host
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SchedulerParameters=requeue_delay=0
MinJobAge=3600
NodeName=$host CPUs=$(nproc) RealMemory=$(free -m | sed -n "s/^Mem: *\([0-9]*\).*/\1/p") State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF="$work/slurm.conf"
slurmctld
slurmd
stop() {
  for file in "$work/slurmd.pid" "$work/slurmctld.pid" "$work/munged.pid"; do
    [ ! -f "$file" ] || kill "$(cat "$file")" || true
  done
}
trap stop EXIT
for _ in $(seq 30); do
  if sinfo -h -o %T 2>/dev/null | grep -q idle; then break; fi
  sleep 1
done
sinfo

PATH=$work/bin:$PATH
export PATH
cd "$root"
sweep="Scenarios/smoke.yaml --vary fleet.spot.machines.max=0..3 --replications 4"
# shellcheck disable=SC2086
plimsoll sweep plan $sweep --shards 16 --out "$work/sweep" --quiet
# shellcheck disable=SC2086
plimsoll sweep plan $sweep --shards 1 --out "$work/one" --quiet
plimsoll sweep run-shard "$work/one/plan.json" --index 0 --quiet
plimsoll sweep merge "$work/one/plan.json" --quiet >/dev/null

job=$(sbatch --parsable --array=0-15 --chdir "$root" --output "$work/%a.log" \
  Cluster/templates/slurm.sh "$work/sweep/plan.json")
requeued=0
for _ in $(seq 600); do
  left=$(squeue -h -r -j "$job" 2>/dev/null | wc -l)
  [ "$left" -gt 0 ] || break
  running=$(squeue -h -r -j "$job" -t R -o %i 2>/dev/null | shuf -n 1)
  if [ "$requeued" -lt 12 ] && [ -n "$running" ] && scontrol requeue "$running" 2>/dev/null; then
    requeued=$((requeued + 1))
  fi
  sleep 1
done
plimsoll sweep merge "$work/sweep/plan.json" --quiet >/dev/null
cmp "$work/sweep/sweep.sqlite" "$work/one/sweep.sqlite"
echo "slurm: 16 jobs, $requeued requeued by force, one database"
