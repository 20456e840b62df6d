import type { Command } from 'commander';
import { allChecks } from '../machine/all-checks.ts';
import type { Check } from '../machine/checks.ts';
import { type ConfigOptions, load, withConfigOptions } from './options.ts';
import { print } from './output.ts';
import { formatTable } from './table.ts';

/** `isola doctor`: what the machine has and lacks. */
export function addDoctor(program: Command): void {
  withConfigOptions(program.command('doctor'))
    .description('check the machine and say what to do for each thing missing')
    .action(async (options: ConfigOptions) => {
      const checks = await allChecks(await load(options));
      print(checkTable(checks));
      if (checks.some(check => check.required && !check.ok)) process.exitCode = 1;
    });
}

function checkTable(checks: readonly Check[]): string {
  const rows = checks.map(check => {
    const state = check.ok ? 'ok' : check.required ? 'MISSING' : 'advised';
    return [state, check.name, check.ok ? check.found : `${check.found}. ${check.remedy}`];
  });
  return formatTable(['state', 'check', 'found, and what to do'], rows);
}
