import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { destination, type Logger, pino } from 'pino';

/** The management server's log: JSON lines in `log/management-server.log` of the home. */
export async function openLog(home: string): Promise<Logger> {
  const folder = join(home, 'log');
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const file = destination({
    dest: join(folder, 'management-server.log'),
    mode: 0o640,
    // Lines must be there when the process is killed.
    sync: true,
  });
  return pino({ level: process.env['ISOLA_LOG_LEVEL'] ?? 'info', base: null }, file);
}
