import { XMLParser } from 'fast-xml-parser';
import type { XmlSettings } from './formatConfig.ts';

/** Deeper documents are refused. */
const MAX_DEPTH = 32;

/**
 * Parses an XML document into objects, arrays and texts: elements by name without namespace, attributes as `@name`, and
 * the text of an element with attributes as `#text`. An element that occurs several times, or is one of `lists`, is an
 * array.
 * @throws Error if it is not well formed, deeper than 32 elements, or defines entities.
 */
export function readXml(text: string, settings?: XmlSettings): unknown {
  // No device needs them, and they allow expansion attacks.
  if (/<!ENTITY/i.test(text)) throw new Error('entities of its own');
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    removeNSPrefix: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    // Values stay texts, as in the other formats: names such as 007 are not numbers.
    parseTagValue: false,
    parseAttributeValue: false,
    maxNestedTags: MAX_DEPTH,
    isArray: (name, path, _isLeaf, isAttribute) => !isAttribute && isList(name, String(path), settings?.lists),
  });
  return parser.parse(text, true);
}

function isList(name: string, path: string, lists: XmlSettings['lists'] | undefined): boolean {
  return lists === 'all' ? path.includes('.') : (lists?.includes(name) ?? false);
}
