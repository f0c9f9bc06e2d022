# Debian's source packages, of the hosts that this machine knows, on lists of their own. To be read by a shell script, which
# sets lists to a folder first.

# The lists as they are now.
update_lists() {
    mkdir -p "$lists/lists/partial" "$lists/parts"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
        [ -e "$file" ] || continue
        sed 's/^Types: .*/Types: deb-src/; s/^deb /deb-src /' "$file" >"$lists/parts/$(basename "$file")"
    done
    on_lists apt-get -o APT::Update::Error-Mode=any -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 update -qq
}

# Runs apt-get or apt-cache on them.
on_lists() {
    command=$1
    shift
    "$command" -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$lists/parts" -o "Dir::State::Lists=$lists/lists" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@"
}
