import { createRequire } from 'node:module';
import { DomainError } from '../../platform/errors.ts';

const MAX_DEPTH = 60;
const MAX_NODES = 50_000;

/** The part of the DOM that is read here. The parser's own types would pull a browser's globals into the whole project. */
export interface XmlNode {
  readonly nodeType: number;
  readonly nodeValue: string | null;
  readonly firstChild: XmlNode | null;
  readonly nextSibling: XmlNode | null;
  readonly parentNode: XmlNode | null;
}

export interface XmlElement extends XmlNode {
  readonly localName: string;
  readonly namespaceURI: string | null;
  readonly attributes: { readonly length: number; item(index: number): XmlAttribute };
  getAttribute(name: string): string;
  hasAttribute(name: string): boolean;
  toString(): string;
}

interface XmlAttribute {
  readonly name: string;
  readonly localName: string;
  readonly value: string;
}

interface Parser {
  parseFromString(text: string, type: string): XmlNode & { readonly documentElement: XmlElement | null };
}

const { DOMParser } = createRequire(import.meta.url)('@xmldom/xmldom') as { DOMParser: new (options: object) => Parser };

const ELEMENT = 1;
const TEXT = 3;

/**
 * Parses XML from outside, and refuses everything that two parsers might read differently: declarations (and with them
 * entities), processing instructions, CDATA, comments unless allowed, whatever the parser merely warns about, and depth.
 * The look at the raw text comes first, so that no parser ever sees a document type.
 */
export function parseStrictXml(text: string, { allowComments = false } = {}): XmlElement {
  refuseDeclarations(text, allowComments);
  let document: ReturnType<Parser['parseFromString']>;
  try {
    const errorHandler = { warning: malformed, error: malformed, fatalError: malformed };
    document = new DOMParser({ locator: {}, errorHandler }).parseFromString(text, 'text/xml');
  } catch (error) {
    return error instanceof DomainError ? raise(error) : malformed(error instanceof Error ? error.message : 'not well-formed');
  }
  const root = document.documentElement;
  if (root === null || [...siblings(document.firstChild)].filter((node) => node.nodeType === ELEMENT).length !== 1) {
    return malformed('it does not have exactly one root element');
  }
  checkSize(root);
  return root;
}

function refuseDeclarations(text: string, allowComments: boolean): void {
  const body = text.replace(/^<\?xml version=["']1\.0["'](?: +encoding=["'][Uu][Tt][Ff]-8["'])?(?: +standalone=["'](?:yes|no)["'])? *\?>/, '');
  const found = /<!DOCTYPE|<!ENTITY|<!\[CDATA\[|<\?|<!(?!--)/i.exec(body)?.[0] ?? (allowComments ? undefined : /<!--/.exec(body)?.[0]);
  if (found !== undefined) {
    throw new DomainError('invalid', 'federation.saml.xml_declaration', 'The document holds a document type, an entity, a comment or another declaration.', {
      details: { check: 'declarations', expected: 'none', actual: found },
    });
  }
  // oxlint-disable-next-line no-control-regex -- what XML 1.0 §2.2 does not count as characters
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/u.test(body)) malformed('it holds characters that XML forbids');
}

function malformed(problem: string): never {
  throw new DomainError('invalid', 'federation.saml.xml_malformed', 'The document is not well-formed XML.', {
    details: { check: 'well-formed XML', expected: 'one well-formed element', actual: problem.slice(0, 200) },
  });
}

function raise(error: DomainError): never {
  throw error;
}

/** Later steps walk recursively; nothing may be deep or large enough to exhaust them. */
function checkSize(root: XmlElement): void {
  let depth = 1;
  let nodes = 0;
  for (let node: XmlNode | null = root; node !== null; ) {
    nodes += 1;
    if (depth > MAX_DEPTH || nodes > MAX_NODES) {
      throw new DomainError('too-large', 'federation.saml.xml_too_large', 'The document is nested too deeply or has too many parts.', {
        details: { check: 'depth and nodes', expected: [MAX_DEPTH, MAX_NODES], actual: [depth, nodes] },
      });
    }
    if (node.firstChild !== null) {
      node = node.firstChild;
      depth += 1;
      continue;
    }
    while (node !== null && node !== root && node.nextSibling === null) {
      node = node.parentNode;
      depth -= 1;
    }
    node = node === null || node === root ? null : node.nextSibling;
  }
}

function* siblings(first: XmlNode | null): Generator<XmlNode> {
  for (let node = first; node !== null; node = node.nextSibling) yield node;
}

export function isElement(node: XmlNode): node is XmlElement {
  return node.nodeType === ELEMENT;
}

/** Direct children of one name, in one namespace. */
export function childrenOf(parent: XmlElement, namespace: string, name: string): XmlElement[] {
  return [...siblings(parent.firstChild)].filter(isElement).filter((node) => node.localName === name && node.namespaceURI === namespace);
}

/** Every element at or below `root`, in document order. */
export function elementsOf(root: XmlElement): XmlElement[] {
  const found: XmlElement[] = [];
  const waiting: XmlElement[] = [root];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    found.push(element);
    waiting.push(...[...siblings(element.firstChild)].filter(isElement).toReversed());
  }
  return found;
}

export function attributesOf(element: XmlElement): XmlAttribute[] {
  return Array.from({ length: element.attributes.length }, (_, index) => element.attributes.item(index));
}

export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.hasAttribute(name) ? element.getAttribute(name) : undefined;
}

/** The whole text of an element that holds nothing else; undefined when anything but text is inside. */
export function textOf(element: XmlElement): string | undefined {
  const nodes = [...siblings(element.firstChild)];
  return nodes.every((node) => node.nodeType === TEXT) ? nodes.map((node) => node.nodeValue ?? '').join('') : undefined;
}
