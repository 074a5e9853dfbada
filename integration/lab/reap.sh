# Removes the lab $1, whose directory is $2, as soon as its standard input ends: when its owner closes the pipe or dies.
cat >/dev/null
for file in "/run/netns/$1-"*; do
	[ -e "$file" ] || continue
	name=${file##*/}
	tries=0
	while pids=$(ip netns pids "$name" 2>/dev/null) && [ -n "$pids" ] && [ $tries -lt 500 ]; do
		kill -KILL $pids 2>/dev/null
		sleep 0.05
		tries=$((tries + 1))
	done
	[ -z "$pids" ] || echo "processes $pids in namespace $name do not die" >&2
	ip netns delete "$name" || [ ! -e "$file" ]
done
rm -rf "$2"
