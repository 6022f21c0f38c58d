#!/bin/bash
# The part of tests/systemd.sh that runs inside, as root: systemd_inside.sh before|after (an upgrade)|package.
set -euo pipefail
unit=/etc/systemd/system/tocsin.service
state=/var/lib/tocsin

say() { printf 'systemd: %s\n' "$*"; }
fail() { say "FAILED: $*"; journalctl -u tocsin -u probe -n 20 --no-pager -q; exit 1; }
property() { systemctl show -P "$1" tocsin; }
answers() {
    for ((i = 0; i < 100; i++)); do
        ! tocsin -q owners >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    fail "no answer"
}

# as_unit SCRIPT: a script of perl or bash under the properties of the unit, what it printed into $said.
as_unit() {
    sed -e '/^Restart/d; /^OOMPolicy/d; s/^Type=.*/Type=oneshot/; /^\[Install/,$d' \
        -e "s#^ExecStart=.*#ExecStart=$1 $state/probe\nStandardOutput=file:/run/probe.out#" \
        "$unit" >/run/systemd/system/probe.service
    cat >"$state/probe"
    chmod 644 "$state/probe"
    systemctl daemon-reload
    : >/run/probe.out
    systemctl start probe || fail "the probe"
    said=$(cat /run/probe.out)
    rm "$state/probe"
}
# want WHAT EXPECTED: what the probe said.
want() { [ "$said" = "$2" ] || fail "$1: $said"; say "$1"; }

sandbox() {
    local main field
    main=$(property MainPID)
    for field in 'CapEff:.0+' 'CapBnd:.0+' 'CapPrm:.0+' 'NoNewPrivs:.1' 'Seccomp:.2' 'Umask:.0077'; do
        grep -qxE "$field" "/proc/$main/status" || fail "$field of process $main"
    done
    grep -qvE '^Uid:.0' <(grep '^Uid' "/proc/$main/status") || fail "it is root"
    ! grep -q 'rwx' "/proc/$main/maps" || fail "memory that is written and executed"
    [ "$(stat -c %a $state/.)" = 700 ] || fail "mode of $state"
    say "no capabilities, no new privileges, a filter of system calls, no memory that is written and executed"
    : >/tmp/of_others
    as_unit /bin/bash <<'END'
for folder in / /etc /usr/local /root /home /run /run/lock /var /var/lib/private /var/log /var/cache \
    /dev /dev/shm /dev/mqueue /sys /sys/fs/cgroup /proc /proc/self/task /boot /opt /srv; do
    if : 2>/dev/null >"$folder/probe"; then echo "$folder can be written"; fi
done
awk '$6 ~ /^rw/ && $5 !~ "^/(proc|tmp|var/tmp|dev/pts|var/lib/private/tocsin)$" {print $5 " is mounted rw"}' \
    /proc/self/mountinfo
[ -z "$(ls -A /tmp /var/tmp | grep -v :)$(ls -A /home /root 2>/dev/null)" ] || echo "/tmp, /home or /root are others'"
[ ! -e /proc/1/status ] && [ ! -e /proc/meminfo ] || echo "other processes are seen"
: >/var/lib/tocsin/probe.mine || echo "the state directory cannot be written"
rm -f /var/lib/tocsin/probe.mine
END
    want "nothing can be written but the state directory and a /tmp of its own" ""
    as_unit /usr/bin/perl <<'END'
# Number and name of a call, and arguments with which it would do something.
my %calls = (mmap => [9, 0, 4096, 7, 0x22, -1, 0], unshare => [272, 0x10000000], personality => [135, 8],
    ptrace => [101, 0, 0, 0, 0], mount => [165, 0, 0, 0, 0, 0], chown => [92, 0, 0, 0], bpf => [321, 0, 0, 0],
    keyctl => [250, 0, 0], setuid => [105, 0], reboot => [169, 0, 0, 0, 0], swapon => [167, 0, 0]);
for my $name (sort keys %calls) {
    my ($number, @with) = @{$calls{$name}};
    $! = 0;
    print "$name: $!\n" unless syscall($number, @with) == -1 && $!{EPERM};
}
for my $family (3, 16, 17, 40) {
    print "sockets of family $family\n" if socket(my $socket, $family, 3, 0);
}
END
    want "refused: writable memory made executable, namespaces, ptrace, mount, bpf, other kinds of sockets" ""
    as_unit /bin/bash <<'END'
# Nobody listens there: without the filter the answer is a refusal at once, with it there is none.
: </dev/tcp/127.0.0.1/8080 && echo reached
timeout 2 bash -c ': </dev/tcp/192.0.2.1/8080' || echo "status $?"
END
    want "the loopback is reached, other addresses are not" $'reached\nstatus 124'
}

before() {
    bash -euo pipefail commands >commands.out 2>&1 || { cat commands.out; fail "a command of docs/operations.md"; }
    eval "$(sed -n '/^as_tocsin()/,/^}/p' commands)"
    secrets=$(sed -n 's/^api_secret_key = //p' tc.conf; sed -nE 's/^secret +([0-9a-f]{64})$/\1/p' commands.out)
    [ "$(wc -l <<<"$secrets")" = 2 ] || fail "two secrets are expected"
    systemctl start tocsin
    answers
    [ "$(systemctl is-active tocsin) $(systemctl is-enabled tocsin)" = "active enabled" ] || fail "not active"
    say "installed, started and answering as docs/operations.md says"
    sandbox

    systemctl kill --kill-whom=main --signal=KILL tocsin
    answers
    [ "$(property NRestarts)" = 1 ] || fail "not started again"
    as_tocsin check intel.db
    say "kill -9: started again"

    # Whatever was acknowledged while the service was restarted and killed has to be there.
    (for ((i = 0; ; i++)); do
        ! tocsin -q create indicator "10.1.$((i / 250)).$((i % 250))" >/dev/null 2>&1 ||
            echo "10.1.$((i / 250)).$((i % 250))" >>acknowledged
    done) &
    load=$!
    for action in restart 'kill --kill-whom=main --signal=KILL' restart; do
        sleep 2
        # shellcheck disable=SC2086
        systemctl $action tocsin
        answers
    done
    sleep 1
    kill $load
    wait $load 2>/dev/null || true
    answers
    [ -z "$(tocsin -q lookup --file acknowledged --unknown --format list)" ] || fail "something was lost"
    as_tocsin check intel.db
    say "two restarts and a kill -9 under load: all of $(wc -l <acknowledged) acknowledged indicators are there"

    began=$SECONDS
    systemctl stop tocsin
    [ "$(property Result) $(property ExecMainStatus)" = "success 0" ] || fail "stop"
    say "stopped after $((SECONDS - began)) s with exit status 0"
    journalctl --sync
    [ "$(journalctl -u tocsin -o cat -q | grep -c '^listening on ')" -ge 5 ] || fail "the journal"
    ! journalctl -q -o export | grep -qF "$secrets" || fail "a secret is in the journal"
    say "the journal has the starts and stops, and no secret"

    mv $state/intel.db away
    systemctl start tocsin || true
    sleep 5
    [ "$(property ActiveState) $(property NRestarts)" = "failed 0" ] || fail "starts again and again"
    mv away $state/intel.db
    say "without a store: failed, and not tried again"
    sha256sum $state/intel.db $unit tc.conf >sums
}

after() {
    sha256sum --quiet -c sums || fail "the upgrade changed something"
    systemctl start tocsin
    answers
    [ -z "$(tocsin -q lookup --file acknowledged --unknown --format list)" ] || fail "something was lost"
    say "upgrade: store, unit and settings are the same"

    mkdir -p /etc/tocsin "$unit.d"
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=IP:192.0.2.1 \
        -keyout /etc/tocsin/key.pem -out /etc/tocsin/cert.pem 2>/dev/null
    (echo '[Service]'; sed -n 's/^#   //p' "$unit" | grep -v '^and '; echo IPAddressAllow=192.0.2.0/24) >"$unit.d/tls.conf"
    systemctl daemon-reload
    systemctl restart tocsin || fail "the drop-in for TLS"
    for ((i = 0; i < 100; i++)); do
        tocsin -q --api https://192.0.2.1:8443/api --ca-file /etc/tocsin/cert.pem owners >tls 2>&1 && break
        sleep 0.1
    done
    grep -q Acme tls || fail "TLS: $(cat tls)"
    say "with the drop-in for TLS: answers beyond the loopback"

    systemctl disable --now tocsin 2>/dev/null
    rm -r "$unit" "$unit.d"
    systemctl daemon-reload
    tocsin check $state/intel.db
    say "removed: the store is still there, and sound"
}

# The Debian package beside the store that is there: it starts nothing by itself, goes on with what ran,
# and deletes nothing.
package() {
    dpkg -i package/tocsin_*.deb >dpkg 2>&1 || fail "the package: $(cat dpkg)"
    [ "$(command -v tocsin)" = /usr/bin/tocsin ] || fail "the program of the package is not the one that runs"
    [ "$(property FragmentPath)" = /lib/systemd/system/tocsin.service ] || fail "$(property FragmentPath)"
    [ "$(property ActiveState)" = inactive ] || fail "the package has started the server"
    systemctl enable --now tocsin 2>/dev/null
    answers
    local before
    before=$(property MainPID)
    dpkg -i package/tocsin_*.deb >dpkg 2>&1 || fail "the same package again: $(cat dpkg)"
    [ "$(property ActiveState)" = active ] && [ "$(property MainPID)" != "$before" ] || fail "not restarted"
    answers
    for how in --remove --purge; do
        dpkg $how tocsin >dpkg 2>&1 || fail "$how: $(cat dpkg)"
        ! systemctl is-active --quiet tocsin || fail "$how leaves the server running"
        [ -s $state/intel.db ] || fail "$how deletes the store"
    done
    say "Debian package: installed, upgraded under a running server, removed and purged; the store is there"
}

"$1"
