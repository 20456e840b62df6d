/** An element with its text or its elements. */
export type Xml = readonly [name: string, content: string | readonly Xml[]];

const token = /<\?[^>]*>|<(\/?)([\w.-]+)((?: [\w-]+="[^"]*")*)>|([^<]+)/g;
const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#9;': '\t',
  '&#10;': '\n',
  '&#13;': '\r',
};

const plain = (text: string): string =>
  text.replaceAll(/&[^;]*;/g, found => entities[found] ?? found);

/** Reads an answer in XML: what is inside its envelope. */
export function readXml(text: string): Xml['1'] {
  const stack: { readonly name: string; text: string; readonly elements: Xml[] }[] = [
    { name: '', text: '', elements: [] },
  ];
  for (const [, slash, name, attributes = '', between] of text.matchAll(token)) {
    const open = stack.at(-1);
    if (open === undefined) throw new Error(`not well-formed: ${text}`);
    if (between !== undefined) open.text += between;
    else if (name !== undefined && slash === '') {
      const named = /^ name="([^"]*)"$/.exec(attributes)?.[1];
      stack.push({ name: plain(named ?? name), text: '', elements: [] });
    } else if (name !== undefined) {
      stack.pop();
      stack
        .at(-1)
        ?.elements.push([open.name, open.elements.length > 0 ? open.elements : plain(open.text)]);
    }
  }
  const root = stack[0]?.elements[0];
  if (root === undefined || stack.length > 1) throw new Error(`not well-formed: ${text}`);
  return root[1];
}

/** What an object in JSON must be in XML: lists are repeated elements, an empty one none. */
export function xmlOf(value: unknown): Xml['1'] {
  if (typeof value !== 'object' || value === null) return String(value);
  const elements = Object.entries(value).flatMap(([name, item]: [string, unknown]): Xml[] =>
    (Array.isArray(item) ? item : [item]).map((one: unknown): Xml => [name, xmlOf(one)]),
  );
  return elements.length === 0 ? '' : elements;
}
