/** Longest message accepted, in characters. A whole configuration with 100,000 rules has 20 million. */
export const longestLine = 64 * 1024 * 1024;

/** Cuts a stream of text into lines and gives each, parsed. Throws on what is no JSON and on endless lines. */
export class JsonLines {
  readonly #longest: number;
  /** Pieces of a line whose end has not come: joined once, however many there are. */
  #pieces: string[] = [];
  #length = 0;

  constructor(longest: number = longestLine) {
    this.#longest = longest;
  }

  push(chunk: string): readonly unknown[] {
    const [first = '', ...rest] = chunk.split('\n');
    this.#pieces.push(first);
    this.#length += first.length;
    if (this.#length > this.#longest) throw new Error('endless line');
    const last = rest.pop();
    if (last === undefined) return [];
    const lines = [this.#pieces.join(''), ...rest];
    this.#pieces = [last];
    this.#length = last.length;
    return lines.filter(line => line !== '').map((line): unknown => JSON.parse(line));
  }
}

/** One message as a line. */
export function encodeLine(message: unknown): string {
  return `${JSON.stringify(message)}\n`;
}
