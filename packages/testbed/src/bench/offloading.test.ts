import { describe, expect, it } from 'vitest';
import { offloadRulesOf } from './offloading.ts';

describe('the rules that fill a flow table', () => {
  it('are found with chain and handle', () => {
    const listed = [
      'table ip isola { # handle 3',
      '\tflowtable flows { # handle 9',
      '\t\thook ingress priority filter',
      '\t}',
      '\tchain forward { # handle 4',
      '\t\ttype filter hook forward priority filter; policy drop;',
      '\t\tmeta l4proto { tcp, udp } ct state established flow add @flows # handle 17',
      '\t\tct state established accept # handle 18',
      '\t}',
      '}',
    ].join('\n');
    expect(offloadRulesOf(listed)).toEqual(['ip isola forward handle 17']);
  });
});
