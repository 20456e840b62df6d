import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeShellCommand } from './shell-command.ts';

it('is read by a shell as just these words', () => {
  const special = fc.string({
    unit: fc.constantFrom("'", '"', '\\', '$(id)', '`', '\n', ';', '*', ' '),
  });
  const word = fc
    .oneof(special, fc.string({ unit: 'grapheme' }))
    .filter(one => !one.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), words => {
      const command = encodeShellCommand(['printf', '%s\\0', ...words, 'end']);
      const printed = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
      expect(printed.split('\0').slice(0, -1)).toEqual([...words, 'end']);
    }),
    { numRuns: 60 },
  );
  expect(() => encodeShellCommand(['a\0b'])).toThrow('zero byte');
});
