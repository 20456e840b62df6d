import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commands } from '../commands/index.ts';
import { resultAnswer } from './answer.ts';
import { encodeJson } from './encode-json.ts';
import { encodeXml } from './encode-xml.ts';
import { listPieces } from './list-pieces.ts';

test('a list in pieces is the list', () => {
  const item = fc.record(
    {
      id: fc.string({ unit: 'binary' }),
      name: fc.string(),
      created: fc.date({ noInvalidDate: true }),
      tags: fc.array(fc.record({ key: fc.string() })),
      secret: fc.string(),
    },
    { requiredKeys: ['id'] },
  );
  fc.assert(
    fc.property(fc.array(fc.array(item), { minLength: 1 }), fc.boolean(), (parts, json) => {
      const items = parts.flat();
      fc.pre(items.length > 0);
      const command = commands.listNetworks;
      const count = items.length + 3;
      const { head, items: piece, tail } = listPieces(command, { json, count });
      let written = 0;
      const texts = parts.map(part => {
        const text = piece(part, written === 0);
        written += part.length;
        return text;
      });
      const answer = resultAnswer(command, { count, items });
      expect([head, ...texts, tail].join('')).toBe(json ? encodeJson(answer) : encodeXml(answer));
    }),
  );
});
