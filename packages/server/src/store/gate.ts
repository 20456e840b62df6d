/** Runs work when it is its turn: in the order asked for, a bounded number at once. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function gate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async work => {
    if (free > 0) free -= 1;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes from hand to hand, so that nobody who comes later gets in between.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
