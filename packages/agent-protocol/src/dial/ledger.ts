import { type FromAgent } from '../wire/messages.ts';

export type Answer = Extract<FromAgent, { type: 'result' | 'error' }>;

/** Answers kept until the server says that it has them; a server that is gone never does. */
const longest = 1000;

/** Commands by id: what was asked twice is done once. */
export class Ledger {
  readonly #answers = new Map<string, Promise<Answer>>();

  /** Carries the command out, unless it was or is being carried out. */
  run(id: string, work: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(id);
    if (known !== undefined) return known;
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size < longest) break;
      this.#answers.delete(oldest);
    }
    const answer = work();
    this.#answers.set(id, answer);
    return answer;
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#answers.delete(id);
  }
}
