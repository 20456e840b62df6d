import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TemplateRef } from '@isola/agent-protocol';
import type { RemoteAgent } from './remote-agent.ts';

/** What guests of a host are made of: its own image, or a disk that it fetches, `disk` or a blank one. */
export async function templateFor(
  agent: RemoteAgent,
  home: string,
  disk: string | undefined,
): Promise<TemplateRef> {
  const { images } = await agent.call('facts');
  const own = images?.templates[0];
  if (own !== undefined) return own;
  const id = randomUUID();
  const content = disk === undefined ? blankDisk : await readFile(disk);
  await mkdir(join(home, 'served'), { recursive: true });
  await writeFile(join(home, 'served', id), content);
  const checksum = createHash('sha256').update(content).digest('hex');
  const template = { name: 'guest', checksum };
  await agent.call('ensureTemplate', {
    ...template,
    id,
    format: disk === undefined ? 'RAW' : 'QCOW2',
    sizeBytes: content.length,
  });
  return template;
}

/** Nothing boots from it: the firmware runs, and says so. */
const blankDisk = Buffer.alloc(1024 * 1024);
