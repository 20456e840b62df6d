/** Folder of the image's files: `manifest`, `packages.txt` and `root/`. Relative to both `src` and `dist`. */
export const routerImageFolder = new URL('../image/', import.meta.url);
/** Entry of the router program, to be bundled as `isola-router.cjs`. */
export const routerProgramSource = new URL('../src/main.ts', import.meta.url);
