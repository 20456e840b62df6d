import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePartitionTable, encodePartitionTable } from './partition-table.ts';

const bootCode = Buffer.alloc(440, 0x90);

describe('a partition table', () => {
  it('is read back as it was written', () => {
    const sectors = fc.integer({ min: 1, max: 2 ** 32 - 1 });
    const partition = fc.record({ start: sectors, sectors });
    fc.assert(
      fc.property(fc.array(partition, { maxLength: 4 }), partitions => {
        const sector = encodePartitionTable({ bootCode, diskId: 7, partitions });
        expect(sector).toHaveLength(512);
        expect(sector.subarray(0, 440)).toEqual(bootCode);
        expect(decodePartitionTable(sector)).toEqual(partitions);
      }),
    );
  });

  it('is missing on a blank disk', () => {
    expect(() => decodePartitionTable(Buffer.alloc(512))).toThrow('no partition table');
  });
});
