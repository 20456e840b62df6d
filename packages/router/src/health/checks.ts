import { readFile, statfs } from 'node:fs/promises';
import type { HealthCheck } from '@isola/model';
import type { Router } from '../applier/router.ts';
import { Dnsmasq } from '../dnsmasq/dnsmasq.ts';
import type { Run } from '../system/run.ts';
import type { Services } from '../system/services.ts';
import { CpuMeter, parseCpuTime } from './cpu.ts';
import { askForNames } from './dns.ts';
import { NamesInTurn } from './names-in-turn.ts';

interface Dependencies {
  readonly router: Router;
  readonly services: Services;
  readonly run: Run;
}

/** Free space that a router needs, in bytes. */
const LEAST_DISK = 100 * 1_048_576;

interface Outcome {
  readonly success: boolean;
  readonly detail: string;
  readonly measure?: number;
}

/** Percent of the memory that may be in use. */
const MOST_MEMORY = 98;
/** How many guests' names are asked for at a time; all have their turn. */
const NAMES_AT_ONCE = 32;

type Check = readonly [
  name: string,
  type: HealthCheck['type'],
  perform: (dependencies: Dependencies) => Promise<Outcome>,
];

const checks: readonly Check[] = [
  ['services', 'basic', checkServices],
  ['disk_space_check', 'basic', checkDisk],
  ['cpu_usage_check', 'basic', checkCpu],
  ['memory_usage_check', 'basic', checkMemory],
  ['gateways_check', 'basic', checkGateway],
  ['dns_check', 'advanced', checkDns],
  ['dhcp_check', 'advanced', checkDhcp],
  ['iptables_check', 'advanced', checkRules],
];

/** Performs the health checks, under CloudStack's names. */
export async function healthChecks(dependencies: Dependencies): Promise<HealthCheck[]> {
  return Promise.all(
    checks.map(async ([name, type, perform]) => {
      const outcome = await perform(dependencies).catch((error: unknown) => ({
        success: false,
        detail: error instanceof Error ? error.message : String(error),
      }));
      return { name, type, at: new Date().toISOString(), ...outcome };
    }),
  );
}

async function checkServices({ router, services }: Dependencies): Promise<Outcome> {
  const header = router.index?.header;
  const wanted = header !== undefined && Dnsmasq.wanted(header) ? ['sshd', 'dnsmasq'] : ['sshd'];
  const stopped: string[] = [];
  for (const name of wanted) if ((await services.pid(name)) === null) stopped.push(name);
  const detail =
    stopped.length === 0 ? `${wanted.join(', ')} run` : `${stopped.join(', ')} stopped`;
  return { success: stopped.length === 0, detail };
}

async function checkDisk(): Promise<Outcome> {
  const { bavail, bsize } = await statfs('/');
  const free = bavail * bsize;
  const measure = Math.floor(free / 1_048_576);
  return { success: free >= LEAST_DISK, detail: `${measure} MiB free`, measure };
}

const cpu = new CpuMeter();

/** How much is too much is a setting of the server's. */
async function checkCpu(): Promise<Outcome> {
  const measure = cpu.next(parseCpuTime(await readFile('/proc/stat', 'utf8')));
  return { success: true, detail: `${measure.toFixed(0)} % used`, measure };
}

async function checkMemory(): Promise<Outcome> {
  const text = await readFile('/proc/meminfo', 'utf8');
  const kilobytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const total = kilobytes('MemTotal');
  const used = total === 0 ? 0 : 100 * (1 - kilobytes('MemAvailable') / total);
  return { success: used <= MOST_MEMORY, detail: `${used.toFixed(0)} % used`, measure: used };
}

async function checkGateway({ router, run }: Dependencies): Promise<Outcome> {
  const header = router.index?.header;
  const gateway = header?.public?.gateway ?? header?.guest.gateway;
  if (gateway === undefined) return { success: true, detail: 'no public side' };
  const { code } = await run(['ping', '-n', '-c', '1', '-W', '1', gateway], { timeout: 3000 });
  return {
    success: code === 0,
    detail: `${gateway} ${code === 0 ? 'answers' : 'does not answer'}`,
  };
}

const namesInTurn = new NamesInTurn(NAMES_AT_ONCE);

async function checkDns({ router }: Dependencies): Promise<Outcome> {
  const header = router.index?.header;
  if (header === undefined || !header.dns) return { success: true, detail: 'no DNS service' };
  const { guest, name, domain } = header;
  const names = [
    { name, address: guest.address },
    ...namesInTurn.next(router.index?.items('hosts').values() ?? []),
  ];
  return askForNames({ server: guest.address, domain, names });
}

async function checkDhcp({ router, services }: Dependencies): Promise<Outcome> {
  const index = router.index;
  if (index === null || !index.header.dhcp) return { success: true, detail: 'no DHCP service' };
  const running = (await services.pid('dnsmasq')) !== null;
  const wrong = router.mismatches.get('files') ?? router.mismatches.get('dnsmasq');
  const detail = running
    ? (wrong ?? `${index.items('hosts').size} reservations`)
    : 'dnsmasq does not run';
  return { success: running && wrong === undefined, detail };
}

async function checkRules({ router }: Dependencies): Promise<Outcome> {
  const wrong = router.mismatches.get('nftables');
  return { success: wrong === undefined, detail: wrong ?? 'the rules are as configured' };
}
