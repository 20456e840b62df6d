import Table from 'cli-table3';
import type { Command } from 'commander';
import { allChecks } from '../machine/all-checks.ts';
import type { Check } from '../machine/checks.ts';
import { type ConfigOptions, load, withConfigOptions } from './options.ts';
import { print } from './output.ts';

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
  const table = new Table({ head: ['check', 'state', 'found', 'what to do'], style: { head: [] } });
  for (const check of checks) {
    const state = check.ok ? 'ok' : check.required ? 'missing' : 'advised';
    table.push([check.name, state, check.found, check.ok ? '' : check.remedy]);
  }
  return table.toString();
}
