import { createHash } from 'node:crypto';
import type { RouterHeader } from '@isola/model';
import type { Counters } from '../counters.ts';
import { Refused } from '../refused.ts';
import type { Programs } from '../system/run.ts';
import { type Chain, renderChains } from './chains.ts';
import { compareRuleset, type Differences, ourTable } from './compare.ts';
import { type ElementOp, ElementStore, type StoreChange } from './element-store.ts';
import type { Element } from './elements.ts';
import { flowtable, joinFlowtable, offloadingNics, offloadRule } from './flowtable.ts';
import {
  type KernelSet,
  kernelSet,
  kindNames,
  type Lanes,
  laneSet,
  permanentSets,
} from './kinds.ts';
import { Nft } from './nft.ts';
import { NftSession } from './nft-session.ts';
import { Normaliser, scratchTable } from './normal-forms.ts';
import { type ListedTable, parseRuleset } from './read-ruleset.ts';
import {
  chainStatements,
  changedChains,
  elementStatements,
  laneStatements,
  renderTable,
  tableName,
} from './transaction.ts';

/** Transactions up to this many characters go to the session; larger ones through a file. */
const LINE_LIMIT = 16_384;

/** A change worked out in memory, to be written with `write` or given up with `discard`. */
export interface PreparedRules {
  readonly ops: readonly ElementOp[];
  readonly change: StoreChange;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly changed: readonly string[];
}

/** The kernel's rules as they were at some time. */
export interface Listing {
  readonly text: string;
  readonly epoch: number;
}

const none: Differences = { reload: false, ops: [], chains: [], foreignTables: [], details: [] };

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Outcome of comparing with the kernel. */
export interface Comparison {
  readonly details: readonly string[];
  readonly ops: readonly ElementOp[];
  /** Hash of the listed rules when they still differ after the repair; `null` when they are as they should be. */
  readonly mismatch: string | null;
}

/** The rules of one router: what they should be, and the way to get the kernel there. */
export class Ruleset {
  readonly #nft: Nft;
  readonly #session: NftSession;
  readonly #normaliser: Normaliser;
  readonly #counters: Counters;
  #store = new ElementStore();
  #chains: ReadonlyMap<string, Chain> = new Map();
  /** Whether the kernel has flow tables; unknown before it is tried. */
  #offload: boolean | null = null;
  /** NICs in the flow table, as of the last listing. */
  #joined: ReadonlySet<string> = new Set();
  /** Counts what was written. */
  #epoch = 0;
  /** Epoch and digest of the last listing that was found right: an equal one needs no second look. */
  #verified = '';

  constructor({
    programs,
    folder,
    counters,
  }: {
    programs: Programs;
    folder: string;
    counters: Counters;
  }) {
    this.#nft = new Nft(programs.run, folder);
    this.#session = new NftSession(programs.start);
    this.#normaliser = new Normaliser(this.#nft);
    this.#counters = counters;
  }

  /** The elements that should be there. */
  get store(): ElementStore {
    return this.#store;
  }

  /**
   * Installs a first configuration, in one transaction, and takes over whatever of it the kernel holds already. Gives
   * the elements written. Throws `Refused`, with nothing changed, when nft does not accept it.
   */
  async begin(elements: readonly Element[], header: RouterHeader): Promise<readonly ElementOp[]> {
    this.#offload ??= await this.#tryFlowtable();
    const tables = parseRuleset(await this.#nft.list());
    this.#joined = joinedIn(tables);
    const store = new ElementStore(preferenceOf(tables));
    store.change([], elements);
    const chains = renderChains(header, { lanes: store.lanes(), offload: this.#offload });
    const expected = { store, sets: setsWith(store.lanes()), chains, forms: this.#normaliser };
    if (ourTable(tables) !== undefined) {
      const refusal = await this.#normaliser.learn(expected.sets, chains);
      if (refusal !== null) throw new Refused(refusal);
    }
    const found = compareRuleset(expected, tables);
    const complaint = await this.#repair(found, store, chains);
    if (complaint !== null) throw new Refused(complaint);
    this.#counters.add('fullCompiles', 1);
    this.#store = store;
    this.#chains = chains;
    return found.ops;
  }

  /** Works out a change. Throws `Refused`, with nothing changed, when items contradict each other. */
  prepare(
    removed: readonly Element[],
    added: readonly Element[],
    header: RouterHeader,
  ): PreparedRules {
    const change = this.#store.change(removed, added);
    const offload = this.#offload === true;
    const chains = renderChains(header, { lanes: change.lanesAfter, offload });
    return { ops: change.ops, change, chains, changed: changedChains(this.#chains, chains) };
  }

  discard(): void {
    this.#store.revert();
  }

  /**
   * Writes a change in one transaction. Throws `Refused`, with nothing changed, when the kernel does not take it; when nft
   * ends without an answer it throws too, and a comparison takes out what the kernel may have taken.
   */
  async write({ change, chains, changed }: PreparedRules): Promise<void> {
    const lanes = laneStatements(change.lanesBefore, change.lanesAfter);
    const statements = [
      ...lanes.create,
      ...elementStatements(change.ops),
      ...rebuild(changed, chains),
      ...lanes.drop,
    ];
    try {
      const complaint = await this.#execute(statements);
      if (complaint !== null) throw new Refused(complaint);
    } catch (error) {
      this.#store.revert();
      throw error;
    }
    this.#chains = chains;
    this.#count(change.ops.length, changed.length);
  }

  /**
   * Lets established connections between these NICs take the short way, where the kernel has one. NICs that left
   * have left its flow table, too: a comparison notices.
   */
  async offload(plugged: readonly string[]): Promise<void> {
    if (this.#offload !== true) return;
    const nics = plugged.filter(nic => offloadingNics.includes(nic));
    if (nics.every(nic => this.#joined.has(nic))) return;
    const complaint = await this.#execute([joinFlowtable(tableName, nics)]);
    // One that was unplugged in this moment: the next comparison tries again.
    if (complaint === null) this.#joined = new Set(nics);
  }

  /** Reads the kernel's rules. Takes long where there are many, and may be done beside everything else. */
  async read(): Promise<Listing> {
    const epoch = this.#epoch;
    return { text: await this.#nft.list(), epoch };
  }

  /** Whether `compare` would take this listing: nothing was written since. */
  isCurrent(listing: Listing): boolean {
    return listing.epoch === this.#epoch;
  }

  /** Compares the kernel's rules and repairs what differs, in one transaction; then reads them again. */
  async compare(listing?: Listing): Promise<Comparison> {
    this.#session.warm();
    const sets = this.#sets();
    const refusal = await this.#normaliser.learn(sets, this.#chains);
    if (refusal !== null) throw new Refused(refusal);
    const { text } = listing ?? (await this.read());
    const found = this.#differences(sets, text);
    if (found.details.length === 0) return { details: [], ops: [], mismatch: null };
    const complaint = await this.#repair(found, this.#store, this.#chains);
    const after = await this.read();
    const left = this.#differences(sets, after.text);
    const details = complaint === null ? found.details : [...found.details, complaint];
    const mismatch = left.details.length === 0 ? null : digest(after.text);
    return { details, ops: found.ops, mismatch };
  }

  close(): void {
    this.#session.close();
  }

  #differences(sets: readonly KernelSet[], text: string): Differences {
    const found = `${this.#epoch} ${digest(text)}`;
    if (found === this.#verified) return none;
    const tables = parseRuleset(text);
    this.#joined = joinedIn(tables);
    const differences = compareRuleset(
      { store: this.#store, sets, chains: this.#chains, forms: this.#normaliser },
      tables,
    );
    if (differences.details.length === 0) this.#verified = found;
    return differences;
  }

  async #repair(
    found: Differences,
    store: ElementStore,
    chains: ReadonlyMap<string, Chain>,
  ): Promise<string | null> {
    const foreign = found.foreignTables.map(name => `delete table ${name}`);
    const sets = setsWith(store.lanes());
    const complaint = found.reload
      ? await this.#nft.load([...foreign, wholeTable(store, chains)].join('\n'))
      : await this.#execute([
          ...foreign,
          ...elementStatements(found.ops),
          ...rebuild(found.chains, chains),
        ]);
    if (complaint !== null) return complaint;
    if (found.reload) this.#joined = new Set();
    const whole = sets.reduce((sum, set) => sum + store.size(set.name), 0);
    this.#count(
      found.reload ? whole : found.ops.length,
      found.reload ? chains.size : found.chains.length,
    );
    return null;
  }

  /** Not every kernel has flow tables, and only a transaction tells. */
  async #tryFlowtable(): Promise<boolean> {
    const chains = new Map([['forward', { hook: null, rules: [offloadRule] }]]);
    const complaint = await this.#nft.load(
      renderTable({ name: scratchTable, dormant: true, sets: [], chains, elements: () => [] }),
    );
    if (complaint !== null) return false;
    await this.#nft.load(`delete table ip ${scratchTable}\n`);
    return true;
  }

  async #execute(statements: readonly string[]): Promise<string | null> {
    if (statements.length === 0) return null;
    const line = statements.join('; ');
    if (line.length > LINE_LIMIT) return this.#nft.load(`${statements.join('\n')}\n`);
    return this.#session.execute(line);
  }

  #sets(): KernelSet[] {
    return setsWith(this.#store.lanes());
  }

  #count(elements: number, chains: number): void {
    this.#epoch += 1;
    this.#counters.add('elementsWritten', elements);
    this.#counters.add('chainsRebuilt', chains);
  }
}

function rebuild(names: readonly string[], chains: ReadonlyMap<string, Chain>): string[] {
  return names.flatMap(name => {
    const chain = chains.get(name);
    return chain === undefined ? [] : chainStatements(name, chain);
  });
}

function setsWith(lanes: Lanes): KernelSet[] {
  const dynamic = kindNames.flatMap(kind => (lanes[kind] ?? []).map(lane => laneSet(kind, lane)));
  return [...permanentSets, ...dynamic];
}

function wholeTable(store: ElementStore, chains: ReadonlyMap<string, Chain>): string {
  return renderTable({
    name: tableName,
    dormant: false,
    sets: setsWith(store.lanes()),
    chains,
    elements: name => store.elements(name),
  });
}

function joinedIn(tables: readonly ListedTable[]): ReadonlySet<string> {
  return new Set(ourTable(tables)?.flowtables.get(flowtable)?.devices ?? []);
}

/** The lanes that elements are in now. */
function preferenceOf(
  tables: readonly ListedTable[],
): (kind: string, key: string) => number | null {
  const lanes = new Map<string, number>();
  for (const [name, listed] of ourTable(tables)?.sets ?? []) {
    const set = kernelSet(name);
    if (set === null || set.lane === null) continue;
    for (const key of listed.elements.keys()) lanes.set(`${set.kind} ${key}`, set.lane);
  }
  return (kind, key) => lanes.get(`${kind} ${key}`) ?? null;
}
