/** The process groups that this process has started and that are not known to have ended. */
const living = new Map<number, NodeJS.Signals>();

/** Signals every process of the group; nothing happens when none is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // the group is gone already
  }
}

/** Notes a started group, which gets the signal should this process end before it. */
export function noteGroup(pid: number, abandonSignal: NodeJS.Signals): void {
  living.set(pid, abandonSignal);
}

/** To be called when the leader of the group has ended; ends what it left behind. */
export function forgetGroup(pid: number): void {
  living.delete(pid);
  signalGroup(pid, 'SIGKILL');
}

/** Kills every group that this process started and still has. */
export function killAll(): void {
  for (const pid of living.keys()) signalGroup(pid, 'SIGKILL');
}

process.on('exit', () => {
  for (const [pid, signal] of living) signalGroup(pid, signal);
});
