import { randomBytes } from 'node:crypto';

const pattern = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** A random, locally administered MAC address of one NIC. */
export function newMac(): string {
  return ['02', ...[...randomBytes(5)].map(byte => byte.toString(16).padStart(2, '0'))].join(':');
}

/** Lower case with colons, or `null` when `text` is not the MAC address of one NIC (a group address, all zeros). */
export function parseMac(text: string): string | null {
  const mac = text.toLowerCase().replaceAll('-', ':');
  if (!pattern.test(mac) || mac === '00:00:00:00:00:00') return null;
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 ? mac : null;
}
