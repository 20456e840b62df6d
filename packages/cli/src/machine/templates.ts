import { join } from 'node:path';
import {
  type BuiltTemplate,
  buildGuestTemplate,
  buildSystemTemplate,
  ImageUnavailableError,
} from '@isola/agent';
import { CliError } from '../cli-error.ts';
import type { Progress } from '../process/progress.ts';
import { ensurePackages } from './apt.ts';
import { packagesFor } from './packages.ts';

/** Templates of ours by their names. */
export const builders = {
  systemvm: buildSystemTemplate,
  'isola-tiny': buildGuestTemplate,
} as const;
export type TemplateKind = keyof typeof builders;

export const templateKinds: readonly TemplateKind[] = Object.keys(builders).filter(isTemplateKind);

export function isTemplateKind(text: string): text is TemplateKind {
  return Object.hasOwn(builders, text);
}

/** The folder of an installation from which its server takes templates into its image store. */
export function importFolderOf(home: string): string {
  return join(home, 'import');
}

/** What to see to where the archive does not give it. */
const hints: Readonly<Record<TemplateKind, string>> = {
  systemvm:
    'It takes Debian 13 (trixie): the Node.js of Debian 12 is too old for the router. See that this machine reaches deb.debian.org.',
  'isola-tiny': 'See that this machine reaches deb.debian.org.',
};

/** Builds a template of ours into a folder. Needs root and Debian's archive. */
export async function buildTemplate(
  kind: TemplateKind,
  folder: string,
  progress: Progress,
): Promise<BuiltTemplate> {
  if (process.getuid?.() !== 0)
    throw new CliError('building a template needs root', 'Try with sudo.');
  await progress.step('installing Debian packages', () => ensurePackages(packagesFor('templates')));
  return progress.step(`building ${kind}`, note =>
    builders[kind]({
      folder,
      treesFolder: null,
      onProgress: line => note(line.trim().slice(0, 60)),
    }).catch((error: unknown) => {
      if (!(error instanceof ImageUnavailableError)) throw error;
      throw new CliError(
        `Debian's archive did not give what the template is made of\n${error.message}`,
        hints[kind],
      );
    }),
  );
}
