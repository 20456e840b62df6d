/** The binary format of SSH (RFC 4251): strings and numbers with a length before them. */

export function sshString(bytes: Uint8Array | string): Buffer {
  const body = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** A positive number, given as its bytes. */
export function sshNumber(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex(byte => byte !== 0);
  const digits = first === -1 ? Buffer.alloc(0) : Buffer.from(bytes.subarray(first));
  const negative = (digits[0] ?? 0) >= 0x80;
  return sshString(negative ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

/** The strings that make up a blob, or `null` when their lengths do not add up to it. */
export function sshStrings(blob: Buffer): Buffer[] | null {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    if (at + 4 > blob.length) return null;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return null;
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return parts;
}
