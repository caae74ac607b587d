import { dataLiteral, textLiteral } from './literal.js';
import { packNumbers } from './pack-numbers.js';
import type { ScriptPart } from './script-part.js';

/** Texts from which on a list is written as one text to be split. */
const MANY = 4;

const levelsPart: ScriptPart = {
  name: 'places',
  code: 'const places=list=>new Map(list.map((text,i)=>[text,i]));',
};

/**
 * Writes the statements of a script: parts that it needs once, and constants under short names that no other name can meet. What is
 * written depends on nothing but what was asked for, in its order.
 */
export class ScriptWriter {
  readonly #parts = new Set<string>();
  readonly #named = new Map<string, string>();
  #names = 0;
  readonly #lines: string[] = [];
  readonly #notes: string[] = [];

  /** The script has this part; its name. */
  use(part: ScriptPart): string {
    if (this.#parts.has(part.name)) return part.name;
    for (const needed of part.needs ?? []) this.use(needed);
    this.#parts.add(part.name);
    this.#lines.push(part.code);
    return part.name;
  }

  /** Whether the script has a part of this name. */
  has(name: string): boolean {
    return this.#parts.has(name);
  }

  /** A constant of some expression; the same expression is written once. */
  constant(code: string): string {
    const known = this.#named.get(code);
    if (known !== undefined) return known;
    const name = this.#declare(code);
    this.#named.set(code, name);
    return name;
  }

  /** A list of numbers of its own to write into. */
  scratch(length: number): string {
    return this.#declare(`new Float64Array(${length})`);
  }

  #declare(code: string): string {
    const name = `$${(this.#names++).toString(36)}`;
    this.#lines.push(`const ${name}=${code};`);
    return name;
  }

  /** A constant list of numbers, packed without loss. */
  numbers(values: ArrayLike<number>): string {
    const { code, needs } = packNumbers(values);
    for (const part of needs) this.use(part);
    return this.constant(code);
  }

  /** A constant list of texts. */
  texts(values: readonly string[]): string {
    const joined = values.join('\n');
    const split = values.length >= MANY && joined.split('\n').length === values.length;
    return this.constant(split ? `${textLiteral(joined)}.split("\\n")` : dataLiteral(values));
  }

  /** A constant map from each text to its place. */
  places(values: readonly string[]): string {
    return this.constant(`${this.use(levelsPart)}(${this.texts(values)})`);
  }

  /** Something that whoever reads the script ought to know, a sentence. */
  note(sentence: string): void {
    if (!this.#notes.includes(sentence)) this.#notes.push(sentence);
  }

  get notes(): readonly string[] {
    return this.#notes;
  }

  toString(): string {
    return this.#lines.join('\n');
  }
}
