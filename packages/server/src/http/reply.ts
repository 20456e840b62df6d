import { type Answer, encodeJson, encodeXml, jsonContentType, xmlContentType } from '@isola/api';
import type { FastifyReply } from 'fastify';
import { type Pairs, valueOf } from './pairs.ts';
import { streamOf, type WholeList } from './whole-list.ts';

/** Sends an answer as the caller asked: JSON with `response=json`, else XML. */
export function sendAnswer(
  reply: FastifyReply,
  pairs: Pairs,
  { status, answer }: { readonly status: number; readonly answer: Answer | WholeList },
): FastifyReply {
  const json = valueOf(pairs, 'response')?.toLowerCase() === 'json';
  return reply
    .code(status)
    .header('content-type', json ? jsonContentType : xmlContentType)
    .send(bodyOf(answer, json));
}

function bodyOf(answer: Answer | WholeList, json: boolean) {
  if ('pageAt' in answer) return streamOf(answer, json);
  return json ? encodeJson(answer) : encodeXml(answer);
}

/** Answers hold tenants' data and are never documents to show. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
