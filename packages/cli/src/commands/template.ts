import { resolve } from 'node:path';
import type { Command } from 'commander';
import { callApi } from '../api/client.ts';
import { formatValue, isRecord } from '../api/json.ts';
import { CliError } from '../cli-error.ts';
import {
  builders,
  buildTemplate,
  importFolderOf,
  isTemplateKind,
  type TemplateKind,
} from '../machine/templates.ts';
import { progressOn } from '../process/progress.ts';
import { load, loadProfile, type ProfileOptions, withProfileOptions } from './options.ts';
import { print } from './output.ts';
import { formatTable } from './table.ts';

const kinds = Object.keys(builders).join(', ');

/** `isola template`: what instances and routers are made of. */
export function addTemplate(program: Command): void {
  const template = program.command('template').description('templates of virtual machines');
  template
    .command('build')
    .argument('<kind>', kinds)
    .option('--folder <path>', 'where the result goes', '.')
    .description('make a template: a QCOW2 file with its checksum, list of packages and manifest')
    .action(async (kind: string, options: { folder: string }) => {
      const progress = progressOn(process.stderr);
      const built = await buildTemplate(kindOf(kind), resolve(options.folder), progress);
      print(`${built.path} ${built.checksum}`);
    });
  withProfileOptions(template.command('add'))
    .argument('<kind>', kinds)
    .description('make a template of ours and register it in this installation')
    .action(addOurs);
  withProfileOptions(template.command('list'))
    .description('list the templates and where they are')
    .action(async (options: ProfileOptions) => {
      print(await templateTable(options));
    });
}

function kindOf(text: string): TemplateKind {
  if (isTemplateKind(text)) return text;
  throw new CliError(`there is no template ${text}`, `There is ${kinds}.`);
}

/** The server takes it at once when it has none of the name, else when it starts again: what runs stays as it is. */
async function addOurs(kind: string, options: ProfileOptions): Promise<void> {
  const wanted = kindOf(kind);
  const profile = await loadProfile(options);
  const { installation } = await load(options);
  const folder = importFolderOf(installation.home);
  const built = await buildTemplate(wanted, folder, progressOn(process.stderr));
  const params = { templatefilter: 'all', name: wanted, hypervisor: 'KVM' };
  for (const templatetype of ['SYSTEM', 'BUILTIN']) {
    const { template } = await callApi(profile, 'listTemplates', { ...params, templatetype });
    if (template === undefined) continue;
    print(`${built.path} takes the place of the present ${wanted} when \`isola up\` starts again`);
    return;
  }
  await callApi(profile, 'registerTemplate', {
    name: wanted,
    displaytext: `${built.osType} (${wanted} ${built.version})`,
    format: 'QCOW2',
    hypervisor: 'KVM',
    url: `file://${built.path}`,
    checksum: built.checksum,
    ...(wanted === 'systemvm' ? { templatetype: 'SYSTEM' } : { isfeatured: 'true' }),
  });
  print(`${wanted} is registered; \`isola template list\` shows when it is ready`);
}

const columns = [
  ['template', 'name'],
  ['type', 'templatetype'],
  ['hypervisor', 'hypervisor'],
  ['format', 'format'],
  ['owner', 'account'],
  ['ready', 'isready'],
  ['status', 'status'],
] as const;

async function templateTable(options: ProfileOptions): Promise<string> {
  const profile = await loadProfile(options);
  const found: unknown[] = [];
  for (const templatetype of ['SYSTEM', 'BUILTIN', 'USER']) {
    const params = { templatefilter: 'all', listall: 'true', templatetype };
    const { template } = await callApi(profile, 'listTemplates', params);
    if (Array.isArray(template)) found.push(...template);
  }
  const rows = found
    .filter(isRecord)
    .map(one => [...columns.map(([, field]) => formatValue(one[field] ?? '')), placesOf(one)]);
  return formatTable([...columns.map(([title]) => title), 'in'], rows);
}

/** Names of the image stores and hosts that have the template. */
function placesOf({ downloaddetails }: Readonly<Record<string, unknown>>): string {
  if (!Array.isArray(downloaddetails)) return '';
  const places = downloaddetails.filter(isRecord).flatMap(place => {
    const there = place['downloadState'] === 'DOWNLOADED' || place['state'] === 'Ready';
    return there ? [formatValue(place['datastore'] ?? place['host'] ?? '')] : [];
  });
  return places.join(' ');
}
