#!/bin/sh
# Tells Prefect's server about this site: its pool, its deployments, and what ends a run whose machine died.
# It may be run again at any time, and must be after an upgrade of litwatch.
set -e
cd "$(dirname "$0")"
export LITWATCH_HOME="$PWD"
export PREFECT_API_URL="${PREFECT_API_URL:-http://127.0.0.1:4200/api}"
export PREFECT_SERVER_ANALYTICS_ENABLED=false DO_NOT_TRACK=1
PATH="@BIN@:$PATH"
prefect work-pool create litwatch --type process --overwrite
prefect work-pool update litwatch --concurrency-limit 1
prefect --no-prompt deploy --all
prefect --no-prompt automation delete crash-runs-without-heartbeat >/dev/null 2>&1 || true
prefect automation create --from-file automations.yaml
