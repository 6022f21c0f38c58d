#!/bin/bash
# tests/systemd.sh ROOT [BUILD] - boots systemd in namespaces on a Debian in the folder ROOT, runs the
# commands that docs/operations.md has under "Under systemd", and looks that the unit does what is said:
# sandbox, restart after kill -9, a restart under load, upgrade, TLS, removal, Debian package. For x86-64.
# By hand, and as root: it needs debootstrap and util-linux, and the mirror once, as long as ROOT is empty.
# BUILD is an installable build, build/release unless given. ROOT is kept for the next time.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$(realpath -m "${1:?usage: tests/systemd.sh ROOT [BUILD]}")
build=${2:-build/release}
group=tocsin-trial
controllers="cpu cpuacct blkio memory devices pids"
libraries=libcurl4,libssl3,libpcre2-8-0,libidn2-0,libpsl5,libsqlite3-0,libmicrohttpd12,zlib1g,ca-certificates

# First process of the namespaces: the mounts of a container, then systemd.
boot() {
    local name node
    for name in /sys/fs/cgroup /sys/fs/cgroup/*; do
        [ ! -d "$name/$group" ] || echo 0 >"$name/$group/cgroup.procs"
    done
    mount --bind "$root" "$root"
    cd "$root"
    mount -t proc proc proc
    mount --bind proc/sys proc/sys
    mount -o remount,bind,ro proc/sys
    mount -t sysfs -o ro sysfs sys
    mount -t tmpfs -o mode=755 tmpfs dev
    for node in null:3 zero:5 full:7 random:8 urandom:9; do
        mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"
    done
    mkdir dev/pts dev/shm
    mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    mount -t tmpfs -o mode=1777 tmpfs dev/shm
    mount -t tmpfs -o mode=755 tmpfs run
    mount -t tmpfs -o mode=1777 tmpfs tmp
    ip link set lo up
    ip address add 192.0.2.1/32 dev lo
    # The control groups are mounted in a namespace of their own, so this is the root of them.
    # shellcheck disable=SC2016
    exec unshare --cgroup "$BASH" -euc '
        if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
            mount -t cgroup2 cgroup2 sys/fs/cgroup
        else
            mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
            for name in $1; do
                mkdir sys/fs/cgroup/$name
                mount -t cgroup -o $name $name sys/fs/cgroup/$name
            done
            mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
            mount -t cgroup -o none,name=systemd systemd sys/fs/cgroup/systemd
            mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
        fi
        pivot_root . .
        umount -l .
        mount --make-rshared /
        cd /
        exec env -i container=tocsin PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --system' \
        boot "$controllers"
}

if [ "${TOC_BOOT:-}" = yes ]; then
    boot
fi
[ "$(id -u)" = 0 ] || { echo "systemd.sh: only root can do this" >&2; exit 2; }
[ -e "$root/usr/bin/systemctl" ] || debootstrap --variant=minbase \
    --include=systemd,systemd-sysv,dbus,curl,openssl,procps,$libraries bookworm "$root" >"$root.log"
install_into_root() {
    DESTDIR=$root cmake --install "$build" --prefix /usr/local >/dev/null
}
install_into_root
# What is left of the trial before, then what an administrator types, and what looks at it.
rm -rf "$root"/{etc/systemd/system/tocsin.service*,var/lib/{private/,}tocsin,root/*,var/log/journal/*}
awk '/^## /{on = /Under systemd/} /^```$/{sh = 0} on && sh; on && /^```sh$/{sh = 1}' \
    docs/operations.md >"$root/root/commands"
cp tests/systemd_inside.sh "$root/root/"

groups=("/sys/fs/cgroup/$group")
if [ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ]; then
    groups=()
    for name in $controllers systemd unified; do
        groups+=("/sys/fs/cgroup/$name/$group")
    done
fi
mkdir -p "${groups[@]}"
TOC_BOOT=yes setsid unshare --fork --kill-child --pid --mount --uts --ipc --net \
    "$BASH" "$0" "$root" </dev/null >"$root.log" 2>&1 &
outer=$!
finish() {
    kill -KILL "$outer" 2>/dev/null || true
    wait "$outer" 2>/dev/null || true
    sleep 1
    for name in "${groups[@]}"; do
        find "$name" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
}
trap finish EXIT
inside() {
    nsenter --target "$first" --mount --uts --ipc --net --pid --root --wdns=/root \
        env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin HOME=/root LC_ALL=C.UTF-8 "$@"
}
for ((i = 0; i < 300; i++)); do
    first=$(pgrep -P "$outer" || true)
    [ -z "$first" ] || ! inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' || break
    sleep 0.2
done
inside bash systemd_inside.sh before
install_into_root
inside bash systemd_inside.sh after
rm -r "$root"/usr/local/{bin,lib,share,include}/*
tools/make-package "$build" "$root/root/package" >/dev/null
inside bash systemd_inside.sh package
