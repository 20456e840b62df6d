/** Longest message accepted: a report or the checks of one router are far smaller. */
const longestLine = 16 * 1024 * 1024;

/** Cuts a stream of text into lines and gives each, parsed. Throws on what is no JSON and on endless lines. */
export class JsonLines {
  #rest = '';

  push(chunk: string): readonly unknown[] {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLine) throw new Error('endless line');
    return lines.filter(line => line !== '').map((line): unknown => JSON.parse(line));
  }
}

/** One message as a line. */
export function encodeLine(message: unknown): string {
  return `${JSON.stringify(message)}\n`;
}
