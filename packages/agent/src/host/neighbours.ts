import { installationId, namesOf } from '../names.ts';
import { run } from '../process/run.ts';
import { controlGateway } from './prepare.ts';

/**
 * Throws unless the network namespace is this installation's alone: two in one would both hold the host's end of the
 * control links, and neither would reach its routers.
 */
export async function aloneInNamespace(home: string): Promise<string> {
  const own = namesOf(installationId(home)).controlBridge;
  const holders = holdersOf(controlGateway, await run('ip', ['-j', '-4', 'addr', 'show']));
  const stranger = holders.find(holder => holder !== own);
  if (stranger === undefined) return 'no other installation';
  throw new Error(`${stranger} holds ${controlGateway}: another installation runs here`);
}

/** Names of the interfaces that have the address, from `ip -j addr`. */
export function holdersOf(address: string, json: string): readonly string[] {
  const links: unknown = JSON.parse(json);
  if (!Array.isArray(links)) return [];
  return links.flatMap((link: unknown) => {
    if (typeof link !== 'object' || link === null || !('ifname' in link)) return [];
    const addresses = 'addr_info' in link && Array.isArray(link.addr_info) ? link.addr_info : [];
    const has = addresses.some(
      (entry: unknown) =>
        typeof entry === 'object' && entry !== null && 'local' in entry && entry.local === address,
    );
    return has && typeof link.ifname === 'string' ? [link.ifname] : [];
  });
}
