import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { guestRecipe, type Recipe, routerBaseRecipe, routerRecipe } from './recipes.ts';
import { ensureImage, type Image, openImage, removeHalfBuilt } from './store.ts';
import { markUser, pruneImages, releaseImages, withImagesLock } from './users.ts';

export interface ImageOptions {
  /** The installation's home: it remembers there which images it uses. */
  readonly home: string;
  /** Folder of images; several installations may share it. */
  readonly imagesFolder: string;
}

export interface ImageProgress {
  readonly image: string;
  /** `ready`: nothing to do. `building` repeats with what is being done. */
  readonly state: 'building' | 'built' | 'ready';
  readonly detail: string;
}

/** Images of one installation. */
export interface ImageSet {
  readonly router: Image;
  /** Guest templates by name. */
  readonly templates: ReadonlyMap<string, Image>;
}

/**
 * Builds the images that are not there, makes them the installation's, and removes those that nobody uses any more.
 * Needs Debian's archive only to build; throws `ImageUnavailableError` when that cannot be reached.
 */
export async function buildImages(
  options: ImageOptions,
  progress: (event: ImageProgress) => void,
): Promise<ImageSet> {
  const onLine = (image: string) => (detail: string) =>
    progress({ image, state: 'building', detail });
  const ensure = async (recipe: Recipe): Promise<Image> => {
    const folder = join(options.imagesFolder, `${recipe.name}-${recipe.hash}`);
    const { image, built } = await ensureImage(folder, root => {
      onLine(recipe.name)('started');
      return recipe.build(root);
    });
    progress({ image: recipe.name, state: built ? 'built' : 'ready', detail: image.folder });
    return image;
  };
  return withImagesLock(options.imagesFolder, async (): Promise<ImageSet> => {
    await removeHalfBuilt(options.imagesFolder);
    const guest = await ensure(await guestRecipe(onLine('guest')));
    const baseRecipe = await routerBaseRecipe(onLine('router'));
    const baseFolder = join(options.imagesFolder, `${baseRecipe.name}-${baseRecipe.hash}`);
    const recipe = await routerRecipe({ hash: baseRecipe.hash, open: () => openImage(baseFolder) });
    const ready = await openImage(
      join(options.imagesFolder, `${recipe.name}-${recipe.hash}`),
    ).catch(() => null);
    if (ready === null) await ensure(baseRecipe);
    const router = await ensure(recipe);
    const set: ImageSet = { router, templates: new Map([[guest.metadata.name, guest]]) };
    await remember(options.home, set);
    const images = [baseFolder, router.folder, guest.folder].map(folder => basename(folder));
    await markUser(options.imagesFolder, { home: options.home, images });
    await pruneImages(options.imagesFolder);
    return set;
  });
}

/**
 * Takes the installation's hands off its images, also off those it chose when it was told another folder. Images
 * that nobody else uses are removed.
 */
export async function forgetImages({ home, imagesFolder }: ImageOptions): Promise<void> {
  const chosen = await openImages(home).catch(() => null);
  const folders = new Set([imagesFolder]);
  if (chosen !== null) folders.add(dirname(chosen.router.folder));
  for (const folder of folders) await releaseImages(home, folder);
}

const chosenSchema = z.object({ router: z.string(), templates: z.array(z.string()) });

async function remember(home: string, set: ImageSet): Promise<void> {
  const chosen: z.infer<typeof chosenSchema> = {
    router: set.router.folder,
    templates: [...set.templates.values()].map(image => image.folder),
  };
  const path = join(home, 'images.json');
  await mkdir(home, { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(chosen, null, 2)}\n`);
  await rename(`${path}.new`, path);
}

/** The images that `buildImages` chose last for this installation. Throws when there are none. */
export async function openImages(home: string): Promise<ImageSet> {
  const text = await readFile(join(home, 'images.json'), 'utf8').catch((cause: unknown) => {
    throw new Error('there are no images yet: build them first', { cause });
  });
  const chosen = chosenSchema.parse(JSON.parse(text));
  const templates = await Promise.all(chosen.templates.map(openImage));
  return {
    router: await openImage(chosen.router),
    templates: new Map(templates.map(image => [image.metadata.name, image])),
  };
}
