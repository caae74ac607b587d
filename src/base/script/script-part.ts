/** JavaScript that a script has once, when something in it needs it: `code` declares `name`, after the parts that it needs. */
export interface ScriptPart {
  readonly name: string;
  readonly code: string;
  readonly needs?: readonly ScriptPart[];
}
