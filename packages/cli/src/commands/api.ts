import type { Command } from 'commander';
import { commandNamed, parseParameters } from '../api/arguments.ts';
import { callAndWait, callApi, signUrl } from '../api/client.ts';
import { formatValue, valueAt } from '../api/json.ts';
import { loadProfile, type ProfileOptions, withProfileOptions } from './options.ts';
import { print } from './output.ts';

interface ApiOptions extends ProfileOptions {
  readonly wait: boolean;
  readonly get?: string;
}

/** `isola api`: one signed call. */
export function addApi(program: Command): void {
  withProfileOptions(program.command('api'))
    .description('call an API command and print its answer as JSON')
    .argument('<command>', 'for example listNetworks')
    .argument('[name=value...]', 'its parameters')
    .option('--no-wait', 'print the job instead of waiting for its result')
    .option('--get <path>', 'print one value of the answer, for example network.0.id')
    .action(async (command: string, words: readonly string[], options: ApiOptions) => {
      const call = options.wait ? callAndWait : callApi;
      const profile = await loadProfile(options);
      const answer = await call(profile, commandNamed(command), parseParameters(words));
      print(formatValue(options.get === undefined ? answer : valueAt(answer, options.get)));
    });
}

/** `isola sign`: a URL for curl. */
export function addSign(program: Command): void {
  withProfileOptions(program.command('sign'))
    .description('print a signed URL that makes the call when it is fetched')
    .argument('<command>', 'for example listNetworks')
    .argument('[name=value...]', 'its parameters')
    .action(async (command: string, words: readonly string[], options: ProfileOptions) => {
      const profile = await loadProfile(options);
      print(await signUrl(profile, commandNamed(command), parseParameters(words)));
    });
}
