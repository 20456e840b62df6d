import { type ChildProcess, execFileSync } from 'node:child_process';
import type { RouterHeader } from '@isola/model';
import { type Programs, programs } from './system/run.ts';
import type { Services } from './system/services.ts';

/** Header of a router for tests; `guest` and `public` sides as in the documents. */
export const testHeader: RouterHeader = {
  name: 'r-1-vm',
  control: { address: '169.254.3.4', prefix: 16, gateway: '169.254.0.1' },
  guest: { address: '10.1.1.1', cidr: '10.1.1.0/24', mac: '02:00:00:00:00:01', mtu: 1500 },
  public: { mac: '02:00:00:00:00:02', prefix: 24, gateway: '203.0.113.1', mtu: 1500 },
  sourceNat: '203.0.113.10',
  egressDefault: 'allow',
  dhcp: true,
  dns: true,
  domain: 'cs1.example',
  nameservers: ['203.0.113.53'],
};

/** Whether network namespaces can be made here. */
export const canMakeNamespaces = process.getuid?.() === 0;

let number = 0;

/** A network namespace of the test's own. */
export function makeNamespace(): { name: string; programs: Programs; remove: () => void } {
  number += 1;
  const name = `rt-${process.pid}-${number}`;
  execFileSync('ip', ['netns', 'add', name]);
  execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  return {
    name,
    programs: programs(['ip', 'netns', 'exec', name]),
    remove: () => {
      execFileSync('ip', ['netns', 'del', name]);
    },
  };
}

/** Services for tests: each a child process, started again by nobody. */
export function processServices(
  { start }: Programs,
  commands: Readonly<Record<string, readonly string[]>>,
): Services & { stop: () => void } {
  const children = new Map<string, ChildProcess>();
  const down = async (name: string): Promise<void> => {
    const child = children.get(name);
    children.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  const up = (name: string): Promise<void> => {
    const child = children.get(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      const started = start(commands[name] ?? ['sleep', '1000']);
      started.stdout?.resume();
      started.stderr?.resume();
      children.set(name, started);
    }
    return Promise.resolve();
  };
  return {
    up,
    down,
    pid: name => {
      const child = children.get(name);
      const alive = child !== undefined && child.exitCode === null && child.signalCode === null;
      return Promise.resolve(alive ? (child.pid ?? null) : null);
    },
    restart: async name => {
      await down(name);
      await up(name);
    },
    reload: name => {
      children.get(name)?.kill('SIGHUP');
      return Promise.resolve();
    },
    stop: () => {
      for (const child of children.values()) child.kill('SIGKILL');
    },
  };
}

/** Repeats `attempt` until it gives something else than `null`. Throws after `timeout` milliseconds. */
export async function eventually<T>(
  attempt: () => Promise<T | null>,
  timeout = 10_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const outcome = await attempt();
    if (outcome !== null) return outcome;
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
