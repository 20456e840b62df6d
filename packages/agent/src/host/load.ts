import { readFile, statfs } from 'node:fs/promises';
import type { HostLoad } from '@isola/agent-protocol';
import * as z from 'zod';
import type { Instances } from '../instances.ts';
import type { Names } from '../names.ts';
import { run } from '../process/run.ts';

/** Ticks of all cores since boot. */
export interface CpuTime {
  readonly busy: number;
  readonly total: number;
}

const linksSchema = z.array(
  z.object({
    ifname: z.string(),
    stats64: z.object({
      rx: z.object({ bytes: z.number() }),
      tx: z.object({ bytes: z.number() }),
    }),
  }),
);

interface Measured {
  readonly home: string;
  readonly names: Names;
  readonly instances: Instances;
}

/** Measures how much of the host is used; CPU over the time since the measurement before. */
export class LoadMeter {
  readonly #measured: Measured;
  #cpu: CpuTime = { busy: 0, total: 0 };

  constructor(measured: Measured) {
    this.#measured = measured;
  }

  async measure(): Promise<HostLoad> {
    const before = this.#cpu;
    this.#cpu = parseCpuTime(await readFile('/proc/stat', 'utf8'));
    const disk = await statfs(this.#measured.home);
    return {
      cpuPercent: cpuPercent(before, this.#cpu),
      memoryUsedBytes: parseMemoryUsed(await readFile('/proc/meminfo', 'utf8')),
      disk: { totalBytes: disk.blocks * disk.bsize, freeBytes: disk.bavail * disk.bsize },
      nics: await this.#nics(),
    };
  }

  async #nics(): Promise<HostLoad['nics']> {
    const { names, instances } = this.#measured;
    const links = new Map(
      linksSchema
        .parse(JSON.parse((await run('ip', ['-j', '-s', 'link', 'show'])) || '[]'))
        .map(link => [link.ifname, link.stats64]),
    );
    const found = await Promise.all(
      (await instances.list()).map(async id => {
        const instance = await instances.read(id);
        return (instance?.spec.nics ?? []).flatMap(({ device }) => {
          const stats = links.get(names.cable(id, device).host);
          if (stats === undefined) return [];
          // What the host's end sends, the instance receives.
          return {
            instanceId: id,
            device,
            receivedBytes: stats.tx.bytes,
            sentBytes: stats.rx.bytes,
          };
        });
      }),
    );
    return found.flat();
  }
}

/** The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal, and guests' time that is in user's. */
export function parseCpuTime(text: string): CpuTime {
  const fields = (/^cpu +(.*)$/m.exec(text)?.[1] ?? '').split(' ').map(Number);
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
    fields;
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, total: busy + idle + iowait };
}

/** Hundredths of all cores between two measurements, with two decimals. */
export function cpuPercent(before: CpuTime, now: CpuTime): number {
  const total = now.total - before.total;
  if (total <= 0) return 0;
  return Math.round((10_000 * (now.busy - before.busy)) / total) / 100;
}

/** Bytes of `/proc/meminfo` that cannot be had any more. */
export function parseMemoryUsed(text: string): number {
  const kib = (name: string): number =>
    Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  return 1024 * (kib('MemTotal') - kib('MemAvailable'));
}
