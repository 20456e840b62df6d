import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refused } from '../refused.ts';
import { boxContains, boxesOverlap, formatBox, type Interval, parseBox } from './box.ts';
import { ElementStore } from './element-store.ts';
import type { Element } from './elements.ts';
import { kinds, laneSet } from './kinds.ts';

const fields = kinds.fw_port.fields;
const span = (max: number): fc.Arbitrary<Interval> =>
  fc.tuple(fc.nat(max), fc.nat(max)).map(([a, b]): Interval => [Math.min(a, b), Math.max(a, b)]);
const source: fc.Arbitrary<Interval> = fc.oneof(
  fc.constant<Interval>([0, 0xffffffff]),
  fc.nat(7).map((n): Interval => [n, n]),
  fc.constantFrom<Interval>([0, 3], [4, 7], [0, 7]),
);
const element: fc.Arbitrary<Element> = fc
  .tuple(fc.nat(1), span(5), source)
  .map(([address, ports, from]) => {
    const box: readonly Interval[] = [[address, address], [6, 6], ports, from];
    return { kind: 'fw_port', box, data: null, key: formatBox(fields, box) };
  });

/** What a store holds, whatever the lanes. */
function content(store: ElementStore): string[] {
  const lanes = (store.lanes().fw_port ?? []).map(lane => laneSet('fw_port', lane).name);
  return [
    ...[...store.elements('fw_port_open')].map(([key]) => `open ${key}`),
    ...[...store.elements('fw_port_exact')].map(([key]) => `exact ${key}`),
    ...lanes.flatMap(name => [...store.elements(name)].map(([key]) => `lane ${key}`)),
  ].toSorted();
}

describe('the store of elements', () => {
  it('holds the same step by step as at once, and goes back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(element, { maxLength: 8 }), { minLength: 1, maxLength: 5 }),
        steps => {
          const store = new ElementStore();
          let before: readonly Element[] = [];
          for (const target of steps) {
            const was = content(store);
            store.change(before, target);
            store.revert();
            expect(content(store)).toEqual(was);
            store.change(before, target);
            before = target;
          }
          const fresh = new ElementStore();
          fresh.change([], before);
          expect(content(store)).toEqual(content(fresh));
        },
      ),
    );
  });

  it('lets through what its elements cover, and nothing else', () => {
    const point = fc.tuple(fc.nat(1), fc.constant(6), fc.nat(6), fc.nat(8));
    fc.assert(
      fc.property(fc.array(element, { maxLength: 8 }), point, (elements, at) => {
        const store = new ElementStore();
        store.change([], elements);
        expect(store.admits('fw_port', at)).toBe(elements.some(({ box }) => boxContains(box, at)));
      }),
    );
  });

  it('never has overlapping keys in one lane', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 12 }), elements => {
        const store = new ElementStore();
        store.change([], elements);
        for (const lane of store.lanes().fw_port ?? []) {
          const boxes = [...store.elements(`fw_port_${lane}`)].map(
            ([key]) => parseBox(fields, key) ?? [],
          );
          for (const [at, box] of boxes.entries()) {
            expect(boxes.slice(at + 1).some(other => boxesOverlap(box, other))).toBe(false);
          }
        }
      }),
    );
  });

  it('writes nothing for elements that stay, and refuses a key with two values', () => {
    const forward = (data: string): Element => ({
      kind: 'static_dnat',
      box: [[9, 9]],
      data,
      key: '0.0.0.9',
    });
    const store = new ElementStore();
    store.change([], [forward('10.1.1.1')]);
    expect(store.change([forward('10.1.1.1')], [forward('10.1.1.1')]).ops).toEqual([]);
    expect(() => store.change([], [forward('10.1.1.2')])).toThrow(Refused);
    expect(store.value('static_dnat', '0.0.0.9')).toBe('10.1.1.1');
    expect(store.change([forward('10.1.1.1')], [forward('10.1.1.2')]).ops).toHaveLength(2);
  });
});
