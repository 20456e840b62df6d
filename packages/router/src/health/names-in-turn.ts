/** Gives some of many at a time, so that all have their turn. */
export class NamesInTurn {
  readonly #atOnce: number;
  #given = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** The next of them, from the first again after the last. */
  next<T>(items: Iterable<T>): T[] {
    const all = [...items];
    if (all.length <= this.#atOnce) return all;
    const from = this.#given % all.length;
    this.#given = from + this.#atOnce;
    return [
      ...all.slice(from, this.#given),
      ...all.slice(0, Math.max(0, this.#given - all.length)),
    ];
  }
}
