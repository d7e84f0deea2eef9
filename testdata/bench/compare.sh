#!/usr/bin/env bash
# Compares scopeaudit with its peers on the same trees, in one run, and prints
# Markdown tables: what each finds in the corpus, time on trees, on git histories,
# time and memory on large inputs. README.md beside this file says what the
# columns mean.
#
#   testdata/bench/compare.sh [-o RESULTS] [-n RUNS] [-b BINARY] [-s BYTES] [STEP…] [TREE…]
#
# Steps are score, trees, inputs, audit and history; without one, the first three
# are done. TREE is a folder to measure beside the two that the Go module proxy
# provides; for the step history, which has none of its own, it is a repository
# (git clone --mirror). What is done is kept in RESULTS (a new temporary folder by
# default) and not done again, so a run that was cut off goes on where it stopped.
set -euo pipefail

gitleaks=github.com/zricethezav/gitleaks/v8@v8.30.1
modules=(k8s.io/kubernetes@v1.34.2 google.golang.org/api@v0.250.0)

results='' runs=5 binary='' bytes=$((2 << 30))
while getopts o:n:b:s: option; do
  case $option in
    o) results=$OPTARG ;;
    n) runs=$OPTARG ;;
    b) binary=$(realpath "$OPTARG") ;;
    s) bytes=$OPTARG ;;
    *) sed -n 's/^#   //p' "$0" >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
steps=() trees=()
for word; do
  case $word in
    score | trees | inputs | audit | history) steps+=("$word") ;;
    *) trees+=("$(realpath "$word")") ;;
  esac
done
[ ${#steps[@]} -gt 0 ] || steps=(score trees inputs)
[ -n "$results" ] || results=$(mktemp -d)
mkdir -p "$results/times" "$results/inputs"
results=$(realpath "$results")
cd "$(dirname "$0")/../.."
say() { printf '%s\n' "$*" >&2; }
say "results are kept in $results"
for program in rg /usr/bin/time; do
  command -v "$program" >/dev/null || { say "needs $program (Debian: ripgrep, time)"; exit 2; }
done

# -- the programs -----------------------------------------------------------

if [ -z "$binary" ]; then
  binary=$results/scopeaudit
  CGO_ENABLED=0 go build -trimpath -o "$binary" ./cmd/scopeaudit
fi
# Times of another build are not this run's. Those of gitleaks stay: it is slow.
build=$(sha256sum <"$binary")
if [ "$build" != "$(cat "$results/build" 2>/dev/null)" ]; then
  find "$results/times" -type f ! -name '*.gitleaks*' ! -name '*.log' -delete
  printf '%s\n' "$build" >"$results/build"
fi
verb=audit
if [[ $("$binary" help) == *$'\n  scan '* ]]; then verb=scan; fi
[ -x "$results/gitleaks" ] || GOBIN=$results go install "$gitleaks"
if [ ! -s "$results/keywords" ]; then
  toml=$(go mod download -json "$gitleaks" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')/config/gitleaks.toml
  sed -n '/^keywords = \[/,/\]/p' "$toml" | grep -o '"[^"]*"' | tr -d '"' | sort -u >"$results/keywords"
fi

# -- measuring --------------------------------------------------------------

# command TOOL PATH is what is timed.
command_of() {
  case $1 in
    scopeaudit) printf '%q ' "$binary" "$verb" --offline --exit-zero --format json "$2" ;;
    audit | scan) printf '%q ' "$binary" "$1" --offline --exit-zero --format json "$2" ;;
    gitleaks) printf '%q ' "$results/gitleaks" dir --no-banner --log-level fatal --exit-code 0 --redact --report-format json --report-path - "$2" ;;
    rg) printf '%q ' rg -c -uuu -a -i -F -f "$results/keywords" "$2" ;;
    history) printf '%q ' "$binary" scan --history-only --offline --exit-zero --format json "$2" ;;
    search) printf '%q ' "$results/history" -search "$2" ;;
    cat-file) printf '%q ' git --no-replace-objects --git-dir "$2" cat-file --batch-all-objects --batch --unordered --buffer ;;
    log) printf '%q ' git --git-dir "$2" log --raw -m --all ;;
    gitleaks-git) printf '%q ' "$results/gitleaks" git --no-banner --log-level fatal --exit-code 0 --redact --report-format json --report-path - "$2" ;;
    cat) printf 'find %q -type f -print0 | xargs -0 cat' "$2" ;;
  esac
}

# measure NAME TOOL PATH appends "seconds KiB status CPU-seconds" to the times of NAME.
measure() {
  local log=$results/times/$1.$2 out=/dev/null status=0 start end kib user system
  if [ "$2" = search ]; then out=$results/out; fi # which says more; of others, writing is not to be timed
  start=$EPOCHREALTIME
  /usr/bin/time -q -f "%M %U %S" -o "$results/peak" bash -c "exec 2>/dev/null; $(command_of "$2" "$3")" >"$out" || status=$?
  end=$EPOCHREALTIME
  read -r kib user system < <(tail -1 "$results/peak")
  printf '%s %s %s %s\n' "$(awk "BEGIN { print $end - $start }")" "$kib" "$status" "$(awk "BEGIN { print $user + $system }")" >>"$log"
  say "$1 $2: $(tail -1 "$log")"
}

count() { if [ -e "$1" ]; then wc -l <"$1"; else echo 0; fi; }

# alternate NAME PATH TOOL… measures the tools in turn, so that what else the
# machine does falls on all of them.
alternate() {
  local name=$1 path=$2 i tool
  shift 2
  [ "$(count "$results/times/$name.$1")" -gt 0 ] || for tool; do bash -c "$(command_of "$tool" "$path")" >/dev/null 2>&1 || true; done # warm
  for ((i = 1; i <= runs; i++)); do
    for tool; do
      [ "$(count "$results/times/$name.$tool")" -ge "$i" ] || measure "$name" "$tool" "$path"
    done
  done
}

# median FILE [FIELD] of the times, the seconds by default; of memory the greatest counts.
median() { sort -n -k"${2:-1}" "$1" | awk -v f="${2:-1}" '{ t[NR] = $f } END { m = int((NR + 1) / 2); print NR % 2 ? t[m] : (t[m] + t[m + 1]) / 2 }'; }
peak() { awk '$2 > p { p = $2 } END { printf "%.0f", p / 1024 }' "$1"; }
statuses() { awk '{ print $3 }' "$1" | sort -u | paste -sd, ; }

# -- the steps --------------------------------------------------------------

step_score() {
  [ -e "$results/corpus/manifest.jsonl" ] || { rm -rf "$results/corpus"; go run ./testdata/bench/corpus -out "$results/corpus" >&2; }
  local score="go run ./testdata/bench/score -corpus $(printf %q "$results/corpus")"
  echo '| | scopeaudit | gitleaks | gitleaks, archives opened |'
  echo '|---|--:|--:|--:|'
  paste -d'|' \
    <($score -table -tool scopeaudit -bin "$binary") \
    <($score -table -tool gitleaks -bin "$results/gitleaks" | cut -d'|' -f2) \
    <($score -table -tool gitleaks -bin "$results/gitleaks" -- --max-archive-depth 1 | cut -d'|' -f2) | sed 's/|/ | /g; s/^/| /; s/$/ |/'
}

# provide adds what the Go module proxy provides to the trees, once.
provided=''
provide() {
  [ -z "$provided" ] || return 0
  provided=yes
  local module
  for module in "${modules[@]}"; do
    trees+=("$(go mod download -json "$module" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')")
  done
}

step_trees() {
  local tree name t
  provide
  for tree in "${trees[@]}"; do
    name=$(basename "$(dirname "$tree")")-$(basename "$tree")
    alternate "$name" "$tree" scopeaudit rg cat
    [ "$(count "$results/times/$name.gitleaks")" -gt 0 ] || measure "$name" gitleaks "$tree"
  done
  echo '| tree | MB | scopeaudit s | MB/s | peak MiB | status | rg s | cat s | gitleaks s | gitleaks ÷ scopeaudit | the same, CPU | scopeaudit ÷ rg | the same, CPU |'
  echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
  for tree in "${trees[@]}"; do
    name=$(basename "$(dirname "$tree")")-$(basename "$tree") t=$results/times/$name
    awk -v name="$(basename "$tree")" -v mb="$(find "$tree" -type f -printf '%s\n' | awk '{ s += $1 } END { print s / 1e6 }')" \
      -v ours="$(median "$t.scopeaudit")" -v peak="$(peak "$t.scopeaudit")" -v status="$(statuses "$t.scopeaudit")" \
      -v rg="$(median "$t.rg")" -v cat="$(median "$t.cat")" -v leaks="$(median "$t.gitleaks")" \
      -v oursCPU="$(median "$t.scopeaudit" 4)" -v rgCPU="$(median "$t.rg" 4)" -v leaksCPU="$(median "$t.gitleaks" 4)" 'BEGIN {
        printf "| %s | %.0f | %.3f | %.0f | %d | %s | %.3f | %.3f | %.1f | %.1f | %.1f | %.2f | %.2f |\n",
          name, mb, ours, mb / ours, peak, status, rg, cat, leaks, leaks / ours, leaksCPU / oursCPU, ours / rg, oursCPU / rgCPU }'
  done
}

step_inputs() {
  local name size
  mkdir -p "$results/inputs/empty"
  for name in text:$bytes line:$bytes notebook:$((60 << 20)) zip:10000; do
    size=${name#*:} name=${name%:*}
    if [ ! -e "$results/inputs/$name.done" ]; then
      rm -rf "$results/inputs/$name"
      go run ./testdata/bench/corpus -out "$results/inputs/$name" -big "$name" -size "$size"
      touch "$results/inputs/$name.done"
    fi
  done
  echo '| input | MB | scopeaudit s | MB/s | peak MiB | status | its one secret | cat s |'
  echo '|---|--:|--:|--:|--:|--:|---|--:|'
  for name in empty text line notebook zip; do
    alternate "input-$name" "$results/inputs/$name" scopeaudit cat
    bash -c "$(command_of scopeaudit "$results/inputs/$name")" >"$results/out" 2>/dev/null || true
    local t=$results/times/input-$name found=missed
    if grep -q google-refresh-token "$results/out"; then found=found; fi
    if [ "$name" = empty ]; then found=–; fi
    awk -v name="$name" -v mb="$(find "$results/inputs/$name" -type f -printf '%s\n' | awk '{ s += $1 } END { print s / 1e6 }')" \
      -v ours="$(median "$t.scopeaudit")" -v peak="$(peak "$t.scopeaudit")" -v status="$(statuses "$t.scopeaudit")" \
      -v found="$found" -v cat="$(median "$t.cat")" 'BEGIN {
        # What was skipped has no rate.
        printf "| %s | %.0f | %.3f | %s | %d | %s | %s | %.3f |\n", name, mb, ours,
          found == "found" ? sprintf("%.0f", mb / ours) : "–", peak, status, found, cat }'
  done
}

# step_audit asks what it costs to look for secrets and needs together. Each run of
# audit is held to the run of scan beside it.
step_audit() {
  local tree name t
  provide
  for tree in "${trees[@]}"; do
    alternate "$(basename "$(dirname "$tree")")-$(basename "$tree")" "$tree" audit scan
  done
  echo '| tree | MB | audit CPU s | scan CPU s | audit ÷ scan, CPU | peak MiB |'
  echo '|---|--:|--:|--:|--:|--:|'
  for tree in "${trees[@]}"; do
    name=$(basename "$(dirname "$tree")")-$(basename "$tree") t=$results/times/$name
    paste -d' ' "$t.audit" "$t.scan" | awk '{ print $4 / $8 }' >"$results/ratios"
    awk -v name="$(basename "$tree")" -v mb="$(find "$tree" -type f -printf '%s\n' | awk '{ s += $1 } END { print s / 1e6 }')" \
      -v audit="$(median "$t.audit" 4)" -v scan="$(median "$t.scan" 4)" -v ratio="$(median "$results/ratios")" -v peak="$(peak "$t.audit")" 'BEGIN {
        printf "| %s | %.0f | %.3f | %.3f | %.2f | %d |\n", name, mb, audit, scan, ratio, peak }'
  done
}

# seconds NAME PHASE appends what the last search said of one of its phases.
seconds() { sed -n "s/^$2: \([0-9.]*\) s.*RssAnon \([0-9]*\) MiB/\1 \2 0 0/p" "$results/out" >>"$results/times/$1.$2"; }

step_history() {
  local dir name i t tool
  [ ${#trees[@]} -gt 0 ] || { say "name repositories: $0 history GITDIR…"; exit 2; }
  go build -trimpath -o "$results/history" ./testdata/bench/history
  for dir in "${trees[@]}"; do
    name=history-$(basename "$(dirname "$dir")")-$(basename "$dir") t=$results/times
    for tool in history search cat-file; do bash -c "$(command_of "$tool" "$dir")" >/dev/null 2>&1 || true; done # warm
    for ((i = 1; i <= runs; i++)); do
      for tool in search cat-file history; do
        [ "$(count "$t/$name.$tool")" -lt "$i" ] || continue
        measure "$name" "$tool" "$dir"
        if [ "$tool" = search ]; then seconds "$name" detection; seconds "$name" attribution; fi
      done
    done
    for tool in log gitleaks-git; do
      [ "$(count "$t/$name.$tool")" -gt 0 ] || measure "$name" "$tool" "$dir"
    done
  done
  echo '| history | detection s | cat-file s | detection ÷ cat-file | attribution s | log --raw -m s | RssAnon MiB | scan s | gitleaks s | gitleaks ÷ detection | gitleaks ÷ scan |'
  echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
  for dir in "${trees[@]}"; do
    name=history-$(basename "$(dirname "$dir")")-$(basename "$dir") t=$results/times/$name
    awk -v name="$(basename "$(dirname "$dir")")" -v detection="$(median "$t.detection")" -v git="$(median "$t.cat-file")" \
      -v attribution="$(median "$t.attribution")" -v log_s="$(median "$t.log")" -v ours="$(median "$t.history")" \
      -v leaks="$(median "$t.gitleaks-git")" -v anon="$(cat "$t.detection" "$t.attribution" | awk '$2 > m { m = $2 } END { print m }')" 'BEGIN {
        printf "| %s | %.2f | %.2f | %.2f | %.2f | %.1f | %d | %.2f | %.1f | %.0f | %.0f |\n",
          name, detection, git, detection / git, attribution, log_s, anon, ours, leaks, leaks / detection, leaks / ours }'
  done
}

printf '%s, %s, %s cores; %s; gitleaks v%s; %s; medians of %s, gitleaks once a tree.\n' "$(date -u +%F)" \
  "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(nproc)" "$(go version | cut -d' ' -f3)" "${gitleaks##*@v}" \
  "$(rg --version | sed -n 1p)" "$runs"
for step in "${steps[@]}"; do
  echo
  "step_$step"
done
