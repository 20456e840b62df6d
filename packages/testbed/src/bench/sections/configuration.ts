import { until } from '../../world/exec.ts';
import type { Place } from '../../world/place.ts';
import { clock } from '../clock.ts';
import { NftBaseline } from '../nft-baseline.ts';
import { type Apply, appliesOf } from '../router-log.ts';
import { figure } from '../row.ts';
import type { Section } from '../section.ts';
import { median } from '../statistics.ts';

const forwards = 10_000;
const samples = 5;

/** The whole configuration of a large router, from nothing. */
export const configuration: Section = {
  name: 'configuration',
  title: 'The whole configuration of a router with 10,000 port forwards',
  method: `The router program is stopped, all rules are flushed, the program is started: it installs its whole configuration and reads it back. The time is what its log says of that apply; from the start of the program until then comes reading the configuration and starting Node. ${samples} times. Baseline: \`nft -f\` of one bare map with 10,000 elements.`,
  run: async lab => {
    const network = await lab.forwardingNetwork('many');
    await network.growTo(forwards);
    const nft = await NftBaseline.make();
    const applies: Apply[] = [];
    const starts: number[] = [];
    const bare: number[] = [];
    try {
      for (let at = 0; at < samples; at += 1) {
        const started = await fromNothing(network.router);
        applies.push(started.apply);
        starts.push(started.milliseconds);
        bare.push(await nft.load(forwards));
      }
    } finally {
      await nft.remove();
    }
    const times = applies.map(({ milliseconds }) => milliseconds);
    const baseline = { what: 'nft -f of a map', value: median(bare) };
    return [
      {
        what: 'whole apply, p50',
        value: median(times),
        unit: 'ms',
        also: `max ${figure(Math.max(...times))}, ${figure(applies[0]?.elements ?? 0)} elements, n ${samples}`,
        baseline,
        aim: { below: 1000 },
      },
      { what: 'start of the program to applied, p50', value: median(starts), unit: 'ms', baseline },
    ];
  },
};

async function fromNothing(router: Place): Promise<{ apply: Apply; milliseconds: number }> {
  const service = '/etc/service/isola-router';
  await router.run(['sv', '-w', '10', 'down', service]);
  await router.run(['nft', 'flush', 'ruleset']);
  const before = (await appliesOf(router)).length;
  const start = clock();
  await router.run(['sv', '-w', '10', 'up', service]);
  const [apply] = await until('the whole apply', async () => {
    const applies = (await appliesOf(router)).slice(before);
    return applies.length > 0 ? applies : undefined;
  });
  const milliseconds = clock() - start;
  if (apply === undefined) throw new Error('no apply');
  return { apply, milliseconds };
}
