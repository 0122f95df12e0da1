# shellcheck shell=sh disable=SC1007,SC2015,SC2034,SC2154,SC3045
# What the hooks share. The installer puts this text into each of them, so that each is one file.
#
# Whoever changes this: git waits for it. Builtins only, unless something is to be written; nothing
# that can fail a shell as a whole (no redirection on `:`, no arithmetic with what was read); no
# file is opened before a test has told that it is a plain one, since a FIFO would hang.

# The git directory of this work tree (G), that of the repository (C), and our state in both.
naturecode_find() {
  [ "${NATURECODE-}" != 0 ] || return 1
  G=${GIT_DIR-}
  if [ -z "$G" ] && [ -d .git ]; then
    G=.git
  elif [ -z "$G" ] && [ -f .git ]; then
    IFS= read -r G <.git
    case $G in
      'gitdir: '*) G=${G#gitdir: } ;;
      *) G= ;;
    esac
  fi
  if [ -z "$G" ] || ! [ -f "$G/HEAD" ]; then
    G=$(git rev-parse --git-dir) || return 1
  fi
  C=$G
  if [ -f "$G/commondir" ]; then
    IFS= read -r C <"$G/commondir"
    case $C in
      /* | [A-Za-z]:*) ;;
      *) C=$G/$C ;;
    esac
  fi
  mine=$G/naturecode ours=$C/naturecode
  [ -d "$ours" ] || return 1
  [ -f "$program" ] && [ -x "$program" ] || program=$(command -v git-naturecode)
}

# The first line of the plain file $1 in `line`. A shell of its own reads it, so that a file that is
# huge by accident costs a second.
naturecode_read() {
  line=
  [ -f "$1" ] || return 1
  line=$(
    ulimit -t 1
    IFS= read -r line <"$1"
    printf %s "$line"
  )
}

# True when $1 is the id of a session; nothing else goes into a message or the queue.
naturecode_is_session() {
  case $1 in
    session-????????-????????) ;;
    *) return 1 ;;
  esac
  rest=${1#session-}
  case ${rest%-*} in
    *[!0123456789]*) return 1 ;;
  esac
  case ${rest#*-} in
    *[!0123456789abcdefghjkmnpqrstvwxyz]*) return 1 ;;
  esac
}

# True when $1 is an object id.
naturecode_is_oid() {
  case $1 in
    *[!0123456789abcdef]*) return 1 ;;
  esac
  [ ${#1} = 40 ] || [ ${#1} = 64 ]
}

# The seconds since the epoch in `now`.
naturecode_clock() {
  now=$(date +%s)
}

# The commit that HEAD names in `oid`, from the files where git keeps it in files.
naturecode_head() {
  oid= name=
  [ -f "$G/HEAD" ] && IFS= read -r name <"$G/HEAD"
  case $name in
    'ref: refs/heads/'*) [ -f "$C/${name#ref: }" ] && IFS= read -r oid <"$C/${name#ref: }" ;;
    *) oid=$name ;;
  esac
  naturecode_is_oid "$oid" || oid=$(git rev-parse -q --verify HEAD) && naturecode_is_oid "$oid"
}

# True while the sequencer writes commits that somebody made before.
naturecode_is_rewriting() {
  [ -d "$G/rebase-merge" ] || [ -d "$G/rebase-apply" ]
}

# True when the queue can be appended to without waiting for anybody.
naturecode_queue() {
  queue=$ours/queue
  [ -f "$queue" ] || { ! [ -e "$queue" ] && ! [ -h "$queue" ]; }
}

# Has `git-naturecode -C $1 ...` started when the hook has done the rest.
naturecode_start() {
  [ "${NATURECODE_BACKGROUND-}" != 0 ] || return
  naturecode_top=$(CDPATH='' cd -- "$1" && pwd -P) || return
  shift
  naturecode_then=$*
}

# Starts it, detached: it holds nothing of ours, and is told nothing but where. Not from within the
# hook, whose shell keeps the output that it will have again open, and would hand it on.
naturecode_detach() (
  trap '' HUP
  unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_PREFIX GIT_OBJECT_DIRECTORY \
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_NAMESPACE GIT_QUARANTINE_PATH GIT_EDITOR \
    GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT
  # Git hands on what it talks with to the other side.
  exec </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- || exit
  cd / || exit
  # shellcheck disable=SC2086
  "$program" -C "$naturecode_top" $naturecode_then &
)

# Has the folder `.naturecode/` follow HEAD, where branches track files in it or it is not there yet.
naturecode_follow() {
  ! naturecode_is_rewriting && [ -d "$ours/folders" ] || return
  state=$ours/folders/main/state
  [ "$C" = "$G" ] || state=$ours/folders/tree-${G##*/}/state
  naturecode_read "$state"
  case $line in
    *'"head": ""'*) ;;
    *) naturecode_start . background ;;
  esac
}

# Runs the hook. Whatever becomes of ours, the exit code is that of the hook that was here before.
naturecode_run() {
  trap 'exit "${naturecode_code:-0}"' 0
  naturecode_then=
  naturecode_hook "$@" >/dev/null 2>&1
  [ -z "$naturecode_then" ] || naturecode_detach
  trap - 0
  [ "${naturecode_code:-0}" = 0 ] || exit "$naturecode_code"
}
