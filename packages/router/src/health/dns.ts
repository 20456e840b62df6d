import { Resolver } from 'node:dns/promises';

interface Named {
  readonly name: string;
  readonly address: string;
}

interface Asked {
  readonly server: string;
  readonly domain: string;
  /** The first is told of when all are right. */
  readonly names: readonly Named[];
}

/** Asks a DNS server for names of a domain: whether each has its address, and the first that has not. */
export async function askForNames({
  server,
  domain,
  names,
}: Asked): Promise<{ success: boolean; detail: string }> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([server]);
  const answers = await Promise.all(
    names.map(async ({ name, address }) => {
      const asked = `${name}.${domain}`;
      // An error is an answer here, too.
      const found = await resolver.resolve4(asked).catch((error: unknown) => [String(error)]);
      return { right: found.includes(address), text: `${asked} is ${found.join(', ')}` };
    }),
  );
  const wrong = answers.find(({ right }) => !right);
  if (wrong !== undefined) return { success: false, detail: wrong.text };
  const further = names.length === 1 ? '' : `; names of guests that are right: ${names.length - 1}`;
  return { success: true, detail: `${answers[0]?.text ?? ''}${further}` };
}
