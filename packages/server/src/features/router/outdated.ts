import type { ShownRouter } from './repository.ts';

/** Whether a newer system template is there, its file too. */
export function isOutdated({
  image,
  newest_image: newest,
}: Pick<ShownRouter, 'image' | 'newest_image'>): boolean {
  return newest !== null && newest !== '' && newest !== image;
}
