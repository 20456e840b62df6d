import { IsolaError } from '@isola/model';

/** NICs that an instance can have: the ports of a virtual machine are made when it starts, and `eth0` to `eth7` fit any. */
export const mostNics = 8;

/** Refuses (431) an instance with more NICs than it can have. */
export function requireNicCount(count: number): void {
  if (count > mostNics)
    throw new IsolaError('refused_value', {
      reason: `An instance has at most ${mostNics} network interfaces`,
    });
}
