/** Time that processors have had since the system started, in ticks. */
export interface CpuTime {
  readonly total: number;
  readonly idle: number;
  readonly processors: number;
}

/** Reads `/proc/stat`. Throws when it has no line of all processors. */
export function parseCpuTime(stat: string): CpuTime {
  // user nice system idle iowait irq softirq steal; what guests have is in user and nice.
  const line = /^cpu +(.+)$/m.exec(stat)?.[1];
  if (line === undefined) throw new Error('/proc/stat has no line of all processors');
  const times = line.split(' ').slice(0, 8).map(Number);
  const [, , , idle = 0, iowait = 0] = times;
  const processors = stat.match(/^cpu\d/gm)?.length ?? 1;
  return { total: times.reduce((sum, time) => sum + time, 0), idle: idle + iowait, processors };
}

/** The shortest time that says something, in ticks (1/100 s) of each processor: looking itself takes some. */
const LEAST_TIME = 1000;

/** Share of the processors in use, in percent, from one reading to the next that is given; at first since the system started. */
export class CpuMeter {
  #last: CpuTime = { total: 0, idle: 0, processors: 1 };
  #share = 0;

  /** What was in use since the last reading that counted; as then, if too little time has passed. */
  next(now: CpuTime): number {
    const total = now.total - this.#last.total;
    if (total < LEAST_TIME * now.processors) return this.#share;
    this.#share = Math.min(100, Math.max(0, 100 * (1 - (now.idle - this.#last.idle) / total)));
    this.#last = now;
    return this.#share;
  }
}
