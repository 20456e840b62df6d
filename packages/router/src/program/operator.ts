import { askRouter } from './client.ts';

/** Prints what the running router program says. Gives the exit status. */
export async function printReport(socket: string, command: 'resync' | 'status'): Promise<number> {
  const method = command === 'resync' ? 'resync' : 'report';
  const answer = await askRouter(socket, { id: 1, method });
  if ('error' in answer) {
    process.stderr.write(`${answer.error.message}\n`);
    return 1;
  }
  if ('report' in answer) {
    const { generation, fingerprint, counters } = answer.report;
    process.stdout.write(`generation ${generation}\nfingerprint ${fingerprint}\n`);
    for (const [name, value] of Object.entries(counters)) {
      process.stdout.write(`${name} ${value}\n`);
    }
  }
  return 0;
}
