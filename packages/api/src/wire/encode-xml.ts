import { cloudStackVersion } from '../version.ts';
import type { Answer } from './answer.ts';
import type { JsonTree } from './json-tree.ts';

export const xmlContentType = 'text/xml; charset=UTF-8';

// Characters that XML 1.0 allows neither raw nor escaped, lone surrogates among them.
// oxlint-disable-next-line no-control-regex -- removing them is the point
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
const elementName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** CloudStack's XML: lists repeat their element, nested objects nest, empty lists leave nothing. */
export function encodeXml(answer: Answer): string {
  const version = escapeText(cloudStackVersion);
  const content = members(answer.body);
  return `<?xml version="1.0" encoding="UTF-8"?><${answer.name} cloud-stack-version="${version}">${content}</${answer.name}>`;
}

function members(object: Readonly<Record<string, JsonTree>>): string {
  return Object.entries(object)
    .map(([name, value]) => xmlElement(name, value))
    .join('');
}

/** One value as an element; a list as one for each item. */
export function xmlElement(name: string, value: JsonTree): string {
  if (isList(value)) return value.map(item => xmlElement(name, item)).join('');
  const content = typeof value === 'object' ? members(value) : escapeText(String(value));
  // Keys of details are anything; one that cannot be an element's name goes into an attribute.
  if (!elementName.test(name)) return `<item name="${escapeText(name)}">${content}</item>`;
  return `<${name}>${content}</${name}>`;
}

function isList(value: JsonTree): value is readonly JsonTree[] {
  return Array.isArray(value);
}

function escapeText(text: string): string {
  return text.replace(forbidden, '').replace(/[&<>"'\r\n\t]/g, found => escapes[found] ?? found);
}
