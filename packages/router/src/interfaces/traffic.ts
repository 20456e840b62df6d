import { readFileSync } from 'node:fs';
import type { RouterTraffic } from '@isola/model';
import { publicNic } from '../nftables/nics.ts';

/**
 * What the public NIC has carried. The kernel counts from zero when the NIC is made: where the machine boots or the NIC is plugged
 * in again, its numbers make another epoch. `undefined` without the NIC.
 */
export function publicTraffic(): RouterTraffic | undefined {
  const nic = `/sys/class/net/${publicNic}`;
  try {
    const boot = text('/proc/sys/kernel/random/boot_id');
    return {
      epoch: `${boot}-${text(`${nic}/ifindex`)}-${text(`${nic}/iflink`)}`,
      sent: Number(text(`${nic}/statistics/tx_bytes`)),
      received: Number(text(`${nic}/statistics/rx_bytes`)),
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && isGone(error.code)) return undefined;
    throw error;
  }
}

/** A NIC that is unplugged while its files are read. */
function isGone(code: unknown): boolean {
  return code === 'ENOENT' || code === 'EINVAL' || code === 'ENODEV';
}

function text(path: string): string {
  return readFileSync(path, 'utf8').trim();
}
