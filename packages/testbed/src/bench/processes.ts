import { readdir, readFile, readlink } from 'node:fs/promises';
import { sum } from './statistics.ts';

/** Ticks of `/proc/PID/stat` in a second, on every Linux. */
const ticksPerSecond = 100;

export interface Memory {
  /** Bytes in memory, shared pages counted in full. */
  readonly rss: number;
  /** Bytes in memory, shared pages divided among those that share them. */
  readonly pss: number;
}

/** Memory of some processes together. Those that ended count as nothing. */
export async function memoryOf(pids: readonly number[]): Promise<Memory> {
  const texts = await Promise.all(
    pids.map(pid => readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')),
  );
  const bytes = (name: string): number =>
    sum(texts.map(text => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0))) *
    1024;
  return { rss: bytes('Rss'), pss: bytes('Pss') };
}

/** Processor seconds that each process has used, in user and kernel mode. Those that ended are left out. */
export async function processorSeconds(
  pids: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const seconds = new Map<number, number>();
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (text === null) continue;
    // The second field is a name in brackets that may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    seconds.set(pid, (Number(fields[11]) + Number(fields[12])) / ticksPerSecond);
  }
  return seconds;
}

/** Processes in the process namespace of a container's init. */
export async function processesOf(init: number): Promise<number[]> {
  const wanted = await readlink(`/proc/${init}/ns/pid`);
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const namespace = await readlink(`/proc/${entry}/ns/pid`).catch(() => '');
    if (namespace === wanted) found.push(Number(entry));
  }
  return found;
}

/** Folder of the memory control group of a process, on either layout. */
export async function memoryGroup(pid: number): Promise<{ folder: string; version: 1 | 2 }> {
  const lines = (await readFile(`/proc/${pid}/cgroup`, 'utf8')).split('\n');
  const parsed = lines
    .map(line => /^(\d+):([^:]*):(.*)$/.exec(line))
    .filter(found => found !== null);
  const separate = parsed.find(([, , controllers]) => controllers?.split(',').includes('memory'));
  if (separate !== undefined) return { folder: `/sys/fs/cgroup/memory${separate[3]}`, version: 1 };
  const unified = parsed.find(([, id]) => id === '0');
  return { folder: `/sys/fs/cgroup${unified?.[3] ?? ''}`, version: 2 };
}

/** Bytes that the memory control group of a process is charged with, without file pages that can be dropped. */
export async function chargedMemory(pid: number): Promise<number> {
  const { folder, version } = await memoryGroup(pid);
  const usage = version === 1 ? 'memory.usage_in_bytes' : 'memory.current';
  const total = Number(await readFile(`${folder}/${usage}`, 'utf8'));
  const stat = await readFile(`${folder}/memory.stat`, 'utf8');
  const inactive = /^(?:total_)?inactive_file (\d+)$/m.exec(stat)?.[1];
  return total - Number(inactive ?? 0);
}

/** Process id of the QEMU whose command line has this in it. Throws when there is none. */
export async function emulatorOf(mark: string): Promise<number> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    const [program = ''] = command.split('\0');
    if (program.endsWith('qemu-system-x86_64') && command.includes(mark)) return Number(entry);
  }
  throw new Error(`no QEMU with ${mark}`);
}
