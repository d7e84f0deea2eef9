#!/usr/bin/env bash
# Holds the reader of git objects to git on real repositories, and compares their
# time. Usage: compare.sh [-n RUNS] [-c] GITDIR...
#
#   -n RUNS  timed runs of each, in turn (default 3); 0 for none
#   -c       only check that the objects are the same
#
# Needs bash, Go, git and GNU time (Debian: time). To get a repository:
#   git clone --mirror https://github.com/hashicorp/terraform
# Repositories of very different size that this was run on: FiloSottile/age,
# psf/requests, googleapis/google-auth-library-python, git/git and
# hashicorp/terraform.
set -euo pipefail

runs=3 only=
while getopts n:c flag; do
  case $flag in
    n) runs=$OPTARG ;;
    c) only=1 ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { echo "usage: compare.sh [-n RUNS] [-c] GITDIR..." >&2; exit 2; }

top=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$top" && go build -o "$work/history" ./testdata/bench/history)

# timed NAME OUTPUT COMMAND...: appends "wall user+sys" to a file of that name.
timed() {
  local name=$1 out=$2
  shift 2
  command time -f '%e %U %S' -o "$work/time" "$@" >"$out"
  awk '{ print $1, $2 + $3 }' "$work/time" >>"$work/$name"
}

# median FILE COLUMN
median() { awk -v c="$2" '{ print $c }' "$1" | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

status=0
for dir; do
  name=$(basename "$(dirname "$dir")")/$(basename "$dir")
  "$work/history" -check -verify "$dir" | sed "s|^|$name: |" || status=1
  if [ -n "$only" ] || [ "$runs" -eq 0 ]; then continue; fi
  rm -f "$work/ours" "$work/git"
  for _ in $(seq "$runs"); do
    timed ours "$work/out" "$work/history" "$dir"
    timed git /dev/null git --git-dir="$dir" cat-file --batch-all-objects --batch --unordered --buffer
  done
  sed "s|^|$name: |" "$work/out"
  awk -v name="$name" -v cores="$(getconf _NPROCESSORS_ONLN)" \
    -v ow="$(median "$work/ours" 1)" -v oc="$(median "$work/ours" 2)" \
    -v gw="$(median "$work/git" 1)" -v gc="$(median "$work/git" 2)" 'BEGIN {
      printf "%s: %d cores; wall %.2f s, git %.2f s, ratio %.2f; CPU %.2f s, git %.2f s, ratio %.2f\n",
        name, cores, ow, gw, ow / gw, oc, gc, oc / gc }'
done
exit $status
