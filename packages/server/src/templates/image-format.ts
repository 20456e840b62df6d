import { readQcow2Header } from './qcow2-header.ts';

/** Bytes at the beginning of a file that tell what it is. */
export const headBytes = 64 * 1024;

export type FileFormat = 'QCOW2' | 'RAW' | 'TAR';

interface Magic {
  readonly name: string;
  readonly at: number;
  readonly text: string;
}

/** Formats that are not a disk's plain content; a hypervisor that looks for itself would open them and what they name. */
const containers: readonly Magic[] = [
  { name: 'QCOW2', at: 0, text: 'QFI\xfb' },
  { name: 'QED', at: 0, text: 'QED\0' },
  { name: 'VMDK', at: 0, text: 'KDMV' },
  { name: 'VMDK', at: 0, text: '# Disk DescriptorFile' },
  { name: 'VHD', at: 0, text: 'conectix' },
  { name: 'VHDX', at: 0, text: 'vhdxfile' },
  { name: 'VDI', at: 64, text: '\x7f\x10\xda\xbe' },
  { name: 'LUKS', at: 0, text: 'LUKS\xba\xbe' },
];

/** What a file's first bytes say of it. */
export interface ImageHead {
  /** Bytes of the disk that it makes; `null` when that is the size of the file. */
  readonly virtualBytes: number | null;
}

/** Throws an `Error` that says why unless a file that begins with `head` may be used as `format`. */
export function checkHead(head: Uint8Array, format: FileFormat): ImageHead {
  switch (format) {
    case 'QCOW2': {
      const header = readQcow2Header(head);
      if (header === null) throw new Error('the file is no QCOW2 image');
      if (header.objection !== null)
        throw new Error(`the QCOW2 image is refused: ${header.objection}`);
      return { virtualBytes: header.virtualBytes };
    }
    case 'RAW': {
      const other = containers.find(magic => holds(head, magic));
      if (other !== undefined) throw new Error(`the file is a ${other.name} image, not a raw one`);
      if (!holds(head, { at: 510, text: '\x55\xaa' }))
        throw new Error('the file is no raw disk: it has no boot sector');
      return { virtualBytes: null };
    }
    case 'TAR':
      if (!holds(head, { at: 257, text: 'ustar' }))
        throw new Error('the file is no tar archive, or a compressed one');
      return { virtualBytes: null };
  }
}

function holds(head: Uint8Array, { at, text }: Pick<Magic, 'at' | 'text'>): boolean {
  const found = head.subarray(at, at + text.length);
  return Buffer.from(found).toString('latin1') === text;
}
