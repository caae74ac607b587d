import { createHash } from 'node:crypto';
import { fail } from '../base/error.js';
import { canonicalJson } from '../base/hash.js';
import { corrupt, countIn, listIn, objectIn, type PlainObject, textIn } from './plain-data.js';

/**
 * One deterministic container: 8 bytes magic, uint32 version, uint32 header length, the header as canonical JSON, the sections one after
 * another, and the SHA-256 of everything before it. Integers are little-endian; the header lists each section's name and length.
 */
const MAGIC = Buffer.from('MWPIPE\r\n', 'latin1');
const VERSION = 1;
const PREFIX = MAGIC.length + 8;
const DIGEST = 32;

export function packContainer(header: PlainObject, sections: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const names = Object.keys(sections).sort();
  const listed = names.map((name) => ({ name, bytes: sections[name].length }));
  const json = Buffer.from(canonicalJson({ header, sections: listed }), 'utf8');
  const prefix = Buffer.alloc(PREFIX);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(VERSION, MAGIC.length);
  prefix.writeUInt32LE(json.length, MAGIC.length + 4);
  const body = Buffer.concat([prefix, json, ...names.map((name) => sections[name])]);
  return new Uint8Array(Buffer.concat([body, createHash('sha256').update(body).digest()]));
}

/** @throws MW_PIPELINE_CORRUPT, MW_PIPELINE_NEWER */
export function unpackContainer(bytes: Uint8Array): { header: PlainObject; sections: ReadonlyMap<string, Uint8Array> } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < PREFIX + DIGEST || !buffer.subarray(0, MAGIC.length).equals(MAGIC))
    corrupt(`These ${buffer.length} bytes are not a model pipeline.`);
  const version = buffer.readUInt32LE(MAGIC.length);
  if (version > VERSION)
    fail('MW_PIPELINE_NEWER', { what: `The pipeline has format ${version}; this Millwright reads up to ${VERSION}.` });
  const end = buffer.length - DIGEST;
  if (!createHash('sha256').update(buffer.subarray(0, end)).digest().equals(buffer.subarray(end)))
    corrupt('The pipeline does not match its own checksum.');
  const headerEnd = PREFIX + buffer.readUInt32LE(MAGIC.length + 4);
  if (headerEnd > end) corrupt('The header is longer than the file.');
  const root = objectIn(parsed(buffer.toString('utf8', PREFIX, headerEnd)), 'header');
  const sections = new Map<string, Uint8Array>();
  let at = headerEnd;
  for (const item of listIn(root, 'sections')) {
    const section = objectIn(item, 'section');
    const next = at + countIn(section, 'bytes', 0, end - at);
    sections.set(textIn(section, 'name'), new Uint8Array(buffer.subarray(at, next)));
    at = next;
  }
  if (at !== end) corrupt(`${end - at} bytes belong to no section.`);
  return { header: objectIn(root['header'], 'header'), sections };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    corrupt('The header is not JSON.');
  }
}
