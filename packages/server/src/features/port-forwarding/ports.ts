import { IsolaError, type PortRange } from '@isola/model';

/** The range from `first` to `last` (which is `first` when not given). 431 when it runs backwards. */
export function portRange(name: string, first: number, last: number | undefined): PortRange {
  if (last !== undefined && last < first)
    throw refused(`${name}endport ${last} is less than ${name}port ${first}`);
  return { first, last: last ?? first };
}

/** Refuses (431) ranges that do not map: they have the same length, or the private one is a single port. */
export function refuseUneven(publicPorts: PortRange, privatePorts: PortRange): void {
  const length = (range: PortRange) => range.last - range.first + 1;
  if (length(privatePorts) === 1 || length(privatePorts) === length(publicPorts)) return;
  throw refused(
    `${length(publicPorts)} public ports cannot be forwarded to ${length(privatePorts)} private ones: give as many, or one`,
  );
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
