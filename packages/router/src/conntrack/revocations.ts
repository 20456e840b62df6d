import type { RouterHeader } from '@isola/model';
import type { Counters } from '../counters.ts';
import type { ElementOp, ElementStore } from '../nftables/element-store.ts';
import type { Run } from '../system/run.ts';
import { cutFlows } from './cut.ts';
import { affectedAddresses, leftBehind } from './verdict.ts';

interface Surroundings {
  readonly run: Run;
  /** Folder for a short-lived file. */
  readonly folder: string;
  readonly counters: Counters;
  /** The elements as they are now. */
  readonly store: () => ElementStore;
}

/** Public addresses whose connections are still to be looked through, because a change took something away from them. */
export class Revocations {
  readonly #with: Surroundings;
  #inbound = new Set<string>();
  #outbound = new Set<string>();

  constructor(surroundings: Surroundings) {
    this.#with = surroundings;
  }

  /** Notes what these elements, or a header that differs from the one `before`, may have taken away. */
  note(ops: readonly ElementOp[], header: RouterHeader, before: RouterHeader | null): void {
    const now = { store: this.#with.store(), header };
    const { inbound, outbound } = affectedAddresses(ops, now);
    const left = before === null ? [] : leftBehind(before, now);
    this.#inbound = new Set([...this.#inbound, ...inbound]);
    this.#outbound = new Set([...this.#outbound, ...outbound, ...left]);
  }

  /** Ends the connections that lost their permission or mapping. Throws, and will try again, when it cannot. */
  async carryOut(header: RouterHeader): Promise<void> {
    if (this.#inbound.size + this.#outbound.size === 0) return;
    const { run, folder, counters, store } = this.#with;
    const inbound = [...this.#inbound];
    const outbound = [...this.#outbound];
    const cut = await cutFlows({ run, folder, store: store(), header, inbound, outbound });
    this.#inbound = new Set();
    this.#outbound = new Set();
    counters.add('flowsCut', cut);
  }
}
