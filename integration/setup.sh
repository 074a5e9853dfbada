#!/bin/bash
# Installs what the integration tests and the demo need on a Debian 12 machine, as root. Safe to run again, and quick
# when nothing is missing. Arguments choose parts; all by default:
#
#   frr84      FRR 8.4, this Debian's own
#   frr103     FRR 10.3, in a tree of Debian 13 under ${K8FRR_CACHE:-/var/cache/k8frr}/trixie
#   frr107     FRR 10.7, in a tree of Debian testing under ${K8FRR_CACHE:-/var/cache/k8frr}/testing (only if named, as by make test)
#   upstreams  BIRD 2 and GoBGP, the other ends of BGP sessions
#   etcd       for a real kube-apiserver
#   monitoring promtool, which checks metrics and alerts
#   vm         QEMU and a kernel with dummy and VRF devices, under ${K8FRR_CACHE:-/var/cache/k8frr}/vm
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

tools() { install ca-certificates iproute2 iputils-ping nftables procps util-linux jq python3 tmux; }

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

monitoring() {
	install prometheus
	stop prometheus prometheus
}

frr103() { tree trixie "Debian 13" "FRR 10.3"; }
frr107() { tree testing "Debian testing" "FRR 10.7"; }

# tree SUITE NAME CONTENT. The tree is built beside its place and moved there when it is complete, so a tree that exists
# is a good one.
tree() {
	local suite=$1 name=$2 content=$3
	install debootstrap
	getent group frrvty >/dev/null || groupadd --system frrvty
	getent passwd frr >/dev/null || useradd --system --user-group --groups frrvty --home-dir /nonexistent --shell /usr/sbin/nologin frr
	[ ! -x "$cache/$suite/usr/lib/frr/mgmtd" ] || return 0
	mkdir -p "$cache"
	(
		flock 9
		[ ! -x "$cache/$suite/usr/lib/frr/mgmtd" ] || exit 0 # another run made it meanwhile
		echo "setup: building a $name tree with $content in $cache/$suite (about a minute)"
		rm -rf "$cache/$suite.new" "${cache:?}/$suite"
		# In a mount namespace of its own: whatever happens, nothing stays mounted here.
		unshare --mount --propagation private bash -euo pipefail -c "$(declare -f build_tree); build_tree $suite $cache/$suite.new" \
			>"$cache/$suite.log" 2>&1 || {
			tail -n 30 "$cache/$suite.log" >&2
			echo "setup: the $name tree could not be built; the whole log is $cache/$suite.log" >&2
			exit 1
		}
		mv "$cache/$suite.new" "$cache/$suite"
	) 9>"$cache/lock"
}

# build_tree SUITE DIRECTORY makes the tree itself.
build_tree() {
	local suite=$1 tree=$2
	debootstrap --variant=minbase --include=ca-certificates "$suite" "$tree"
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

# A kernel for emulated machines. Their files are this machine's, so the other parts are theirs too.
vm() {
	install qemu-system-x86 kmod xz-utils
	mkdir -p "$cache"
	local recipe
	recipe=$(declare -f build_kernel | sha256sum)
	(
		flock 9
		[ "$(cat "$cache/vm/recipe" 2>/dev/null)" != "$recipe" ] || exit 0
		echo "setup: fetching a kernel into $cache/vm"
		rm -rf "$cache"/vm.new "$cache"/vm
		mkdir "$cache/vm.new"
		(cd "$cache/vm.new" && bash -euo pipefail -c "$(declare -f build_kernel); build_kernel") >"$cache/vm.log" 2>&1 || {
			tail -n 30 "$cache/vm.log" >&2
			echo "setup: the kernel for virtual machines could not be prepared; the whole log is $cache/vm.log" >&2
			exit 1
		}
		echo "$recipe" >"$cache/vm.new/recipe"
		mv "$cache/vm.new" "$cache/vm"
	) 9>"$cache/lock"
}

# build_kernel makes, in the working directory: vmlinux, the kernel unpacked, since an emulated processor takes 4 s for
# that; lib/modules/RELEASE, those of its modules that a network may need; and boot, the paths of those that the machine
# needs before it can see its files, each after those that it needs itself.
build_kernel() {
	local package release
	apt-get -qq update
	package=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
	release=${package#linux-image-}
	apt-get -qq -o APT::Sandbox::User=root download "$package"
	dpkg -x "$package"_*.deb package

	# The compressed kernel lies in vmlinuz behind the code that unpacks it; what follows it is not xz's.
	local vmlinuz=package/boot/vmlinuz-$release start
	IFS=: read -r start _ < <(LC_ALL=C grep -aobm1 -P '\xfd7zXZ\x00' "$vmlinuz")
	tail -c "+$((start + 1))" "$vmlinuz" | xz -dcq --single-stream >vmlinux || true
	[ "$(head -c 4 vmlinux | tail -c 3)" = ELF ]

	local from=package/lib/modules/$release to=lib/modules/$release part
	mkdir -p "$to/kernel"
	for part in arch crypto lib net fs/9p fs/fscache fs/netfs fs/fuse fs/overlayfs drivers/virtio drivers/char drivers/net; do
		mkdir -p "$(dirname "$to/kernel/$part")"
		mv "$from/kernel/$part" "$to/kernel/$part"
	done
	rm -r "$to"/kernel/drivers/net/{ethernet,wireless}
	mv "$from"/modules.{builtin,builtin.modinfo,order} "$to"
	depmod -b . "$release"
	modprobe -d . -S "$release" --show-depends -a virtio_pci virtio_console 9pnet_virtio 9p overlay |
		sed -n 's,^insmod .*/\(lib/modules/.*\.ko\) *$,\1,p' | awk '!seen[$0]++' >boot
	[ -s boot ]
	rm -r package "$package"_*.deb
}

[ "$(id -u)" = 0 ] || { echo "setup: must run as root" >&2; exit 1; }
[ $# -gt 0 ] || set -- frr84 frr103 upstreams etcd monitoring vm
tools
for part; do
	case $part in
	frr84 | frr103 | frr107 | upstreams | etcd | monitoring | vm) $part ;;
	*) echo "setup: no part is called $part; there are frr84 frr103 frr107 upstreams etcd monitoring vm" >&2; exit 2 ;;
	esac
done
