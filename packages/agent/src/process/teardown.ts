/** Runs every step although some fail, then throws what failed: what can be removed is removed. */
export async function tearDown(
  steps: readonly { readonly name: string; readonly run: () => Promise<unknown> }[],
): Promise<void> {
  const failures: Error[] = [];
  for (const step of steps) {
    try {
      await step.run();
    } catch (cause) {
      failures.push(new Error(`${step.name}: ${messageOf(cause)}`, { cause }));
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, failures.map(failure => failure.message).join('; '));
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
