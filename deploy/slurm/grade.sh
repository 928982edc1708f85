#!/bin/bash
# Grades a class as an array of eight tasks: each takes the part that its number in the array names.
#
#   job=$(sbatch --parsable grade.sh)
#   sbatch --dependency="afterok:$job" --wrap "socklab grade merge graded --output graded"
#
# A task that is sent again (`--requeue`) goes on where it ended.
#SBATCH --job-name=socklab-grade
#SBATCH --array=1-8
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=01:00:00
#SBATCH --requeue
set -euo pipefail

exec socklab grade "${CLASS:-.}/submissions" --class "${CLASS:-.}/class.toml" --output "${OUTPUT:-graded}"
