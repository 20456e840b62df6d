import { lookup as resolve } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { mayFetchFrom } from './allowed-address.ts';

/**
 * Resolves a name for a connection and refuses it when any of its addresses is internal and not among those `allowed` (CIDRs). The
 * address that is connected to is one that was judged.
 */
export function judgedLookup(allowed: readonly string[], refusal: () => Error): LookupFunction {
  return (name, options, done) => {
    resolve(name, { all: true }).then(
      found => {
        const first = found[0];
        if (first === undefined || !found.every(one => mayFetchFrom(one.address, allowed)))
          done(refusal(), '', 4);
        else if (options.all === true) done(null, found);
        else done(null, first.address, first.family);
      },
      () => done(new Error(`${name} cannot be resolved`), '', 4),
    );
  };
}
