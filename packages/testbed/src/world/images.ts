import { buildImages } from '@isola/agent';

/** Not the product's own folder: a purge in a test must not take anybody's images. */
const folder = process.env['ISOLA_TEST_IMAGES'] ?? '/var/cache/isola/test-images';

let built: ReturnType<typeof buildImages> | undefined;

/**
 * The folder of the images that all tests of the machine share, with images in it: worlds cannot reach Debian's
 * archive. The tests use it as an installation would, so that the last world's purge leaves it there.
 */
export async function testImages(): Promise<string> {
  await testImageFolders();
  return folder;
}

/** Folders of the images that an installation of this clone takes; others lie beside them. */
export async function testImageFolders(): Promise<string[]> {
  built ??= buildImages({ home: folder, imagesFolder: folder }, () => undefined);
  const { router, templates } = await built;
  return [router, ...templates.values()].map(image => image.folder);
}
