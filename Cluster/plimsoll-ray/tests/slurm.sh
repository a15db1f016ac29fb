#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the array template of Documentation/Clusters/Slurm.md on a real slurmctld of this machine, with jobs that are
# requeued by force, and compares the database with that of one process. As root on Debian with slurm-wlm and munge:
#
#   Cluster/plimsoll-ray/tests/slurm.sh COMMAND

set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
command=$(readlink -f "$1")
work=$(mktemp -d /tmp/plimsoll-slurm.XXXXXX)
chmod 755 "$work"
host=$(hostname -s)
mkdir -p "$work/spool" "$work/state" "$work/bin" /run/munge
ln -s "$command" "$work/bin/plimsoll"

if ! [ -f /etc/munge/munge.key ]; then
  dd if=/dev/urandom of=/etc/munge/munge.key bs=1 count=1024 2>/dev/null
fi
chown -R munge: /etc/munge /run/munge /var/log/munge /var/lib/munge
chmod 400 /etc/munge/munge.key
if ! munge -n >/dev/null 2>&1; then
  setpriv --reuid munge --regid munge --clear-groups munged --force
fi

cat >"$work/slurm.conf" <<END
ClusterName=plimsoll
SlurmctldHost=$host
AuthType=auth/munge
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
NodeName=$host CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF="$work/slurm.conf"
slurmctld
slurmd
stop() {
  for file in "$work/slurmd.pid" "$work/slurmctld.pid"; do
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

# The template as it stands, with this sweep's folder and as many jobs as it has shards.
sed -n '/^```sh sbatch$/,/^```$/p' Documentation/Clusters/Slurm.md | sed '1d;$d' |
  sed "s|0-999|0-15|; s|sweep/plan.json|$work/sweep/plan.json|" >"$work/job.sh"
job=$(sbatch --parsable --chdir "$root" --output "$work/%a.log" "$work/job.sh")
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
