#!/bin/sh
# motcua as this machine's services run it: the same user, the same settings.
set -a
. {{ settings }}
set +a
cd {{ data }} || exit 1
if [ "$(id -un)" = {{ user }} ]; then exec {{ program }} "$@"; fi
exec runuser -u {{ user }} -- {{ program }} "$@"
