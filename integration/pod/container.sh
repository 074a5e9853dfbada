# Runs a command as a container runtime would run it, in namespaces that it has to itself but for the network:
# container.sh DIRECTORY BASE LAYER UID GID CAPABILITIES VOLUMES READONLY COMMAND..., with
# CAPABILITIES as setpriv has them ("-all,+net_raw") and VOLUMES "FROM:AT FROM:AT". The root is LAYER over BASE.
# What a runtime does besides and this does not: a seccomp filter, cgroups.
set -eu
dir=$1 base=$2 layer=$3 uid=$4 gid=$5 capabilities=$6 volumes=$7 readonly=$8
shift 8
mount -t tmpfs container "$dir"
mkdir "$dir/work" "$dir/root"
cp -a "$layer" "$dir/upper" # a copy: what is below / itself cannot be a layer over it
root=$dir/root
mount -t overlay -o "lowerdir=$base,upperdir=$dir/upper,workdir=$dir/work" container "$root"
mkdir -p "$root/proc" "$root/dev" "$root/sys"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t tmpfs -o nosuid,mode=755 dev "$root/dev"
for device in null zero full random urandom tty; do
	: >"$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
for volume in $volumes; do
	mkdir -p "$root${volume#*:}"
	mount --bind "${volume%%:*}" "$root${volume#*:}"
done
[ "$readonly" != true ] || mount -o remount,ro "$root"
exec chroot "$root" /usr/bin/setpriv --reuid "$uid" --regid "$gid" --init-groups --inh-caps=-all \
	--bounding-set="$capabilities" --no-new-privs "$@"
