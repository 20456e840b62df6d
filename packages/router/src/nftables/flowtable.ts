import { guestNic, publicNic } from './nics.ts';
import type { ListedFlowtable } from './read-ruleset.ts';

/** Name of the flow table, where the kernel has them: packets of established connections pass by all chains. */
export const flowtable = 'flows';

/** NICs whose packets may take the short way. */
export const offloadingNics: readonly string[] = [guestNic, publicNic];

/** Hands a connection to the flow table; it leaves by itself when it ends, is idle, or conntrack forgets it. */
export const offloadRule = `meta l4proto { tcp, udp } ct state established flow add @${flowtable}`;

/** Whether a table with these chains needs the flow table. */
export function usesFlowtable(
  chains: ReadonlyMap<string, { readonly rules: readonly string[] }>,
): boolean {
  return [...chains.values()].some(({ rules }) => rules.includes(offloadRule));
}

/** Its declaration in a table. NICs join it when they are plugged in, and leave it when they are taken out. */
export const flowtableDeclaration: readonly string[] = [
  `  flowtable ${flowtable} {`,
  '    hook ingress priority filter;',
  '  }',
];

/** Statement that adds NICs to it; each must be plugged in. */
export function joinFlowtable(table: string, devices: readonly string[]): string {
  return `add flowtable ip ${table} ${flowtable} { hook ingress priority filter; devices = { ${devices.join(', ')} }; }`;
}

/** What differs of the flow tables that a table has, in a text each. */
export function compareFlowtables(
  listed: ReadonlyMap<string, ListedFlowtable>,
  wanted: boolean,
): readonly string[] {
  const details: string[] = [];
  for (const name of listed.keys())
    if (!wanted || name !== flowtable) details.push(`foreign flowtable ${name}`);
  if (!wanted) return details;
  const ours = listed.get(flowtable);
  if (ours === undefined) return [...details, `flowtable ${flowtable} is missing`];
  if (!/^hook ingress priority (?:filter|0)$/.test(ours.declaration.join('\n')))
    details.push(`flowtable ${flowtable} is declared otherwise`);
  for (const device of ours.devices)
    if (!offloadingNics.includes(device)) details.push(`foreign device ${device} in ${flowtable}`);
  return details;
}
