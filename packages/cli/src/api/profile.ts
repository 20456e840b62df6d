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
    throw new CliError(`cannot read ${path}`, hintFor(cause), cause);
  });
  const parsed = profileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const keys = parsed.error.issues.map(issue => issue.path.join('.') || 'content').join(', ');
  throw new CliError(`${path}: wrong or missing: ${keys}`);
}

function hintFor(cause: unknown): string {
  const denied = cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
  return denied
    ? 'Run it as root, or name a file with keys of your own with --profile.'
    : 'Start Isola with `npm run up`, or name a file like its admin.json with --profile.';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
