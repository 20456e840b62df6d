import type { FastifyRequest } from 'fastify';

/** A call's parameters as sent: those of the query, then those of a form body. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** Reads the parameters of a request whose form body, if any, arrived as text. */
export function pairsOf(request: FastifyRequest): Pairs {
  const url = request.raw.url ?? '';
  const start = url.indexOf('?');
  const query = start === -1 ? [] : [...new URLSearchParams(url.slice(start + 1))];
  if (typeof request.body !== 'string' || request.body === '') return query;
  return [...query, ...new URLSearchParams(request.body)];
}

/** The first value of a parameter, whatever the letter case of its name; empty counts as absent. `name` is in lower case. */
export function valueOf(pairs: Pairs, name: string): string | undefined {
  const found = pairs.find(([sent]) => sent.length === name.length && sent.toLowerCase() === name);
  return found?.[1] === '' ? undefined : found?.[1];
}
