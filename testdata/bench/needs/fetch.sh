#!/bin/bash
# Obtains the programs of programs.jsonl into a folder, one folder each, as
# they were when they were labelled. What is there already is kept.
#
#   testdata/bench/needs/fetch.sh FOLDER [NAME...]
#
# It needs git, Go, and for Debian's packages apt-get and dpkg-deb on the
# release that has these versions (bookworm).
set -euo pipefail

[ $# -ge 1 ] || { sed -n 2,9p "$0" >&2; exit 2; }
mkdir -p "$1"
to=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
failed=0

# copy FROM TO PATH...: the named paths below FROM
copy() {
  local from=$1 into=$2
  shift 2
  mkdir -p "$into.part"
  (cd "$from" && tar cf - -- "$@") | tar xf - -C "$into.part"
  chmod -R u+w "$into.part"
  mv "$into.part" "$into"
}

obtain() {
  local name=$1 kind=$2 from=$3 revision=$4 root=$5
  shift 5
  case $kind in
  git)
    git clone -q --no-checkout --filter=blob:none "https://$from" "$work/$name"
    git -C "$work/$name" fetch -q --filter=blob:none origin "$revision"
    git -C "$work/$name" checkout -q "$revision" -- "$@"
    rm -rf "$work/$name/.git"
    copy "$work/$name" "$to/$name" "$@"
    ;;
  gomod)
    (cd "$work" && GOFLAGS=-modcacherw GOMODCACHE="$work/mod" go mod download "$from@$revision")
    copy "$work/mod/$from@$revision" "$to/$name" "$@"
    ;;
  debian)
    (cd "$work" && apt-get -o APT::Sandbox::User=root download -q "$from=$revision" >/dev/null && dpkg-deb -x "$from"_*.deb "$name")
    copy "$work/$name/$root" "$to/$name" "$@"
    ;;
  *)
    echo "unknown kind $kind" >&2
    return 1
    ;;
  esac
}

while IFS=$'\t' read -r name kind from revision root paths; do
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
  [ -e "$to/$name" ] && continue
  IFS='|' read -ra list <<<"$paths"
  rm -rf "$to/$name.part" "${work:?}/$name"
  if (set -e; obtain "$name" "$kind" "$from" "$revision" "$root" "${list[@]}"); then
    echo "$name"
  else
    echo "$name: not obtained" >&2
    failed=1
  fi
done < <(go run ./testdata/bench/needs/score -sources)
exit $failed
