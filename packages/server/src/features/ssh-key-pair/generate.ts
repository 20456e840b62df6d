import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { type PublicKey, publicKey } from './public-key.ts';
import { sshNumber, sshString } from './wire.ts';

const generate = promisify(generateKeyPair);
const modulusLength = 3072;

/** A new RSA key pair, the kind that every client of CloudStack's reads; the private key in PEM (PKCS #1). */
export async function newKeyPair(
  comment: string,
): Promise<{ readonly key: PublicKey; readonly privatePem: string }> {
  const pair = await generate('rsa', { modulusLength });
  const { n = '', e = '' } = pair.publicKey.export({ format: 'jwk' });
  const type = 'ssh-rsa';
  const blob = Buffer.concat([
    sshString(type),
    sshNumber(Buffer.from(e, 'base64url')),
    sshNumber(Buffer.from(n, 'base64url')),
  ]);
  return {
    key: publicKey(blob, { type, comment }),
    privatePem: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}
