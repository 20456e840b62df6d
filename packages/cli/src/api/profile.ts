import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';

/** Where an API is and whose keys to sign with: the form of `admin.json`. */
const profileSchema = z.object({
  url: z.url(),
  apikey: z.string().min(1),
  secretkey: z.string().min(1),
});

export type Profile = z.infer<typeof profileSchema>;

/** Reads a profile. Throws a `CliError` that names the file. */
export async function readProfile(path: string): Promise<Profile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CliError(
      `cannot read ${path}`,
      'Start Isola with `npm run up`, or name a file like its admin.json with --profile.',
      cause,
    );
  });
  const parsed = profileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const keys = parsed.error.issues.map(issue => issue.path.join('.') || 'content').join(', ');
  throw new CliError(`${path}: wrong or missing: ${keys}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
