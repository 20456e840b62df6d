/** Something that differed from the configuration. */
export interface Found {
  readonly subject: string;
  readonly detail: string;
  readonly repaired: boolean;
}

/** What is known to differ from the configuration and could not be repaired, and what was told of it. */
export class Differences {
  readonly #mismatches = new Map<string, string>();
  /** Details of what was told of and could not be repaired, by subject. */
  readonly #told = new Map<string, Set<string>>();

  /** Subjects that differ, each with what is wrong. */
  get mismatches(): ReadonlyMap<string, string> {
    return this.#mismatches;
  }

  /** Notes what is wrong with a subject now; `null` when it is as configured. */
  note(subject: string, mismatch: string | null): void {
    if (mismatch === null) this.#mismatches.delete(subject);
    else this.#mismatches.set(subject, mismatch);
  }

  /** Of what a comparison found, what is worth telling: repairs, and once what could not be repaired, which every look finds. */
  newsOf(found: readonly Found[]): readonly Found[] {
    for (const subject of this.#told.keys()) {
      if (!this.#mismatches.has(subject)) this.#told.delete(subject);
    }
    return found.filter(drift => drift.repaired || this.#isNew(drift));
  }

  #isNew({ subject, detail }: Found): boolean {
    const told = this.#told.get(subject) ?? new Set();
    this.#told.set(subject, told);
    const before = told.size;
    return told.add(detail).size > before;
  }
}
