const pattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const nil = '00000000-0000-0000-0000-000000000000';

/** `text` when it is a UUID, else the nil UUID, which no row has: a filter by it finds nothing instead of failing. */
export function uuidOrNil(text: string): string {
  return pattern.test(text) ? text.toLowerCase() : nil;
}
