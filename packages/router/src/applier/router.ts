import { createHash } from 'node:crypto';
import {
  type CollectionName,
  type Collections,
  ConfigIndex,
  type Drift,
  type RouterConfig,
  type RouterDelta,
  type RouterHeader,
  type RouterReport,
} from '@isola/model';
import { Revocations } from '../conntrack/revocations.ts';
import type { Counters } from '../counters.ts';
import { Dnsmasq } from '../dnsmasq/dnsmasq.ts';
import { desiredLinks } from '../interfaces/desired.ts';
import { compareLinks } from '../interfaces/links.ts';
import { compareSysctls } from '../interfaces/sysctls.ts';
import { publicTraffic } from '../interfaces/traffic.ts';
import type { ElementOp } from '../nftables/element-store.ts';
import { compileElements, type Element } from '../nftables/elements.ts';
import { type Listing, Ruleset } from '../nftables/ruleset.ts';
import type { Paths } from '../paths.ts';
import { DaemonWatch } from '../system/daemon-watch.ts';
import { ManagedFiles } from '../system/managed-files.ts';
import type { Programs } from '../system/run.ts';
import type { Services } from '../system/services.ts';
import { Differences, type Found } from './differences.ts';
import { refusing, verified } from './verify.ts';

export interface RouterDependencies {
  readonly programs: Programs;
  readonly services: Services;
  readonly paths: Paths;
  readonly counters: Counters;
  readonly onDrift: (drift: Drift, report: RouterReport) => void;
}

/**
 * Installs configurations: verified and worked out in memory, checked by the programs they are for, then applied;
 * a refused one changes nothing. Everything can be read back and repaired at any time. Calls run one after another.
 */
export class Router {
  readonly #with: RouterDependencies;
  readonly #rules: Ruleset;
  readonly #files: ManagedFiles;
  readonly #dnsmasq: Dnsmasq;
  readonly #daemons: DaemonWatch;
  #index: ConfigIndex | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #differences = new Differences();
  readonly #revocations: Revocations;
  #missingNics: readonly string[] = [];

  constructor(dependencies: RouterDependencies) {
    this.#with = dependencies;
    const { programs, paths, counters } = dependencies;
    this.#daemons = new DaemonWatch(dependencies.services);
    this.#rules = new Ruleset({ programs, folder: paths.staging, counters });
    this.#revocations = new Revocations({
      run: programs.run,
      folder: paths.staging,
      counters,
      store: () => this.#rules.store,
    });
    this.#files = new ManagedFiles({
      staging: paths.staging,
      folders: [paths.dhcpHosts, paths.dhcpSecondaries, paths.dnsHosts],
      counters,
    });
    this.#dnsmasq = new Dnsmasq({
      run: programs.run,
      services: this.#daemons,
      files: this.#files,
      paths,
      counters,
    });
  }

  /** The installed configuration, or `null` before the first. */
  get index(): ConfigIndex | null {
    return this.#index;
  }

  /** NICs of the configuration that are not plugged in. */
  get missingNics(): readonly string[] {
    return this.#missingNics;
  }

  /** Subjects that differ from the configuration and could not be repaired. */
  get mismatches(): ReadonlyMap<string, string> {
    return this.#differences.mismatches;
  }

  /** Installs a whole configuration. Throws `Refused`, with nothing changed, when it cannot be. */
  apply(config: RouterConfig): Promise<RouterReport> {
    return this.#serially(() => this.#apply(config));
  }

  /** Installs a change; `null` when it does not fit what is installed. Throws `Refused` as `apply`. */
  applyDelta(delta: RouterDelta): Promise<RouterReport | null> {
    return this.#serially(() => this.#applyDelta(delta));
  }

  /** Reads everything back and repairs what differs. */
  resync(): Promise<RouterReport> {
    return this.#serially(async () => {
      this.#tell(await this.#compare());
      return this.report();
    });
  }

  /**
   * As `resync`, for the background: the rules are read before changes are kept waiting, and left for the next time
   * when one came in between.
   */
  async watch(): Promise<void> {
    const listing = await this.#rules.read();
    await this.#serially(async () => {
      const current = this.#index !== null && this.#rules.isCurrent(listing);
      const rules = current ? await this.#compareRules(listing) : [];
      this.#tell([...rules, ...(await this.#compareRest())]);
    });
  }

  /** Configures NICs that have been plugged in. */
  plug(): Promise<void> {
    return this.#serially(async () => {
      await compareSysctls(this.#with.programs.run);
      await this.#compareLinks();
    });
  }

  /** What is installed, as of the last look. */
  report(): RouterReport {
    const traffic = publicTraffic();
    return {
      generation: this.#index?.generation ?? -1,
      fingerprint: this.#fingerprint(),
      counters: this.#with.counters.snapshot(),
      ...(traffic === undefined ? {} : { traffic }),
    };
  }

  close(): void {
    this.#rules.close();
  }

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work);
    this.#queue = next.catch(() => undefined);
    return next;
  }

  async #apply(config: RouterConfig): Promise<RouterReport> {
    const next = refusing(() => new ConfigIndex(config));
    if (this.#runs(next)) return this.report();
    await this.#files.prepare();
    const { header } = next;
    const wanted = verified(config.collections, header);
    await this.#dnsmasq.check(header, config.collections.hosts);
    const before = this.#index;
    const ops =
      before === null
        ? await this.#rules.begin(wanted, header)
        : await this.#write({
            removed: compileElements(before.toConfig().collections, before.header),
            added: wanted,
            header,
          });
    this.#index = next;
    this.#differences.note('nftables', null);
    const found = await this.#compareRest();
    // Before the first configuration everything differs.
    if (before !== null) this.#tell(found);
    await this.#cut(ops, before?.header ?? null);
    this.#with.counters.add('applies', 1);
    return this.report();
  }

  /** Whether it is installed already, and nothing is known to differ: a router is given again what it started with. */
  #runs({ generation, fingerprint }: ConfigIndex): boolean {
    const index = this.#index;
    if (index === null || this.mismatches.size > 0) return false;
    return index.generation === generation && index.fingerprint === fingerprint;
  }

  async #applyDelta(delta: RouterDelta): Promise<RouterReport | null> {
    const index = this.#index;
    const change = index?.apply(delta) ?? null;
    if (index === null || change === null) return null;
    const { header } = index;
    let ops: readonly ElementOp[];
    try {
      await this.#dnsmasq.check(header, change.put.hosts);
      ops = await this.#write({
        removed: compileElements(change.removed, header),
        added: refusing(() => compileElements(change.put, header)),
        header,
      });
    } catch (error) {
      index.revert(change, delta.from);
      throw error;
    }
    if (touches(change.put, 'publicAddresses') || touches(change.removed, 'publicAddresses')) {
      await this.#compareLinks();
    }
    if (touches(change.put, 'hosts') || touches(change.removed, 'hosts')) {
      await this.#dnsmasq.change(header, { removed: change.removed.hosts, put: change.put.hosts });
    }
    await this.#cut(ops, null);
    this.#with.counters.add('applies', 1);
    return this.report();
  }

  /** Writes a change of the rules. One that the kernel refuses is tried again after what drifted there is repaired. */
  async #write(change: {
    readonly removed: readonly Element[];
    readonly added: readonly Element[];
    readonly header: RouterHeader;
  }): Promise<readonly ElementOp[]> {
    const { removed, added, header } = change;
    const prepared = this.#rules.prepare(removed, added, header);
    try {
      await this.#rules.write(prepared);
      return prepared.ops;
    } catch (error) {
      const found = await this.#compareRules();
      if (found.length === 0) throw error;
      this.#tell(found);
    }
    const again = this.#rules.prepare(removed, added, header);
    await this.#rules.write(again);
    return again.ops;
  }

  async #compare(): Promise<Found[]> {
    if (this.#index === null) return [];
    return [...(await this.#compareRules()), ...(await this.#compareRest())];
  }

  async #compareRules(listing?: Listing): Promise<Found[]> {
    const found: Found[] = [];
    await this.#guard('nftables', found, async () => {
      const { details, ops, mismatch } = await this.#rules.compare(listing);
      for (const detail of details) {
        found.push({ subject: 'nftables', detail, repaired: mismatch === null });
      }
      this.#differences.note('nftables', mismatch);
      await this.#cut(ops, null);
    });
    return found;
  }

  /** Compares everything but the rules. */
  async #compareRest(): Promise<Found[]> {
    const index = this.#index;
    if (index === null) return [];
    const { header } = index;
    const { paths } = this.#with;
    const services = this.#daemons;
    const found: Found[] = [];
    await this.#guard('sysctl', found, async () => {
      for (const detail of await compareSysctls(this.#with.programs.run)) {
        found.push({ subject: 'sysctl', detail, repaired: true });
      }
    });
    await this.#guard('interfaces', found, async () => {
      for (const detail of await this.#compareLinks()) {
        const repaired = !this.mismatches.has('interfaces');
        found.push({ subject: 'interfaces', detail, repaired });
      }
    });
    await this.#guard('dnsmasq', found, () => this.#dnsmasq.install(header, index.items('hosts')));
    await this.#guard('files', found, async () => {
      const drifts = await this.#files.compare();
      for (const { path, detail } of drifts) {
        found.push({ subject: path, detail, repaired: true });
      }
      const nameservers = header.nameservers.map(server => `nameserver ${server}\n`).join('');
      await this.#files.put(paths.resolver, nameservers);
      const listen = `ListenAddress ${header.control.address}\n`;
      const moved = await this.#files.put(paths.sshListen, listen);
      if (moved && (await services.pid('sshd')) !== null) await services.restart('sshd');
      if (drifts.some(({ path }) => path === paths.dnsmasqConfig)) {
        await services.restart('dnsmasq');
        this.#with.counters.add('daemonsRestarted', 1);
      } else if (drifts.length > 0 && (await services.pid('dnsmasq')) !== null) {
        await services.reload('dnsmasq');
        this.#with.counters.add('daemonsReloaded', 1);
      }
    });
    await this.#guard('connections', found, () => this.#revocations.carryOut(header));
    await this.#guard('daemons', found, async () => {
      const wanted = Dnsmasq.wanted(header) ? ['dnsmasq', 'sshd'] : ['sshd'];
      for (const { name, detail } of await this.#daemons.compare(wanted)) {
        found.push({ subject: name, detail, repaired: true });
      }
    });
    return found;
  }

  /** Runs one part of a comparison: a failure is noted and the others go on. */
  async #guard(subject: string, found: Found[], part: () => Promise<void>): Promise<void> {
    try {
      await part();
      if (subject !== 'nftables' && subject !== 'interfaces') this.#differences.note(subject, null);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#differences.note(subject, detail);
      found.push({ subject, detail, repaired: false });
    }
  }

  async #compareLinks(): Promise<readonly string[]> {
    const index = this.#index;
    if (index === null) return [];
    const addresses = index.items('publicAddresses').values();
    const { run } = this.#with.programs;
    const comparison = await compareLinks(run, desiredLinks(index.header, addresses));
    this.#missingNics = comparison.missing;
    await this.#rules.offload(comparison.plugged);
    this.#differences.note('interfaces', comparison.failure);
    return comparison.details;
  }

  #tell(found: readonly Found[]): void {
    const news = this.#differences.newsOf(found);
    if (news.length === 0) return;
    this.#with.counters.add('driftsRepaired', news.filter(({ repaired }) => repaired).length);
    const at = new Date().toISOString();
    for (const drift of news) this.#with.onDrift({ at, ...drift }, this.report());
  }

  /**
   * Ends connections that lost their permission or mapping with these elements, or with the header that was `before`.
   * When that fails the router differs from its configuration until a comparison has made up for it.
   */
  async #cut(ops: readonly ElementOp[], before: RouterHeader | null): Promise<void> {
    const header = this.#index?.header;
    if (header === undefined) return;
    this.#revocations.note(ops, header, before);
    await this.#guard('connections', [], () => this.#revocations.carryOut(header));
  }

  #fingerprint(): string {
    if (this.#index === null) return '';
    if (this.mismatches.size === 0) return this.#index.fingerprint;
    const hash = createHash('sha256');
    for (const [subject, mismatch] of this.mismatches) hash.update(`${subject} ${mismatch}\n`);
    return hash.digest('hex');
  }
}

function touches(items: Collections, name: CollectionName): boolean {
  return items[name].length > 0;
}
