import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** A router as `listRouters` shows it. */
export interface ShellTarget {
  readonly id: string;
  readonly address: string;
}

const port = 3922;

/** Opens ssh to a router's control address with the installation's key, in this terminal. Gives its exit code. */
export function openRouterShell(
  home: string,
  target: ShellTarget,
  words: readonly string[],
): Promise<number> {
  const options = [
    `UserKnownHostsFile=${join(home, 'run/known_hosts')}`,
    // Control addresses are used again; each router has a host key of its own.
    `HostKeyAlias=${target.id}`,
    'StrictHostKeyChecking=accept-new',
    'IdentitiesOnly=yes',
    'LogLevel=ERROR',
  ].flatMap(option => ['-o', option]);
  const key = join(home, 'ssh/id_ed25519');
  const args = ['-i', key, '-p', String(port), ...options, `root@${target.address}`, ...words];
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  });
}
