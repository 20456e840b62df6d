import { IsolaError } from '@isola/model';
import { NoResultError } from 'kysely';
import pg from 'pg';

/**
 * What a caller is told when the database refuses what a command let through: a value it cannot hold, or a change that lost
 * against another call's. Null for faults that are not the caller's.
 */
export function refusalOf(error: unknown): IsolaError | null {
  // Found at first, and gone when it was to be locked.
  if (error instanceof NoResultError)
    return new IsolaError('refused_value', { reason: 'What the call names is gone' }, error);
  if (!(error instanceof pg.DatabaseError)) return null;
  const what = error.table ?? error.constraint ?? 'object';
  switch (error.code) {
    case '23505':
      return new IsolaError(
        'rule_conflict',
        { reason: `Another of ${what} with the same values exists` },
        error,
      );
    case '23503':
      return new IsolaError(
        'in_use',
        { reason: `An object of ${what} is gone, or something still uses it` },
        error,
      );
    case '23502':
    case '23514':
    case '22001':
    case '22003':
    case '22008':
    case '22021':
    case '22P02':
    case '22P05':
    // Too long for an index: the path of a domain deep down.
    case '54000':
      return new IsolaError(
        'refused_value',
        { reason: `A value for ${what} is not possible` },
        error,
      );
    default:
      return isLostRace(error)
        ? new IsolaError(
            'resource_unavailable',
            { reason: 'too many changes at once; repeat the call' },
            error,
          )
        : null;
  }
}

/** Whether the transaction may succeed when it runs again (serialization failure, deadlock). */
export function isLostRace(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01');
}
