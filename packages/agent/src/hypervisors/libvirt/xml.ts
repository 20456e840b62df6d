/** An element of an XML document; text and attributes are escaped when it is written. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (XmlElement | string)[];
}

/** Makes an element; children that are `null` are left out. */
export function element(
  name: string,
  attributes: XmlElement['attributes'] = {},
  ...children: readonly (XmlElement | string | null)[]
): XmlElement {
  return { name, attributes, children: children.filter(child => child !== null) };
}

/** Text of the element. Throws on characters that XML cannot carry. */
export function renderXml({ name, attributes, children }: XmlElement): string {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(`${value}`)}"`);
  const open = `<${name}${words.join('')}`;
  if (children.length === 0) return `${open}/>`;
  const content = children.map(child =>
    typeof child === 'string' ? escape(child) : renderXml(child),
  );
  return `${open}>${content.join('')}</${name}>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // Parsers turn plain ones in attributes into spaces, and in text two into one.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

// What XML 1.0 has no way to write: control characters, lone surrogates, and two that are no characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
// oxlint-disable-next-line no-control-regex
const impossible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

function escape(text: string): string {
  if (impossible.test(text)) throw new Error('a value has characters that XML cannot carry');
  return text.replace(/[&<>"'\t\n\r]/g, char => entities[char] ?? char);
}
