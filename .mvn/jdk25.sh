# Sourced by ./podpath and .ci/run: finds a JDK 25 without starting one.

# Prints what a path leads to after all symbolic links (readlink -f is missing on older systems).
resolve_links() {
  resolved=$1
  while [ -L "$resolved" ]; do
    link=$(readlink "$resolved")
    case $link in
      /*) resolved=$link ;;
      *) resolved=$(dirname "$resolved")/$link ;;
    esac
  done
  printf '%s\n' "$resolved"
}

# Succeeds if $1 is the home of a JDK 25, and leaves its full version in jdk_version.
is_jdk25() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  jdk_version=
  while IFS= read -r release_line; do
    case $release_line in
      JAVA_VERSION=\"25 | JAVA_VERSION=\"25[!0-9]*) jdk_version="$jdk_version $release_line" ;;
      JAVA_RUNTIME_VERSION=* | IMPLEMENTOR_VERSION=*) jdk_version="$jdk_version $release_line" ;;
    esac
  done <"$1/release"
  case $jdk_version in *" JAVA_VERSION="*) ;; *) return 1 ;; esac
}

# Leaves the home in jdk_home, or fails.
find_jdk25() {
  jdk_home=${JAVA_HOME:-}
  [ -n "$jdk_home" ] && is_jdk25 "$jdk_home" && return

  if path_java=$(command -v java); then
    path_java=$(resolve_links "$path_java")
    jdk_home=${path_java%/bin/java}
    is_jdk25 "$jdk_home" && return
  fi

  for jdk_home in /usr/lib/jvm/*25* /usr/java/*25* /opt/*25* /opt/java/*25* \
    /opt/java/openjdk /usr/local/*jdk*25* \
    "${HOME:-}"/.sdkman/candidates/java/25* "${HOME:-}"/.jdks/*25* "${HOME:-}"/.m2/jdks/*25* \
    "${HOME:-}"/.local/share/mise/installs/java/*25* "${HOME:-}"/.asdf/installs/java/*25* \
    /opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home \
    /Library/Java/JavaVirtualMachines/*25*/Contents/Home; do
    is_jdk25 "$jdk_home" && return
  done

  if [ -x /usr/libexec/java_home ] && jdk_home=$(/usr/libexec/java_home -v 25 2>/dev/null); then
    is_jdk25 "$jdk_home" && return
  fi
  return 1
}
