/** What a QCOW2 image says of itself, as far as it matters to those who run it. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  /** Bytes of the disk that guests see. */
  readonly virtualBytes: number;
  /** Why it must not be given to a hypervisor; `null` when it may. */
  readonly objection: string | null;
}

const magic = 0x51_46_49_fb;
const lengthOfVersion2 = 72;
const leastLengthOfVersion3 = 104;

/** Incompatible features (bits of the first 32) that change nothing but the layout: dirty, corrupt, compression type, extended L2. */
const harmlessFeatures = 0b1_1011;
const externalDataFile = 0b100;

const extensionEnd = 0;
/** Header extensions that name another file: the backing file's format, and the external data file. */
const backingFormat = 0xe2_79_2a_ca;
const dataFileName = 0x44_41_54_41;
const encryptionHeader = 0x05_37_be_77;

/**
 * Reads the header from the first bytes of a file. An image that stands on other files is objected to: it would have the
 * hypervisor read any file of the host. Gives `null` when it is no QCOW2 header, or one that `bytes` does not hold whole.
 */
export function readQcow2Header(bytes: Uint8Array): Qcow2Header | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < lengthOfVersion2 || view.getUint32(0) !== magic) return null;
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) return null;
  const virtualBytes = Number(view.getBigUint64(24));
  const clusterBits = view.getUint32(20);
  const length = lengthOf(view, version);
  if (length === null || clusterBits < 9 || clusterBits > 21) return null;
  const header = (objection: string | null): Qcow2Header => ({ version, virtualBytes, objection });

  if (view.getBigUint64(8) !== 0n || view.getUint32(16) !== 0)
    return header('it stands on a backing file');
  if (view.getUint32(32) !== 0) return header('it is encrypted');
  if (!Number.isSafeInteger(virtualBytes) || virtualBytes === 0)
    return header(`its disk has ${view.getBigUint64(24)} bytes`);
  if (version === 3) {
    const features = view.getUint32(76);
    if ((features & externalDataFile) !== 0) return header('its data are in another file');
    if (view.getUint32(72) !== 0 || (features & ~harmlessFeatures) !== 0)
      return header('it has features that are not known');
  }
  const extensions = readExtensions(view, length);
  if (extensions === null) return null;
  for (const type of extensions) {
    if (type === backingFormat) return header('it stands on a backing file');
    if (type === dataFileName) return header('its data are in another file');
    if (type === encryptionHeader) return header('it is encrypted');
  }
  return header(null);
}

function lengthOf(view: DataView, version: 2 | 3): number | null {
  if (version === 2) return lengthOfVersion2;
  if (view.byteLength < leastLengthOfVersion3) return null;
  const length = view.getUint32(100);
  return length < leastLengthOfVersion3 || length % 8 !== 0 ? null : length;
}

/** Types of the header extensions, or `null` when their end is not in sight. */
function readExtensions(view: DataView, start: number): readonly number[] | null {
  const types: number[] = [];
  let at = start;
  while (at + 8 <= view.byteLength) {
    const type = view.getUint32(at);
    if (type === extensionEnd) return types;
    types.push(type);
    at += 8 + Math.ceil(view.getUint32(at + 4) / 8) * 8;
  }
  return null;
}
