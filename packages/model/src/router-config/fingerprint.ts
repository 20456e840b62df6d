import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.ts';
import {
  type CollectionItem,
  type CollectionName,
  collectionNames,
  type RouterConfig,
  type RouterHeader,
} from './types.ts';

/** A number of 256 bits in eight words, the lowest last. */
type Sum = Uint32Array;

const WORDS = 8;
const WORD_SIZE = 2 ** 32;

/** Adds the hash of `text` to `sum`, or takes it away, modulo 2^256. */
function accumulate(sum: Sum, text: string, sign: 1 | -1): void {
  const hash = sha256(utf8ToBytes(text));
  const words = new DataView(hash.buffer, hash.byteOffset, hash.byteLength);
  let carry = 0;
  for (let at = WORDS - 1; at >= 0; at -= 1) {
    const value = (sum[at] ?? 0) + sign * words.getUint32(at * 4) + carry;
    sum[at] = value;
    carry = Math.floor(value / WORD_SIZE);
  }
}

/**
 * Fingerprint of a configuration that is kept up to date item by item: the sum, modulo 2^256, of a hash of each
 * item and of the header. Adding or removing an item costs the same whatever the configuration's size, and the
 * order of items does not matter. The generation is not part of it.
 */
export class FingerprintAccumulator {
  readonly #sum: Sum = new Uint32Array(WORDS);

  constructor(header: RouterHeader) {
    accumulate(this.#sum, `header ${canonicalJson(header)}`, 1);
  }

  add<N extends CollectionName>(collection: N, item: CollectionItem<N>): void {
    accumulate(this.#sum, `${collection} ${canonicalJson(item)}`, 1);
  }

  remove<N extends CollectionName>(collection: N, item: CollectionItem<N>): void {
    accumulate(this.#sum, `${collection} ${canonicalJson(item)}`, -1);
  }

  /** 64 hexadecimal digits. */
  value(): string {
    return [...this.#sum].map(word => word.toString(16).padStart(8, '0')).join('');
  }
}

/** Fingerprint of a whole configuration; see `FingerprintAccumulator`. */
export function fingerprintOf(config: RouterConfig): string {
  const accumulator = new FingerprintAccumulator(config.header);
  for (const name of collectionNames) addAll(accumulator, name, config.collections[name]);
  return accumulator.value();
}

function addAll<N extends CollectionName>(
  accumulator: FingerprintAccumulator,
  name: N,
  items: readonly CollectionItem<N>[],
): void {
  for (const item of items) accumulator.add(name, item);
}
