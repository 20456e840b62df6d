import { resolve } from 'node:path';
import { type BuiltTemplate, buildSystemTemplate, ImageUnavailableError } from '@isola/agent';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { ensurePackages } from '../machine/apt.ts';
import { packagesFor } from '../machine/packages.ts';
import { progressOn } from '../process/progress.ts';
import { print } from './output.ts';

const builders = { systemvm: buildSystemTemplate } as const;
type Kind = keyof typeof builders;

/** `isola template build`: makes a template of ours from Debian's archive. */
export function addTemplate(program: Command): void {
  program
    .command('template')
    .description('templates of virtual machines')
    .command('build')
    .argument('<kind>', Object.keys(builders).join(', '))
    .option('--folder <path>', 'where the result goes', '.')
    .description('make a template: a QCOW2 file with its checksum, list of packages and manifest')
    .action(async (kind: string, options: { folder: string }) => {
      if (!isKind(kind))
        throw new CliError(
          `there is no template ${kind}`,
          `There is ${Object.keys(builders).join(', ')}.`,
        );
      const built = await buildTemplate(kind, resolve(options.folder));
      print(`${built.path} ${built.checksum}`);
    });
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(builders, text);
}

async function buildTemplate(kind: Kind, folder: string): Promise<BuiltTemplate> {
  if (process.getuid?.() !== 0)
    throw new CliError('building a template needs root', 'Try with sudo.');
  const progress = progressOn(process.stderr);
  await progress.step('installing Debian packages', () => ensurePackages(packagesFor('templates')));
  return progress.step(`building ${kind}`, note =>
    builders[kind]({ folder, onProgress: line => note(line.trim().slice(0, 60)) }).catch(
      (error: unknown) => {
        if (!(error instanceof ImageUnavailableError)) throw error;
        throw new CliError(
          `Debian's archive did not give what the template is made of\n${error.message}`,
          'It takes Debian 13 (trixie): the Node.js of Debian 12 is too old for the router.',
        );
      },
    ),
  );
}
