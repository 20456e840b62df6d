import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeVirshCommand } from './virsh-words.ts';

it('keeps every word one word, on one line', () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('"', '\\', "'", ';', ' ', '#', 'a', '\n') }),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), words => {
      if (words.some(one => /\p{Cc}/u.test(one))) {
        expect(() => encodeVirshCommand(words)).toThrow('not a word');
        return;
      }
      const line = encodeVirshCommand(words);
      // As virsh reads: in quotes, a backslash takes the next character as it is.
      const found = [...line.matchAll(/"((?:[^"\\]|\\.)*)"(?: |$)/gsu)];
      expect(found.map(([all]) => all).join('')).toBe(line);
      expect(found.map(([, text = '']) => text.replace(/\\(.)/gsu, '$1'))).toEqual(words);
    }),
  );
});
