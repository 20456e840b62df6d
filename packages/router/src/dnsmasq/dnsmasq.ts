import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseIpv4, type RouterHeader, type RouterHost } from '@isola/model';
import type { Counters } from '../counters.ts';
import { guestNic } from '../nftables/nics.ts';
import type { Paths } from '../paths.ts';
import { Refused } from '../refused.ts';
import type { ManagedFiles } from '../system/managed-files.ts';
import type { Run } from '../system/run.ts';
import type { Services } from '../system/services.ts';
import { renderDhcpHost, renderDnsHost, renderDnsmasq } from './render.ts';

const SERVICE = 'dnsmasq';
/** File of the router's own name; ids of hosts have no dot. */
const OWN_NAME = 'router.self';

interface Dependencies {
  readonly run: Run;
  readonly services: Services;
  readonly files: ManagedFiles;
  readonly paths: Paths;
  readonly counters: Counters;
}

/**
 * DHCP and DNS of the guest network. Hosts come and go as files; dnsmasq is restarted only when the main file changes, or a
 * reservation of a secondary NIC goes: those carry a tag, and dnsmasq (2.90) dies of a file it notices for an address that it
 * knows a tagged reservation of.
 */
export class Dnsmasq {
  readonly #with: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#with = dependencies;
  }

  /** Whether the header asks for dnsmasq at all. */
  static wanted({ dhcp, dns }: RouterHeader): boolean {
    return dhcp || dns;
  }

  /** Throws `Refused` when dnsmasq does not accept the main file, or a host cannot be a file. */
  async check(header: RouterHeader, hosts: Iterable<RouterHost>): Promise<void> {
    checkHosts(hosts);
    const { paths, files, run } = this.#with;
    const text = renderDnsmasq(header, paths);
    if (files.content(paths.dnsmasqConfig) === text || !Dnsmasq.wanted(header)) return;
    const draft = join(paths.staging, 'dnsmasq.conf');
    await writeFile(draft, text, { mode: 0o644 });
    const { code, stderr } = await run(['dnsmasq', '--test', `--conf-file=${draft}`]);
    if (code !== 0) throw new Refused(`dnsmasq: ${stderr.trim()}`);
  }

  /** Installs a whole configuration; what is there already is left alone. */
  async install(header: RouterHeader, hosts: ReadonlyMap<string, RouterHost>): Promise<void> {
    const { files, paths, services } = this.#with;
    const gone: string[] = [];
    for (const [folder, used] of [
      [paths.dhcpHosts, header.dhcp],
      [paths.dhcpSecondaries, header.dhcp],
      [paths.dnsHosts, header.dns],
    ] as const) {
      for (const path of files.within(folder)) {
        const id = path.slice(folder.length + 1);
        const host = hosts.get(id);
        const misplaced =
          host !== undefined && folder !== paths.dnsHosts && folder !== this.#folder(host);
        if (!used || misplaced || (host === undefined && id !== OWN_NAME)) gone.push(path);
      }
    }
    for (const path of gone) await files.remove(path);
    const running = (await services.pid(SERVICE)) !== null;
    const loosed = gone.some(path => path.startsWith(`${paths.dhcpSecondaries}/`));
    if (loosed) await services.down(SERVICE);
    const own = { address: header.guest.address, name: header.name };
    if (header.dns) await files.put(join(paths.dnsHosts, OWN_NAME), renderDnsHost(own));
    const changed = await this.#write(header, hosts.values());
    if (!Dnsmasq.wanted(header)) {
      await files.remove(paths.dnsmasqConfig);
      await services.down(SERVICE);
      return;
    }
    const restart = await files.put(paths.dnsmasqConfig, renderDnsmasq(header, paths));
    if (!running || loosed) await services.up(SERVICE);
    else if (restart) await this.#restart();
    else if (changed || gone.length > 0) await this.#reload();
  }

  /** Installs a change of hosts: new ones are files that dnsmasq notices, others need it to read all again. */
  async change(
    header: RouterHeader,
    { removed, put }: { removed: readonly RouterHost[]; put: readonly RouterHost[] },
  ): Promise<void> {
    const { files, paths, services } = this.#with;
    if (!Dnsmasq.wanted(header)) return;
    const kept = new Map(put.map(host => [host.id, host]));
    for (const host of removed) {
      const next = kept.get(host.id);
      const folder = this.#folder(host);
      if (next === undefined || this.#folder(next) !== folder)
        await files.remove(join(folder, host.id));
      if (next === undefined) await files.remove(join(paths.dnsHosts, host.id));
    }
    const loosed = header.dhcp && removed.some(isSecondary);
    if (loosed) await services.down(SERVICE);
    await this.#write(header, put);
    if (loosed) await this.#started();
    else if (removed.length > 0 || put.some(isSecondary)) await this.#reload();
    if (removed.length === 0) return;
    if (header.dhcp) await this.#release(removed, put);
  }

  #folder(host: RouterHost): string {
    return isSecondary(host) ? this.#with.paths.dhcpSecondaries : this.#with.paths.dhcpHosts;
  }

  async #write(header: RouterHeader, hosts: Iterable<RouterHost>): Promise<boolean> {
    const { files, paths } = this.#with;
    let changed = false;
    for (const host of hosts) {
      if (header.dns && (await files.put(join(paths.dnsHosts, host.id), renderDnsHost(host)))) {
        changed = true;
      }
      if (
        header.dhcp &&
        (await files.put(join(this.#folder(host), host.id), renderDhcpHost(host)))
      ) {
        changed = true;
      }
    }
    return changed;
  }

  /** Ends leases that belong to nobody any more, so that their addresses can be given anew. */
  async #release(removed: readonly RouterHost[], put: readonly RouterHost[]): Promise<void> {
    const lease = ({ mac, address }: RouterHost): string => `${mac} ${address}`;
    const valid = new Set(put.map(lease));
    for (const host of removed) {
      if (valid.has(lease(host))) continue;
      await this.#with.run(['dhcp_release', guestNic, host.address, host.mac], { timeout: 2000 });
    }
  }

  async #reload(): Promise<void> {
    await this.#with.services.reload(SERVICE);
    this.#with.counters.add('daemonsReloaded', 1);
  }

  async #started(): Promise<void> {
    await this.#with.services.up(SERVICE);
    this.#with.counters.add('daemonsRestarted', 1);
  }

  async #restart(): Promise<void> {
    await this.#with.services.restart(SERVICE);
    this.#with.counters.add('daemonsRestarted', 1);
  }
}

function isSecondary({ secondary }: RouterHost): boolean {
  return secondary === true;
}

/** Ids become file names. Throws `Refused`. */
function checkHosts(hosts: Iterable<RouterHost>): void {
  for (const { id, address } of hosts) {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(id)) throw new Refused(`host id ${JSON.stringify(id)}`);
    if (parseIpv4(address) === null) throw new Refused(`address ${address} of host ${id}`);
  }
}
