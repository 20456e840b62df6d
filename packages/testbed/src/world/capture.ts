import { setTimeout as delay } from 'node:timers/promises';
import type { Launcher } from './program.ts';

/** What tcpdump is to look at, and further options for it. */
export interface CaptureOptions {
  readonly device: string;
  readonly filter: string;
  /** Default: what comes in, without the link-level header. */
  readonly flags?: readonly string[];
}

/** Lines about the packets that tcpdump sees while `action` runs and for half a second after. */
export async function captured(
  launcher: Launcher,
  { device, filter, flags = ['-Q', 'in'] }: CaptureOptions,
  action: () => Promise<unknown>,
): Promise<string[]> {
  const tcpdump = launcher.program([
    'tcpdump',
    '-Z',
    'root',
    '-i',
    device,
    '-n',
    '-l',
    ...flags,
    filter,
  ]);
  let lines = '';
  await new Promise<void>((resolve, reject) => {
    let errors = '';
    tcpdump.onOutput((stream, data) => {
      if (stream === 'stdout') {
        lines += data.toString();
        return;
      }
      errors += data.toString();
      if (errors.includes('listening on')) resolve();
    });
    tcpdump.exited.then(
      () => reject(new Error(`tcpdump ended; filter ${filter}: ${errors}`)),
      reject,
    );
  });
  await action();
  await delay(500);
  tcpdump.kill('SIGINT');
  await tcpdump.exited;
  return lines.split('\n').filter(line => line !== '');
}
