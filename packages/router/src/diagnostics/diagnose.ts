import type { Diagnostic, DiagnosticOutcome } from '@isola/model';
import type { Run } from '../system/run.ts';

/** Milliseconds after which a diagnostic is ended. */
const longest = 45_000;
/** Characters of output that are kept. */
const mostText = 64 * 1024;

/** Tries something out with the programs of the router. */
export async function diagnose(run: Run, diagnostic: Diagnostic): Promise<DiagnosticOutcome> {
  const device =
    diagnostic.type === 'arping' && diagnostic.device === null
      ? await deviceTowards(run, diagnostic.target)
      : null;
  const { code, stdout, stderr } = await run(commandOf(diagnostic, device), { timeout: longest });
  return { exitCode: code, stdout: stdout.slice(0, mostText), stderr: stderr.slice(0, mostText) };
}

/** The program and its arguments. `device` is for an arping that names none. */
export function commandOf(diagnostic: Diagnostic, device: string | null): readonly string[] {
  const { target } = diagnostic;
  switch (diagnostic.type) {
    case 'ping': {
      const { count, size, wait, numeric } = diagnostic;
      const numbers = ['-c', String(count), '-s', String(size), '-W', String(wait)];
      return ['ping', ...numbers, ...(numeric ? ['-n'] : []), '--', target];
    }
    case 'arping': {
      const port = diagnostic.device ?? device ?? 'eth1';
      return ['arping', '-c', String(diagnostic.count), '-w', '10', '-I', port, target];
    }
    case 'traceroute': {
      const { maxHops, numeric } = diagnostic;
      return ['tracepath', '-4', '-m', String(maxHops), ...(numeric ? ['-n'] : []), target];
    }
  }
}

async function deviceTowards(run: Run, address: string): Promise<string | null> {
  const { stdout } = await run(['ip', '-4', 'route', 'get', address], { timeout: 5000 });
  return / dev (\S+)/.exec(stdout)?.[1] ?? null;
}
