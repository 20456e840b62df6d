import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.ts';
import {
  type CollectionItem,
  type CollectionName,
  collectionNames,
  type RouterConfig,
  type RouterHeader,
} from './types.ts';

const MODULUS = 1n << 256n;

function hashOf(text: string): bigint {
  return BigInt(`0x${bytesToHex(sha256(utf8ToBytes(text)))}`);
}

/**
 * Fingerprint of a configuration that is kept up to date item by item: the sum, modulo 2^256, of a hash of each
 * item and of the header. Adding or removing an item costs the same whatever the configuration's size, and the
 * order of items does not matter. The generation is not part of it.
 */
export class FingerprintAccumulator {
  #header: bigint;
  #items = 0n;

  constructor(header: RouterHeader) {
    this.#header = hashOf(`header ${canonicalJson(header)}`);
  }

  setHeader(header: RouterHeader): void {
    this.#header = hashOf(`header ${canonicalJson(header)}`);
  }

  add<N extends CollectionName>(collection: N, item: CollectionItem<N>): void {
    this.#items = (this.#items + hashOf(`${collection} ${canonicalJson(item)}`)) % MODULUS;
  }

  remove<N extends CollectionName>(collection: N, item: CollectionItem<N>): void {
    this.#items =
      (this.#items + MODULUS - hashOf(`${collection} ${canonicalJson(item)}`)) % MODULUS;
  }

  /** 64 hexadecimal digits. */
  value(): string {
    return ((this.#header + this.#items) % MODULUS).toString(16).padStart(64, '0');
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
