#!/bin/bash
# Loads an echo server from an array of four tasks: each takes the part of the connections that its number in the array names.
#
#   job=$(TARGET=server:3500 sbatch --parsable bench.sh)
#   sbatch --dependency="afterok:$job" --wrap "socklab bench merge results/part-*.json"
#
# The tasks have to measure at once: the longer the warm-up, the later one of them may start; the merge says how far they did.
#SBATCH --job-name=socklab-bench
#SBATCH --array=1-4
#SBATCH --cpus-per-task=1
#SBATCH --mem=256M
#SBATCH --time=00:10:00
#SBATCH --exclusive
set -euo pipefail

output=${OUTPUT:-results}
mkdir -p "$output"
exec socklab bench "${TRANSPORT:-tcp}" "${TARGET:?the server, as HOST:PORT}" --connections "${CONNECTIONS:-2000}" \
    --warmup "${WARMUP:-20s}" --duration "${DURATION:-60s}" --threads "${SLURM_CPUS_PER_TASK:-1}" \
    --output "$output/part-${SLURM_ARRAY_TASK_ID:-1}.json"
