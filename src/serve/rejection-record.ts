import type { Rejection } from './predict.js';

const TEXT_KEPT = 2000;
const PROBLEMS_KEPT = 20;

/**
 * What is kept of a refused row, as JSON texts: the codes and columns of its problems, and the types of its values by name. The
 * values, and the messages that quote them, only when they are asked for: they may be personal data.
 */
export function rejectionRecord({ problems, input }: Rejection, values: boolean): { problems: string; input: string } {
  const told = problems.slice(0, PROBLEMS_KEPT);
  return {
    problems: clipped(JSON.stringify(values ? told : told.map(({ code, column }) => ({ code, column })))),
    input: clipped(values ? (JSON.stringify(input) ?? 'undefined') : JSON.stringify(typesOf(input))),
  };
}

/** Types of an object's values by name, as many as are kept; the type of anything else. */
function typesOf(input: unknown): string | Readonly<Record<string, string>> {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return typeOf(input);
  const types: [string, string][] = [];
  let size = 0;
  for (const [name, value] of Object.entries(input)) {
    if (size > TEXT_KEPT) break;
    const type = typeOf(value);
    types.push([name.slice(0, TEXT_KEPT), type]);
    size += name.length + type.length;
  }
  return Object.fromEntries(types);
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);

const clipped = (text: string): string => text.slice(0, TEXT_KEPT);
