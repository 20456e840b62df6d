import { readFile } from 'node:fs/promises';
import { parseIpv4 } from '@isola/model';

/** The name servers of a `resolv.conf` that other machines can ask: IPv4, not loopback and not link-local. */
export function resolversIn(text: string): readonly string[] {
  return text.split('\n').flatMap(line => {
    const [keyword, server] = line.trim().split(/\s+/);
    if (keyword !== 'nameserver' || server === undefined || parseIpv4(server) === null) return [];
    return /^(127\.|169\.254\.|0\.)/.test(server) ? [] : [server];
  });
}

/** The machine's name servers; where systemd-resolved stands in front, those behind it. */
export async function machineResolvers(): Promise<readonly string[]> {
  for (const path of ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']) {
    const servers = resolversIn(await readFile(path, 'utf8').catch(() => ''));
    if (servers.length > 0) return servers;
  }
  return [];
}
