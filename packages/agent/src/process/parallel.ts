import { messageOf } from './teardown.ts';

/** Runs the task for every item, `width` at a time; results in the items' order. Throws the first failure after all ended. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  task: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const failures: unknown[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue)
      try {
        results.set(index, await task(item));
      } catch (error) {
        failures.push(error);
      }
  };
  await Promise.all(Array.from({ length: width }, worker));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join('; '));
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}
