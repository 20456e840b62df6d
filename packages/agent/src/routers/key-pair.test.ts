import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { newKeyPair } from './key-pair.ts';

test('every new key can be read', () => {
  for (let n = 0; n < 1000; n += 1) {
    expect(ssh2.utils.parseKey(newKeyPair().private)).not.toBeInstanceOf(Error);
  }
});
