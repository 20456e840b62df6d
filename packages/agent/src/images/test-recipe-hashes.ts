import { guestRecipe, routerBaseRecipe, routerRecipe } from './recipes.ts';

/** Hashes of the recipes of containers, in a file of its own that a test can bundle. */
export async function recipeHashes(): Promise<readonly string[]> {
  const base = await routerBaseRecipe(() => undefined);
  const open = () => Promise.reject(new Error('nothing is built'));
  const router = await routerRecipe({ hash: base.hash, open });
  return [base.hash, router.hash, (await guestRecipe(() => undefined)).hash];
}
