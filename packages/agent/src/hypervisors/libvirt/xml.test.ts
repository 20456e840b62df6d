import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { element, renderXml } from './xml.ts';

const value = String.raw`((?:[^<>&"'\t\n\r]|&(?:amp|lt|gt|quot|apos|#9|#10|#13);)*)`;
const document = new RegExp(`^<a b="${value}"><c>${value}</c></a>$`);

function decode(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&apos;': "'",
    '&amp;': '&',
    '&#9;': '\t',
    '&#10;': '\n',
    '&#13;': '\r',
  };
  return text.replace(/&[^;]+;/g, entity => names[entity] ?? '?');
}

describe('renderXml', () => {
  it('keeps every value in its place, as it was', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', ']]>', '</c>', '\n', '\0', 'x') }),
    );
    fc.assert(
      fc.property(text, text, (attribute, content) => {
        const tree = element('a', { b: attribute }, element('c', {}, content));
        const carried = (one: string): boolean =>
          !/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(one);
        if (!carried(attribute) || !carried(content)) {
          expect(() => renderXml(tree)).toThrow('cannot carry');
          return;
        }
        const [, first = '', second = ''] = document.exec(renderXml(tree)) ?? [];
        // An empty element has an end all the same when it holds an empty text.
        expect([decode(first), decode(second)]).toEqual([attribute, content]);
      }),
    );
  });

  it('leaves out what is null', () => {
    expect(renderXml(element('a', {}, null, element('b', { n: 1 })))).toBe('<a><b n="1"/></a>');
  });
});
