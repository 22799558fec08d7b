# shellcheck shell=sh
# Source this at the root of the repository. `environment REQUIREMENTS` makes .venv, or reuses it, with exactly the
# pinned requirements and the project in it; PYTHON chooses the interpreter. `webhook_examples` adds what the tests send
# to the server. The caller sets `set -eu`.

supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3 python3.13 python3.12 python3.11
    fi
    for candidate in "$@"; do
        if supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Cratewarden needs Python 3.11, 3.12 or 3.13, and ${PYTHON:-python3} is none of them." >&2
    echo "Install one, or name it: PYTHON=/path/to/python3.12 sh $0" >&2
    return 1
}

version_of() {
    "$1" -c 'import sys; print(sys.version_info[:2])'
}

reusable() {
    supported .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1 || return 1
    [ -z "${PYTHON:-}" ] || [ "$(version_of .venv/bin/python)" = "$(version_of "$PYTHON")" ]
}

make_venv() {
    python=$(find_python)
    echo "Making .venv with $("$python" --version)" >&2
    "$python" -m venv --clear .venv || {
        echo "Python's venv module did not work. On Debian and Ubuntu: apt-get install python3-venv" >&2
        return 1
    }
}

environment() {
    reusable || make_venv
    # pyproject.toml holds the entry point, bot/__init__.py the version: both are fixed at installation.
    wanted=$(pwd; cksum "$1" pyproject.toml bot/__init__.py)
    if [ -f .venv/installed ] && [ "$(cat .venv/installed)" = "$wanted" ]; then
        return
    fi
    rm -f .venv/installed
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
        --requirement "$1" </dev/null
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
        --no-build-isolation --editable . </dev/null
    echo "$wanted" >.venv/installed
}

# GitHub's published examples of webhooks, for tests/server/examples.py, which knows their digest.
webhook_examples() {
    packed=.venv/octokit-webhooks-examples-7.6.1.tgz
    [ ! -f "$packed" ] || return 0
    command -v npm >/dev/null || {
        echo "The tests need npm, which brings GitHub's examples of webhooks." >&2
        return 1
    }
    rm -rf .venv/npm
    mkdir .venv/npm
    npm pack --silent --pack-destination .venv/npm @octokit/webhooks-examples@7.6.1 </dev/null >/dev/null
    mv .venv/npm/*.tgz "$packed"
}
