import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TemplateRef } from '@isola/agent-protocol';
import type { RemoteAgent } from './remote-agent.ts';

/** What guests of a host are made of: its own image, or a disk that it fetches. */
export async function templateFor(agent: RemoteAgent, home: string): Promise<TemplateRef> {
  const { images } = await agent.call('facts');
  const own = images?.templates[0];
  if (own !== undefined) return own;
  const id = randomUUID();
  const content = blankDisk;
  await mkdir(join(home, 'served'), { recursive: true });
  await writeFile(join(home, 'served', id), content);
  const checksum = createHash('sha256').update(content).digest('hex');
  const template = { name: 'blank', checksum };
  await agent.call('ensureTemplate', {
    ...template,
    id,
    format: 'RAW',
    sizeBytes: content.length,
  });
  return template;
}

/** Nothing boots from it: the firmware runs, and says so. */
const blankDisk = Buffer.alloc(1024 * 1024);
