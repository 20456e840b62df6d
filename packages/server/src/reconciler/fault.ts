import { appendFileSync } from 'node:fs';

/**
 * Names the steps at which a server may die, for the tests that kill it at each one. `ISOLA_FAULT=<point>[:<n>]` ends the process
 * at the n-th pass (as kill -9 would); `ISOLA_FAULT_LOG=<file>` notes every point passed, so that tests can enumerate them.
 */
export function faultPoint(point: string): void {
  if (logFile !== undefined) appendFileSync(logFile, `${point}\n`);
  if (target === undefined || point !== target.point) return;
  passes += 1;
  if (passes >= target.pass) process.kill(process.pid, 'SIGKILL');
}

const logFile = process.env['ISOLA_FAULT_LOG'];
const target = parseTarget(process.env['ISOLA_FAULT']);
let passes = 0;

function parseTarget(text: string | undefined): { point: string; pass: number } | undefined {
  if (text === undefined || text === '') return undefined;
  const [point = '', pass = '1'] = text.split(':');
  return { point, pass: Number(pass) };
}
