# Sourced by `.ci/run` and `.ci/nightly`: steps that are printed, stages that are timed.
# shellcheck shell=bash

step() { printf '\n== %s\n' "$*"; "$@"; }
xtask() { step cargo run --quiet --locked --package jangteo-xtask -- "$@"; }

stages=() budgets=() seconds=()
began=$SECONDS

# stage NAME MINUTES: what follows is counted under this name, and meant to take no longer.
stage() {
    stages+=("$1")
    budgets+=($(($2 * 60)))
    seconds+=("$SECONDS")
    printf '\n#### %s\n' "$1"
}

# The seconds of each stage. A machine may be busy: only three times the budget is a failure.
table() {
    local index end late=0
    seconds+=("$SECONDS")
    printf '\n%-44s %9s %9s\n' "" seconds budget
    for index in "${!stages[@]}"; do
        end=$((seconds[index + 1] - seconds[index]))
        printf '%-44s %9s %9s' "${stages[index]}" "$end" "${budgets[index]}"
        if [ "$end" -gt $((3 * budgets[index])) ]; then
            printf '  three times too long'
            late=1
        fi
        printf '\n'
    done
    printf '%-44s %9s\n' "all" "$((SECONDS - began))"
    return "$late"
}

# What works in the background ends with the script; one that failed says how far it came.
finish() {
    local status=$?
    jobs -p | xargs --no-run-if-empty kill 2>/dev/null || true
    [ "$status" = 0 ] || [ "${#stages[@]}" = 0 ] || table || true
    return "$status"
}
trap finish EXIT

# python_tool NAME VERSION [OTHER==VERSION …]: a tool of Python's in an environment of its own,
# target/NAME, with some of what it needs at exact versions.
python_tool() {
    local home=target/$1 listed wanted missing=
    listed=$("$home/bin/pip" list --format freeze 2>/dev/null || true)
    for wanted in "$1==$2" "${@:3}"; do
        grep --quiet --line-regexp --fixed-strings "$wanted" <<<"$listed" || missing=yes
    done
    [ -n "$missing" ] || return 0
    step python3 -m venv --clear "$home"
    for attempt in 1 2 3; do
        step "$home/bin/pip" install --quiet --disable-pip-version-check "$1==$2" "${@:3}" && return
        [ "$attempt" -lt 3 ] || exit 1
        sleep $((attempt * 10))
    done
}

# debian_tool COMMAND PACKAGE: as root on Debian it is installed; elsewhere it must be there.
debian_tool() {
    command -v "$1" >/dev/null && return
    step apt-get update --quiet
    step apt-get install --quiet --yes --no-install-recommends "$2"
}
