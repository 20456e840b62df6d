/** An element with its elements or its text. */
export interface XmlElement {
  readonly name: string;
  readonly content: string | readonly XmlElement[];
}

/** A strict reader of the XML that this package writes, for its tests. Throws for anything that is not well-formed. */
export function readXml(xml: string): XmlElement {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!xml.startsWith(declaration)) throw new Error('no declaration');
  const [root, end] = readElement(xml, declaration.length);
  if (end !== xml.length) throw new Error('more than one root');
  return root;
}

function readElement(xml: string, start: number): [XmlElement, number] {
  const tag = /<([A-Za-z_][\w.-]*)((?: [\w-]+="[^"<]*")*)>/y;
  tag.lastIndex = start;
  const open = tag.exec(xml);
  if (open === null) throw new Error(`no element at ${start}`);
  const close = `</${open[1]}>`;
  const name = /^ name="([^"]*)"$/.exec(open[2] ?? '');
  const [content, end] = readContent(xml, tag.lastIndex);
  if (!xml.startsWith(close, end)) throw new Error(`${close} expected at ${end}`);
  const element = { name: name === null ? (open[1] ?? '') : unescape(name[1] ?? ''), content };
  return [element, end + close.length];
}

function readContent(xml: string, start: number): [XmlElement['content'], number] {
  if (xml[start] !== '<' || xml[start + 1] === '/') {
    const end = xml.indexOf('<', start);
    return [unescape(xml.slice(start, end)), end];
  }
  const elements: XmlElement[] = [];
  let at = start;
  while (xml[at + 1] !== '/') {
    const [element, end] = readElement(xml, at);
    elements.push(element);
    at = end;
  }
  return [elements, at];
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#9': '\t',
  '#10': '\n',
  '#13': '\r',
};

function unescape(text: string): string {
  if (/[<>"']/.test(text)) throw new Error(`not escaped: ${text}`);
  return text.replace(/&([^;]*);?/g, (_, name: string) => {
    const character = entities[name];
    if (character === undefined) throw new Error(`unknown entity ${name}`);
    return character;
  });
}
