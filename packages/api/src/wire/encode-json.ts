import type { Answer } from './answer.ts';

export const jsonContentType = 'application/json; charset=UTF-8';

/** `{"listnetworksresponse":{...}}` */
export function encodeJson(answer: Answer): string {
  return JSON.stringify({ [answer.name]: answer.body });
}
