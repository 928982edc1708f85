#!/usr/bin/env bash
# Gradescope runs this once, as root, when the image of the autograder is built. The archive has `socklab`, a static binary,
# beside it.
set -euo pipefail

root=${AUTOGRADER_ROOT:-/autograder}
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3 gcc libc6-dev nodejs default-jdk-headless >/dev/null
install -m 755 "$root/source/socklab" /usr/local/bin/socklab
id student >/dev/null 2>&1 || useradd --create-home student
