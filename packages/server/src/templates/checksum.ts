import { IsolaError } from '@isola/model';

/** What a file's content must hash to. */
export interface ExpectedChecksum {
  /** As in `node:crypto`. */
  readonly algorithm: string;
  /** In lower case. */
  readonly hex: string;
}

const byName: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const digits: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

/** Reads `{SHA-256}hex`, or plain hex whose length tells the algorithm. Throws `refused_value`. */
export function parseChecksum(text: string): ExpectedChecksum {
  const [, name, given = ''] = /^(?:\{([A-Za-z0-9-]+)\})?([0-9A-Fa-f]+)$/.exec(text) ?? [];
  const hex = given.toLowerCase();
  const algorithm =
    name === undefined
      ? Object.keys(digits).find(one => digits[one] === hex.length)
      : byName[name.toUpperCase()];
  if (algorithm === undefined || digits[algorithm] !== hex.length)
    throw new IsolaError('refused_value', {
      reason:
        'checksum must be {ALGORITHM} and hexadecimal digits, for example {SHA-256}; MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512 are known',
    });
  return { algorithm, hex };
}
