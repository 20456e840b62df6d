import type { Chain } from './chains.ts';
import { declareSet, type KernelSet } from './kinds.ts';
import type { Nft } from './nft.ts';
import { parseRuleset } from './read-ruleset.ts';
import { renderTable } from './transaction.ts';

/** A table for trying things, never in effect. */
export const scratchTable = 'isola_check';

/** How nftables lists what we declare. */
export interface NormalForms {
  declaration(set: KernelSet): readonly string[];
  chain(chain: Chain): readonly string[];
}

/**
 * Learns how the nft that runs here lists our declarations and rules, by loading them into a table that is not in
 * effect and listing that: two rules are equal when their listed forms are. What was learnt once is kept.
 */
export class Normaliser implements NormalForms {
  readonly #nft: Nft;
  readonly #known = new Map<string, readonly string[]>();

  constructor(nft: Nft) {
    this.#nft = nft;
  }

  /** Gets ready to answer for these. Gives nft's complaint when it refuses them. */
  async learn(
    sets: readonly KernelSet[],
    chains: ReadonlyMap<string, Chain>,
  ): Promise<string | null> {
    const known =
      sets.every(set => this.#known.has(keyOfSet(set))) &&
      [...chains.values()].every(chain => linesOf(chain).every(line => this.#known.has(line)));
    if (known) return null;
    const complaint = await this.#nft.load(
      renderTable({ name: scratchTable, dormant: true, sets, chains, elements: () => [] }),
    );
    if (complaint !== null) return complaint;
    const listed = parseRuleset(await this.#nft.list(['table', 'ip', scratchTable]))[0];
    await this.#nft.load(`delete table ip ${scratchTable}\n`);
    if (listed === undefined) return `${scratchTable} was not listed`;
    for (const set of sets) {
      this.#known.set(keyOfSet(set), listed.sets.get(set.name)?.declaration ?? []);
    }
    for (const [name, chain] of chains) {
      const lines = listed.chains.get(name) ?? [];
      for (const [at, source] of linesOf(chain).entries()) {
        this.#known.set(source, [lines[at] ?? '']);
      }
    }
    return null;
  }

  declaration(set: KernelSet): readonly string[] {
    return this.#known.get(keyOfSet(set)) ?? [];
  }

  chain(chain: Chain): readonly string[] {
    return linesOf(chain).map(line => this.#known.get(line)?.[0] ?? '');
  }
}

function keyOfSet(set: KernelSet): string {
  const { word, body } = declareSet(set);
  return `${word} ${body}`;
}

function linesOf({ hook, rules }: Chain): string[] {
  return hook === null ? [...rules] : [hook, ...rules];
}
