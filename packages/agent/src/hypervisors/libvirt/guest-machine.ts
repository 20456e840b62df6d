import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec, TemplateRef } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { TemplateCache } from '../../templates/template-cache.ts';
import { ensureOverlay } from './disks.ts';
import type { DiskImage, DomainDisk } from './domain.ts';
import type { Machines } from './machines.ts';
import { writeSeedImage } from './seed-image.ts';

export interface GuestMachineParts {
  readonly machines: Machines;
  readonly templates: TemplateCache;
  readonly accelerated: boolean;
  /** Folder for the disks of highly available guests; `null` when the host has none. */
  readonly sharedStorage: string | null;
}

/** Makes a guest's disk and its seed, and defines its machine. */
export async function prepareGuestMachine(
  parts: GuestMachineParts,
  spec: GuestSpec,
): Promise<void> {
  const { machines, accelerated } = parts;
  const folder = await machines.folder(spec.id);
  await machines.define({
    name: spec.name,
    uuid: spec.id,
    accelerated,
    limits: spec.limits,
    kernel: null,
    disks: await prepareGuestFiles(parts, spec),
    nics: spec.nics.map(nic => machines.nicOf(spec.id, nic)),
    channels: [{ name: 'org.qemu.guest_agent.0', socket: null }],
    consoleLog: join(folder, 'console.log'),
    generationId: spec.id,
    onReboot: 'restart',
    qemuArguments: [],
  });
}

/** Makes a guest's disk over its template, unless it is there, and its seed. */
export async function prepareGuestFiles(
  parts: GuestMachineParts,
  spec: GuestSpec,
): Promise<readonly DomainDisk[]> {
  const { file, shared } = await diskOf(parts, spec);
  const backing = await imageOf(parts.templates, spec.template);
  await ensureOverlay(file, backing);
  const seed = join(await parts.machines.folder(spec.id), 'seed.iso');
  await writeSeedImage(seed, spec);
  return [
    { target: 'vda', file, format: 'qcow2', backing, readOnly: false, shared },
    { target: 'vdb', file: seed, format: 'raw', backing: null, readOnly: true, shared: false },
  ];
}

/** Whether the guest's disk is where other hosts find it. */
export function isShared(
  { sharedStorage }: Pick<GuestMachineParts, 'sharedStorage'>,
  spec: GuestSpec,
): boolean {
  return spec.highlyAvailable && sharedStorage !== null;
}

/** Removes a disk that only this host can have. */
export async function removeSharedDisk(
  sharedStorage: string | null,
  spec: GuestSpec,
): Promise<void> {
  if (sharedStorage !== null && spec.highlyAvailable)
    await rm(sharedDiskOf(sharedStorage, spec), { force: true });
}

async function diskOf(
  { machines, sharedStorage }: GuestMachineParts,
  spec: GuestSpec,
): Promise<{ readonly file: string; readonly shared: boolean }> {
  return spec.highlyAvailable && sharedStorage !== null
    ? { file: sharedDiskOf(sharedStorage, spec), shared: true }
    : { file: join(await machines.folder(spec.id), 'disk.qcow2'), shared: false };
}

/** By its id, which no two installations share. */
function sharedDiskOf(folder: string, spec: GuestSpec): string {
  return join(folder, `${spec.id}.qcow2`);
}

/** The template's file as a disk to stand on. Throws `template_unavailable` when the host has no verified copy. */
export async function imageOf(templates: TemplateCache, template: TemplateRef): Promise<DiskImage> {
  const { path, format } = await templates.verified(template);
  if (format === 'TAR')
    throw new IsolaError('resource_unavailable', {
      reason: `Template ${template.name} is a container's and not a disk`,
    });
  return { file: path, format: format === 'QCOW2' ? 'qcow2' : 'raw', backing: null };
}
