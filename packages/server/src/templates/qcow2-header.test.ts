import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQcow2Header } from './qcow2-header.ts';

interface Fields {
  readonly version: 2 | 3;
  readonly backingOffset: bigint;
  readonly backingLength: number;
  readonly clusterBits: number;
  readonly virtualBytes: bigint;
  readonly encryption: number;
  readonly features: bigint;
  readonly headerLength: number;
  readonly extensions: readonly { readonly type: number; readonly data: Uint8Array }[];
}

const plain: Fields = {
  version: 3,
  backingOffset: 0n,
  backingLength: 0,
  clusterBits: 16,
  virtualBytes: 1n << 30n,
  encryption: 0,
  features: 0n,
  headerLength: 104,
  extensions: [{ type: 0x68_03_f8_57, data: new Uint8Array(48) }],
};

/** Writes a header as the format's description says, independently of the reader. */
function write(fields: Fields): Uint8Array {
  const start = fields.version === 2 ? 72 : fields.headerLength;
  const room = fields.extensions.reduce((sum, one) => sum + 8 + one.data.length + 7, start + 8);
  const bytes = Buffer.alloc(Math.max(room, 512));
  bytes.write('QFI\xfb', 0, 'latin1');
  bytes.writeUInt32BE(fields.version, 4);
  bytes.writeBigUInt64BE(fields.backingOffset, 8);
  bytes.writeUInt32BE(fields.backingLength, 16);
  bytes.writeUInt32BE(fields.clusterBits, 20);
  bytes.writeBigUInt64BE(fields.virtualBytes, 24);
  bytes.writeUInt32BE(fields.encryption, 32);
  if (fields.version === 3) {
    bytes.writeBigUInt64BE(fields.features, 72);
    bytes.writeUInt32BE(4, 96);
    bytes.writeUInt32BE(fields.headerLength, 100);
  }
  let at = start;
  for (const { type, data } of fields.extensions) {
    bytes.writeUInt32BE(type, at);
    bytes.writeUInt32BE(data.length, at + 4);
    bytes.set(data, at + 8);
    at += 8 + data.length + ((8 - (data.length % 8)) % 8);
  }
  return bytes;
}

const objection = (change: Partial<Fields>): string | null | undefined =>
  readQcow2Header(write({ ...plain, ...change }))?.objection;

describe('the header of a QCOW2 image', () => {
  it('tells the size of the disk', () => {
    expect(readQcow2Header(write(plain))).toEqual({
      version: 3,
      virtualBytes: 2 ** 30,
      objection: null,
    });
    expect(objection({ version: 2 })).toBeNull();
  });

  it.each([
    [{ backingOffset: 0x200n, backingLength: 11 }, 'it stands on a backing file'],
    [{ backingLength: 11 }, 'it stands on a backing file'],
    [{ version: 2 as const, backingOffset: 80n }, 'it stands on a backing file'],
    [
      { extensions: [{ type: 0xe2_79_2a_ca, data: new Uint8Array(3) }] },
      'it stands on a backing file',
    ],
    [{ features: 4n }, 'its data are in another file'],
    [
      { extensions: [...plain.extensions, { type: 0x44_41_54_41, data: new Uint8Array(5) }] },
      'its data are in another file',
    ],
    [{ features: 1n << 40n }, 'it has features that are not known'],
    [{ features: 32n }, 'it has features that are not known'],
    [{ encryption: 2 }, 'it is encrypted'],
    [{ virtualBytes: 0n }, 'its disk has 0 bytes'],
    [{ virtualBytes: 1n << 60n }, `its disk has ${1n << 60n} bytes`],
  ])('is objected to with %o', (change, reason) => {
    expect(objection(change)).toBe(reason);
  });

  it('is none when the end of its extensions is not in sight', () => {
    const far = [{ type: 1, data: new Uint8Array(60_000) }];
    const bytes = write({ ...plain, extensions: far });
    expect(readQcow2Header(bytes)?.objection).toBeNull();
    expect(readQcow2Header(bytes.subarray(0, 4096))).toBeNull();
    expect(readQcow2Header(new TextEncoder().encode('QFI'))).toBeNull();
  });

  const extension = fc.record({
    type: fc.oneof(fc.integer({ min: 1, max: 0xff_ff_ff_ff }), fc.constant(0x44_41_54_41)),
    data: fc.uint8Array({ maxLength: 40 }),
  });
  const fields = fc.record<Fields>({
    version: fc.constantFrom(2, 3),
    backingOffset: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })),
    backingLength: fc.constantFrom(0, 0, 5),
    clusterBits: fc.integer({ min: 9, max: 21 }),
    virtualBytes: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    encryption: fc.constantFrom(0, 0, 1),
    features: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    headerLength: fc.integer({ min: 13, max: 60 }).map(words => words * 8),
    extensions: fc.array(extension, { maxLength: 5 }),
  });

  it('lets nothing pass that names another file, is encrypted or unknown', () => {
    fc.assert(
      fc.property(fields, given => {
        const harmless =
          given.backingOffset === 0n &&
          given.backingLength === 0 &&
          given.encryption === 0 &&
          given.virtualBytes > 0n &&
          given.virtualBytes <= BigInt(Number.MAX_SAFE_INTEGER) &&
          (given.version === 2 || (given.features & ~0b1_1011n) === 0n) &&
          given.extensions.every(
            ({ type }) => ![0xe2_79_2a_ca, 0x44_41_54_41, 0x05_37_be_77].includes(type),
          );
        const header = readQcow2Header(write(given));
        expect(header?.objection === null).toBe(harmless);
        if (harmless) expect(header?.virtualBytes).toBe(Number(given.virtualBytes));
      }),
    );
  });

  it('never fails on other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, marked) => {
        if (marked && bytes.length >= 8) bytes.set([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3]);
        readQcow2Header(bytes);
      }),
    );
  });
});
