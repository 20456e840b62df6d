import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { parseMac } from '../nic/mac.ts';

/** A NIC that a deployment asks for, in the order of devices. */
export interface RequestedNic {
  /** UUID or internal number; `null` for the account's only network. */
  readonly network: string | null;
  readonly address?: string;
  readonly mac?: string;
}

type Asked = Pick<
  ParamsOf<'deployVirtualMachine'>,
  'networkids' | 'iptonetworklist' | 'ipaddress' | 'macaddress'
>;

/**
 * The NICs that `networkids` or `iptonetworklist` ask for; without either, one in the account's network. `ipaddress` and `macaddress`
 * are the first one's. 431 for contradictions and malformed entries.
 */
export function requestedNics(params: Asked): RequestedNic[] {
  const ids = params.networkids ?? [];
  const entries = params.iptonetworklist ?? [];
  if (entries.length > 0) {
    if (ids.length > 0 || params.ipaddress !== undefined)
      throw refused('iptonetworklist cannot be given together with networkids or ipaddress');
    return entries.map(entryNic);
  }
  const first = nic(null, { address: params.ipaddress, mac: params.macaddress });
  const [firstId, ...rest] = ids;
  if (firstId === undefined) return [first];
  return [{ ...first, network: firstId }, ...rest.map(network => ({ network }))];
}

function entryNic(entry: Readonly<Record<string, string>>): RequestedNic {
  const { networkid, ip, mac } = entry;
  if (networkid === undefined) throw refused('each entry of iptonetworklist needs networkid');
  if (entry['ipv6'] !== undefined) throw refused('iptonetworklist: IPv6 addresses are not given');
  return nic(networkid, { address: ip, mac });
}

function nic(
  network: string | null,
  { address, mac }: { address: string | undefined; mac: string | undefined },
): RequestedNic {
  return {
    network,
    ...(address === undefined ? {} : { address }),
    ...(mac === undefined ? {} : { mac: checkedMac(mac) }),
  };
}

function checkedMac(text: string): string {
  const mac = parseMac(text);
  if (mac === null) throw refused(`${text} is not the MAC address of a network interface`);
  return mac;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
