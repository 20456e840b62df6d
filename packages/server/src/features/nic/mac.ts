const pattern = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** Lower case with colons, or `null` when `text` is not the MAC address of one NIC (a group address, all zeros). */
export function parseMac(text: string): string | null {
  const mac = text.toLowerCase().replaceAll('-', ':');
  if (!pattern.test(mac) || mac === '00:00:00:00:00:00') return null;
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 ? mac : null;
}
