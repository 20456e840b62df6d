import { readAddresses } from '../links/addresses.ts';
import { installationId, namesOf } from '../names.ts';
import { controlGateway } from './prepare.ts';

/**
 * Throws unless the network namespace is this installation's alone: two in one would both hold the host's end of the
 * control links, and neither would reach its routers.
 */
export async function aloneInNamespace(home: string): Promise<string> {
  const own = namesOf(installationId(home)).controlBridge;
  const held = await readAddresses();
  const stranger = held.find(({ address, holder }) => address === controlGateway && holder !== own);
  if (stranger === undefined) return 'no other installation';
  throw new Error(`${stranger.holder} holds ${controlGateway}: another installation runs here`);
}
