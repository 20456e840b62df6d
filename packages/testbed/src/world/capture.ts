import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Packets on a place's eth0 that match `filter` while `action` runs and for half a second after. `pid` names the namespace. */
export async function captured(
  prefix: readonly string[],
  filter: string,
  action: () => Promise<unknown>,
): Promise<string[]> {
  const [file = '', ...rest] = prefix;
  const child = spawn(file, [...rest, 'tcpdump', '-i', 'eth0', '-n', '-l', '-Q', 'in', filter], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lines = '';
  child.stdout.on('data', (data: Buffer) => {
    lines += data.toString();
  });
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (data: Buffer) => {
      if (data.toString().includes('listening on')) resolve();
    });
    child.once('exit', () => reject(new Error(`tcpdump ended; filter ${filter}`)));
  });
  await action();
  await delay(500);
  child.kill('SIGINT');
  await exited;
  return lines.split('\n').filter(line => line !== '');
}
