import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** What is known of an image, in `image.json` beside its root file system. */
const metadataSchema = z.object({
  name: z.string(),
  /** Checksum of its files. */
  checksum: z.string(),
  sizeBytes: z.number(),
  osType: z.string(),
  /** Debian packages, `name=version`. */
  packages: z.array(z.string()).readonly(),
});
export type ImageMetadata = z.infer<typeof metadataSchema>;

export interface Image {
  readonly folder: string;
  /** Root file system, owned by the containers' ids. */
  readonly root: string;
  readonly metadata: ImageMetadata;
}

/** An image is there when its metadata is: a folder gets its final name only when complete. */
export async function openImage(folder: string): Promise<Image> {
  const text = await readFile(join(folder, 'image.json'), 'utf8');
  return { folder, root: join(folder, 'rootfs'), metadata: metadataSchema.parse(JSON.parse(text)) };
}

/**
 * Gives the image of that folder, building it first when it is not there: into a temporary folder, renamed at the
 * end. Call it under `withImagesLock`; what an interrupted build left is removed.
 */
export async function ensureImage(
  folder: string,
  build: (root: string) => Promise<ImageMetadata>,
): Promise<{ readonly image: Image; readonly built: boolean }> {
  const existing = await openImage(folder).catch(() => null);
  if (existing !== null) return { image: existing, built: false };
  const temporary = `${folder}.building`;
  await rm(temporary, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  try {
    const metadata = await build(join(temporary, 'rootfs'));
    await writeFile(join(temporary, 'image.json'), `${JSON.stringify(metadata, null, 2)}\n`);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  return { image: await openImage(folder), built: true };
}

/** Removes what interrupted builds left. Call it under `withImagesLock`. */
export async function removeHalfBuilt(images: string): Promise<void> {
  for (const name of await readdir(images))
    if (name.endsWith('.building')) await rm(join(images, name), { recursive: true, force: true });
}
