import type { SegmentRef } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { isolationMethods } from '../network/segment-uri.ts';

/** Tags, or VXLAN network identifiers, from `first` to `last`. */
export interface TagRange {
  readonly first: number;
  readonly last: number;
}

/** Ranges that one physical network may have. */
const mostRanges = 256;

/**
 * The ranges that `100-199,300` names, in order; those that touch or overlap become one. Nothing for an empty text. 431 for what
 * is no range of the method's tags.
 */
export function parseTagRanges(text: string, isolation: SegmentRef['isolation']): TagRange[] {
  const parts = text.split(',').map(part => part.trim());
  if (parts.every(part => part === '')) return [];
  if (parts.length > mostRanges) throw refused(`vlan has more than ${mostRanges} ranges`);
  return joined(parts.map(part => parseRange(part, isolation)));
}

/** `100-199`, or `100` where it is one. */
export function formatTagRange({ first, last }: TagRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** One range of the method's tags. 431 for anything else. */
export function parseRange(text: string, isolation: SegmentRef['isolation']): TagRange {
  const { largest, what } = isolationMethods[isolation];
  const [, from = '', to = from] = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(text) ?? [];
  const range = { first: Number(from), last: Number(to) };
  if (from === '' || range.first < 1 || range.last > largest || range.first > range.last)
    throw refused(`${text} is not a range of ${what}s from 1 to ${largest}, for example 100-199`);
  return range;
}

/** Whether the two have a tag in common. */
export function rangesOverlap(a: TagRange, b: TagRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** In order, with those that touch or overlap made one. */
export function joined(ranges: readonly TagRange[]): TagRange[] {
  const result: TagRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before === undefined || range.first > before.last + 1) result.push(range);
    else
      result[result.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
  }
  return result;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
