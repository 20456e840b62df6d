/** A Linux partition, in sectors of 512 bytes. */
export interface Partition {
  readonly start: number;
  readonly sectors: number;
}

export const sectorBytes = 512;
const bootCodeBytes = 440;
const tableOffset = 446;
const entryBytes = 16;
const linux = 0x83;
/** Cylinder, head and sector of what lies beyond their reach: nobody reads them, everybody expects this. */
const beyond = [0xfe, 0xff, 0xff] as const;

/**
 * The first sector of a disk: boot code, a signature that names the disk, and up to four primary partitions. The
 * first one is marked for booting. Throws on what a table cannot hold.
 */
export function encodePartitionTable({
  bootCode,
  diskId,
  partitions,
}: {
  readonly bootCode: Buffer;
  readonly diskId: number;
  readonly partitions: readonly Partition[];
}): Buffer {
  if (bootCode.length !== bootCodeBytes) throw new Error('boot code has 440 bytes');
  if (partitions.length > 4) throw new Error('at most four primary partitions');
  const sector = Buffer.alloc(sectorBytes);
  bootCode.copy(sector);
  sector.writeUInt32LE(diskId, bootCodeBytes);
  for (const [index, { start, sectors }] of partitions.entries()) {
    const at = tableOffset + index * entryBytes;
    sector.set([index === 0 ? 0x80 : 0, ...beyond, linux, ...beyond], at);
    sector.writeUInt32LE(start, at + 8);
    sector.writeUInt32LE(sectors, at + 12);
  }
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

/** The partitions of a disk whose first sector this is. Throws when it has no table. */
export function decodePartitionTable(sector: Buffer): readonly Partition[] {
  if (sector.length < sectorBytes || sector.readUInt16LE(510) !== 0xaa55)
    throw new Error('the disk has no partition table');
  const partitions: Partition[] = [];
  for (let at = tableOffset; at < 510; at += entryBytes)
    if (sector[at + 4] !== 0)
      partitions.push({
        start: sector.readUInt32LE(at + 8),
        sectors: sector.readUInt32LE(at + 12),
      });
  return partitions;
}
