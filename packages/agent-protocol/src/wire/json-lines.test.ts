import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLine, JsonLines } from './json-lines.ts';

describe('JSON lines', () => {
  it('come out as they went in, wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.array(fc.nat({ max: 200 }), { maxLength: 5 }),
        (messages, cuts) => {
          const text = messages.map(encodeLine).join('');
          const ends = [...cuts.map(cut => cut % (text.length + 1)), text.length].toSorted(
            (a, b) => a - b,
          );
          const lines = new JsonLines();
          let start = 0;
          const read = ends.flatMap(end => {
            const chunk = text.slice(start, end);
            start = end;
            return lines.push(chunk);
          });
          expect(JSON.stringify(read)).toBe(JSON.stringify(messages));
        },
      ),
    );
  });

  it('refuse lines without an end, in one piece or many', () => {
    expect(() => new JsonLines(10).push('"0123456789"')).toThrow('endless');
    const lines = new JsonLines(10);
    expect(lines.push('"1234"\n"12')).toEqual(['1234']);
    expect(() => '3456789'.split('').map(character => lines.push(character))).not.toThrow();
    expect(() => lines.push('"')).toThrow('endless');
  });

  it('refuse what is no JSON', () => {
    expect(() => new JsonLines().push('{"id": \n')).toThrow();
  });
});
