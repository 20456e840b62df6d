/** Resolves with `null` at the first signal that asks this process to end; from now on none ends it at once. */
export function nextStopSignal(): Promise<null> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve(null));
    }
  });
}
