import { expect, test } from 'vitest';
import { parseSegment, segmentUri } from './segment-uri.ts';

test.each([
  ['100', 'VLAN', 100],
  ['vlan://4094', 'VLAN', 4094],
  ['5001', 'VXLAN', 5001],
  ['VXLAN://16777215', 'VXLAN', 16_777_215],
] as const)('%s names %s %i', (text, isolation, id) => {
  expect(parseSegment(text, isolation)).toBe(id);
  expect(parseSegment(segmentUri({ isolation, id }), isolation)).toBe(id);
});

test.each([
  ['0', 'VLAN'],
  ['4095', 'VLAN'],
  ['vxlan://100', 'VLAN'],
  ['vlan://5001', 'VXLAN'],
  ['16777216', 'VXLAN'],
  ['', 'VXLAN'],
  ['untagged', 'VLAN'],
  ['1 ', 'VLAN'],
  ['vlan://', 'VLAN'],
] as const)('%j is no %s', (text, isolation) => {
  expect(() => parseSegment(text, isolation)).toThrow(/is not a V/);
});
