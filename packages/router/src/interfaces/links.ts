import * as z from 'zod';
import type { Run } from '../system/run.ts';
import type { DefaultRoute, DesiredLinks, DesiredNic } from './desired.ts';

const listedLinks = z.array(
  z.object({
    ifname: z.string().optional(),
    flags: z.array(z.string()).optional(),
    mtu: z.number().optional(),
    addr_info: z
      .array(z.object({ family: z.string(), local: z.string(), prefixlen: z.number() }))
      .optional(),
  }),
);
const listedRoutes = z.array(
  z.object({
    gateway: z.string().optional(),
    dev: z.string().optional(),
    prefsrc: z.string().optional(),
  }),
);

interface Link {
  readonly up: boolean;
  readonly mtu: number;
  readonly addresses: readonly string[];
}

/** Result of bringing the interfaces in line. */
export interface LinkComparison {
  /** What differed. */
  readonly details: readonly string[];
  readonly plugged: readonly string[];
  /** NICs that are not plugged in yet: not a difference. */
  readonly missing: readonly string[];
  /** What could not be repaired. */
  readonly failure: string | null;
}

/** Reads addresses, links and the default route back and repairs what differs. */
export async function compareLinks(run: Run, desired: DesiredLinks): Promise<LinkComparison> {
  const links = await readLinks(run);
  const commands: string[] = [];
  const details: string[] = [];
  const announced: { device: string; address: string }[] = [];
  for (const nic of desired.nics) {
    const link = links.get(nic.device);
    if (link === undefined) continue;
    for (const { command, detail, added } of nicCommands(nic, link)) {
      commands.push(command);
      details.push(detail);
      if (added !== null) announced.push({ device: nic.device, address: added });
    }
  }
  const failures = await batch(run, commands);
  const route = await compareRoute(run, desired, links);
  for (const { device, address } of announced) announce(run, device, address);
  const devices = desired.nics.map(nic => nic.device);
  const all = [...failures, ...route.failures];
  return {
    details: [...details, ...route.details],
    plugged: devices.filter(device => links.has(device)),
    missing: devices.filter(device => !links.has(device)),
    failure: all.length === 0 ? null : all.join('; '),
  };
}

interface NicCommand {
  readonly command: string;
  readonly detail: string;
  /** Address that came up. */
  readonly added: string | null;
}

function nicCommands(nic: DesiredNic, link: Link): NicCommand[] {
  const { device } = nic;
  const commands: NicCommand[] = [];
  const set = (what: string): void => {
    const command = `link set dev ${device} ${what}`;
    commands.push({ command, detail: `${device} set ${what}`, added: null });
  };
  if (nic.mtu !== null && link.mtu !== nic.mtu) set(`mtu ${nic.mtu}`);
  if (!link.up) set('up');
  for (const address of nic.addresses) {
    if (link.addresses.includes(address)) continue;
    const command = `addr add ${address} brd + dev ${device}`;
    const added = address.slice(0, address.indexOf('/'));
    commands.push({ command, detail: `${device} lacked ${address}`, added });
  }
  for (const address of link.addresses) {
    if (nic.addresses.includes(address)) continue;
    const command = `addr del ${address} dev ${device}`;
    commands.push({ command, detail: `${device} had ${address}`, added: null });
  }
  return commands;
}

async function compareRoute(
  run: Run,
  { defaultRoute }: DesiredLinks,
  links: ReadonlyMap<string, Link>,
): Promise<{ details: string[]; failures: string[] }> {
  const wanted = defaultRoute !== null && links.has(defaultRoute.device) ? defaultRoute : null;
  const { stdout } = await run(['ip', '-j', '-4', 'route', 'show', 'default']);
  const routes = listedRoutes.parse(JSON.parse(stdout.trim() === '' ? '[]' : stdout));
  const only = routes.length === 1 ? routes[0] : undefined;
  if (wanted === null ? routes.length === 0 : isWanted(only, wanted)) {
    return { details: [], failures: [] };
  }
  const commands = routes.map(({ gateway, dev }) =>
    ['route del default', gateway && `via ${gateway}`, dev && `dev ${dev}`]
      .filter(Boolean)
      .join(' '),
  );
  if (wanted !== null) {
    commands.push(
      `route add default via ${wanted.gateway} dev ${wanted.device} src ${wanted.source}`,
    );
  }
  return { details: ['the default route differed'], failures: await batch(run, commands) };
}

function isWanted(
  route: z.infer<typeof listedRoutes>[number] | undefined,
  wanted: DefaultRoute,
): boolean {
  return (
    route?.gateway === wanted.gateway &&
    route.dev === wanted.device &&
    route.prefsrc === wanted.source
  );
}

async function readLinks(run: Run): Promise<ReadonlyMap<string, Link>> {
  const { code, stdout, stderr } = await run(['ip', '-j', 'addr', 'show']);
  if (code !== 0) throw new Error(`ip addr: ${stderr}`);
  const links = new Map<string, Link>();
  for (const { ifname, flags, mtu, addr_info: info } of listedLinks.parse(JSON.parse(stdout))) {
    if (ifname === undefined) continue;
    links.set(ifname, {
      up: flags?.includes('UP') ?? false,
      mtu: mtu ?? 0,
      addresses: (info ?? [])
        .filter(({ family }) => family === 'inet')
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    });
  }
  return links;
}

/** Runs `ip` commands, one a line; gives the complaints. */
async function batch(run: Run, commands: readonly string[]): Promise<string[]> {
  if (commands.length === 0) return [];
  const { code, stderr } = await run(['ip', '-force', '-batch', '-'], {
    input: `${commands.join('\n')}\n`,
  });
  return code === 0 ? [] : [stderr.trim()];
}

/** Tells the neighbours where an address is now; nobody waits for it. */
function announce(run: Run, device: string, address: string): void {
  void run(['arping', '-U', '-c', '2', '-w', '2', '-I', device, address], { timeout: 5000 });
}
