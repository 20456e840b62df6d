import { IsolaError } from '@isola/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commands } from '../commands/index.ts';
import { acceptedAnswer, jobResultTree, responseName, resultAnswer } from './answer.ts';
import { encodeJson } from './encode-json.ts';
import { encodeXml } from './encode-xml.ts';
import { errorAnswer, jobErrorTree } from './error-body.ts';
import { valueTree } from './json-tree.ts';
import { readXml, type XmlElement } from './read-xml.testing.ts';

const network = {
  id: 'n',
  name: 'a & <b>',
  created: new Date('2026-11-22T04:21:13.9Z'),
  vlan: undefined,
};

function json(answer: Parameters<typeof encodeJson>[0]): unknown {
  return JSON.parse(encodeJson(answer));
}

describe('envelopes', () => {
  test('list', () => {
    const answer = resultAnswer(commands.listNetworks, { count: 7, items: [network] });
    expect(json(answer)).toEqual({
      listnetworksresponse: {
        count: 7,
        network: [{ id: 'n', name: 'a & <b>', created: '2026-11-22T04:21:13+0000' }],
      },
    });
    expect(encodeXml(answer)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><listnetworksresponse cloud-stack-version="4.22.0.0"><count>7</count>' +
        '<network><created>2026-11-22T04:21:13+0000</created><id>n</id><name>a &amp; &lt;b&gt;</name></network>' +
        '</listnetworksresponse>',
    );
  });

  test('empty list, and an empty page of a list', () => {
    expect(json(resultAnswer(commands.listNetworks, { count: 0, items: [] }))).toEqual({
      listnetworksresponse: {},
    });
    expect(json(resultAnswer(commands.listNetworks, { count: 3, items: [] }))).toEqual({
      listnetworksresponse: { count: 3 },
    });
  });

  test('one object, also in a job', () => {
    const name = 'n';
    expect(json(resultAnswer(commands.createNetwork, { name }))).toEqual({
      createnetworkresponse: { network: { name } },
    });
    expect(jobResultTree(commands.updateNetwork, { name })).toEqual({ network: { name } });
  });

  test('success is a text in an answer and a boolean in a job, as in CloudStack', () => {
    expect(json(resultAnswer(commands.deleteSSHKeyPair, { success: true }))).toEqual({
      deletesshkeypairresponse: { success: 'true' },
    });
    expect(jobResultTree(commands.deleteNetwork, { success: true })).toEqual({ success: true });
  });

  test('bare', () => {
    expect(json(resultAnswer(commands.login, { sessionkey: 'k', timeout: 1800 }))).toEqual({
      loginresponse: { sessionkey: 'k', timeout: 1800 },
    });
  });

  test('accepted job', () => {
    expect(json(acceptedAnswer(commands.deployVirtualMachine, { jobid: 'j', id: 'i' }))).toEqual({
      deployvirtualmachineresponse: { id: 'i', jobid: 'j' },
    });
    expect(json(acceptedAnswer(commands.deleteNetwork, { jobid: 'j' }))).toEqual({
      deletenetworkresponse: { jobid: 'j' },
    });
  });

  test('only declared fields leave, in nested objects too', () => {
    const item = { id: 'i', secret: 's', nic: [{ id: 'x', host_port: 'p' }] };
    expect(jobResultTree(commands.startVirtualMachine, item)).toEqual({
      virtualmachine: { id: 'i', nic: [{ id: 'x' }] },
    });
  });

  test('errors', () => {
    const error = new IsolaError('missing_parameter', {
      command: 'createNetwork',
      parameter: 'name',
    });
    const text = 'Unable to execute API command createNetwork due to missing parameter name';
    expect(json(errorAnswer('createNetwork', error))).toEqual({
      createnetworkresponse: { uuidList: [], errorcode: 431, cserrorcode: 9999, errortext: text },
    });
    expect(encodeXml(errorAnswer(undefined, error))).toContain(
      `<errorresponse cloud-stack-version="4.22.0.0"><errorcode>431</errorcode><cserrorcode>9999</cserrorcode><errortext>${text}`,
    );
    expect(jobErrorTree(error)).toEqual({ errorcode: 431, errortext: text });
    expect(responseName('listVirtualMachines')).toBe('listvirtualmachinesresponse');
  });
});

test('JSON and XML say the same', () => {
  const tree = fc.dictionary(
    fc.string(),
    fc.letrec(tie => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'binary' }),
        fc.double(),
        fc.boolean(),
        fc.date(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    })).value,
  );
  fc.assert(
    fc.property(tree, value => {
      const body = { jobresult: valueTree(value) ?? {} };
      const answer = { name: 'r', body };
      const parsed: { readonly r: object } = JSON.parse(encodeJson(answer));
      expect(readXml(encodeXml(answer))).toEqual({ name: 'r', content: members(parsed.r) });
    }),
  );
});

/** What the XML of a JSON object must hold: lists are repeated elements, texts lose what XML forbids. */
function members(object: object): readonly XmlElement[] {
  return Object.entries(object).flatMap(([name, value]: [string, unknown]) => element(name, value));
}

function element(name: string, value: unknown): readonly XmlElement[] {
  if (Array.isArray(value)) return value.flatMap(item => element(name, item));
  const kept = strip(name);
  if (typeof value !== 'object' || value === null)
    return [{ name: kept, content: strip(String(value)) }];
  const content = members(value);
  return [{ name: kept, content: content.length === 0 ? '' : content }];
}

function strip(text: string): string {
  return Array.from(text, character =>
    isAllowed(character.codePointAt(0) ?? 0) ? character : '',
  ).join('');
}

function isAllowed(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}
