/** Milliseconds of the machine's monotonic clock: the same in all processes. */
export function clock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
