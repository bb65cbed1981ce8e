#!/bin/sh
# Installs the programs that ours is measured beside, outside the repository: Anki with its sync server, PouchDB with express-pouchdb.
set -eu
into="${MENTOR_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/mentor-peers}"
mkdir -p "$into/pouch"
if [ ! -x "$into/anki/bin/python" ]; then
    "${PYTHON:-python3}" -m venv "$into/anki"
fi
"$into/anki/bin/pip" install --quiet "anki==26.9.3"
if command -v npm >/dev/null; then
    cd "$into/pouch"
    [ -f package.json ] || npm init -y >/dev/null
    npm install --silent --no-audit --no-fund "pouchdb@9.0.0" "express-pouchdb@4.2.0" "express@4"
else
    echo "npm is not here, so PouchDB is left out"
fi
echo "peers are in $into"
