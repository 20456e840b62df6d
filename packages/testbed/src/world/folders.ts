/** A folder and the place where some programs see it. */
export interface SeenFolder {
  readonly folder: string;
  readonly at: string;
}

/** Runs a command that sees the folders at other places, which are made if need be. Everybody else sees what they saw. */
export function seeing(
  folders: readonly SeenFolder[],
  command: readonly string[],
): readonly string[] {
  if (folders.length === 0) return command;
  const script = [
    'set -e',
    'while [ "$1" != -- ]; do mkdir -p "$2"; mount --bind "$1" "$2"; shift 2; done',
    'shift',
    'exec "$@"',
  ].join('\n');
  const own = ['unshare', '--mount', '--uts', '--propagation', 'private', '--'];
  const pairs = folders.flatMap(({ folder, at }) => [folder, at]);
  return [...own, '/bin/sh', '-c', script, 'sh', ...pairs, '--', ...command];
}
