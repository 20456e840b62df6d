import type { RawPairs } from './raw-params.ts';

type Encode = (text: string) => string;
type Pair = readonly [name: string, value: string];

const percent = (found: string): string =>
  `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** `encodeURIComponent`, for any text: half of a surrogate pair becomes the replacement character. */
function encodeComponent(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** As Java's `URLEncoder` with `%20` for a space, which is CloudStack's own form: only letters, digits and `.-*_` stay. */
const encodeJava: Encode = text => encodeComponent(text).replace(/[!'()~]/g, percent);
/** Forms that other clients sign: RFC 3986 (Go, newer Python), brackets kept (libcloud), and JavaScript's own. */
const otherForms: readonly Encode[] = [
  text => encodeComponent(text).replace(/[!'()*]/g, percent),
  text => encodeComponent(text).replace(/[!'()]/g, percent),
  text =>
    encodeComponent(text)
      .replace(/[!'()]/g, percent)
      .replace(/%5B/g, '[')
      .replace(/%5D/g, ']'),
  encodeComponent,
];

/** The string a client of Isola's own signs: sorted by name, values percent-encoded, all in lower case. */
export function canonicalString(pairs: RawPairs): string {
  return canonical(
    sortBy(firstOf(pairs), name => name),
    encodeJava,
  );
}

/**
 * Every string that a known client may have signed for these parameters, the usual one first and none twice. A request
 * is authentic when its signature is the one of any of them: each is a complete encoding of the same parameters.
 */
export function canonicalStrings(pairs: RawPairs): readonly string[] {
  const signed = firstOf(pairs);
  const orders = [sortBy(signed, name => name), sortBy(signed, name => name.toLowerCase())];
  const forms = [encodeJava, ...otherForms];
  return [...new Set(orders.flatMap(order => forms.map(form => canonical(order, form))))];
}

function firstOf(pairs: RawPairs): readonly Pair[] {
  const first = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (name.toLowerCase() !== 'signature' && !first.has(name)) first.set(name, value);
  }
  return [...first];
}

function sortBy(pairs: readonly Pair[], key: Encode): readonly Pair[] {
  return pairs.toSorted(([a], [b]) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function canonical(pairs: readonly Pair[], encode: Encode): string {
  return pairs
    .map(([name, value]) => `${encodeName(name)}=${encode(value)}`)
    .join('&')
    .toLowerCase();
}

/** Names go in as sent, unless that would let one parameter pass for two. */
function encodeName(name: string): string {
  return /[&=%]/.test(name) ? encodeJava(name) : name;
}
