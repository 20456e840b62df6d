import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../world/exec.ts';
import { clock } from './clock.ts';

/** A namespace of its own with one nft map, to compare with what nft itself takes. */
export class NftBaseline {
  readonly #namespace = 'ben';
  #folder = '';

  static async make(): Promise<NftBaseline> {
    const made = new NftBaseline();
    await run(['ip', 'netns', 'add', made.#namespace]);
    made.#folder = await mkdtemp('/tmp/isola-bench-');
    return made;
  }

  /** Replaces all rules by one map with `count` elements, in one `nft -f`; milliseconds that it took. */
  async load(count: number): Promise<number> {
    const file = join(this.#folder, 'map.nft');
    const elements = Array.from(
      { length: count },
      (_, at) => `203.0.113.9 . tcp . ${at + 1} : 10.1.1.10 . 7000`,
    );
    await writeFile(
      file,
      `flush ruleset\ntable ip bench {\n map pf {\n type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service\n elements = { ${elements.join(', ')} }\n }\n}\n`,
    );
    return await this.#timed(['nft', '-f', file]);
  }

  /** Adds one element by an `nft` process of its own; milliseconds that it took. */
  async add(port: number): Promise<number> {
    const element = `{ 203.0.113.9 . udp . ${port} : 10.1.1.10 . 7000 }`;
    return await this.#timed(['nft', 'add', 'element', 'ip', 'bench', 'pf', element]);
  }

  async remove(): Promise<void> {
    await run(['ip', 'netns', 'del', this.#namespace]);
    await rm(this.#folder, { recursive: true });
  }

  async #timed(argv: readonly string[]): Promise<number> {
    const start = clock();
    await run(['nsenter', `--net=/run/netns/${this.#namespace}`, ...argv]);
    return clock() - start;
  }
}
