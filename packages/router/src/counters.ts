import type { RouterCounters } from '@isola/model';

/** Work done since the program started. */
export class Counters {
  readonly #values: { -readonly [Name in keyof RouterCounters]: number } = {
    applies: 0,
    fullCompiles: 0,
    elementsWritten: 0,
    chainsRebuilt: 0,
    filesWritten: 0,
    daemonsReloaded: 0,
    daemonsRestarted: 0,
    flowsCut: 0,
    driftsRepaired: 0,
  };

  add(name: keyof RouterCounters, amount: number): void {
    this.#values[name] += amount;
  }

  snapshot(): RouterCounters {
    return { ...this.#values };
  }
}
