#!/bin/bash
# Installs what the integration tests and the demo need on a Debian 12 machine, as root. Safe to run again, and quick
# when nothing is missing. Arguments choose parts; all by default:
#
#   frr84      FRR 8.4, this Debian's own
#   frr103     FRR 10.3, in a tree of Debian 13 under ${K8FRR_CACHE:-/var/cache/k8frr}/trixie
#   upstreams  BIRD 2 and GoBGP, the other ends of BGP sessions
#   etcd       for a real kube-apiserver
set -euo pipefail

cache=${K8FRR_CACHE:-/var/cache/k8frr}
export DEBIAN_FRONTEND=noninteractive

# install PACKAGE...: those that are missing.
install() {
	local missing=()
	for package; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "setup: installing ${missing[*]}"
	(
		# Services that a package would start have no business here; the tests start their own.
		policy=/usr/sbin/policy-rc.d
		if [ ! -e $policy ]; then
			trap 'rm -f $policy' EXIT
			printf '#!/bin/sh\nexit 101\n' >$policy
			chmod +x $policy
		fi
		apt-get -qq update
		apt-get -qq -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}"
	)
}

# stop SERVICE DAEMON: should it run, from an installation before ours.
stop() {
	pgrep -x "$2" --ns $$ --nslist net >/dev/null || return 0
	echo "setup: stopping $1"
	service "$1" stop || true
}

tools() { install ca-certificates iproute2 iputils-ping procps util-linux jq python3; }

frr84() {
	install frr frr-pythontools
	stop frr watchfrr
}

upstreams() {
	install bird2 gobgpd
	stop bird bird
	stop gobgpd gobgpd
}

etcd() {
	install etcd-server
	stop etcd etcd
}

# The tree is built beside its place and moved there when it is whole, so a tree that is there is a good one.
frr103() {
	install debootstrap
	getent group frrvty >/dev/null || groupadd --system frrvty
	getent passwd frr >/dev/null || useradd --system --user-group --groups frrvty --home-dir /nonexistent --shell /usr/sbin/nologin frr
	[ ! -x "$cache/trixie/usr/lib/frr/mgmtd" ] || return 0
	mkdir -p "$cache"
	(
		flock 9
		[ ! -x "$cache/trixie/usr/lib/frr/mgmtd" ] || exit 0 # another run made it meanwhile
		echo "setup: building a Debian 13 tree with FRR 10.3 in $cache/trixie (about a minute)"
		rm -rf "$cache"/trixie.new "$cache"/trixie
		# In a mount namespace of its own: whatever happens, nothing stays mounted here.
		unshare --mount --propagation private bash -euo pipefail -c "$(declare -f build_tree); build_tree $cache/trixie.new" \
			>"$cache/trixie.log" 2>&1 || {
			tail -n 30 "$cache/trixie.log" >&2
			echo "setup: the Debian 13 tree could not be built; the whole log is $cache/trixie.log" >&2
			exit 1
		}
		mv "$cache/trixie.new" "$cache/trixie"
	) 9>"$cache/lock"
}

build_tree() {
	local tree=$1
	debootstrap --variant=minbase --include=ca-certificates trixie "$tree"
	printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
	chmod +x "$tree/usr/sbin/policy-rc.d"
	for file in /etc/resolv.conf /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/*Proxy*; do
		[ ! -e "$file" ] || cp -L "$file" "$tree$file"
	done
	mount -t proc proc "$tree/proc"
	mount --rbind /dev "$tree/dev"
	chroot "$tree" apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends frr frr-pythontools iproute2
	chroot "$tree" apt-get clean
}

[ "$(id -u)" = 0 ] || { echo "setup: must run as root" >&2; exit 1; }
[ $# -gt 0 ] || set -- frr84 frr103 upstreams etcd
tools
for part; do
	case $part in
	frr84 | frr103 | upstreams | etcd) $part ;;
	*) echo "setup: no part is called $part; there are frr84 frr103 upstreams etcd" >&2; exit 2 ;;
	esac
done
